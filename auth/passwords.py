"""Passwords: Argon2id by pwdlib, in threads, a bounded number at a time and in line."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from auth.hashing_queue import NOBODY, Asker, HashingQueue
from models.text.normalization import composed, is_piled_up

Result = TypeVar("Result")


class Passwords:
    """Hashes and verifies. At most `at_once` hashes are computed at a time: each takes `memory_kib` of memory.

    They have threads of their own: a request that is cancelled leaves its thread at work, and that one still counts.
    `most_waiting` wait in line, of one address `most_waiting_each`: see `HashingQueue`. By default a hash costs what
    OWASP's cheat sheet for storing passwords asks for (19 MiB, twice), some hundredths of a second: a request that
    hashes is among the dearest of a guest.
    """

    def __init__(
        self,
        at_once: int = 2,
        time_cost: int = 2,
        memory_kib: int = 19_456,
        most_waiting: int = 60,
        most_waiting_each: int = 4,
        refused: Callable[[str], None] = lambda _reason: None,
    ) -> None:
        self._hash = PasswordHash((Argon2Hasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1),))
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="passwords")
        self.queue = HashingQueue(at_once, most_waiting, most_waiting_each, refused)
        self.hashed = 0

    async def hash(self, password: str, by: Asker = NOBODY) -> str:
        """The Argon2id hash of `password`, composed, with a salt of its own. Raises `RateLimited`."""
        return await self._compute(lambda: self._hash.hash(_composed(password)), by)

    async def verify(self, password: str, hashed: str | None, by: Asker = NOBODY) -> bool:
        """Whether `password` is the one that was hashed. One hash, also where nothing was (`hashed` is None).

        One more for a password that was typed in another spelling than the composed one, which was hashed as it was
        typed once. Raises `RateLimited`.
        """
        for spelling in dict.fromkeys((_composed(password), password)):
            if hashed is None:
                await self.hash(spelling, by)
            elif await self._compute(lambda spelling=spelling: self._hash.verify(spelling, hashed), by):  # type: ignore[misc]
                return True
        return False

    async def _compute(self, work: Callable[[], Result], by: Asker = NOBODY) -> Result:
        end_turn = await self.queue.enter(by)
        loop = asyncio.get_running_loop()

        def has_run(_work: object) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(end_turn)

        self.hashed += 1
        running = self._threads.submit(work)
        running.add_done_callback(has_run)  # of the thread itself: who waits for it may leave before
        return await asyncio.wrap_future(running)


def _composed(password: str) -> str:
    """The same for the same letters, whatever the keyboard makes of them: normal form C, as RFC 8265 (4.2.2) has it."""
    return password if is_piled_up(password) else composed(password)
