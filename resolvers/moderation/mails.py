"""What is written to those whose texts the office hid, and to who is registered for an event that is out of sight."""

from collections.abc import Sequence
from typing import Any

from models import Event, Registration, RegistrationStatus, Report, ReportStatus
from models import now as present
from resolvers.context import Rules
from resolvers.mail.letters import letter_to, sides_of
from resolvers.translation import _

_STILL_COMING = (RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED)


async def tell_of_hiding(rules: Rules, row: Any) -> None:
    """To its side: the office hid it, and why; or gives it back."""
    if row.hidden_at is not None:
        subject, text = _("Hidden: {title}"), _("The coordination office has hidden {what}: others don't see it.")
    else:
        subject, text = _("No longer hidden: {title}"), _("The coordination office no longer hides {what}.")
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
        text = _("For now {what} is out of sight. Your registration stays; you will be told when it is back.")
    else:
        subject = _("Back again: {title}")
        text = _("From now on {what} can be seen again. Your registration has stayed.")
    for event in coming:
        await letter_to(rules, registered.get(event.id, ()), subject, event, text)


async def tell_of_report(rules: Rules, report: Report, target: Any) -> None:
    """To who reported it what became of that; where it is upheld to its side, too, which doesn't learn who did."""
    upheld = report.status is ReportStatus.UPHELD
    if report.reporter_id is not None:
        if upheld:
            text = _("Thank you for reporting {what}. The coordination office agrees with you.")
        else:
            text = _("Thank you for reporting {what}. The coordination office sees no reason to do anything about it.")
        subject = _("Your report: {title}")
        await letter_to(rules, [report.reporter_id], subject, target, text, reason=report.note)
    if upheld:
        said = _("Somebody reported {what}, and the coordination office agrees with them.")
        await letter_to(rules, await sides_of(target), _("Reported: {title}"), target, said, reason=report.note)
