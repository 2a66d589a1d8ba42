"""The log of changes as the database has it: the order is its alone, Redis and memory only copy it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import orjson
import structlog

from models import ChangeLog, now
from models.logs import change_log as rows
from subscriptions.changes import LoggedChange, read_change
from subscriptions.cursors import Position
from subscriptions.outbox import Changes, Outbox

logger = structlog.get_logger()
Result = TypeVar("Result")

_EPOCHS_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class UnvouchedError(Exception):
    """The database doesn't hold the change of that number any more: it can't vouch for what was told up to there."""


class OtherHistoryError(UnvouchedError):
    """The database holds another change of that number: what was told up to there is of another history."""


def _quiet() -> Outbox:
    """Transactions that tell nobody."""
    return Outbox(on_commit=lambda: None)


async def _locked(
    work: Callable[[ChangeLog], Awaitable[Result]], network_id: str | None = None, epoch: int | None = None
) -> Result:
    """Run `work` in a transaction with the log locked and in order; says so where it wasn't.

    A row that was gone gets these values; without them a network id and an epoch of its own, for what it held before
    isn't known.
    """
    epoch = epoch or _new_name(0)

    async def locked(changes: Changes) -> tuple[Result, str | None]:
        log, mended = await rows.lock_log(network_id, epoch)
        return await work(log), mended

    result, mended = await _quiet().write(locked)
    if mended:
        logger.warning("the log of changes was out of order, and is mended", cause=mended)
    return result


def _new_name(known: int) -> int:
    """The name of an epoch that begins now, behind those that are known."""
    return max(known + 1, int((now() - _EPOCHS_BEGIN).total_seconds()))


def _position(standing: rows.Standing) -> Position:
    return Position(standing.log.epoch, standing.log.head, standing.mark)


async def head() -> Position:
    """Where the log stands: the number given last."""
    standing = await rows.the_log()
    if standing.log.network_id is None:  # marks are made of it
        await network_id()
        standing = await rows.the_log()
    return _position(standing)


async def network_id() -> str:
    """What tells this network's log from another's on the same Redis; made when it is first asked for."""

    async def given(log: ChangeLog) -> str:
        return str(log.network_id)

    try:
        known: str | None = (await rows.the_log()).log.network_id
    except rows.LogMissingError:
        known = None
    return known if known is not None else await _locked(given)


async def read(behind: Position, most: int) -> list[LoggedChange]:
    """The changes behind `behind`, from the database: at most `most`, and none beyond a gap in the numbers.

    Only the first may follow behind a gap, where the mark of `behind` isn't known. Raises `OtherHistoryError` where
    the database has another change there, `UnvouchedError` where it has none any more.
    """
    if behind.seq == 0:
        some = await rows.numbered(1, most)
        if some and behind.mark is not None and behind.mark != await _beginning():
            raise OtherHistoryError(behind)
        return _told(behind.epoch, some, behind.mark)
    there_and_on = await rows.numbered(behind.seq, most + 1)
    if there_and_on and there_and_on[0].seq == behind.seq:
        if behind.mark is not None and behind.mark != there_and_on[0].mark:
            raise OtherHistoryError(behind)
        return _told(behind.epoch, there_and_on[1:], there_and_on[0].mark)
    if behind.mark is not None:
        raise UnvouchedError(behind)
    return _told(behind.epoch, there_and_on[:most], None)


async def _beginning() -> int:
    """The mark of the place before the first change."""
    return rows.mark_of(await network_id())


def _told(epoch: int, some: Sequence[rows.Numbered], previous: int | None) -> list[LoggedChange]:
    """These changes, up to the first gap; `previous` is the mark of the one before them."""
    found: list[LoggedChange] = []
    for row in some:
        if found and row.seq != found[-1].seq + 1:
            break
        found.append(
            LoggedChange(epoch, row.seq, read_change(row.kind, row.facts), row.occurred_at, row.mark, previous)
        )
        previous = row.mark
    return found


async def look() -> rows.Standing:
    """Where the log stands, and what there is to do. Raises `models.logs.change_log.LogMissingError`."""
    return await rows.look()


async def mend(network_id: str | None = None, seen: Position | None = None) -> None:
    """Put the log in order: a head that lies behind its newest number, or a row that is gone.

    `network_id` and `seen` are what somebody knows of a row that is gone. Says in a line what it did.
    """

    async def nothing_more(_log: ChangeLog) -> None:
        pass

    await _locked(nothing_more, network_id, seen.epoch if seen else None)


async def number(most: int) -> tuple[Position, list[LoggedChange]]:
    """Number what is committed and has no number yet, `most` at most: where the log stands then, and those changes.

    Whoever does it first has done it: for others there is nothing left.
    """

    async def work(log: ChangeLog) -> tuple[Position, list[LoggedChange]]:
        before = log.head_mark if log.head else rows.mark_of(str(log.network_id))
        logged = _told(log.epoch, await rows.number(log, most), before)
        return Position(log.epoch, log.head, logged[-1].mark if logged else None), logged

    return await _locked(work)


async def trim(before: datetime, kept: int, most: int) -> int:
    """Trim numbered changes of before the instant `before`, and all but the newest `kept`; how many, `most` at most.

    Only from the beginning of the log, so that no gap comes about: what follows a younger change stays. The newest of
    those that may go stays, too: it vouches for the cursors of who has been told everything up to there.
    """
    newest = (await head()).seq
    may_go = []
    for seq, occurred_at in await rows.oldest_numbered(most + 1):
        if seq > newest - kept and occurred_at >= before:
            break
        may_go.append(seq)
    if len(may_go) < 2:
        return 0
    upto = may_go[-2]

    async def work(changes: Changes) -> None:
        await rows.trim(upto)

    await _quiet().write(work)
    return len(may_go) - 1


async def new_epoch(cause: str, seen: Position | None = None) -> Position:
    """Begin a new epoch, for a cause that the program's log says: every cursor made so far is answered with
    CURSOR_EXPIRED. Where the log stands then.

    That is needed where the numbering rewound, as after a restored backup: the same numbers would be given again, to
    other changes. With `seen`, a position that this server has itself seen somewhere, only where the log lies behind
    it, or has another change there. What a client says is no cause. An epoch is named after the instant at which it
    began, so that one begun twice from the same backup is two.
    """

    async def work(log: ChangeLog) -> tuple[Position, bool]:
        begins = seen is None or not await _vouches(log, seen)
        if begins:
            log.epoch = _new_name(max(log.epoch, seen.epoch) if seen else log.epoch)
            await log.save(update_fields=["epoch"])
        return _position(await rows.the_log()), begins

    position, begins = await _locked(work)
    if begins:
        more = {"seen": f"{seen.epoch}:{seen.seq}"} if seen else {}
        logger.warning("a new epoch begins: all cursors have expired", cause=cause, epoch=position.epoch, **more)
    return position


async def _vouches(log: ChangeLog, seen: Position) -> bool:
    """Whether the log has come from where it was seen: it isn't behind that, and doesn't have another change there."""
    if (log.epoch, log.head) < (seen.epoch, seen.seq):
        return False
    if log.epoch > seen.epoch or seen.mark is None:
        return True
    if seen.seq == 0:
        return seen.mark == rows.mark_of(str(log.network_id))
    there = await rows.numbered(seen.seq, 1)
    return not there or there[0].seq != seen.seq or there[0].mark == seen.mark


def pack(logged: LoggedChange) -> bytes:
    """A change as an entry of the stream, without its marks."""
    return orjson.dumps([logged.change.kind, logged.change.facts(), logged.occurred_at])


def unpack(epoch: int, seq: int, packed: bytes, mark: int | None, previous: int | None) -> LoggedChange:
    """The change of an entry of the stream."""
    kind, facts, occurred_at = orjson.loads(packed)
    return LoggedChange(epoch, seq, read_change(kind, facts), datetime.fromisoformat(occurred_at), mark, previous)
