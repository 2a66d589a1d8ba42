"""Everyone is pinged once a period, many in one go."""

import asyncio
import time

from tests.conditions import until
from web.live.pings import Pings


class Heart:
    """Counts pings, and when they came."""

    def __init__(self) -> None:
        self.beats: list[float] = []

    def ping(self) -> None:
        """One more."""
        self.beats.append(time.monotonic())


async def test_each_is_pinged_once_a_period_and_not_before() -> None:
    pings, begun = Pings(0.4), time.monotonic()
    early, late = Heart(), Heart()
    turns = [pings.begin(early)]
    await asyncio.sleep(0.1)
    turns.append(pings.begin(late))
    await until(lambda: len(early.beats) == 3 and len(late.beats) == 2)
    assert early.beats[0] - begun > 0.4
    assert all(later - earlier > 0.35 for earlier, later in zip(early.beats, early.beats[1:], strict=False))
    assert late.beats[0] > early.beats[0]
    pings.end(early, turns[0])
    await until(lambda: len(late.beats) == 4)
    assert len(early.beats) == 3
    pings.end(late, turns[1])


async def test_where_nobody_is_left_no_timer_runs_and_it_can_begin_again() -> None:
    pings, heart = Pings(0.1), Heart()
    turn = pings.begin(heart)
    pings.end(heart, turn)
    await until(lambda: pings._timer is None)
    turn = pings.begin(heart)
    await until(lambda: heart.beats)
    pings.end(heart, turn)
    await until(lambda: pings._timer is None)
