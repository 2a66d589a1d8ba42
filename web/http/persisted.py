"""Documents that a client names, by hash or id, instead of sending them.

By Apollo's protocol for automatic persisted queries a client sends the SHA-256 of a document alone; where it isn't
known yet, `PERSISTED_QUERY_NOT_FOUND`, it sends document and hash together, once for all clients and processes:
https://www.apollographql.com/docs/apollo-server/performance/apq. Over HTTP a refusal is JSON also where a stream was
asked for: urql takes a stream that holds an error alone for the subscription's.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from auth.refusals import BadRequest, PersistedQueryNotFound, PersistedQueryNotSupported
from schema.documents.lru_cache import BytesCache
from subscriptions.bounded_hash import BoundedHash
from subscriptions.redis_client import REDIS_AWAY

_SHA256 = re.compile("[0-9a-f]{64}")
# What a document takes in memory besides its text, with the hash that it is known by.
_BESIDES = 300
# So many are put into Redis at a time; who comes then is put there the next time that it is sent.
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class DocumentName:
    """What a request names its document by: the hash of Apollo's protocol, or else an id."""

    hash: str | None
    id: str | None


class Documents(Protocol):
    """Knows documents by their names."""

    async def text(self, query: str, name: DocumentName | None) -> str:
        """The document of a request, which holds `query`, where that isn't empty, and may name one.

        Raises `BadRequest` where both are there and differ, and a refusal of its own where there is none.
        """


def name_in(parameters: Mapping[str, Any]) -> DocumentName | None:
    """What a request names its document by: `extensions.persistedQuery`, or `documentId`; None where by nothing."""
    extensions, id = parameters.get("extensions"), parameters.get("documentId")
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    if not isinstance(id, str):
        id = None
    if not isinstance(persisted, dict):
        return None if id is None else DocumentName(None, id)
    hash = persisted.get("sha256Hash")
    return DocumentName(hash if persisted.get("version") == 1 and isinstance(hash, str) else None, id)


class SentDocuments:
    """No document is known by a name: each has to be sent whole."""

    async def text(self, query: str, name: DocumentName | None) -> str:
        """As `Documents.text`."""
        if name is not None and not query:
            raise PersistedQueryNotSupported
        return query


class AutomaticDocuments:
    """Documents that clients have sent with their hashes: the newest of this process, and of all in Redis.

    What has another name, such as an id that somebody else made, isn't known, and has to be sent whole. `key` is where
    they lie in Redis. Nothing is wrong where that is away: clients send what this process doesn't know.
    """

    def __init__(self, shared: BoundedHash, key: Callable[[], str], most: int) -> None:
        self._shared = shared
        self._key = key
        self._kept: BytesCache[str] = BytesCache(most)
        self._putting: set[asyncio.Task[None]] = set()

    async def text(self, query: str, name: DocumentName | None) -> str:
        """As `Documents.text`. Raises `PersistedQueryNotFound`, and `PersistedQueryNotSupported` for other names."""
        if name is None:
            return query
        if name.hash is None or not _SHA256.fullmatch(name.hash):
            if not query:
                raise PersistedQueryNotSupported
            return query
        if query:
            self._take(query, name.hash)
            return query
        found = self._kept.get(name.hash) or await self._fetch(name.hash)
        if found is None:
            raise PersistedQueryNotFound
        return found

    async def forget(self) -> None:
        """Forget what this process knows, and all in Redis: clients send it again. Raises one of `REDIS_AWAY`."""
        self._kept.clear()
        await self._shared.clear(self._key())

    async def close(self) -> None:
        """Wait until what was sent is put into Redis."""
        await asyncio.gather(*self._putting, return_exceptions=True)

    def _take(self, query: str, hash: str) -> None:
        """Keep what was sent, here and for the others."""
        if sha256(query.encode(errors="replace")).hexdigest() != hash:
            raise BadRequest("The document is not the one of `sha256Hash`.")
        if self._keep(query, hash) and len(self._putting) < _AT_ONCE:
            task = asyncio.create_task(self._put(query, hash))
            self._putting.add(task)
            task.add_done_callback(self._putting.discard)

    def _keep(self, query: str, hash: str) -> bool:
        return self._kept.keep(hash, query, _BESIDES + 4 * len(query))

    async def _fetch(self, hash: str) -> str | None:
        try:
            found = await self._shared.get(self._key(), hash.encode())
        except REDIS_AWAY:
            return None
        if found is None or sha256(found).hexdigest() != hash:  # for Redis may be others' too
            return None
        text = found.decode()
        self._keep(text, hash)
        return text

    async def _put(self, query: str, hash: str) -> None:
        with suppress(*REDIS_AWAY):
            await self._shared.put(self._key(), hash.encode(), query.encode(errors="replace"))
