"""What stands in an event stream and in a multipart answer, byte for byte, and that neither reads ahead."""

import asyncio
import re
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from graphql import GraphQLError
from strawberry.types import ExecutionResult

from auth.refusals import TokenOver, Unavailable
from subscriptions.hub import Stopping
from subscriptions.shared_subscriptions import SharedUpdate
from tests.conditions import soon, until
from web.live.multipart import ApolloParts
from web.live.sse import EventStream
from web.live.stream import Ping, Result, StreamedAnswer, StreamFormat

SCOPE: dict[str, Any] = {"type": "http", "asgi": {"spec_version": "2.3"}}
SHARED = SharedUpdate(b'{"data":{"a":1},"extensions":{"cursor":"c1"}}', None, "c1")
REFUSED = SharedUpdate(b'[{"message":"no","extensions":{"cursor":"c2"}}]', None, refused=True)
OWN = ExecutionResult({"b": "ä"}, [GraphQLError("no")])
EVENTS = [
    b": ping\n\n",
    b": ping\nid: c0\n\n",
    b'id: c1\nevent: next\ndata: {"data":{"a":1},"extensions":{"cursor":"c1"}}\n\n',
    b'id: c2\nevent: next\ndata: {"errors":[{"message":"no","extensions":{"cursor":"c2"}}]}\n\n',
    'event: next\ndata: {"data":{"b":"ä"}}\n\n'.encode(),
    b"event: complete\ndata: \n\n",
]
HEAD = b"\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
PARTS = [
    HEAD % 2 + b"{}\r\n--graphql",
    HEAD % 2 + b"{}\r\n--graphql",
    HEAD % 30 + b'{"extensions":{"cursor":"c0"}}\r\n--graphql',
    HEAD % 57 + b'{"payload":{"data":{"a":1},"extensions":{"cursor":"c1"}}}\r\n--graphql',
    HEAD % 70 + b'{"payload":{"errors":[{"message":"no","extensions":{"cursor":"c2"}}]}}\r\n--graphql',
    HEAD % 31 + '{"payload":{"data":{"b":"ä"}}}\r\n--graphql'.encode(),
    b"\r\n--graphql--\r\n",
]


class Client:
    """An ASGI server's side: what was sent. Where `room` isn't set, only so much is taken; it leaves when told to."""

    def __init__(self, room_for: int = 1) -> None:
        self.messages: list[Any] = []
        self.room_for = room_for
        self.room = asyncio.Event()
        self.leaves = asyncio.Event()

    async def receive(self) -> Any:
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.messages.append(message)
        if len(self.messages) >= self.room_for:
            await self.room.wait()

    @property
    def bodies(self) -> list[bytes]:
        return [message["body"] for message in self.messages[1:]]


class Source:
    """A subscription of this process: how much was taken of it, and whether it was closed."""

    def __init__(self, results: list[Result], ending: Exception | None = None) -> None:
        self.results = results
        self.ending = ending
        self.taken = 0
        self.is_closed = False

    async def run(self) -> AsyncGenerator[Result, None]:
        try:
            for result in self.results:
                self.taken += 1
                yield result
            if self.ending is not None:
                raise self.ending
        finally:
            self.is_closed = True


class Given:
    """Counts how often a place was given back."""

    def __init__(self) -> None:
        self.back = 0

    def __call__(self) -> None:
        self.back += 1


def answer(format: StreamFormat, source: Source, given: Given, stopping: asyncio.Event | None = None) -> StreamedAnswer:
    return StreamedAnswer(
        format,
        source.run(),
        lambda result: {"data": result.data},
        give_back=given,
        stopping=stopping or asyncio.Event(),
        retry_seconds=5,
    )


@pytest.mark.parametrize(("format", "expected"), [(EventStream(), EVENTS), (ApolloParts(), PARTS)])
async def test_every_kind_of_result_is_written_as_its_format_has_it(
    format: StreamFormat, expected: list[bytes]
) -> None:
    source, given, client = Source([Ping(None), Ping("c0"), SHARED, REFUSED, OWN]), Given(), Client()
    client.room.set()
    await soon(answer(format, source, given)(SCOPE, client.receive, client.send))
    assert client.bodies == [*expected, b""]
    assert [message.get("more_body") for message in client.messages[1:]] == [True] * len(expected) + [False]
    assert dict(client.messages[0]["headers"])[b"content-type"] == format.content_type.encode()
    assert (source.is_closed, given.back) == (True, 1)


