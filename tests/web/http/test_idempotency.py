"""A mutation that is sent again under its idempotency key is carried out once, whatever the network does."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio

from auth.refusals import BadRequest, TooComplex
from auth.tokens import derive_key
from models import Account, Group, NetworkRole, SavedSearch, SignInSession, now
from subscriptions.bounded_hash import BoundedHash
from subscriptions.redis_client import Client, connect
from tests.conditions import soon, until
from tests.web.caching import Process, processes
from tests.world import SCHEMA, SECRET, World
from web.http.idempotency import Attempt, Idempotency, KeyReused, Outcome, StillGoingOn, attempt_of, with_header
from web.live.asked import Asked
from web.live.fan_out import FanOut

CREATE = """mutation ($name: String!) { createGroup(input: {name: $name, purpose: "Zusammen mehr erreichen."}) {
    group { id name } userErrors { code } } }"""
SAVE = """mutation ($name: String!) { saveSearch(input: {name: $name, filter: {}}) {
    savedSearch { name } userErrors { code } } }"""


async def token(world: World, account: Account) -> str:
    session = await SignInSession.create(id=uuid.uuid4(), account=account, expires_at=now() + timedelta(days=1))
    return world.services.tokens.make_access(session.id)[0]


@pytest_asyncio.fixture(loop_scope="session")
async def two(world: World, redis_url: str) -> AsyncIterator[list[Process]]:
    """Two processes on one database and one Redis."""
    world.without_rates()
    async with processes(redis_url, world.services, 2) as made:
        yield made


async def create(
    process: Process,
    bearer: str | None,
    key: str | None,
    name: str = "AG Schule",
    *,
    document: str = CREATE,
    **more: Any,
) -> httpx.Response:
    headers = {"Content-Type": "application/json", **more.pop("headers", {})}
    headers |= {"Authorization": f"Bearer {bearer}"} if bearer is not None else {}
    headers |= {"Idempotency-Key": key} if key is not None else {}
    body = orjson.dumps({"query": document, "variables": {"name": name}, **more})
    return await process.client.post("/graphql", content=body, headers=headers)


def codes(answer: httpx.Response) -> list[str]:
    return [error["extensions"]["code"] for error in answer.json()["errors"]]


# ---------------------------------------------------------------- over HTTP


async def test_the_same_answer_comes_again_also_from_another_process(world: World, two: list[Process]) -> None:
    account = await world.office()
    bearer = await token(world, account)
    first = await create(two[0], bearer, '"a key, \\"quoted\\""')
    assert first.json()["data"]["createGroup"]["userErrors"] == []
    for process in two:
        extensions = {"idempotencyKey": 'a key, "quoted"'}
        for again in (
            await create(process, bearer, '"a key, \\"quoted\\""'),
            await create(process, bearer, None, extensions=extensions),
            await create(process, await token(world, account), None, extensions=extensions),  # another session
        ):
            assert (again.status_code, again.content) == (200, first.content)
    assert await Group.all().count() == 1
    assert (await create(two[1], bearer, "another")).json() != first.json()
    assert await Group.all().count() == 2


async def test_a_key_is_for_one_request_of_one_account(world: World, two: list[Process]) -> None:
    one, other = await token(world, await world.office()), await token(world, await world.office())
    first = await create(two[0], one, "k")
    for process in two:
        for changed in (
            await create(process, one, "k", "AG Sport"),
            await create(process, one, "k", document=CREATE + " "),
        ):
            assert (changed.status_code, codes(changed)) == (422, ["BAD_REQUEST"])
    assert await Group.all().count() == 1
    assert (await create(two[0], other, "k")).content != first.content
    assert await Group.all().count() == 2
    # Nobody's account: as if there were no key. What is no mutation has none.
    assert codes(await create(two[0], None, "k")) == ["UNAUTHENTICATED"]
    query = "query ($name: String!) { group(slug: $name) { name } }"
    assert (await create(two[0], one, "k", "ag-schule", document=query)).json()["data"]["group"]["name"] == "AG Schule"


async def test_a_key_that_is_none_is_refused_and_nothing_done(world: World, two: list[Process]) -> None:
    bearer = await token(world, await world.office())
    ways: list[dict[str, Any]] = [{"headers": {"Idempotency-Key": key}} for key in ("", '""', "x" * 256)]
    for way in [*ways, *({"extensions": {"idempotencyKey": key}} for key in ("", "x" * 256, "ä", 5, ["k"]))]:
        answer = await create(two[0], bearer, None, **way)
        assert (answer.status_code, codes(answer)) == (400, ["BAD_REQUEST"]), way
    assert not await Group.exists()


async def test_what_was_refused_for_good_is_so_again_and_what_was_not_executed_frees_the_key(
    world: World, two: list[Process]
) -> None:
    member = await world.account(await world.member(), NetworkRole.MEMBER)
    bearer = await token(world, member)
    empty = await create(two[0], bearer, "empty", "", document=SAVE)
    assert empty.json()["data"]["saveSearch"]["userErrors"] == [{"code": "REQUIRED"}]
    assert (await create(two[1], bearer, "empty", "", document=SAVE)).content == empty.content
    # A document or a variable that is wrong was never begun.
    wrong = SAVE.replace("savedSearch {", "nothing savedSearch {")
    assert codes(await create(two[0], bearer, "slip", "S", document=wrong)) == ["BAD_REQUEST"]
    assert codes(await create(two[0], bearer, "slip", 5, document=SAVE)) == ["BAD_REQUEST"]  # type: ignore[arg-type]
    assert (await create(two[1], bearer, "slip", "S", document=SAVE)).json()["data"]["saveSearch"]["savedSearch"]
    assert await SavedSearch.all().count() == 1


async def test_many_at_once_are_one(world: World, two: list[Process]) -> None:
    bearer = await token(world, await world.office())
    answers = await asyncio.gather(*(create(two[number % 2], bearer, "k") for number in range(8)))
    assert {answer.content for answer in answers} == {answers[0].content}
    assert answers[0].json()["data"]["createGroup"]["group"]
    assert await Group.all().count() == 1


async def test_who_comes_too_soon_is_told_to_ask_again(world: World, redis_url: str) -> None:
    account = await world.office()
    async with processes(redis_url, world.services, 1, idempotency_wait_seconds=0.05) as (one,):
        client = connect(redis_url)
        key = derive_key(SECRET, "answers of attempts")
        other = idempotency(client, f"mitwirk:{one.live.relay.network_id}:attempts", key=key)
        said = [CREATE, None, {"name": "AG Schule"}]
        begun = attempt_of(said, {"idempotencyKey": "k"}, f"account:{account.id}")
        assert begun is not None
        assert await other._claimed(begun, other._name(begun)) is None  # another process has just begun it
        answer = await create(one, await token(world, account), "k")
        assert (answer.status_code, codes(answer)) == (409, ["UNAVAILABLE"])
        assert answer.headers["retry-after"]
        assert answer.json()["errors"][0]["message"].startswith("Das wird noch ausgeführt")
        assert not await Group.exists()
        await other._give_back(begun, other._name(begun))
        assert (await create(one, await token(world, account), "k")).json()["data"]["createGroup"]["group"]
        await client.aclose()


async def test_sockets_and_streams_name_it_in_the_extensions(world: World, two: list[Process], redis_url: str) -> None:
    """What a socket's operation executes, and an event stream: one attempt with HTTP."""
    account = await world.office()
    first = (await create(two[0], await token(world, account), "k")).json()["data"]
    client = connect(redis_url)
    attempts = idempotency(client, prefix=f"mitwirk:{two[0].live.relay.network_id}:attempts")
    fan_out = FanOut(SCHEMA, world.services, idempotency=attempts)

    async def by_socket(name: str) -> Any:
        asked = Asked(CREATE, {"name": name}, extensions={"idempotencyKey": "socket"})
        async with aclosing(fan_out.once(asked, await world.context(account))) as results:
            (update,) = [one async for one in results]
        return update

    made, again = await by_socket("AG Sport"), await by_socket("AG Sport")
    assert (again.payload, again.refused) == (made.payload, False)
    assert orjson.loads(made.payload)["data"]["createGroup"]["group"]["name"] == "AG Sport"
    changed = await by_socket("AG Kultur")
    assert changed.refused
    assert orjson.loads(changed.payload)[0]["extensions"]["code"] == "BAD_REQUEST"
    stream = await create(two[1], await token(world, account), "k", headers={"Accept": "text/event-stream"})
    assert orjson.loads(stream.text.split("data: ")[1].split("\n")[0])["data"] == first
    assert await Group.all().count() == 2
    await client.aclose()


