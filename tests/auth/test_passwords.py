"""Passwords are hashed in a bounded number of threads, also when whoever waits for them leaves."""

import asyncio
import threading
from typing import Any

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from auth.hashing_queue import Asker
from auth.passwords import Passwords
from auth.refusals import RateLimited
from tests.conditions import PATIENCE, until
from web.settings import Settings


async def test_verifies_and_costs_one_hash_also_where_there_is_none() -> None:
    passwords = Passwords(time_cost=1, memory_kib=64)
    hashed = await passwords.hash("ein Passwort")
    assert hashed.startswith("$argon2id$")
    for password, stored, expected in (("ein Passwort", hashed, True), ("anders", hashed, False), ("x", None, False)):
        before = passwords.hashed
        assert await passwords.verify(password, stored) is expected
        assert passwords.hashed - before == 1


@pytest.mark.parametrize("at_once", [2, 3])
async def test_at_most_so_many_at_once_although_requests_are_cancelled(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    passwords = Passwords(at_once, 1, 64) if at_once != 2 else Passwords(time_cost=1, memory_kib=64)
    hash_at_once = Argon2Hasher.hash
    running, most, gate = 0, 0, threading.Event()
    lock = threading.Lock()

    def hash_when_told(self: Argon2Hasher, password: str, **more: Any) -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        assert gate.wait(PATIENCE)
        with lock:
            running -= 1
        return hash_at_once(self, password, **more)

    monkeypatch.setattr(Argon2Hasher, "hash", hash_when_told)
    tasks = [asyncio.create_task(passwords.hash("ein Passwort")) for _ in range(8)]
    await until(lambda: running == at_once)
    for task in tasks[:4]:
        task.cancel()
    later = [asyncio.create_task(passwords.hash("ein Passwort")) for _ in range(4)]
    await until(lambda: all(task.done() for task in tasks[:4]))  # those that ran leave their threads at work
    assert running == at_once
    gate.set()
    ended = await asyncio.gather(*tasks, *later, return_exceptions=True)
    assert [isinstance(one, asyncio.CancelledError) for one in ended] == [True] * 4 + [False] * 8
    assert all(str(one).startswith("$argon2id$") for one in ended[4:])
    assert most == at_once


async def test_the_hash_is_as_costly_as_it_was_asked_for_and_has_a_salt_of_its_own() -> None:
    passwords = Passwords(time_cost=2, memory_kib=72)
    hashed = await passwords.hash("ein Passwort")
    assert hashed.startswith("$argon2id$v=19$m=72,t=2,p=1$")
    assert await passwords.hash("ein Passwort") != hashed
    # OWASP's cheat sheet for storing passwords.
    assert (await Passwords().hash("x")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_who_says_nothing_of_the_line_has_the_one_of_the_settings() -> None:
    queue, known = Passwords().queue, Settings.model_fields
    names = ("password_hashes_at_once", "password_hashes_waiting", "password_hashes_waiting_per_address")
    assert [queue._at_once, queue._most, queue._most_each] == [known[name].default for name in names]


async def test_one_that_was_hashed_at_another_cost_is_still_good() -> None:
    before = PasswordHash((Argon2Hasher(time_cost=3, memory_cost=128, parallelism=4),)).hash("ein Passwort")
    passwords = Passwords(time_cost=1, memory_kib=64)
    assert await passwords.verify("ein Passwort", before)
    assert not await passwords.verify("anders", before)


async def test_who_finds_no_place_in_line_is_refused_and_nothing_is_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    passwords = Passwords(1, time_cost=1, memory_kib=64, most_waiting=3, most_waiting_each=2, refused=told.append)
    gate = threading.Event()
    monkeypatch.setattr(Argon2Hasher, "hash", lambda _self, _password, **_more: str(gate.wait(PATIENCE)))
    tasks = [asyncio.create_task(passwords.hash("ein Passwort", Asker("203.0.113.1"))) for _ in range(3)]
    await until(lambda: passwords.queue.waiting == 2)
    with pytest.raises(RateLimited):
        await passwords.hash("x", Asker("203.0.113.1"))
    with pytest.raises(RateLimited):
        await passwords.verify("x", None, Asker("203.0.113.1"))
    assert passwords.hashed == 1
    assert told == ["hashing_queue_per_address"] * 2
    gate.set()
    assert await asyncio.gather(*tasks) == ["True"] * 3


async def test_who_asks_is_told_to_the_line_whatever_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Passwords(at_once=1, time_cost=1, memory_kib=64)
    hashed, asker = await passwords.hash("ein Passwort"), Asker("203.0.113.1", "account", is_known=True)
    gate = threading.Event()
    monkeypatch.setattr(Argon2Hasher, "hash", lambda _self, _password, **_more: str(gate.wait(PATIENCE)))
    first = asyncio.create_task(passwords.hash("x"))
    await until(lambda: passwords.hashed == 2)
    tasks = [
        asyncio.create_task(asking)
        for asking in (
            passwords.hash("x", asker),
            passwords.verify("x", None, asker),
            passwords.verify("ein Passwort", hashed, asker),
        )
    ]
    await until(lambda: passwords.queue.waiting == 3)
    assert [one.asker for one in passwords.queue._waiting] == [asker] * 3
    gate.set()
    assert await asyncio.gather(first, *tasks) == ["True", "True", False, True]


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