@pytest.mark.parametrize("format", [EventStream(), ApolloParts()])
async def test_an_update_is_taken_when_the_one_before_has_left(format: StreamFormat) -> None:
    source, given, client = Source([SHARED] * 10), Given(), Client(room_for=5)
    serving = asyncio.create_task(answer(format, source, given)(SCOPE, client.receive, client.send))
    await until(lambda: len(client.messages) == 5)
    for _turn in range(20):
        await asyncio.sleep(0)
    sent = len(client.messages) - 1 - bool(format.opening)
    assert source.taken == sent
    client.room.set()
    await soon(serving)
    assert source.taken == 10


@pytest.mark.parametrize("format", [EventStream(), ApolloParts()])
async def test_who_leaves_ends_it_and_gives_the_place_back(format: StreamFormat) -> None:
    source, given, client = Source([SHARED] * 10), Given(), Client()
    serving = asyncio.create_task(answer(format, source, given)(SCOPE, client.receive, client.send))
    await until(lambda: client.messages)
    client.leaves.set()
    await soon(serving)
    assert given.back == 1
    # Before anything was sent, too.
    source, given = Source([SHARED]), Given()
    await soon(answer(format, source, given)(SCOPE, client.receive, client.send))
    assert given.back == 1


@pytest.mark.parametrize("ending", [Stopping(), TokenOver(), Unavailable(), ConnectionError()])
async def test_what_is_to_be_resumed_ends_without_an_end(ending: Exception) -> None:
    for format, farewell in ((EventStream(), rb"retry: \d{4}\n\n"), (ApolloParts(), rb"")):
        source, given, client = Source([SHARED], ending), Given(), Client()
        client.room.set()
        await soon(answer(format, source, given)(SCOPE, client.receive, client.send))
        assert format.closing not in client.bodies
        assert re.fullmatch(farewell, client.bodies[-1])
        assert (source.is_closed, given.back) == (True, 1)


async def test_what_nobody_foresaw_is_raised_and_gives_the_place_back() -> None:
    source, given, client = Source([SHARED], RuntimeError("odd")), Given(), Client()
    client.room.set()
    with pytest.raises(RuntimeError, match="odd"):
        await soon(answer(EventStream(), source, given)(SCOPE, client.receive, client.send))
    assert (source.is_closed, given.back) == (True, 1)


async def test_a_server_that_stops_ends_a_stream_that_waits() -> None:
    waiting = asyncio.Event()

    class Waiting(Source):
        async def run(self) -> AsyncGenerator[Result, None]:
            try:
                await waiting.wait()
                yield SHARED
            finally:
                self.is_closed = True

    source, given, client, stopping = Waiting([]), Given(), Client(), asyncio.Event()
    client.room.set()
    serving = asyncio.create_task(answer(EventStream(), source, given, stopping)(SCOPE, client.receive, client.send))
    await until(lambda: client.messages)
    stopping.set()
    await soon(serving)
    assert client.bodies[0].startswith(b"retry: ")
    assert (source.is_closed, given.back) == (True, 1)


@pytest.mark.parametrize(
    ("accept", "accepted"),
    [
        ("text/event-stream", EventStream),
        ("application/json, TEXT/Event-Stream;q=0.5", EventStream),
        ("text/event-streams", None),
        ("multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json", ApolloParts),
        ('application/json, multipart/mixed; subscriptionSpec="1.0"', ApolloParts),
        ("Multipart/Mixed; SUBSCRIPTIONSPEC=1.0; boundary='graphql'", ApolloParts),
        ("multipart/mixed;boundary=-;subscriptionSpec=1.0", None),
        ("multipart/mixed;deferSpec=20220824", None),
        ("multipart/mixed;subscriptionSpec=2.0", None),
        ("multipart/mixed;subscriptionSpec*=utf-8''1.0", None),
        ("multipart/mixed;;=;subscriptionSpec", None),
        ("multipart/mixed", None),
        ("*/*", None),
        ("", None),
    ],
)
def test_formats_are_accepted_by_their_media_types(accept: str, accepted: type[Any] | None) -> None:
    assert [type(one) for one in (EventStream(), ApolloParts()) if one.accepts(accept)] == (
        [] if accepted is None else [accepted]
    )