# ---------------------------------------------------------------- by itself

KEY = b"0123456789abcdef" * 2
ATTEMPT = Attempt("account:1", "k", "said")


def idempotency(client: Client, prefix: str = "", **more: Any) -> Idempotency:
    settings: dict[str, Any] = {"most": 65_536, "hours": 24, "claim_seconds": 60, "wait_seconds": 10, "key": KEY} | more
    prefix = prefix or f"test:{uuid.uuid4()}"
    return Idempotency(
        BoundedHash(client, settings["most"], 86_400_000, patience_seconds=60), lambda: prefix, **settings
    )


@pytest_asyncio.fixture(loop_scope="session")
async def client(redis_url: str) -> AsyncIterator[Client]:
    made = connect(redis_url)
    yield made
    await made.aclose()


def _is_over(one: Idempotency) -> bool:
    return not one._kept[one._name(ATTEMPT)].counts


class Work:
    """A mutation that ends when it is let, and counts how often it was begun."""

    def __init__(self, *outcomes: Outcome | Exception) -> None:
        self.let = asyncio.Event()
        self.begun = 0
        self._outcomes = outcomes or (Outcome(b"{}"),)

    @classmethod
    def done(cls, content: bytes) -> "Work":
        """One that ends at once."""
        work = cls(Outcome(content))
        work.let.set()
        return work

    def has_begun(self) -> bool:
        """Whether it has, once."""
        return self.begun == 1

    async def __call__(self) -> Outcome:
        outcome = self._outcomes[min(self.begun, len(self._outcomes) - 1)]
        self.begun += 1
        await self.let.wait()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


