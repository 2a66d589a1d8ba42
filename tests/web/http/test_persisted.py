"""Documents by their hashes, by Apollo's protocol: known in all processes, bounded; and by no other names."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from auth.refusals import BadRequest, PersistedQueryNotFound, PersistedQueryNotSupported
from subscriptions.bounded_hash import BoundedHash
from subscriptions.redis_client import connect
from tests.conditions import until
from web.http.persisted import AutomaticDocuments, DocumentName, SentDocuments, name_in

HOUR = 3_600_000
GOOD = "{ network { name } }"


def hash_of(query: str) -> str:
    """As clients compute it."""
    return sha256(query.encode()).hexdigest()


def by_hash(query: str) -> DocumentName:
    """The name of a document by Apollo's protocol."""
    return DocumentName(hash_of(query), None)


@asynccontextmanager
async def processes(redis_url: str, key: str, count: int = 2, most: int = 100_000) -> AsyncIterator[Any]:
    """So many processes that know documents, with one Redis."""
    redis = connect(redis_url)
    await redis.delete(key, f"{key}:order")
    shared = BoundedHash(redis, most, HOUR, patience_seconds=60)  # a busy machine is not a Redis that is away
    all = [AutomaticDocuments(shared, lambda: key, most) for _number in range(count)]
    try:
        yield redis, *all
    finally:
        for one in all:
            await one.close()
        await redis.delete(key, f"{key}:order")
        await redis.aclose()


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"query": GOOD}, None),
        ({"extensions": None, "documentId": None}, None),
        ({"extensions": {"persistedQuery": None}, "documentId": 7}, None),
        ({"documentId": "x"}, DocumentName(None, "x")),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "x"}}}, DocumentName("x", None)),
        ({"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "x"}}}, DocumentName(None, None)),
        ({"extensions": {"persistedQuery": {}}, "documentId": "y"}, DocumentName(None, "y")),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": 5}}}, DocumentName(None, None)),
    ],
)
def test_a_document_is_named_by_hash_or_id(parameters: dict[str, Any], expected: DocumentName | None) -> None:
    assert name_in(parameters) == expected


async def test_what_one_process_was_sent_all_know(redis_url: str) -> None:
    async with processes(redis_url, "test:documents") as (_redis, one, other):
        for process in (one, other):
            with pytest.raises(PersistedQueryNotFound):
                await process.text("", by_hash(GOOD))
        assert await one.text(GOOD, by_hash(GOOD)) == GOOD
        assert await one.text("", by_hash(GOOD)) == GOOD
        await one.close()
        assert await other.text("", by_hash(GOOD)) == GOOD


async def test_what_is_not_the_document_of_its_hash_is_kept_nowhere(redis_url: str) -> None:
    async with processes(redis_url, "test:documents") as (redis, one, other):
        with pytest.raises(BadRequest):
            await one.text("{ liveCursor }", by_hash(GOOD))
        await one.close()
        assert await redis.exists("test:documents") == 0
        # What others have put there under its name is none either.
        await redis.hset("test:documents", hash_of(GOOD), "{ liveCursor }")
        for process in (one, other):
            with pytest.raises(PersistedQueryNotFound):
                await process.text("", by_hash(GOOD))


@pytest.mark.parametrize(
    "name",
    [
        DocumentName(None, "x"),
        DocumentName("x" * 64, None),
        DocumentName(hash_of(GOOD).upper(), None),
        DocumentName(None, None),
    ],
)
async def test_by_other_names_documents_are_sent_whole(redis_url: str, name: DocumentName) -> None:
    async with processes(redis_url, "test:documents") as (redis, one, _other):
        for documents in (one, SentDocuments()):
            assert await documents.text(GOOD, name) == GOOD
            with pytest.raises(PersistedQueryNotSupported):
                await documents.text("", name)
        await one.close()
        assert await redis.exists("test:documents") == 0


async def test_where_none_is_kept_hashes_are_not_supported() -> None:
    with pytest.raises(PersistedQueryNotSupported):
        await SentDocuments().text("", by_hash(GOOD))
    assert await SentDocuments().text("", None) == "", "which isn't for want of a name"


async def test_what_is_kept_is_bounded_in_bytes(redis_url: str) -> None:
    """In the process and in Redis; a document that alone would take a good part of it is in neither."""
    queries = [f"{{ network {{ name }} }} # {number:04} {'x' * 900}" for number in range(300)]
    async with processes(redis_url, "test:documents", most=100_000) as (redis, one, other):
        for query in queries:
            assert await one.text(query, by_hash(query)) == query
            await one.close()
        assert one._kept.size <= 100_000
        stored = await redis.hgetall("test:documents")
        total = sum(len(value) for field, value in stored.items() if field)
        assert 90_000 < total <= 100_000
        assert int(stored[b""]) == total
        assert await other.text("", by_hash(queries[-1])) == queries[-1]
        with pytest.raises(PersistedQueryNotFound):
            await other.text("", by_hash(queries[0]))
        long = "#" * 60_000
        assert await one.text(long, by_hash(long)) == long
        await one.close()
        assert await redis.hexists("test:documents", hash_of(long)) == 0


async def test_without_redis_each_process_knows_what_it_was_sent(tmp_path: Path) -> None:
    redis = connect(f"unix://{tmp_path}/nobody")
    one = AutomaticDocuments(BoundedHash(redis, 100_000, HOUR), lambda: "test:documents", 100_000)
    try:
        with pytest.raises(PersistedQueryNotFound):
            await one.text("", by_hash(GOOD))
        assert await one.text(GOOD, by_hash(GOOD)) == GOOD
        assert await one.text("", by_hash(GOOD)) == GOOD
    finally:
        await one.close()
        await redis.aclose()


async def test_of_many_that_come_at_once_few_are_put_into_redis_at_a_time(redis_url: str) -> None:
    queries = [f"{{ network {{ name }} }} # {number}" for number in range(100)]
    async with processes(redis_url, "test:documents", most=1_000_000) as (redis, one, _other):
        for query in queries:
            await one.text(query, by_hash(query))
        assert len(one._putting) == 16
        await until(lambda: not one._putting)
        assert await redis.zcard("test:documents:order") == 16
