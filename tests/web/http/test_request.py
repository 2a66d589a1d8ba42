"""What a request asks for is read once, wherever the answer comes from, and what is wrong with it is told last."""

import itertools
import json
from typing import Any

import httpx
import pytest
from starlette.requests import ClientDisconnect

from auth.refusals import BadRequest, PersistedQueryNotSupported, TooComplex
from tests.web.caching import process
from tests.world import World
from web.http import json_text
from web.http.persisted import DocumentName, SentDocuments
from web.http.request import RefusedError, asked_in_address, asked_in_body, read_body, whole
from web.live.asked import Asked

NEW = "application/graphql-response+json"
GOOD = "{ network { name } }"
STREAMS = "application/json, text/event-stream"


class Body:
    """A body that comes in these parts; with `breaks_off` the client leaves behind them."""

    def __init__(self, *parts: bytes, breaks_off: bool = False) -> None:
        self._messages: list[dict[str, Any]] = [
            {"type": "http.request", "body": part, "more_body": True} for part in parts
        ]
        if breaks_off:
            self._messages.append({"type": "http.disconnect"})
        else:
            self._messages.append({"type": "http.request"})

    async def receive(self) -> dict[str, Any]:
        return self._messages.pop(0)


async def test_a_body_is_read_in_as_many_parts_as_come() -> None:
    for parts in ((), (b"",), (b"abc",), (b"a", b"", b"bc")):
        assert await read_body(Body(*parts).receive, 3) == b"".join(parts)


async def test_a_body_that_is_too_long_is_not_read_to_its_end() -> None:
    body = Body(b"ab", b"cd", b"ef")
    with pytest.raises(RefusedError) as refused:
        await read_body(body.receive, 3)
    assert refused.value.status == 413
    assert len(body._messages) == 2


async def test_a_body_that_breaks_off_is_none() -> None:
    with pytest.raises(ClientDisconnect):
        await read_body(Body(b'{"query": "{ a }"}', breaks_off=True).receive, 100)


@pytest.mark.parametrize(
    ("parameters", "asked"),
    [
        ({"query": GOOD}, Asked(GOOD)),
        ({"query": GOOD, "variables": {"a": 1}, "operationName": "A"}, Asked(GOOD, {"a": 1}, "A")),
        ({"query": GOOD, "extensions": {"b": None}, "other": 1}, Asked(GOOD, extensions={"b": None})),
        ({"query": GOOD, "variables": None, "operationName": None, "extensions": None}, Asked(GOOD)),
    ],
)
def test_body_and_address_ask_alike(parameters: dict[str, Any], asked: Asked) -> None:
    assert asked_in_body(json.dumps(parameters).encode()) == asked
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
    if parameters.get("operationName", "") is None:
        del texts["operationName"]
    assert asked_in_address(str(httpx.QueryParams(texts)).encode()) == asked


@pytest.mark.parametrize(
    "query_string", [b"", b"query=", b"query", b"query=a&query=", b"variables={}", b"%ff=%fe", b"&&="]
)
def test_an_address_without_a_document_asks_nothing(query_string: bytes) -> None:
    refused = asked_in_address(query_string)
    assert isinstance(refused, RefusedError)
    assert (refused.status, type(refused.cause)) == (400, BadRequest)


def test_what_has_more_values_than_any_request_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """200,000 integers took 8 ms, to be refused as variables then."""
    body = json.dumps({"query": GOOD, "variables": {"a": [7] * 200_000}}).encode()
    monkeypatch.setattr("orjson.loads", lambda _data: pytest.fail("it is read"))
    refused = asked_in_body(body)
    assert isinstance(refused, RefusedError)
    assert (refused.status, type(refused.cause)) == (400, TooComplex)


def test_a_text_full_of_commas_is_read() -> None:
    asked = asked_in_body(json.dumps({"query": GOOD, "variables": {"a": "," * 10_000}}).encode())
    assert isinstance(asked, Asked)


async def test_a_document_that_is_only_named_is_refused_by_the_media_type() -> None:
    asked = asked_in_body(b'{"documentId": "x"}')
    assert asked == Asked("", name=DocumentName(None, "x"))
    for accept, status in ((NEW, 400), ("application/json", 200), ("", 200)):
        refused = await whole(asked, SentDocuments(), accept)
        assert isinstance(refused, RefusedError)
        assert (refused.status, type(refused.cause)) == (status, PersistedQueryNotSupported)


async def test_a_body_is_parsed_once(world: World, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the response cache, by the endpoint, or past both to graphql-core: whoever comes first reads it for all."""
    read: list[str | bytes] = []
    parse = json_text.read

    def counted(text: str | bytes) -> Any:
        read.append(text)
        return parse(text)

    monkeypatch.setattr(json_text, "read", counted)
    bodies = (b'{"query": "{ network { name } }"}', b'{"query": "{ nothing }"}', b'{"query": 1}', b"[]", b"{")
    async with process(redis_url, world.services) as one:
        for body, accept, token, client in itertools.product(
            bodies, ("application/json", STREAMS), (None, "Bearer x"), (one.client, one.fresh)
        ):
            headers = {"Content-Type": "application/json", "Accept": accept}
            read.clear()
            await client.post("/graphql", content=body, headers=headers | ({"Authorization": token} if token else {}))
            # Of who may not ask, and of what was answered before, nothing is parsed at all.
            expected = [] if token else [body]
            assert read == expected or (read == [] and client is one.client and "network" in str(body))


async def test_who_asks_is_told_first_what_is_wrong_with_the_token(world: World, redis_url: str) -> None:
    async with process(redis_url, world.services, body_bytes=1000) as one:
        for client in (one.client, one.fresh):
            for body, status in ((b"{", 401), (b'{"documentId": "x"}', 401), (b" " * 1001, 401)):
                for accept in (NEW, STREAMS):
                    headers = {"Content-Type": "application/json", "Accept": accept, "Authorization": "Bearer x"}
                    answer = await client.post("/graphql", content=body, headers=headers)
                    assert answer.status_code == status, (body[:20], accept)
            answer = await client.put("/graphql", headers={"Accept": NEW, "Authorization": "Bearer x"})
            assert answer.status_code == 401


async def test_what_guests_are_refused_by_get_is_kept_by_nobody(world: World, redis_url: str) -> None:
    async with process(redis_url, world.services) as one:
        for query in ("", "?a=b", "?query=", "?query=%7Bnothing%7D", "?query=a&variables=%7B"):
            answer = await one.client.get(f"/graphql{query}", headers={"Accept": NEW})
            assert (answer.status_code, answer.headers["Cache-Control"]) == (400, "no-store"), query
