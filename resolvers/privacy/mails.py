"""What is written when people leave, stay away, or fetch their data: in German and in English, one after the other."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from resolvers.context import Rules
from resolvers.mail.letters import in_all_languages
from resolvers.mail.queue import office_addresses, post
from resolvers.offers.states import TOWN
from resolvers.translation import _


async def tell_of_leaving(rules: Rules, recipients: Iterable[str], name: str) -> None:
    """To the side of a member that has left: what became of all that it had begun."""
    texts = (
        _("“{name}” no longer takes part in {network}."),
        _("Entries were withdrawn, registrations and memberships have ended, and nobody can sign in any more."),
        _("If it wasn't you, or if all that is stored is to be erased, tell the coordination office."),
    )
    await _write(rules, recipients, _("{network}: “{name}” has left"), texts, name=name)


async def tell_the_office(rules: Rules, organisations: Sequence[str], groups: Sequence[str]) -> None:
    """For which organisations nobody acts, and which groups nobody coordinates any more: a mail of each."""
    said = [(_("Nobody acts for “{name}” any more: the office takes care of it."), name) for name in organisations]
    said += [(_("Nobody coordinates the group “{name}” any more."), name) for name in groups]
    for text, name in said:
        await _write(rules, await office_addresses(), _("{network}: somebody has left"), (text,), name=name)


async def tell_of_export(rules: Rules, recipient: str, address: str, expires_at: datetime) -> None:
    """To whom asked for their data: where they lie, and for how long."""
    texts = (
        _("All that is stored about you is ready to be fetched as a ZIP, until {time}:"),
        address,
        _("Whoever has this link can fetch it: don't pass this mail on."),
    )
    time = f"{expires_at.astimezone(TOWN):%d.%m.%Y, %H:%M}"
    await _write(rules, [recipient], _("{network}: your data"), texts, time=time)


async def tell_of_inactivity(rules: Rules, recipient: str, since: datetime, until: datetime) -> bool:
    """To whose account nobody uses: from when on it goes, and how they stay. Whether the mail was stored."""
    texts = (
        _("Nobody has signed in to your account since {since}."),
        _("What nobody uses is not kept: from {until} on your account and your profile are deleted for good."),
        _("If you want to stay, sign in once before. Nothing else has to be done."),
        rules.home,
        _("If you don't, you needn't do anything. What you wrote for groups and events stays, without your name."),
    )
    days = {"since": since.astimezone(TOWN), "until": until.astimezone(TOWN)}
    said = {name: f"{day:%d.%m.%Y}" for name, day in days.items()}
    return await _write(rules, [recipient], _("{network}: your account is about to be deleted"), texts, **said) == 1


async def _write(rules: Rules, recipients: Iterable[str], subject: str, texts: Sequence[str], **values: object) -> int:
    """One mail to each, in all our languages; how many. What is in no catalogue, such as a link, stands as it is."""
    values["network"] = rules.network_name
    mails = (
        in_all_languages(rules, one, subject, *texts, said=lambda _language: values)
        for one in dict.fromkeys(recipients)
    )
    return await post(rules, *mails)
