"""Each caller's requests are served so many at a time, and nobody waits behind another one's."""

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from auth.refusals import RateLimited
from tests.conditions import soon, until
from web.limits.callers import Exemption
from web.limits.request_lines import Lines
from web.settings import Settings


class Application:
    """Answers when it is let to, and knows how many it answers at a time."""

    def __init__(self, at_once: int = 2, seconds: float = 1000.0) -> None:
        self.lines = Lines(at_once, seconds, Exemption(Settings()))
        self.app = self.lines.before(self, self.refused)
        self.served: dict[str, int] = {}
        self.answered: list[Any] = []
        self.goes_on = asyncio.Semaphore(0)

    @staticmethod
    def refused(_scope: Scope, _refusal: RateLimited) -> Response:
        return PlainTextResponse("", 429)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = scope["client"][0]
        self.served[caller] = self.served.get(caller, 0) + 1
        try:
            await self.goes_on.acquire()
        finally:
            self.served[caller] -= 1
        if scope["path"] == "/fails":
            raise ZeroDivisionError
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/stream":
            await self.goes_on.acquire()
        await send({"type": "http.response.body", "body": b""})
        self.answered.append((caller, scope["path"]))

    def ask(self, caller: str, path: str = "/") -> "asyncio.Task[list[int]]":
        statuses: list[int] = []

        async def send(message: Any) -> None:
            if "status" in message:
                statuses.append(message["status"])

        async def asked() -> list[int]:
            scope = {"type": "http", "client": (caller, 1), "path": path, "headers": []}
            await self.app(scope, None, send)  # type: ignore[arg-type]
            return statuses

        return asyncio.create_task(asked())

    def let(self, number: int) -> None:
        for _number in range(number):
            self.goes_on.release()


ONE, OTHER = "192.0.2.1", "192.0.2.2"


async def test_so_many_of_one_caller_are_served_and_others_wait_in_order() -> None:
    found = Application()
    tasks = [found.ask(ONE, f"/{number}") for number in range(10)]
    await until(lambda: found.lines.waiting == 8)
    assert found.served == {ONE: 2}
    for number in range(10):
        found.let(1)
        await until(lambda number=number: len(found.answered) == number + 1)  # type: ignore[misc]
        assert found.served[ONE] <= 2
    assert await soon(asyncio.gather(*tasks)) == [[200]] * 10
    assert found.answered == [(ONE, f"/{number}") for number in range(10)]


async def test_nobody_waits_behind_another_caller() -> None:
    found = Application()
    hundred = [found.ask(ONE) for _number in range(100)]
    await until(lambda: found.lines.waiting == 98)
    honest = found.ask(OTHER)
    await until(lambda: found.served.get(OTHER) == 1)
    found.let(101)
    await soon(asyncio.gather(honest, *hundred))


async def test_who_leaves_or_fails_gives_the_place_to_the_next() -> None:
    found = Application(at_once=1)
    first, second, third = found.ask(ONE, "/fails"), found.ask(ONE), found.ask(ONE)
    await until(lambda: found.lines.waiting == 2)
    second.cancel()
    found.let(1)
    with pytest.raises(ZeroDivisionError):
        await soon(first)
    found.let(1)
    assert await soon(third) == [200]
    assert found.lines.waiting == 0
    assert found.lines._served == found.lines._waiting == {}


async def test_a_stream_keeps_its_place_until_it_begins() -> None:
    found = Application(at_once=1)
    stream, other = found.ask(ONE, "/stream"), found.ask(ONE)
    await until(lambda: found.lines.waiting == 1)
    found.let(1)
    await until(lambda: found.lines.waiting == 0)
    assert not stream.done()
    found.let(2)
    await soon(asyncio.gather(stream, other))


async def test_who_waits_too_long_is_refused() -> None:
    found = Application(at_once=1, seconds=0.01)
    first, second = found.ask(ONE), found.ask(ONE)
    assert await soon(second) == [429]
    found.let(1)
    assert await soon(first) == [200]
    found.let(1)
    assert await soon(found.ask(ONE)) == [200]


async def test_this_machine_s_own_programs_are_spared() -> None:
    found = Application(at_once=1)
    tasks = [found.ask("127.0.0.1") for _number in range(5)]
    await until(lambda: found.served == {"127.0.0.1": 5})
    found.let(5)
    await soon(asyncio.gather(*tasks))


