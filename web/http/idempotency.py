"""A mutation that is sent again is carried out once: a key names the attempt, and its answer is given again for a day.

The key is the header `Idempotency-Key` of HTTP, as the draft of the IETF has it, or `extensions.idempotencyKey` of any
transport: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/. It belongs to the account, or
partner's key, that sends it. What has nobody's account behind it is executed as if it had no key: an answer that names
a session is nobody's to have who only guesses a key.

Before a mutation begins it claims its key in Redis, for all processes; then the answer takes the claim's place, sealed,
for it may hold a secret. What was not carried out for want of a part (UNAVAILABLE), or by a rate, gives the claim back.
Redis that is away stops nobody: meanwhile each process remembers for itself, by the same rules (docs/decisions/0024).
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from time import time
from typing import Any

import orjson
from cachetools import LRUCache
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from auth.refusals import BadRequest, TooComplex, Unavailable
from resolvers.translation import _
from subscriptions.bounded_hash import BoundedHash
from subscriptions.redis_client import REDIS_AWAY

_LONGEST_KEY = 255
# A string as structured fields write it (RFC 9651, 3.3.3), or the same without quotation marks.
_QUOTED = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_KEY = re.compile(r"[\x20-\x7e]+")
# How often another process is asked whether it is done.
_ASKED_SECONDS = 0.05
# What an answer takes in memory besides its bytes, about; and the largest part of what an account may take.
_BESIDES, _LARGEST_PART = 500, 8


class KeyReused(BadRequest):
    """The key was sent before, with something else."""

    message = "This idempotency key was used for another request: make a new one for each attempt to do something."


class StillGoingOn(Unavailable):
    """The first request with this key hasn't ended yet."""

    message = _("This is still being carried out: ask again in a moment.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a mutation: its answer as JSON, and how HTTP says it."""

    content: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    # Whether asking again would come to the same: it was carried out, or refused for good.
    is_final: bool = True
    # Nothing was executed: the document, or a variable, is wrong.
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """Whose key it is, which one, and what it is sent with."""

    caller: str
    key: str
    fingerprint: str


def with_header(extensions: dict[str, Any] | None, header: str | None) -> dict[str, Any] | None:
    """The extensions of a request, with the key of its header `Idempotency-Key`, which goes first."""
    if header is None:
        return extensions
    quoted = _QUOTED.fullmatch(header.strip())
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else header.strip()
    return {**(extensions or {}), "idempotencyKey": key}


def attempt_of(said: Sequence[object], extensions: Mapping[str, Any] | None, caller: str | None) -> Attempt | None:
    """The attempt that the extensions of a mutation name; None where they name none, or where nobody asks.

    `said`: all that the mutation depends on. Raises `BadRequest` for a key that is none.
    """
    key = _key_in(extensions)
    if key is None or caller is None:
        return None
    try:
        text = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # nested deeper than it writes, or a surrogate: it isn't executed either
        text = repr(said).encode(errors="replace")
    return Attempt(caller, key, blake2b(text, digest_size=16).hexdigest())


def _key_in(extensions: Mapping[str, Any] | None) -> str | None:
    key = (extensions or {}).get("idempotencyKey")
    if key is None:
        return None
    if not isinstance(key, str) or len(key) > _LONGEST_KEY or not _KEY.fullmatch(key):
        raise BadRequest(f"An idempotency key is a string of 1 to {_LONGEST_KEY} characters of ASCII, such as a UUID.")
    return key


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is known of an attempt: with what it was sent, until when that counts, and what came of it.

    `content`: None while it goes on; empty where the answer was too large to be kept.
    """

    fingerprint: str
    until: float
    content: bytes | None

    def packed(self) -> bytes:
        """As bytes."""
        head = orjson.dumps([self.fingerprint, self.until, self.content is not None])
        return head + b"\n" + (self.content or b"")

    @classmethod
    def unpacked(cls, packed: bytes) -> "_Kept":
        """What `packed` made."""
        head, _newline, content = packed.partition(b"\n")
        fingerprint, until, is_over = orjson.loads(head)
        return cls(fingerprint, until, content if is_over else None)

    @property
    def counts(self) -> bool:
        """Whether it still does."""
        return time() < self.until


class Idempotency:
    """Carries out attempts, each once.

    `key` seals what lies in Redis, `prefix` says where. `most`: what the answers of an account may take,
    in Redis, and what all may take in the memory of this process: what was stored first makes room. `hours`: for how
    long they are given again. `claim_seconds`: for how long a process may be about one before it is taken for dead;
    `wait_seconds`: for how long one that comes meanwhile waits.
    """

    def __init__(
        self,
        shared: BoundedHash,
        prefix: Callable[[], str],
        key: bytes,
        *,
        most: int,
        hours: float,
        claim_seconds: float,
        wait_seconds: float,
    ) -> None:
        self._shared = shared
        self._prefix = prefix
        self._cipher = AESSIV(key)
        self._largest = most // _LARGEST_PART
        self._seconds = hours * 3600
        self._claim_seconds = claim_seconds
        self._wait_seconds = wait_seconds
        self._kept: LRUCache[str, _Kept] = LRUCache(most, getsizeof=_size)
        self._running: dict[str, tuple[str, asyncio.Task[Outcome]]] = {}

    async def outcome(self, attempt: Attempt, work: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """What `work` gives the first time, however often it is asked for. Whoever leaves doesn't stop it.

        Raises `KeyReused`, `StillGoingOn`, `TooComplex` where the answer was too large to be kept, and what `work`
        raises, which is not remembered.
        """
        name = self._name(attempt)
        running = self._running.get(name)
        if running is None:
            task = asyncio.create_task(self._once(attempt, name, work))
            self._running[name] = (attempt.fingerprint, task)
            task.add_done_callback(lambda done: self._ended(name, done))
            return await asyncio.shield(task)
        fingerprint, task = running
        if fingerprint != attempt.fingerprint:
            raise KeyReused
        try:
            return await asyncio.wait_for(asyncio.shield(task), self._wait_seconds)
        except TimeoutError:
            raise StillGoingOn from None

    async def forget(self, caller: str) -> None:
        """Forget what this caller attempted, for all processes. Raises one of `REDIS_AWAY`."""
        self._kept.clear()  # it doesn't say whose they are, and the others are known to Redis
        await self._shared.clear(self._place(caller))

    async def close(self) -> None:
        """Wait until what was begun is over, and remembered."""
        await asyncio.gather(*(task for _fingerprint, task in self._running.values()), return_exceptions=True)

    def _ended(self, name: str, task: asyncio.Task[Outcome]) -> None:
        del self._running[name]
        if not task.cancelled():
            task.exception()  # who asked may have left

    async def _once(self, attempt: Attempt, name: str, work: Callable[[], Awaitable[Outcome]]) -> Outcome:
        known = self._kept.get(name)
        if known is None or not known.counts:
            known = await self._claimed(attempt, name)
        if known is not None:
            return _given_again(known, attempt)
        outcome = None
        try:
            outcome = await work()
        finally:
            if outcome is not None and outcome.is_final:
                await self._remember(attempt, name, outcome.content)
            else:
                await self._give_back(attempt, name)
        return outcome

    async def _claimed(self, attempt: Attempt, name: str) -> _Kept | None:
        """Claim the key for this process; what is remembered of it where it was claimed before."""
        claim = _Kept(attempt.fingerprint, time() + self._claim_seconds, None)
        patience = asyncio.get_running_loop().time() + self._wait_seconds
        try:
            while True:
                found = await self._shared.claim(self._place(attempt.caller), name.encode(), self._sealed(name, claim))
                known = self._opened(name, found) if found is not None else None
                if found is None or (known is not None and known.content is not None and known.counts):
                    return known
                if known is None or not known.counts:  # its process died, it is over, or nothing of ours
                    await self._shared.drop(self._place(attempt.caller), name.encode(), found)
                    continue
                if known.fingerprint != attempt.fingerprint:
                    raise KeyReused
                if asyncio.get_running_loop().time() > patience:
                    raise StillGoingOn
                await asyncio.sleep(_ASKED_SECONDS)
        except REDIS_AWAY:
            return None

    async def _remember(self, attempt: Attempt, name: str, content: bytes) -> None:
        kept = _Kept(attempt.fingerprint, time() + self._seconds, content if len(content) <= self._largest else b"")
        self._kept[name] = kept
        try:
            await self._shared.put(self._place(attempt.caller), name.encode(), self._sealed(name, kept))
        except REDIS_AWAY:
            return

    async def _give_back(self, attempt: Attempt, name: str) -> None:
        try:
            await self._shared.drop(self._place(attempt.caller), name.encode())
        except REDIS_AWAY:
            return

    def _name(self, attempt: Attempt) -> str:
        return blake2b(f"{attempt.caller}\n{attempt.key}".encode(), digest_size=16).hexdigest()

    def _place(self, caller: str) -> str:
        return f"{self._prefix()}:{blake2b(caller.encode(), digest_size=16).hexdigest()}"

    def _sealed(self, name: str, kept: _Kept) -> bytes:
        return self._cipher.encrypt(kept.packed(), [name.encode()])

    def _opened(self, name: str, sealed: bytes) -> _Kept | None:
        try:
            return _Kept.unpacked(self._cipher.decrypt(sealed, [name.encode()]))
        except InvalidTag:
            return None


def _given_again(known: _Kept, attempt: Attempt) -> Outcome:
    if known.fingerprint != attempt.fingerprint:
        raise KeyReused
    if not known.content:
        raise TooComplex("This was carried out; its answer was too large to be given again.")
    return Outcome(known.content)


def _size(kept: _Kept) -> int:
    return _BESIDES + len(kept.content or b"")
