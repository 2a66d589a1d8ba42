"""Passwords are hashed in a bounded number of threads, also when whoever waits for them leaves."""

import asyncio
import threading

import pytest

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


async def test_the_hash_is_as_costly_as_it_was_asked_for_and_has_a_salt_of_its_own() -> None:
    passwords = Passwords(at_once=3, time_cost=2, memory_kib=72)
    hashed = await passwords.hash("ein Passwort")
    assert hashed.startswith("$argon2id$v=19$m=72,t=2,p=4$")
    assert await passwords.hash("ein Passwort") != hashed
    assert passwords._threads._max_workers == 3
    usual = Passwords()
    assert usual._threads._max_workers == 2
    assert (await usual.hash("x")).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_they_are_computed_in_threads_of_their_own() -> None:
    passwords = Passwords(time_cost=1, memory_kib=64)
    assert passwords.hashed == 0
    assert (await passwords._compute(lambda: threading.current_thread().name)).startswith("passwords")
    assert passwords.hashed == 1


@pytest.mark.parametrize("typed", ["Stra\u00dfenf\u00fchrer", "Straßenfu\u0308hrer"])
@pytest.mark.parametrize("hashed_as", ["composed", "typed"])
async def test_a_password_is_the_same_whatever_the_keyboard_makes_of_its_letters(typed: str, hashed_as: str) -> None:
    """It is hashed composed; one that was hashed as it was typed, once, is still good."""
    passwords = Passwords(time_cost=1, memory_kib=64)
    stored = await passwords.hash(typed) if hashed_as == "composed" else passwords._hash.hash(typed)
    before = passwords.hashed
    assert await passwords.verify(typed, stored)
    is_composed = typed == "Stra\u00dfenf\u00fchrer"
    assert passwords.hashed - before == (1 if is_composed or hashed_as == "composed" else 2)
    assert await passwords.verify("Stra\u00dfenf\u00fchrer", stored) is (is_composed or hashed_as == "composed")
    before = passwords.hashed
    assert not await passwords.verify("anders", stored)
    assert not await passwords.verify(typed, None)
    assert passwords.hashed - before == (2 if is_composed else 3)


async def test_piled_up_marks_are_hashed_as_they_are() -> None:
    passwords = Passwords(time_cost=1, memory_kib=64)
    piled = "u" + "\u0308\u0301" * 100
    stored = await passwords.hash(piled)
    assert passwords._hash.verify(piled, stored)
    before = passwords.hashed
    assert await passwords.verify(piled, stored)
    assert passwords.hashed - before == 1
