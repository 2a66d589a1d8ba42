"""What was missed, executed once for all who missed the same: clients that were cut at once come back at once."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass

from subscriptions.cursors import Position
from subscriptions.hub import Hub, Span, consume_outcome
from subscriptions.shared_subscriptions import SharedUpdate, Source

# For how long, and how many. What is shown, and to whom, may change by the clock, if by nothing else.
_KEPT_SECONDS = 1.0
_MOST = 100


@dataclass(frozen=True, slots=True)
class CatchUp:
    """The updates of one part of the log."""

    updates: list[SharedUpdate]
    # All up to this has been told, or looked at and passed over.
    done: Position


class CatchUps:
    """The replays of a moment: as long as nothing changes, executing again would give the same."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._kept: dict[object, asyncio.Task[CatchUp | None]] = {}
        self._position = Position(0, 0)
        self._stale_at = 0.0

    async def of(self, key: object, source: Source, begin: Position, until: Position) -> CatchUp | None:
        """What the subscriptions `key` are told of behind `begin`, up to `until`, as `source` executes it.

        The part must be short, for it is held in memory. None where it is refused, or ends with an error or by itself.
        Raises what ends a subscription that isn't over, as `Unavailable`.
        """
        position, now = self._hub.position, time.monotonic()
        if position != self._position or now > self._stale_at or len(self._kept) >= _MOST:
            self._kept, self._position, self._stale_at = {}, position, now + _KEPT_SECONDS
            # Maybe nobody comes for hours who would find them stale.
            asyncio.get_running_loop().call_later(_KEPT_SECONDS, self._kept.clear)
        part = (key, begin, until)
        task = self._kept.get(part)
        if task is None:
            task = asyncio.create_task(_play(source, Span(begin=begin, is_first=True, until=until)))
            task.add_done_callback(consume_outcome)
            self._kept[part] = task
        return await asyncio.shield(task)  # who leaves ends it for nobody else


async def _play(source: Source, span: Span) -> CatchUp | None:
    updates = []
    async with aclosing(source(span)) as results:
        async for shared in results:
            if shared.position is None:
                return None
            updates.append(shared)
    return CatchUp(updates, span.done) if span.reached else None