async def test_a_second_one_waits_and_is_told_where_that_takes_too_long(client: Client) -> None:
    prefix = f"test:{uuid.uuid4()}"
    one, other = idempotency(client, prefix), idempotency(client, prefix)
    hasty = idempotency(client, prefix, wait_seconds=0.01)
    work = Work()
    begun = asyncio.create_task(one.outcome(ATTEMPT, work))
    await until(work.has_begun)
    waiting = [asyncio.create_task(each.outcome(ATTEMPT, work)) for each in (one, other)]
    with pytest.raises(StillGoingOn):
        await hasty.outcome(ATTEMPT, work)
    for each in (one, other):  # something else doesn't even wait
        with pytest.raises(KeyReused):
            await soon(each.outcome(Attempt("account:1", "k", "other"), work))
    begun.cancel()  # who asked leaves: it is finished all the same
    assert not any(task.done() for task in waiting)
    work.let.set()
    assert [outcome.content for outcome in await asyncio.gather(*waiting)] == [b"{}", b"{}"]
    assert work.begun == 1


async def test_what_could_not_be_done_is_not_remembered(client: Client) -> None:
    prefix = f"test:{uuid.uuid4()}"
    work = Work(Outcome(b"away", 503, is_final=False), ValueError("a mistake"), Outcome(b"done"))
    work.let.set()
    assert (await idempotency(client, prefix).outcome(ATTEMPT, work)).content == b"away"
    with pytest.raises(ValueError, match="a mistake"):
        await idempotency(client, prefix).outcome(ATTEMPT, work)
    for _time in range(3):
        assert (await idempotency(client, prefix).outcome(ATTEMPT, work)).content == b"done"
    assert work.begun == 3


