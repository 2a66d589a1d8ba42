"""What is written to the side of something, about it: in German and in English, one after the other.

Whoever is written to about their words, or about what they meant to come to, should understand why.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from auth.access.groups import active_memberships
from models import Event, Group, GroupMembership, GroupPost, GroupRole, Mail, Member, NotificationKind, Offer
from resolvers.context import Rules
from resolvers.mail.queue import addresses_of, mail, post
from resolvers.translation import LANGUAGES, _, _n, translate

_KINDS = {
    Member: _("the profile “{title}”"),
    Group: _("the group “{title}”"),
    GroupPost: _("the post “{title}”"),
    Event: _("the event “{title}”"),
    Offer: _("the entry “{title}”"),
}


def title_of(row: Any) -> str:
    """What a row is called."""
    return str(row.name if isinstance(row, (Member, Group)) else row.title)


def what_it_is(row: Any, language: str) -> str:
    """A row as sentences name it, such as: the entry “Werkbank”."""
    return translate(language, _KINDS[type(row)], title=title_of(row))


async def sides_of(row: Any) -> list[int]:
    """The members whose side a row is: the owner, the host, the author; of a group those who coordinate it."""
    match row:
        case Member():
            return [row.id]
        case Group():
            return await _coordinators(row.id)
        case Event() if row.host_id is None and row.group_id is not None:
            return await _coordinators(row.group_id)
    side = getattr(row, {Event: "host_id", GroupPost: "author_id", Offer: "owner_id"}[type(row)])
    return [side] if side is not None else []


async def _coordinators(group_id: int) -> list[int]:
    found = GroupMembership.filter(active_memberships(), group_id=group_id, role=GroupRole.COORDINATOR)
    return [one.member_id for one in await found.order_by("id")]


async def letter_to(
    rules: Rules, member_ids: Iterable[int], subject: str, row: Any, text: str, *, reason: str | None = None
) -> None:
    """One mail to each address that speaks for one of these members, in all our languages one after the other."""
    addresses = await addresses_of(member_ids, or_office=False)
    recipients = dict.fromkeys(address for some in addresses.values() for address in some)
    paragraphs = [text, *([_("Reason:"), "{reason}"] if reason else [])]

    def said(language: str) -> dict[str, object]:
        return {"title": title_of(row), "what": what_it_is(row, language), "reason": reason}

    await post(rules, *(in_all_languages(rules, one, subject, *paragraphs, said=said) for one in recipients))


def in_all_languages(
    rules: Rules,
    recipient: str,
    subject: str,
    *paragraphs: str,
    said: Callable[[str], dict[str, object]] = lambda _language: {},
    page: str | None = None,
    kind: NotificationKind | None = None,
) -> Mail:
    """A mail of these paragraphs in all our languages, one after the other: to who may read any of them.

    `said`: in a language, what stands in place of `{names}` in texts. What is in no catalogue, links and codes, is as
    it is. It ends with the address of what it is about, its `page`, else of the network.
    """
    line = " / ".join(translate(language, subject, **said(language)) for language in LANGUAGES)
    parts = []
    for language in LANGUAGES:
        values = said(language)
        parts += [translate(language, text, **values) for text in (_("Hello,"), *paragraphs)]
    return mail(recipient, line, "\n\n".join((*parts, page or rules.home, rules.network_name)), kind)


def span_in_words(span: timedelta, language: str) -> str:
    """A span as people say it, in the largest unit of which it is a whole number."""
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes % 60:
        return translate(language, _n("a minute", "{count} minutes", "count"), count=minutes)
    if minutes % 1440:
        return translate(language, _n("an hour", "{count} hours", "count"), count=minutes // 60)
    return translate(language, _n("a day", "{count} days", "count"), count=minutes // 1440)
