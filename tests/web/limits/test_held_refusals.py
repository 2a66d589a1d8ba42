"""Whoever has spent their budget is told so a few times a second, whatever they send; nobody else waits for that."""

import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from auth.refusals import RateLimited
from resolvers.limits.rates import Rates
from tests.conditions import soon, until
from tests.web.server import Server
from web.limits.budgets import REQUEST_POINTS, Budgets, request_points
from web.limits.callers import Exemption
from web.limits.held_refusals import HeldRefusals
from web.limits.metering import Metering
from web.limits.request_lines import Lines
from web.settings import Settings

ONE, OTHER = "192.0.2.1", "192.0.2.2"
SPENT: Any = {"points_per_address": 100, "points_seconds": 86_400}


def test_each_refusal_of_a_caller_is_due_behind_the_one_before() -> None:
    held = HeldRefusals(each=10, together=1000, most=100)
    assert [held.due(ONE, 50.0) for _ in range(4)] == pytest.approx([50.1, 50.2, 50.3, 50.4])
    assert held.due(OTHER, 50.0) == pytest.approx(50.1), "nobody waits for another one's"
    assert held.due(ONE, 60.0) == pytest.approx(60.1), "nor for what was long ago"


def test_all_together_are_so_many_a_second() -> None:
    held = HeldRefusals(each=10, together=20, most=100)
    due = [held.due(f"192.0.2.{number}", 50.0) for number in range(40)]
    assert due[-1] == pytest.approx(52.0)
    assert all(after - before <= 0.051 for before, after in pairwise(due))


def test_however_many_came_and_went_nobody_waits_longer_than_half_a_minute() -> None:
    held = HeldRefusals(each=1, together=1, most=100)
    assert max(held.due(ONE, 50.0) for _ in range(1000)) == pytest.approx(80.0)


async def test_so_many_are_held_and_who_leaves_makes_room() -> None:
    held = HeldRefusals(each=0.001, together=1000, most=2)
    waiting = [asyncio.create_task(held.hold(ONE)) for _ in range(2)]
    await until(lambda: held.held == 2)
    assert await soon(held.hold(OTHER)) is False
    waiting[0].cancel()
    await until(lambda: held.held == 1)
    waiting[1].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert held.held == 0


@pytest.mark.parametrize(
    ("headers", "points"),
    [
        ([], REQUEST_POINTS),
        ([(b"content-length", b"300")], REQUEST_POINTS),
        ([(b"host", b"x"), (b"content-length", b"600000")], REQUEST_POINTS + 1500),
        ([(b"transfer-encoding", b"chunked")], REQUEST_POINTS + 250),
        ([(b"content-length", b"x")], REQUEST_POINTS),
        ([(b"content-length", b"9" * 5000)], REQUEST_POINTS),
    ],
)
def test_a_request_costs_what_it_takes_to_read_it(headers: list[tuple[bytes, bytes]], points: int) -> None:
    assert request_points(headers) == points


class Application:
    """A server's lines and budgets before an application, which answers at once."""

    def __init__(self, **settings: Any) -> None:
        made = Settings(**SPENT, **settings)
        self.budgets = Budgets(Rates(), made)
        self.lines = Lines(1, 1000.0, Exemption(made))
        paid = Metering(self.budgets, Exemption(made)).paid(self.answer, self.refused)
        self.app = self.lines.before(paid, self.refused)
        self.reads = 0

    @staticmethod
    def refused(_scope: Scope, _refusal: RateLimited) -> Response:
        return PlainTextResponse("", 429)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("")(scope, receive, send)

    async def ask(self, caller: str) -> tuple[int, dict[bytes, bytes]]:
        """The status and the headers of an answer."""
        found: list[Any] = []

        async def receive() -> Any:
            self.reads += 1
            raise AssertionError("nothing of it is read")

        async def send(message: Any) -> None:
            found.append(message)

        await self.app({"type": "http", "method": "POST", "client": (caller, 1), "headers": []}, receive, send)
        return found[0]["status"], dict(found[0]["headers"])


async def test_what_is_held_keeps_no_place_in_the_line_and_is_not_read() -> None:
    """Of an address one request is served at a time: thirty are held all the same, and another caller is answered."""
    found = Application(refusals_per_caller=0.001)
    answers = [(await found.ask(ONE))[0] for _ in range(100 // REQUEST_POINTS)]
    assert answers == [200] * len(answers)
    held = [asyncio.create_task(found.ask(ONE)) for _ in range(30)]
    await until(lambda: found.budgets.held.held == 30)
    assert (await soon(found.ask(OTHER)))[0] == 200
    assert not any(one.done() for one in held)
    assert found.reads == 0
    for one in held:
        one.cancel()
    await asyncio.gather(*held, return_exceptions=True)
    assert found.budgets.held.held == 0


async def test_where_too_many_are_held_the_connection_ends_with_the_answer() -> None:
    found = Application(refusals_per_caller=0.001, refusals_held=1)
    for _ in range(100 // REQUEST_POINTS):
        await found.ask(ONE)
    held = asyncio.create_task(found.ask(ONE))
    await until(lambda: found.budgets.held.held == 1)
    status, headers = await soon(found.ask(ONE))
    assert (status, headers[b"connection"]) == (429, b"close")
    held.cancel()
    await asyncio.gather(held, return_exceptions=True)


def test_whoever_goes_on_asking_is_still_told(tmp_path: Path) -> None:
    with Server(tmp_path / "data", LIMIT_LOOPBACK=1, POINTS_PER_ADDRESS=2000, POINTS_SECONDS=86_400) as server:
        statuses = [server.client.post("/graphql", json={"query": "{ __typename }"}).status_code for _ in range(45)]
        assert statuses[0] == 200
        assert statuses[-3:] == [429] * 3
        assert statuses.index(429) <= 2000 / REQUEST_POINTS