async def test_a_claim_of_a_dead_process_and_an_answer_of_the_day_before_count_no_more(client: Client) -> None:
    for wanting in ({"claim_seconds": 0.05}, {"hours": 0.05 / 3600}):
        prefix, work = f"test:{uuid.uuid4()}", Work()
        dead = idempotency(client, prefix, **wanting)
        if "hours" in wanting:
            work.let.set()
            await dead.outcome(ATTEMPT, work)
            await until(partial(_is_over, dead))
        else:
            dying = asyncio.create_task(dead._once(ATTEMPT, dead._name(ATTEMPT), work))
            await until(work.has_begun)
            dying.cancel()  # so suddenly that it gives nothing back: put the claim where it was
            await asyncio.wait({dying})
            assert await dead._claimed(ATTEMPT, dead._name(ATTEMPT)) is None
        work.let.set()
        assert (await soon(idempotency(client, prefix).outcome(ATTEMPT, work))).content == b"{}"
        assert work.begun == 2


async def test_a_process_remembers_for_itself_while_redis_is_away() -> None:
    away = connect("unix:///nonexistent/valkey.sock")
    one, work = idempotency(away), Work()
    work.let.set()
    for _time in range(2):
        assert (await one.outcome(ATTEMPT, work)).content == b"{}"
    assert work.begun == 1
    with pytest.raises(KeyReused):
        await one.outcome(Attempt("account:1", "k", "other"), work)
    await away.aclose()


async def test_what_lies_in_redis_is_sealed_bounded_and_nobody_else_s(client: Client) -> None:
    prefix, secret = f"test:{uuid.uuid4()}", b'{"secret": "mw_live_0123456789"}'
    one, work = idempotency(client, prefix), Work(Outcome(secret))
    work.let.set()
    await one.outcome(ATTEMPT, work)
    (place,) = {key async for key in client.scan_iter(f"{prefix}*") if not key.endswith(b":order")}
    lying: Any = await client.hgetall(place)
    assert not any(b"mw_live" in value or b"account" in key + place for key, value in lying.items())
    assert 0 < await client.pttl(place) <= 86_400_000
    # An account's answers take so much: its own first ones make room, nobody else's.
    for number in range(100):
        await one.outcome(Attempt("account:2", str(number), "said"), Work.done(b"x" * 4000))
    sizes = [int(await client.hget(key, "") or 0) async for key in client.scan_iter(f"{prefix}*[^r]")]
    assert max(sizes) <= 65_536
    assert await client.hgetall(place) == lying
    # What was put there by somebody without the key counts for nothing.
    field = one._name(ATTEMPT)
    await client.hset(place, field, b"forged, and long enough to be one")
    assert (await idempotency(client, prefix).outcome(ATTEMPT, Work.done(b"anew"))).content == b"anew"


async def test_an_answer_that_is_too_large_to_be_kept_is_not_made_twice(client: Client) -> None:
    prefix, work = f"test:{uuid.uuid4()}", Work(Outcome(b"x" * 10_000))
    work.let.set()
    one = idempotency(client, prefix)
    assert len((await one.outcome(ATTEMPT, work)).content) == 10_000
    for each in (one, idempotency(client, prefix)):
        with pytest.raises(TooComplex, match="carried out"):
            await each.outcome(ATTEMPT, work)
    assert work.begun == 1


def test_a_key_is_read_from_the_header_as_structured_fields_write_it() -> None:
    for header, key in (('"a b"', "a b"), (' "a\\"b\\\\" ', 'a"b\\'), ("8e03978e-40d5", "8e03978e-40d5"), ('"a', '"a')):
        extensions = with_header({"idempotencyKey": "other", "more": 1}, header)
        assert extensions == {"idempotencyKey": key, "more": 1}
        attempt = attempt_of([], extensions, "account:1")
        assert attempt is not None
        assert attempt.key == key
    assert with_header(None, None) is None
    assert attempt_of([], None, "account:1") is attempt_of([], {"idempotencyKey": "k"}, None) is None
    with pytest.raises(BadRequest):
        attempt_of([], {"idempotencyKey": "\n"}, "account:1")
