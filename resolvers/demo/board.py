"""Makes rows of the entries of the board and of the responses to them."""

from datetime import datetime, timedelta
from typing import Any

from models import Offer, OfferResponse, OfferStatus, OfferTopic, ResponseStatus, Weekday
from models.sql.slugs import slugify
from models.weekly_times import StoredTime
from resolvers.demo.calendar import Calendar
from resolvers.demo.offers import ENTRIES
from resolvers.demo.rows import Keys, links, venue
from resolvers.demo.shapes import Entry, prose
from resolvers.offers.states import end_of

# They have not been on the board.
_NEVER_PUBLISHED = (OfferStatus.DRAFT, OfferStatus.IN_REVIEW)


def _time(text: str) -> StoredTime:
    """A time of the week as it is stored, of one such as `tuesday 16:00-18:00`."""
    weekday, _space, hours = text.partition(" ")
    begin, _dash, end = hours.partition("-")
    return {"weekday": Weekday(weekday.upper()).value, "from": begin or None, "until": end or None}


class Board:
    """The entries, with days counted from today."""

    def __init__(self, calendar: Calendar, keys: Keys, lifetime: timedelta) -> None:
        self._calendar = calendar
        self._keys = keys
        self._lifetime = lifetime

    async def store(self) -> None:
        """Store entries, topics and responses."""
        await Offer.bulk_create([self._offer(entry, number) for number, entry in enumerate(ENTRIES)])
        slugs = [slugify(entry.title) for entry in ENTRIES]
        stored = {offer.slug: offer.id for offer in await Offer.filter(slug__in=slugs)}
        keys = [stored[slug] for slug in slugs]
        await OfferTopic.bulk_create(
            link
            for key, entry in zip(keys, ENTRIES, strict=True)
            for link in links(OfferTopic, "offer_id", key, entry.topics, self._keys)
        )
        await OfferResponse.bulk_create(
            row for key, entry in zip(keys, ENTRIES, strict=True) for row in self._responses(entry, key)
        )

    def _offer(self, entry: Entry, number: int) -> Offer:
        begun = self._calendar.ago(entry.days, number)
        first, last = (self._calendar.day(offset) for offset in entry.available)
        offer = Offer(
            slug=slugify(entry.title),
            direction=entry.direction,
            category=entry.category,
            status=entry.status,
            status_reason=prose(entry.reason) if entry.reason else None,
            title=entry.title,
            description=prose(entry.description),
            district_id=self._keys.districts[entry.district] if entry.district else None,
            remote=entry.remote,
            minimum_age=entry.minimum_age,
            languages=entry.languages.split(),
            hours_per_week=entry.hours,
            available_from=first,
            available_until=last,
            times=[_time(one) for one in entry.times.split(", ") if one],
            commitment=entry.commitment,
            owner_id=self._keys.members[entry.owner],
            group_id=self._keys.groups[entry.group] if entry.group else None,
            event_id=self._keys.events[entry.event] if entry.event else None,
            newest_at=begun,
            created_at=begun,
            # What fits it was there before anybody was, and is told to nobody.
            matched_version=1,
            **self._fate(entry, begun),
            **venue(entry.place, self._keys),
        )
        return offer.derive()

    def _fate(self, entry: Entry, begun: datetime) -> dict[str, Any]:
        """When it came onto the board, and what became of it since."""
        if entry.status in _NEVER_PUBLISHED:
            return {"updated_at": begun}
        ends = end_of(begun, self._calendar.day(entry.available[1]), self._lifetime)
        columns: dict[str, Any] = {"published_at": begun, "expires_at": ends, "updated_at": begun}
        if entry.status is OfferStatus.PUBLISHED:
            return columns
        changed = ends if entry.status is OfferStatus.EXPIRED else self._calendar.between(begun, ends, 0, 1)
        return {**columns, "updated_at": changed, "version": 2}

    def _responses(self, entry: Entry, key: int) -> list[OfferResponse]:
        rows = []
        for number, response in enumerate(entry.responses):
            is_decided = response.status in (ResponseStatus.ACCEPTED, ResponseStatus.DECLINED)
            rows.append(
                OfferResponse(
                    offer_id=key,
                    member_id=self._keys.members[response.member],
                    message=response.message,
                    status=response.status,
                    created_at=self._calendar.ago(response.days, number + 3),
                    decided_at=self._calendar.ago(response.days - 1, number + 5) if is_decided else None,
                )
            )
        return rows
