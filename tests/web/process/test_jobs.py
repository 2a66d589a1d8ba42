"""Jobs run at start and again, and one that fails stops none of the others."""

import asyncio

from tests.conditions import soon
from web.process.jobs import Job, running


async def test_a_job_that_fails_is_tried_again_and_stops_no_other() -> None:
    done: list[str] = []
    enough = asyncio.Event()

    async def good() -> None:
        done.append("good")
        if done.count("good") >= 3 and done.count("bad") >= 3:
            enough.set()

    async def bad() -> None:
        done.append("bad")
        raise RuntimeError

    async with running([Job("bad", 0.001, bad), Job("good", 0.001, good)]):
        await soon(enough.wait())
    count = len(done)
    await asyncio.sleep(0)
    assert len(done) == count


async def test_what_has_to_be_done_first_is_done_before_anything_is_served() -> None:
    done: list[str] = []

    async def work() -> None:
        done.append("work")
        raise RuntimeError

    async with running([Job("first", 60, work, first=True)]):
        assert done == ["work"]


async def test_slow_work_is_ended_when_the_server_ends() -> None:
    begun = asyncio.Event()

    async def slow() -> None:
        begun.set()
        await asyncio.Event().wait()

    async def work() -> None:
        async with running([Job("slow", 1, slow)]):
            await begun.wait()

    await soon(work())
