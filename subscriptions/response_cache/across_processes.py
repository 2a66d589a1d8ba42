"""What one process has answered, the others needn't execute: answers in Redis, each with its place in the log.

A process takes an answer from there as if it had begun it behind that place: whatever it knows to have changed since
makes it untrue. So it does no harm that a slow process stores an old answer late.

What was asked twice is worth sharing: what nobody asks again costs no trip to Redis to put it there, and a process that
found nothing there for a while asks only now and then.

Redis has a bounded number of bytes of them for a network: the one that was stored first makes room.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b

import orjson

from subscriptions.bounded_hash import BoundedHash
from subscriptions.cursors import Position
from subscriptions.redis_client import REDIS_AWAY, Client
from subscriptions.response_cache.memory import Answer, MemoryCache

# An answer that nobody stores anew goes after so long.
_LIFETIME_MS = 3600 * 1000
# Executing is better than waiting in a longer line: the stream needs its connections, too.
_AT_ONCE = 16
# Who found nothing so often in a row asks only every so manieth time.
_LUCKLESS = 64
_NOW_AND_THEN = 16


def answers_key(network_id: str, epoch: int) -> str:
    """Where the answers of a network's epoch lie."""
    return f"mitwirk:{network_id}:{epoch}:answers"


class ResponseCache:
    """Cached answers, of a process by itself (`memory`) and together with the others.

    A question is bytes that say all that the answer depends on; `kin` is what this process has in common with those
    whose answers are its own, such as program and settings.
    """

    def __init__(self, memory: MemoryCache, redis: Client, network_id: Callable[[], str], most: int) -> None:
        self.memory = memory
        self.kin = b""
        self._hash = BoundedHash(redis, most, _LIFETIME_MS)
        self._network_id = network_id
        self._asking = 0
        self._luckless = 0
        self._storing: set[asyncio.Task[None]] = set()

    def get(self, question: bytes) -> Answer | None:
        """The answer from memory, as `MemoryCache.get`. The other processes get it later, nobody waits for it."""
        answer = self.memory.get(question)
        if answer is not None and not answer.shared and len(self._storing) < _AT_ONCE:
            answer.shared = True
            task = asyncio.create_task(self._store(question, answer))
            self._storing.add(task)
            task.add_done_callback(self._storing.discard)
        return answer

    async def fetch(self, question: bytes) -> Answer | None:
        """The answer that another process has given, where it holds here. To be asked where the memory has none."""
        if self._asking >= _AT_ONCE or self._hash.is_away or not self.memory.in_sync:
            return None
        self._luckless += 1
        if self._luckless > _LUCKLESS and self._luckless % _NOW_AND_THEN:
            return None
        epoch = self.memory.as_of().epoch
        self._asking += 1
        try:
            packed = await self._hash.get(answers_key(self._network_id(), epoch), self._field(question))
        except REDIS_AWAY:
            return None
        finally:
            self._asking -= 1
        if packed is None:
            return None
        self._luckless = 0
        seq, tags, content = _unpack(packed)
        answer = self.memory.take(question, content, tags, Position(epoch, seq))
        if answer is not None:
            answer.shared = True
        return answer

    async def forget(self) -> None:
        """Forget the answers that all processes have together. Raises one of `REDIS_AWAY`."""
        await self._hash.clear(answers_key(self._network_id(), self.memory.as_of().epoch))

    async def close(self) -> None:
        """Store no more."""
        for task in self._storing:
            task.cancel()
        await asyncio.gather(*self._storing, return_exceptions=True)

    async def _store(self, question: bytes, answer: Answer) -> None:
        key = answers_key(self._network_id(), answer.as_of.epoch)
        with suppress(*REDIS_AWAY):
            await self._hash.put(key, self._field(question), _pack(answer))

    def _field(self, question: bytes) -> bytes:
        return blake2b(question, digest_size=16, key=self.kin).digest()


def _pack(answer: Answer) -> bytes:
    return orjson.dumps([answer.as_of.seq, sorted(answer.tags)]) + b"\n" + answer.content


def _unpack(packed: bytes) -> tuple[int, frozenset[str], bytes]:
    head, _newline, content = packed.partition(b"\n")
    seq, tags = orjson.loads(head)
    return seq, frozenset(tags), content
