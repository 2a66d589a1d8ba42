"""Passwords: Argon2id by pwdlib, in threads, a bounded number at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from models.text.normalization import composed, is_piled_up

Result = TypeVar("Result")


class Passwords:
    """Hashes and verifies. At most `at_once` hashes are computed at a time: each takes `memory_kib` of memory.

    They have threads of their own: a request that is cancelled leaves its thread at work, and that one still counts.
    """

    def __init__(self, at_once: int = 2, time_cost: int = 3, memory_kib: int = 65536) -> None:
        self._hash = PasswordHash((Argon2Hasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=4),))
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="passwords")
        self.hashed = 0

    async def hash(self, password: str) -> str:
        """The Argon2id hash of `password`, composed, with a salt of its own."""
        return await self._compute(lambda: self._hash.hash(_composed(password)))

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether `password` is the one that was hashed. One hash, also where nothing was (`hashed` is None).

        One more for a password that was typed in another spelling than the composed one, which was hashed as it was
        typed once.
        """
        for spelling in dict.fromkeys((_composed(password), password)):
            if hashed is None:
                await self.hash(spelling)
            elif await self._compute(lambda spelling=spelling: self._hash.verify(spelling, hashed)):  # type: ignore[misc]
                return True
        return False

    async def _compute(self, work: Callable[[], Result]) -> Result:
        self.hashed += 1
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _composed(password: str) -> str:
    """The same for the same letters, whatever the keyboard makes of them: normal form C, as RFC 8265 (4.2.2) has it."""
    return password if is_piled_up(password) else composed(password)
