"""What is written to those whose texts the office hid, and to who is registered for an event that is out of sight.

In German and in English: people whom the office writes to about their words should understand why.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from auth.access.groups import active_memberships
from models import Event, Group, GroupMembership, GroupPost, GroupRole, Member, Offer, Registration, RegistrationStatus
from models import now as present
from resolvers.context import Rules
from resolvers.mail import addresses_of, mail, post
from resolvers.translation import LANGUAGES, _, translate

_KINDS = {
    Member: _("the profile “{title}”"),
    Group: _("the group “{title}”"),
    GroupPost: _("the post “{title}”"),
    Event: _("the event “{title}”"),
    Offer: _("the entry “{title}”"),
}
_STILL_COMING = (RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED)


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


async def tell_of_hiding(rules: Rules, row: Any) -> None:
    """To its side: the office hid it, and why; or gives it back."""
    if row.hidden_at is not None:
        subject, text = _("Hidden: {title}"), _("the coordination office has hidden {what}: others don't see it.")
    else:
        subject, text = _("No longer hidden: {title}"), _("the coordination office no longer hides {what}.")
    await letter_to(rules, await sides_of(row), subject, row, text, reason=row.hidden_reason)


async def tell_the_registered(rules: Rules, events: Sequence[Event], *, withheld: bool) -> None:
    """To who has a seat, or waits for one, in events to come: they are out of sight for now, or back."""
    coming = [event for event in events if event.ends_at > present()]
    if not coming:
        return
    registered: dict[int, list[int]] = {}
    rows = Registration.filter(event_id__in=[event.id for event in coming], status__in=_STILL_COMING)
    for row in await rows.order_by("queue_number", "id"):
        if row.member_id is not None:
            registered.setdefault(row.event_id, []).append(row.member_id)
    if withheld:
        subject = _("For now out of sight: {title}")
        text = _("for now {what} is out of sight. Your registration stays; you will be told when it is back.")
    else:
        subject, text = (
            _("Back again: {title}"),
            _("from now on {what} can be seen again. Your registration has stayed."),
        )
    for event in coming:
        await letter_to(rules, registered.get(event.id, ()), subject, event, text)


async def letter_to(
    rules: Rules, member_ids: Iterable[int], subject: str, row: Any, text: str, *, reason: str | None = None
) -> None:
    """One mail to each address that speaks for one of these members, in all our languages one after the other."""
    addresses = await addresses_of(member_ids, or_office=False)
    recipients = dict.fromkeys(address for some in addresses.values() for address in some)
    line = " / ".join(translate(language, subject, title=title_of(row)) for language in LANGUAGES)
    parts = []
    for language in LANGUAGES:
        said = translate(language, text, what=what_it_is(row, language))
        parts += [translate(language, _("Hello,")), said]
        if reason:
            parts += [translate(language, _("Reason:")), reason]
    body = "\n\n".join((*parts, rules.home, rules.network_name))
    await post(rules, *(mail(recipient, line, body) for recipient in recipients))
