"""What is personal in the rows of somebody who is erased goes, as declared; what is kept of them is indexed anew.

Most of it ahead of the erasure, some rows at a time: the erasure itself is one transaction, for which others wait.
"""

import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model

from auth.access.offers import OfferAction
from models import (
    Account,
    Erasure,
    Event,
    EventStatus,
    GroupPost,
    Member,
    Offer,
    OfferResponse,
    Registration,
    Report,
    ResponseStatus,
    now,
)
from models.privacy.declaration import Column, Erased, Row, Table
from models.privacy.personal_data import PERSONAL
from models.search.postings import forget_words, store, words_of
from resolvers.context import Context
from resolvers.events.registrations import OPEN
from resolvers.offers.states import MOVES
from resolvers.privacy.redaction import Redaction
from resolvers.privacy.rows import Owner, owner_of, rows_of
from resolvers.search.indexing import KINDS, index_showing
from resolvers.versioned import raise_version
from subscriptions.changes import EventUpdated, SearchIndexed
from subscriptions.outbox import Changes

# So many rows are emptied at a time, which takes some 50 ms: a plain member may have written ten thousand.
AT_ONCE = 10

Find = Callable[[], Awaitable[tuple[Account | None, Member]]]


def _over() -> Mapping[type[Model], Q]:
    """On which rows nothing depends any more for being somebody's: to others they are as before, but nobody's.

    Emptying makes each nobody's, so that it is not found again.
    """
    return {
        GroupPost: Q(),
        Report: Q(),
        OfferResponse: ~Q(status=ResponseStatus.SENT),
        Offer: Q(published_at__isnull=False) & ~Q(status__in=list(MOVES[OfferAction.WITHDRAW].sources)),
        Event: Q(ends_at__lt=now()) & ~Q(status=EventStatus.DRAFT),
        Registration: Q(event__ends_at__lt=now()) | ~Q(status__in=list(OPEN)),
    }


async def empty_ahead(ctx: Context, find: Find) -> None:
    """Empty what is over of the member that `find` finds, locked, so that few rows are left to the erasure itself.

    Some rows a transaction, between which others have their turn: nobody waits for ten thousand rows. Where it ends
    half-way the member is as before, with less behind them, each row is whole or emptied, and whoever erases the member
    again goes on. Raises what `find` raises, before anything is emptied.
    """

    async def some(changes: Changes) -> bool:
        account, member = await find()
        if await Erasure.exists(member_id=member.id):
            return False
        owner = await owner_of(member, account)
        over = _over()
        for table in PERSONAL:
            rows = rows_of(table, owner) if table.model in over else None
            if rows is None:
                continue
            found = await rows.filter(over[table.model]).order_by("id").limit(AT_ONCE + 1)
            if len(found) > AT_ONCE:  # else the erasure itself does it
                await _empty_some(table, found[:AT_ONCE], Redaction(owner))
                changes.tell(*(EventUpdated(row.pk) for row in found[:AT_ONCE] if table.model is Event))
                changes.tell(SearchIndexed())
                return True
        return False

    # As nobody's own operation: the erasure that follows is what the audit tells of.
    while await ctx.services.outbox.write(some):
        pass


async def empty(owner: Owner, redaction: Redaction) -> list[Model]:
    """Delete the owner's rows, and empty those that are kept; the ones that are found by their words."""
    reached: list[Model] = []
    # The member late: by its name its entries are found until they are nobody's. The account last: what hangs on it
    # would go with it, or no longer say whose it was.
    for table in sorted(PERSONAL, key=lambda one: (one.model is Account, one.model is Member)):
        rows = rows_of(table, owner)
        if rows is None:
            continue
        if table.row is Row.DELETED:
            await rows.delete()
        elif any(one.erased is not Erased.KEPT for one in table.columns):
            last = 0
            while found := await rows.filter(id__gt=last).order_by("id").limit(AT_ONCE):
                last = found[-1].pk
                await _empty_some(table, found, redaction)
                if table.model in KINDS:
                    reached += found
    return reached


async def _empty_some(table: Table, rows: Sequence[Any], redaction: Redaction) -> None:
    kind, keys = KINDS.get(table.model), [row.pk for row in rows]
    words = await words_of(kind, keys) if kind is not None else set()
    for row in rows:
        await _empty_row(table, row, redaction)
    if kind is None:
        return
    await store(kind, keys)
    if table.model in (Member, Event):  # of which other rows show something
        for row in rows:
            await index_showing(row)
    await forget_words(words)


async def _empty_row(table: Table, row: Any, redaction: Redaction) -> None:
    values = {one.name: value for one in table.columns for value in _emptied(one, row, redaction)}
    for name, value in values.items():
        setattr(row, name, value)
    columns = [*values, *(one.name for one in table.columns if one.erased is Erased.DERIVED)]
    if hasattr(row, "derive"):
        row.derive()
    if hasattr(row, "version"):
        raise_version(row)
        columns += ["version", "updated_at"]
    if columns:
        await row.save(update_fields=columns)


def _emptied(column: Column, row: Any, redaction: Redaction) -> Iterable[Any]:
    """The value that the column gets; nothing where it keeps its own, or follows from others."""
    match column.erased:
        case Erased.EMPTIED:
            yield column.becomes
        case Erased.RANDOM:
            yield secrets.token_hex(8)
        case Erased.REDACTED:
            yield redaction(getattr(row, column.name))
