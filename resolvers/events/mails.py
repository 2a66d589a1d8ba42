"""What is written to people about events: in German, and in the time of the place."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from models import Event, NotificationKind
from resolvers.context import Rules
from resolvers.mail.queue import addresses_of, mail, post


def local_start(event: Event) -> str:
    """When the event begins, as the clocks at its place show it."""
    return format_datetime(
        event.starts_at, "EEEE, d. MMMM y, HH:mm 'Uhr'", tzinfo=ZoneInfo(event.time_zone), locale="de"
    )


async def tell_of_a_seat(rules: Rules, event: Event, member_ids: Iterable[int]) -> None:
    """To who moved up from the waiting list: the seat is theirs."""
    await _write(
        rules,
        NotificationKind.SEAT_FREED,
        member_ids,
        f"Platz frei geworden: {event.title}",
        f"""
Guten Tag,

bei der Veranstaltung „{event.title}“ ({local_start(event)}) ist ein Platz frei geworden. Die Anmeldung auf der
Warteliste ist damit bestätigt.

Falls Sie doch nicht kommen können, melden Sie sich bitte ab: Dann rückt die nächste Anmeldung nach.

{_page(rules, event)}

{rules.network_name}
""",
    )


async def tell_of_cancellation(rules: Rules, event: Event, member_ids: Iterable[int]) -> None:
    """To who was registered for an event, or for a session inside it: it does not take place."""
    await _write(
        rules,
        NotificationKind.EVENT_CANCELLED,
        member_ids,
        f"Fällt aus: {event.title}",
        f"""
Guten Tag,

die Veranstaltung „{event.title}“ ({local_start(event)}) fällt leider aus.

Begründung:

{event.status_reason}

{_page(rules, event)}

{rules.network_name}
""",
    )


def _page(rules: Rules, event: Event) -> str:
    return rules.site.event_page(event.slug) or rules.home


async def _write(rules: Rules, kind: NotificationKind, member_ids: Iterable[int], subject: str, body: str) -> None:
    """One mail to each address that speaks for one of these members."""
    addresses = await addresses_of(member_ids)
    recipients = dict.fromkeys(address for some in addresses.values() for address in some)
    await post(rules, *(mail(recipient, subject, body, kind) for recipient in recipients))
