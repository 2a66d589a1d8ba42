"""What leaves everybody's sight along with a row, or comes back with it: what is told of each, and who is written to.

Which rows these are the database says (`withheld_at`); here it is looked at before and after.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model

from auth.access.rows import in_sight
from models import Event, EventStatus, Group, GroupPost, Member, Offer, OfferStatus
from resolvers.context import Rules
from resolvers.moderation.mails import tell_the_registered
from resolvers.search.indexing import index_showing
from subscriptions.changes import (
    Change,
    EventReturned,
    EventWithheld,
    GroupPostReturned,
    GroupPostWithheld,
    OfferReturned,
    OfferUpdated,
    OfferWithheld,
    SearchIndexed,
)
from subscriptions.outbox import Changes

# What others could see of each noun, were it in sight.
_SEEN: Mapping[type[Model], Q] = {
    Offer: Q(published_at__isnull=False, status__not_in=[OfferStatus.DRAFT, OfferStatus.IN_REVIEW]),
    Event: Q(status__in=[EventStatus.PUBLISHED, EventStatus.CANCELLED]),
    GroupPost: Q(),
}


def _belonging(row: Model) -> Mapping[type[Model], Q]:
    """The rows that may leave with this one, and come back with it, itself included."""
    match row:
        case Member():
            return {
                Offer: Q(owner_id=row.id),
                Event: Q(host_id=row.id) | Q(parent__host_id=row.id),
                GroupPost: Q(author_id=row.id),
            }
        case Group():
            return {GroupPost: Q(group_id=row.id)}
        case Event():
            return {Event: Q(id=row.id) | Q(parent_id=row.id)}
    return {type(row): Q(id=row.pk)}


async def _shown(row: Model) -> dict[tuple[type[Model], int], Any]:
    """Those of them that others see now."""
    found: dict[tuple[type[Model], int], Any] = {}
    for model, belongs in _belonging(row).items():
        for one in await model.filter(belongs, _SEEN[model], in_sight()).order_by("id"):
            found[model, one.pk] = one
    return found


@asynccontextmanager
async def sight_changes(rules: Rules, changes: Changes, row: Model) -> AsyncGenerator[None, None]:
    """Around what takes `row` out of sight, or puts it back, within a transaction: all that follows is told and said.

    Of an event those are written to who are registered for it. What was on the board and is again is compared anew.
    """
    before = await _shown(row)
    yield
    after = await _shown(row)
    gone = [one for key, one in before.items() if key not in after]
    back = [one for key, one in after.items() if key not in before]
    changes.tell(*(_told(one, withheld=True) for one in gone), *(_told(one, withheld=False) for one in back))
    # What came onto the board meanwhile was not compared with them.
    returned = [one.id for one in back if isinstance(one, Offer)]
    if returned:
        await Offer.filter(id__in=returned, status=OfferStatus.PUBLISHED).update(matched_version=None)
    for one in (*gone, *back):
        if isinstance(one, Event) and await index_showing(one):  # entries for it are found by its title
            changes.tell(SearchIndexed())
    for some, withheld in ((gone, True), (back, False)):
        await tell_the_registered(rules, [one for one in some if isinstance(one, Event)], withheld=withheld)


def _told(row: Any, *, withheld: bool) -> Change:
    match row:
        case Offer() if withheld:
            return OfferWithheld(row.id)
        case Offer():
            return OfferReturned(row.id) if row.status is OfferStatus.PUBLISHED else OfferUpdated(row.id)
        case Event():
            return EventWithheld(row.id) if withheld else EventReturned(row.id)
    return (GroupPostWithheld if withheld else GroupPostReturned)(row.group_id, row.id)
