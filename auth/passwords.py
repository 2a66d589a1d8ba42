"""Passwords: Argon2id by pwdlib, in threads, a bounded number at a time."""

import asyncio

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher


class Passwords:
    """Hashes and verifies. At most `at_once` hashes are computed at a time: each takes `memory_kib` of memory."""

    def __init__(self, at_once: int = 2, time_cost: int = 3, memory_kib: int = 65536) -> None:
        self._hash = PasswordHash((Argon2Hasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=4),))
        self._free = asyncio.Semaphore(at_once)
        self.hashed = 0
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """The Argon2id hash of `password` with a salt of its own."""
        async with self._free:
            self.hashed += 1
            return await asyncio.to_thread(self._hash.hash, password)

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether `password` is the one that was hashed. Takes as long where nothing was (`hashed` is None)."""
        if hashed is None:
            if self._nobody is None:
                self._nobody = await self.hash("nobody's password")
            hashed = self._nobody
            await self._verify(password, hashed)
            return False
        return await self._verify(password, hashed)

    async def _verify(self, password: str, hashed: str) -> bool:
        async with self._free:
            self.hashed += 1
            return await asyncio.to_thread(self._hash.verify, password, hashed)
