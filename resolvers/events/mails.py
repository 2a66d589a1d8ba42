"""What is written to people about events: in the time of the place."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from models import Event, NotificationKind
from resolvers.context import Rules
from resolvers.mail.letters import in_all_languages
from resolvers.mail.queue import addresses_of, post
from resolvers.translation import _

_FORMATS = {"de": "EEEE, d. MMMM y, HH:mm 'Uhr'", "en": "EEEE, d MMMM y, HH:mm"}


def local_start(event: Event, language: str) -> str:
    """When the event begins, as the clocks at its place show it."""
    from babel.dates import format_datetime  # and what it knows of languages, with the first such mail

    return format_datetime(event.starts_at, _FORMATS[language], tzinfo=ZoneInfo(event.time_zone), locale=language)


async def tell_of_a_seat(rules: Rules, event: Event, member_ids: Iterable[int]) -> None:
    """To who moved up from the waiting list: the seat is theirs."""
    await _write(
        rules,
        NotificationKind.SEAT_FREED,
        event,
        member_ids,
        _("A seat for you: {title}"),
        _("At the event “{title}” ({start}) a seat has become free: your place on the waiting list is a seat now."),
        _("If you can't come after all, please cancel: then the next one moves up."),
    )


async def tell_of_cancellation(rules: Rules, event: Event, member_ids: Iterable[int]) -> None:
    """To who was registered for an event, or for a session inside it: it does not take place."""
    await _write(
        rules,
        NotificationKind.EVENT_CANCELLED,
        event,
        member_ids,
        _("Does not take place: {title}"),
        _("The event “{title}” ({start}) does not take place."),
        _("Reason:"),
        "{reason}",
    )


async def _write(
    rules: Rules, kind: NotificationKind, event: Event, member_ids: Iterable[int], subject: str, *paragraphs: str
) -> None:
    """One mail to each address that speaks for one of these members."""

    def said(language: str) -> dict[str, object]:
        return {"title": event.title, "start": local_start(event, language), "reason": event.status_reason}

    addresses = await addresses_of(member_ids)
    page = rules.site.event_page(event.slug)
    recipients = dict.fromkeys(address for some in addresses.values() for address in some)
    mails = (in_all_languages(rules, one, subject, *paragraphs, said=said, page=page, kind=kind) for one in recipients)
    await post(rules, *mails)
