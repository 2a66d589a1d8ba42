"""Passwords are hashed in a bounded number of threads, also when whoever waits for them leaves."""

import asyncio
import threading

from auth.passwords import Passwords


async def test_verifies_and_costs_one_hash_also_where_there_is_none() -> None:
    passwords = Passwords(time_cost=1, memory_kib=64)
    hashed = await passwords.hash("ein Passwort")
    assert hashed.startswith("$argon2id$")
    for password, stored, expected in (("ein Passwort", hashed, True), ("anders", hashed, False), ("x", None, False)):
        before = passwords.hashed
        assert await passwords.verify(password, stored) is expected
        assert passwords.hashed - before == 1


async def test_at_most_so_many_at_once_although_requests_are_cancelled() -> None:
    passwords = Passwords(at_once=2, time_cost=1, memory_kib=64)
    running, most, gate = 0, 0, threading.Event()
    lock = threading.Lock()

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        gate.wait(10)
        with lock:
            running -= 1

    tasks = [asyncio.create_task(passwords._compute(work)) for _ in range(8)]
    await asyncio.sleep(0)
    for task in tasks[:4]:
        task.cancel()
    later = [asyncio.create_task(passwords._compute(work)) for _ in range(4)]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*tasks, *later, return_exceptions=True)
    assert most <= 2
