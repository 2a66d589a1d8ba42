"""The log of changes as the database has it: the order is its alone, Redis and memory only copy it."""

from datetime import UTC, datetime

import orjson

from models import changes as rows
from models import now
from subscriptions.changes import Told, read_change
from subscriptions.cursors import Position
from subscriptions.outbox import Changes, Outbox

_EPOCHS_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def _quiet() -> Outbox:
    """Transactions that tell nobody."""
    return Outbox(on_commit=lambda: None)


async def stands_at() -> Position:
    """Where the log stands: the number given last."""
    log = await rows.the_log()
    return Position(log.epoch, log.head)


async def network_id() -> str:
    """What tells this network's log from another's on the same Redis; made when it is first asked for."""

    async def work(changes: Changes) -> str:
        return str((await rows.lock_log()).network_id)

    known: str | None = (await rows.the_log()).network_id
    return known if known is not None else await _quiet().write(work)


async def read(epoch: int, after: int, most: int) -> list[Told]:
    """The changes behind the number `after`, at most `most`, from the database."""
    return [_told(epoch, row) for row in await rows.numbered(after, most)]


def _told(epoch: int, row: rows.Numbered) -> Told:
    return Told(epoch, row.seq, read_change(row.kind, row.facts), row.occurred_at)


async def look() -> tuple[Position, bool]:
    """Where the log stands, and whether something committed has no number yet."""
    log, waits = await rows.look()
    return Position(log.epoch, log.head), waits


async def number(most: int) -> tuple[Position, list[Told]]:
    """Number what is committed and has no number yet, `most` at most: where the log stands then, and those changes.

    Whoever does it first has done it: for others there is nothing left.
    """

    async def work(changes: Changes) -> tuple[Position, list[Told]]:
        log = await rows.lock_log()
        numbered = [_told(log.epoch, row) for row in await rows.number(log, most)]
        return Position(log.epoch, log.head), numbered

    return await _quiet().write(work)


async def trim(before: datetime, kept: int, most: int) -> int:
    """Trim numbered changes of before the instant `before`, and all but the newest `kept`; how many, `most` at most.

    Only from the beginning of the log, so that no gap comes about: what follows a younger change stays.
    """
    head = (await stands_at()).seq
    upto, trimmed = 0, 0
    for seq, occurred_at in await rows.oldest_numbered(most):
        if seq > head - kept and occurred_at >= before:
            break
        upto, trimmed = seq, trimmed + 1
    if not trimmed:
        return 0

    async def work(changes: Changes) -> None:
        await rows.trim(upto)

    await _quiet().write(work)
    return trimmed


async def new_epoch(seen: Position | None = None) -> Position:
    """Begin a new epoch: every cursor made so far is answered with CURSOR_EXPIRED. Where the log stands then.

    That is needed where the numbering rewound, as after a restored backup: the same numbers would be given again, to
    other changes. With `seen`, a position that was seen somewhere, only where the log lies behind it. An epoch is
    named after the instant at which it began, so that one begun twice from the same backup is two.
    """

    async def work(changes: Changes) -> Position:
        log = await rows.lock_log()
        if seen is None or Position(log.epoch, log.head) < seen:
            known = max(log.epoch, seen.epoch) if seen else log.epoch
            log.epoch = max(known + 1, int((now() - _EPOCHS_BEGIN).total_seconds()))
            await log.save(update_fields=["epoch"])
        return Position(log.epoch, log.head)

    return await _quiet().write(work)


def pack(told: Told) -> bytes:
    """A change as an entry of the stream."""
    return orjson.dumps([told.change.kind, told.change.facts(), told.occurred_at])


def unpack(epoch: int, seq: int, packed: bytes) -> Told:
    """The change of an entry of the stream."""
    kind, facts, occurred_at = orjson.loads(packed)
    return Told(epoch, seq, read_change(kind, facts), datetime.fromisoformat(occurred_at))
