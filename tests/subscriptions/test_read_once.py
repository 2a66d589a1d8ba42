"""What many read at once is read once, as long as nothing changes."""

import asyncio

import pytest

from subscriptions import read_once
from subscriptions.cursors import Position
from subscriptions.read_once import ReadOnce
from tests.conditions import soon


class Reading:
    """Something to read, which counts how often it was read."""

    def __init__(self) -> None:
        self.position = Position(1, 1)
        self.once = ReadOnce(lambda: self.position)
        self.times = 0
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def _read(self) -> int:
        self.times += 1
        times = self.times
        await self.goes_on.wait()
        return times

    async def read(self, key: str = "one") -> int:
        return await self.once.of(key, self._read)


@pytest.fixture(autouse=True)
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is faster than the clock."""
    monkeypatch.setattr(read_once, "_KEPT_SECONDS", 1000.0)


async def test_all_who_ask_by_one_key_get_one_reading() -> None:
    reading = Reading()
    assert set(await soon(asyncio.gather(*(reading.read() for _number in range(500))))) == {1}
    assert await reading.read() == 1
    assert await reading.read("other") == 2


async def test_after_each_change_and_after_a_while_it_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = Reading()
    assert await reading.read() == 1
    reading.position = Position(1, 2)
    assert await reading.read() == 2
    reading.once.forget()
    assert await reading.read() == 3
    monkeypatch.setattr(read_once, "_KEPT_SECONDS", -1.0)
    reading.position = Position(2, 1)
    assert [await reading.read(), await reading.read()] == [4, 5]


async def test_a_reading_that_fails_is_told_to_those_who_waited_and_the_next_reads_again() -> None:
    reading, failing = Reading(), True

    async def read() -> int:
        await asyncio.sleep(0)
        if failing:
            raise ConnectionError
        return 7

    found = await soon(asyncio.gather(*(reading.once.of("one", read) for _number in range(3)), return_exceptions=True))
    assert [type(one) for one in found] == [ConnectionError] * 3
    failing = False
    assert await reading.once.of("one", read) == 7


async def test_who_leaves_takes_it_from_nobody() -> None:
    reading = Reading()
    reading.goes_on.clear()
    leaving, staying = (asyncio.create_task(reading.read()) for _number in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    reading.goes_on.set()
    assert await soon(staying) == 1
    assert reading.times == 1


async def test_no_more_is_kept_than_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_once, "_MOST", 3)
    reading = Reading()
    for number in range(10):
        await reading.read(str(number))
    assert await reading.read("9") == 10
    assert await reading.read("0") == 11
