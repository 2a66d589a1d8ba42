"""Remembered answers over HTTP: which there are, what they say of themselves, and what they cost."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio

from models import Account, Member, SignInSession, now
from tests.statements import statements
from tests.web.caching import Process, process, processes
from tests.web.mutating import gid
from tests.world import World
from web.http.content_negotiation import GRAPHQL_JSON, JSON

pytestmark = pytest.mark.walk

BOARD = "{ offers { nodes { title owner { name } } totalCount } }"
EVENTS = "{ events { nodes { title } } }"
UPDATE = "mutation ($input: UpdateOfferInput!) { it: updateOffer(input: $input) { userErrors { code } } }"


@pytest_asyncio.fixture(loop_scope="session")
async def alone(world: World, redis_url: str) -> AsyncIterator[Process]:
    """One process, and nobody else."""
    async with process(redis_url, world.services) as made:
        yield made


async def token(world: World, of: Member | Account) -> str:
    account = of if isinstance(of, Account) else await world.account(of)
    session = await SignInSession.create(id=uuid.uuid4(), account=account, expires_at=now() + timedelta(days=1))
    return world.services.tokens.make_access(session.id)[0]


def get(process: Process, query: str, **headers: str) -> Any:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return process.client.get(f"/graphql?query={quote(query)}", headers=names)


# ---------------------------------------------------------------- what comes from memory


async def test_what_was_answered_is_answered_again_without_a_statement(alone: Process) -> None:
    await alone.world.offer("Räume", owner=await alone.world.member("Ada"))
    first = await alone.ask(BOARD)
    assert first.json()["data"]["offers"]["nodes"] == [{"title": "Räume", "owner": {"name": "Ada"}}]
    assert await alone.hits(BOARD)
    with statements() as sent:
        again = await alone.ask(BOARD)
    assert sent == []
    assert again.content == first.content == (await alone.ask_afresh(BOARD)).content
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["content-type"] == first.headers["content-type"] == f"{JSON}; charset=utf-8"
    assert again.headers["x-correlation-id"] != first.headers["x-correlation-id"]


async def test_the_answer_to_a_mutation_leaves_when_what_it_made_untrue_is_gone(world: World, redis_url: str) -> None:
    owner = await world.member()
    offer = await world.offer("Räume 0", owner=owner)
    async with processes(redis_url, world.services, 2) as (writer, other):
        for number in range(1, 30):
            await asyncio.gather(writer.ask(BOARD), other.ask(BOARD))
            title = f"Räume {number}"
            data = await writer.world.data(UPDATE, owner, input={"id": gid(offer), "title": title})
            assert data == {"it": {"userErrors": []}}
            assert (await writer.ask(BOARD)).json()["data"]["offers"]["nodes"][0]["title"] == title
            await other.has_read(number)
            assert (await other.ask(BOARD)).json()["data"]["offers"]["nodes"][0]["title"] == title


async def test_what_a_change_does_not_touch_stays(alone: Process) -> None:
    owner = await alone.world.member()
    one, other = await alone.world.offer("Eins", owner=owner), await alone.world.offer("Zwei", owner=owner)
    await alone.world.event()
    by_slug = f'{{ offer(slug: "{one.slug}") {{ title owner {{ name }} }} }}'
    another = f'{{ offer(slug: "{other.slug}") {{ title owner {{ name }} }} }}'
    both = f'{{ a: offer(slug: "{one.slug}") {{ title }} b: offer(slug: "{other.slug}") {{ title }} }}'
    by_id, none = f'{{ node(id: "{gid(other)}") {{ id }} }}', '{ offer(slug: "drei") { title } }'
    asked = (BOARD, EVENTS, by_slug, another, both, by_id, none)
    for query in asked:
        await alone.ask(query)
        assert await alone.hits(query), query
    await alone.world.data(UPDATE, owner, input={"id": gid(one), "title": "Eins anders"})
    await alone.has_read(1)
    assert [await alone.hits(query) for query in asked] == [False, True, False, True, False, True, False]
    for query in asked:
        assert (await alone.ask(query)).content == (await alone.ask_afresh(query)).content
    alone.response_cache.memory._forget()  # also where it isn't known which rows were shown
    create = 'mutation { it: createOffer(input: {direction: SEEK, category: OTHER, title: "Drei", description: "Gern.",'
    await alone.ask(none)
    await alone.world.data(f"{create} publish: true}}) {{ userErrors {{ code }} }} }}", owner)
    assert (await alone.ask(none)).json()["data"] == {"offer": {"title": "Drei"}}


async def test_documents_variables_languages_and_methods_are_asked_apart(alone: Process) -> None:
    await alone.world.offer("Räume")
    query = "query A($n: Int) { offers(first: $n) { totalCount } } query B { events { totalCount } }"
    asked: list[dict[str, Any]] = [
        {"query": query, "operationName": "A"},
        {"query": query, "operationName": "B"},
        {"query": query, "operationName": "A", "variables": {"n": 1}},
        {"query": query, "operationName": "A", "variables": {"n": 2}},
    ]
    answers = [(await alone.client.post("/graphql", json=body)).json() for body in asked]
    assert [(await alone.client.post("/graphql", json=body)).json() for body in asked] == answers
    assert answers[1]["data"] == {"events": {"totalCount": 0}}
    before = alone.response_cache.memory.hits
    await alone.client.post("/graphql", json=asked[0], headers={"Accept-Language": "en"})
    await alone.client.get("/graphql", params={"query": query, "operationName": "A"})
    assert alone.response_cache.memory.hits == before


async def test_what_another_process_has_answered_is_taken_from_redis(world: World, redis_url: str) -> None:
    await world.offer("Räume")
    async with processes(redis_url, world.services, 2) as (one, other):
        first = await one.ask(BOARD)
        assert await one.hits(BOARD)

        async def taken() -> bool:
            other.response_cache.memory._forget()
            await other.ask("{ network { name } }")
            with statements() as sent:
                answer = await other.ask(BOARD)
            assert answer.content == first.content
            return not sent

        for _number in range(100):
            if await taken():
                break
        else:
            raise AssertionError("never taken")


# ---------------------------------------------------------------- what does not


@pytest.mark.parametrize(
    "query",
    [
        "{ liveCursor }",
        "{ offers { totalCount liveCursor } }",
        "{ network { statistics { asOf } } }",
        "{ network { history(days: 3) { day } } }",
        "{ events(filter: {upcoming: true}) { totalCount } }",
        "{ network { history(days: 1000) { day } } }",  # refused
        '{ network { name } offers(after: "nonsense") { totalCount } }',  # an error beside data
        "{ nothing }",
        "{",
        "mutation { signOut { userErrors { code } } }",
        'mutation { it: signIn(input: {email: "a@example.org", password: "b"}) { userErrors { code } } }',
        "subscription { offerPublished { cursor } }",
    ],
)
async def test_what_depends_on_more_or_went_wrong_is_not_remembered(alone: Process, query: str) -> None:
    for ask in (alone.ask, alone.ask_afresh):
        assert "etag" not in (await ask(query)).headers
    assert (await get(alone, query)).headers.get("cache-control") == "no-store"
    assert alone.response_cache.memory.size == 0


async def test_what_has_errors_begins_with_them(alone: Process) -> None:
    """What is remembered is known by its beginning."""
    for query in ('{ network { name } offers(after: "nonsense") { totalCount } }', "{ nothing }"):
        assert (await alone.ask_afresh(query)).content.startswith(b'{"errors":')
    assert (await alone.ask_afresh("{ network { name } }")).content.startswith(b'{"data":')


async def test_who_is_signed_in_is_answered_afresh(alone: Process) -> None:
    member = await alone.world.member("Ada", email="ada@example.org")
    query = f'{{ member(slug: "{member.slug}") {{ email }} viewer {{ email }} }}'
    guest = await alone.ask(query)
    assert guest.json()["data"] == {"member": {"email": None}, "viewer": None}
    headers = {"Authorization": f"Bearer {await token(alone.world, member)}"}
    own = await alone.client.post("/graphql", json={"query": query}, headers=headers)
    assert own.json()["data"]["member"] == {"email": "ada@example.org"}
    assert "etag" not in own.headers
    assert (await alone.ask(query)).content == guest.content
    refused = await alone.client.post("/graphql", json={"query": query}, headers={"Authorization": "Bearer nonsense"})
    assert refused.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_streams_pages_and_bad_requests_pass_by(world: World, redis_url: str) -> None:
    async with process(redis_url, world.services, body_bytes=2000) as made:
        streamed = await made.client.post("/graphql", json={"query": BOARD}, headers={"Accept": "text/event-stream"})
        assert streamed.headers["content-type"].startswith("text/event-stream")
        assert "event: next" in streamed.text
        page = await made.client.get("/graphql", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        long = await made.client.post("/graphql", json={"query": BOARD + " " * 2000})
        assert long.status_code == 413
        plain = await made.client.post("/graphql", content=b"{}", headers={"Content-Type": "text/plain"})
        assert plain.status_code == 415
        for body in (
            b"[]",
            b"1",
            b"null",
            b"nonsense",
            b"{}",
            b'{"query": 1}',
            b'{"query": "{a}", "operationName": 1}',
        ):
            answer = await made.client.post("/graphql", content=body, headers={"Content-Type": JSON})
            assert "errors" in answer.json(), body
        assert (await made.client.put("/graphql", json={"query": BOARD})).status_code == 405
        assert made.response_cache.memory.size == 0


async def test_a_body_may_come_in_parts_or_break_off(alone: Process) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for part in (b'{"query": "{ net', b"work { name } ", b'}"}'):
            yield part

    for _time in range(2):
        answer = await alone.client.post("/graphql", content=parts(), headers={"Content-Type": JSON})
        assert answer.json()["data"] == {"network": {"name": "Engagement-Netzwerk Wolfsburg"}}
    sent: list[Any] = []
    messages = iter([{"type": "http.request", "body": b'{"qu', "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "root_path": ""}
    headers = [(b"content-type", JSON.encode())]
    app: Any = alone.client._transport.app  # type: ignore[attr-defined]
    await app({**scope, "headers": headers, "server": ("x", 80), "scheme": "http", "client": None}, receive, send)
    assert sent == []


# ---------------------------------------------------------------- what proxies and browsers are told


async def test_an_entity_tag_names_exactly_these_bytes(alone: Process) -> None:
    owner = await alone.world.member()
    offer = await alone.world.offer("Räume", owner=owner)
    first = await get(alone, BOARD)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["vary"] == "Accept, Accept-Language, Authorization"
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        same = await get(alone, BOARD, If_None_Match=known)
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
        assert same.headers["vary"] == first.headers["vary"]
        assert "content-length" not in same.headers
    assert (await get(alone, BOARD, If_None_Match='"other"')).status_code == 200
    other_type = await get(alone, BOARD, Accept=GRAPHQL_JSON, If_None_Match=tag)
    assert other_type.status_code == 200
    assert other_type.headers["content-type"] == f"{GRAPHQL_JSON}; charset=utf-8"
    assert other_type.headers["etag"] != tag
    assert other_type.content == first.content
    await alone.world.data(UPDATE, owner, input={"id": gid(offer), "title": "Anders"})
    changed = await get(alone, BOARD, If_None_Match=tag)
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    await alone.world.data(UPDATE, owner, input={"id": gid(offer), "title": "Räume"})
    assert (await get(alone, BOARD, If_None_Match=tag)).status_code == 304  # executed, and found to be the same


async def test_only_get_is_conditional(alone: Process) -> None:
    first = await alone.ask(BOARD)
    headers = {"If-None-Match": first.headers["etag"]}
    again = await alone.client.post("/graphql", json={"query": BOARD}, headers=headers)
    assert (again.status_code, again.content) == (200, first.content)
    assert "cache-control" not in again.headers


async def test_proxies_are_told_how_long_where_the_setting_says_so(world: World, redis_url: str) -> None:
    async with process(redis_url, world.services, proxy_cache_seconds=5) as made:
        assert (await get(made, BOARD)).headers["cache-control"] == "public, max-age=0, s-maxage=5"
        assert (await get(made, "{ liveCursor }")).headers["cache-control"] == "no-store"
        own = {"Authorization": f"Bearer {await token(world, await world.member())}"}
        assert (await get(made, BOARD, **own)).headers["cache-control"] == "no-store"


async def test_browsers_of_other_origins_may_read_the_tag(world: World, redis_url: str) -> None:
    async with process(redis_url, world.services, allowed_origins="https://www.example.org") as made:
        for _time in range(2):
            answer = await get(made, BOARD, Origin="https://www.example.org")
            assert answer.headers["access-control-allow-origin"] == "https://www.example.org"
            assert "ETag" in answer.headers["access-control-expose-headers"]


async def test_a_client_that_sends_headers_twice_is_understood_as_everywhere(alone: Process) -> None:
    headers = [("Accept", GRAPHQL_JSON), ("Accept", JSON)]
    answers = [
        await one.get("/graphql", params={"query": BOARD}, headers=headers) for one in (alone.client, alone.fresh)
    ]
    assert len({answer.headers["content-type"] for answer in answers}) == 1


async def test_many_at_once_get_the_same(alone: Process) -> None:
    await alone.world.offer("Räume")
    answers: list[httpx.Response] = await asyncio.gather(*(alone.ask(BOARD) for _number in range(50)))
    assert {answer.content for answer in answers} == {(await alone.ask_afresh(BOARD)).content}