# ---------------------------------------------------------------- who begins

QUICK, SLOW = 0.000_1, 0.005


class Begun:
    """Lines, and in which turn of the loop whose request was begun, which took so long by a clock of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.instant = 0.0
        monkeypatch.setattr("web.limits.beginnings.perf_counter", lambda: self.instant)
        self.lines = Lines(4, 1000.0, Exemption(Settings()))
        self.begun: list[tuple[int, str, float]] = []
        self.turn = 0

    async def ask(self, caller: str, points: int = 50, takes: float = SLOW) -> None:
        leave = await self.lines.enter(caller, points)
        self.begun.append((self.turn, caller, takes))
        self.instant += takes
        try:
            await asyncio.sleep(0)
        finally:
            leave()

    async def until_all_have(self, *tasks: "asyncio.Task[None]") -> None:
        """Let the loop turn until these are done."""
        while not all(task.done() for task in tasks):
            self.turn += 1
            await asyncio.sleep(0)

    @property
    def turns(self) -> dict[int, list[float]]:
        """How long those took that were begun, by turn."""
        found: dict[int, list[float]] = {}
        for turn, _caller, takes in self.begun:
            found.setdefault(turn, []).append(takes)
        return found

    @property
    def callers(self) -> list[str]:
        """Whose requests were begun, in order."""
        return [caller for _turn, caller, _takes in self.begun]


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Begun:
    return Begun(monkeypatch)


OTHERS = [f"198.51.100.{number}" for number in range(50)]


async def test_who_comes_while_there_is_time_begins_at_once(found: Begun) -> None:
    tasks = [asyncio.create_task(found.ask(caller, takes=0.0)) for caller in OTHERS * 4]
    await found.until_all_have(*tasks)
    assert list(found.turns) == [1]


async def test_what_begins_in_a_turn_takes_a_millisecond_and_the_others_wait(found: Begun) -> None:
    await found.until_all_have(*(asyncio.create_task(found.ask(caller, takes=QUICK)) for caller in OTHERS))
    assert len(found.begun) == 50
    assert 5 <= len(found.turns) <= 10, "ten in a turn, and at most one turn between two in which some begin"
    assert all(len(begun) in range(9, 12) for begun in list(found.turns.values())[:-1])


async def test_of_what_takes_long_one_is_begun_and_none_in_the_next_turn(found: Begun) -> None:
    await found.until_all_have(*(asyncio.create_task(found.ask(caller)) for caller in OTHERS))
    turns = [turn for turn, _caller, _takes in found.begun]
    assert len(turns) == 50
    assert all(after - before >= 2 for before, after in pairwise(turns))


async def test_who_comes_in_that_turn_waits_behind_those_who_were_called(found: Begun) -> None:
    tasks = [asyncio.create_task(found.ask(caller)) for caller in OTHERS[:2]]
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(found.ask(ONE)))
    await found.until_all_have(*tasks)
    assert found.callers == [*OTHERS[:2], ONE]
    turns = [turn for turn, _caller, _takes in found.begun]
    assert all(after - before >= 2 for before, after in pairwise(turns))


async def test_nobody_begins_before_who_waits_and_asked_for_less(found: Begun) -> None:
    await found.until_all_have(asyncio.create_task(found.ask(ONE, 100_000)))
    tasks = [asyncio.create_task(found.ask(caller, takes=QUICK)) for caller in OTHERS]
    await asyncio.sleep(0)
    await found.until_all_have(*tasks, asyncio.create_task(found.ask(ONE, takes=QUICK)))
    assert found.callers[-1] == ONE


async def test_however_long_they_took_before(found: Begun) -> None:
    """Who sends what is quick for a while gets no more of what is slow into a turn."""
    for takes in (QUICK / 10, SLOW, QUICK, SLOW, 0.0, SLOW):
        tasks = [asyncio.create_task(found.ask(caller, takes=takes)) for caller in OTHERS * 4]
        await found.until_all_have(*tasks)
    mixed = [asyncio.create_task(found.ask(OTHERS[n % 50], takes=(QUICK, SLOW)[n % 7 == 0])) for n in range(200)]
    await found.until_all_have(*mixed)
    assert len(found.begun) == 1400
    assert all(sum(begun[:-1]) < 0.00101 for begun in found.turns.values()), "a millisecond, and one more"


async def test_after_what_took_long_the_quick_begin_at_once_again(found: Begun) -> None:
    await found.until_all_have(*(asyncio.create_task(found.ask(caller)) for caller in OTHERS))
    quiet = [asyncio.create_task(found.ask(caller, takes=QUICK)) for caller in OTHERS[:9]]
    await found.until_all_have(*quiet)
    assert len({turn for turn, _caller, _takes in found.begun[50:]}) == 1


@pytest.mark.parametrize("takes", [QUICK, SLOW])
async def test_who_asks_now_and_then_begins_before_fifty_others_that_ask_without_end(
    found: Begun, takes: float
) -> None:
    await found.until_all_have(*(asyncio.create_task(found.ask(caller)) for caller in OTHERS))
    waiting = [asyncio.create_task(found.ask(caller, takes=takes)) for _time in range(4) for caller in OTHERS]
    await asyncio.sleep(0)
    found.begun.clear()
    honest = asyncio.create_task(found.ask(ONE))
    await found.until_all_have(honest, *waiting)
    begun = found.callers.index(ONE)
    assert sum(took for _turn, _caller, took in found.begun[:begun]) <= 2 * max(0.0011, takes), "behind those called"


async def test_who_sends_what_is_long_to_read_begins_after_who_sends_little(found: Begun) -> None:
    await found.until_all_have(asyncio.create_task(found.ask(OTHER, 1500)), asyncio.create_task(found.ask(ONE)))
    found.begun.clear()
    tasks = [asyncio.create_task(found.ask(OTHER, 1500)) for _ in range(3)]
    tasks += [asyncio.create_task(found.ask(ONE)) for _ in range(3)]
    await found.until_all_have(*tasks)
    assert found.callers[1:4] == [ONE] * 3


async def test_long_bodies_that_are_complete_in_one_turn_are_not_read_in_one(found: Begun) -> None:
    complete = asyncio.Event()

    async def app(scope: Scope, receive: Receive, _send: Send) -> None:
        pieces = [await receive() for _time in range(2)]
        assert [piece["body"] for piece in pieces] == [b"[", b"]"]
        found.begun.append((found.turn, scope["client"][0], SLOW))
        found.instant += SLOW
        assert await receive() == {"type": "http.disconnect"}

    def asked(caller: str, length: int) -> "asyncio.Task[None]":
        pieces: Iterator[dict[str, Any]] = iter([{"body": b"[", "more_body": True}, {"body": b"]"}])

        async def receive() -> Any:
            piece = next(pieces, None)
            if piece is None:
                return {"type": "http.disconnect"}
            if "more_body" not in piece:
                await complete.wait()
            return {"type": "http.request", **piece}

        headers = [(b"content-length", b"%d" % length)]
        scope = {"type": "http", "client": (caller, 1), "path": "/", "headers": headers}
        return asyncio.create_task(lined(scope, receive, None))  # type: ignore[arg-type]

    lined = found.lines.before(app, Application.refused)
    for length, at_once in ((100, 50), (400_000, 1)):
        tasks = [asked(caller, length) for caller in OTHERS]
        for _turn in range(200):  # all have begun, and wait for what is left
            await asyncio.sleep(0)
        found.begun.clear()
        complete.set()
        await found.until_all_have(*tasks)
        assert len(found.begun) == 50
        assert max(map(len, found.turns.values())) == at_once
        complete.clear()


@pytest.mark.parametrize("turns", range(6))
async def test_who_leaves_while_it_waits_to_begin_gives_its_place_back(found: Begun, turns: int) -> None:
    """Also in the moment in which it was called."""
    tasks = [asyncio.create_task(found.ask(f"198.51.100.{n}", takes=(QUICK, SLOW)[n > 5])) for n in range(30)]
    for _turn in range(turns):
        await asyncio.sleep(0)
    for one in tasks[7:27]:
        one.cancel()
    await soon(asyncio.wait(tasks))
    assert found.callers[-3:] == [f"198.51.100.{n}" for n in range(27, 30)]
    assert found.lines._served == found.lines._waiting == {}
    assert found.lines.beginnings.waiting == 0
    await soon(found.ask(ONE))
