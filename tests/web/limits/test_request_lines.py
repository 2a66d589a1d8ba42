"""Each caller's requests are served so many at a time, and nobody waits behind another one's."""

import asyncio
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
    assert found.lines._lines == {}


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


class Begun:
    """Lines, and in which turn of the loop whose request was begun."""

    def __init__(self) -> None:
        self.lines = Lines(4, 1000.0, Exemption(Settings()))
        self.begun: list[tuple[int, str]] = []
        self.turn = 0

    async def ask(self, caller: str, points: int = 50) -> None:
        leave = await self.lines.enter(caller, points)
        self.begun.append((self.turn, caller))
        await asyncio.sleep(0)
        leave()

    async def until_all_have(self, *tasks: "asyncio.Task[None]") -> None:
        """Let the loop turn until these are done."""
        while not all(task.done() for task in tasks):
            self.turn += 1
            await asyncio.sleep(0)


async def test_one_request_is_begun_in_a_turn_of_the_loop_however_many_ask() -> None:
    found = Begun()
    await found.until_all_have(*(asyncio.create_task(found.ask(f"198.51.100.{n}")) for n in range(50)))
    turns = [turn for turn, _caller in found.begun]
    assert len(set(turns)) == len(turns) == 50


async def test_who_asks_now_and_then_begins_before_fifty_others_that_ask_without_end() -> None:
    found = Begun()
    others = [f"198.51.100.{n}" for n in range(50)]
    await found.until_all_have(*(asyncio.create_task(found.ask(caller)) for caller in others))
    found.begun.clear()
    waiting = [asyncio.create_task(found.ask(caller)) for _time in range(4) for caller in others]
    await asyncio.sleep(0)
    honest = asyncio.create_task(found.ask(ONE))
    await found.until_all_have(honest, *waiting)
    assert [caller for _turn, caller in found.begun].index(ONE) <= 2, "behind those whose turn has come"


async def test_who_sends_what_is_long_to_read_begins_after_who_sends_little() -> None:
    found = Begun()
    await found.until_all_have(asyncio.create_task(found.ask(OTHER, 1500)), asyncio.create_task(found.ask(ONE)))
    found.begun.clear()
    tasks = [asyncio.create_task(found.ask(OTHER, 1500)) for _ in range(3)]
    tasks += [asyncio.create_task(found.ask(ONE)) for _ in range(3)]
    await found.until_all_have(*tasks)
    assert [caller for _turn, caller in found.begun][1:4] == [ONE] * 3


async def test_who_leaves_while_it_waits_to_begin_gives_its_place_back() -> None:
    found = Begun()
    tasks = [asyncio.create_task(found.ask(f"198.51.100.{n}")) for n in range(10)]
    await asyncio.sleep(0)
    for one in tasks[3:]:
        one.cancel()
    await asyncio.wait(tasks)
    assert found.lines._lines == {}
    assert found.lines.beginning.waiting == 0
    await soon(found.ask(ONE))
