"""The line for hashing is short, and fair among addresses and accounts: guessers wait for everybody else."""

import asyncio
from collections.abc import Callable

import pytest

from auth.hashing_queue import NOBODY, Asker, HashingQueue
from auth.refusals import RateLimited
from tests.conditions import soon, until

X, Y, Z = "203.0.113.1", "203.0.113.2", "203.0.113.3"


class Line:
    """Who had their turn, in order; one at a time, each until `next` is called."""

    def __init__(self, most: int = 20, most_each: int = 20) -> None:
        self.queue = HashingQueue(1, most, most_each)
        self.served: list[str] = []
        self._ends: list[Callable[[], None]] = []

    async def ask(self, name: str, asker: Asker) -> None:
        self._ends.append(await self.queue.enter(asker))
        self.served.append(name)

    async def stood(self, name: str, asker: Asker) -> asyncio.Task[None]:
        """One that has come as far as it can."""
        task = asyncio.create_task(self.ask(name, asker))
        await asyncio.sleep(0)
        return task

    async def all_served(self) -> list[str]:
        while self._ends:
            self._ends.pop()()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        assert self.queue.waiting == 0
        return self.served


async def test_one_who_guesses_waits_for_everybody_else() -> None:
    line = Line()
    for number in range(5):
        await line.stood(f"guess {number}", Asker("203.0.113.1", f"account {number}"))
    await line.stood("honest", Asker("203.0.113.2", "own"))
    assert await line.all_served() == ["guess 0", "honest", "guess 1", "guess 2", "guess 3", "guess 4"]


async def test_what_an_address_had_lately_counts_when_it_comes_again() -> None:
    line = Line()
    for _ in range(3):
        await line.ask("guess", Asker("203.0.113.1", "a"))
        await line.all_served()
    line.served.clear()
    await line.ask("first", NOBODY)
    await line.stood("guess", Asker("203.0.113.1", "b"))
    await line.stood("honest", Asker("203.0.113.2", "c"))
    assert await line.all_served() == ["first", "honest", "guess"]


async def test_of_one_address_the_account_that_had_the_fewest_turns_is_next() -> None:
    """As behind one proxy, or one school's connection."""
    line = Line()
    for number in range(4):
        await line.stood(f"guess {number}", Asker("203.0.113.1", "guessed"))
    await line.stood("honest", Asker("203.0.113.1", "own"))
    assert (await line.all_served())[1] == "honest"


async def test_who_is_known_comes_first_whoever_else_there_is() -> None:
    line = Line()
    await line.ask("first", NOBODY)
    await line.stood("stranger", Asker("203.0.113.1", "a"))
    await line.stood("owner", Asker("203.0.113.2", "b", is_known=True))
    assert await line.all_served() == ["first", "owner", "stranger"]


async def test_whose_turns_are_not_counted_is_served_as_they_come() -> None:
    line = Line()
    await line.ask("first", NOBODY)
    for number, asker in enumerate((NOBODY, Asker(X, "a"), NOBODY, Asker(Y, ""), Asker("", "b"))):
        await line.stood(str(number), asker)
    assert await line.all_served() == ["first", "0", "1", "2", "3", "4"]


async def test_of_one_address_only_so_many_wait() -> None:
    line = Line(most_each=2)
    asker = Asker("203.0.113.1", "a")
    for _ in range(3):  # one runs, two wait
        await line.stood("guess", asker)
    with pytest.raises(RateLimited) as refused:
        await line.ask("guess", asker)
    assert refused.value.retry_after is not None
    await line.stood("another", Asker("203.0.113.2"))
    assert line.queue.waiting == 3
    assert len(await line.all_served()) == 4


async def test_where_the_line_is_full_the_last_one_is_turned_away_be_it_who_came_or_who_stood() -> None:
    line = Line(most=3)
    tasks = [await line.stood(f"guess {number}", Asker("203.0.113.1", "a")) for number in range(4)]
    with pytest.raises(RateLimited):
        await line.ask("guess 4", Asker("203.0.113.1", "a"))
    await line.stood("honest", Asker("203.0.113.2", "b"))
    with pytest.raises(RateLimited):
        await soon(tasks[3])
    assert await line.all_served() == ["guess 0", "honest", "guess 1", "guess 2"]


@pytest.mark.parametrize(
    ("waiting", "newcomer", "goes"),
    [
        # Of the address, or the account, that has the most in line the last.
        ([Asker(X, "a"), Asker(X, "b"), Asker(Y, "c")], Asker(Z, "d"), 1),
        ([Asker(X, "a"), Asker(Y, "a"), Asker(Z, "b")], Asker("203.0.113.4", "c"), 1),
        # The address counts first, the account only among equal ones; else who came last.
        ([Asker(X, "a"), Asker(X, "b"), Asker(Y, "c")], Asker(Z, "c"), 1),
        ([Asker(X, "a"), Asker(Y, "b"), Asker(Z, "c")], Asker("203.0.113.4", "d"), 3),
        # Nobody's count for none.
        ([NOBODY, NOBODY, Asker(X, "a")], Asker(Y, "b"), 3),
        ([Asker(X, "a"), Asker("", "b"), Asker("", "c")], Asker("", "d"), 0),
        ([Asker(X, "a"), Asker(Y, ""), Asker(Z, "")], Asker("203.0.113.4", ""), 0),
        # Strangers go before who is known, however many these are.
        ([Asker(X, "a", True), Asker(X, "a", True), Asker(Y, "b")], Asker(X, "a", True), 2),
    ],
)
async def test_whom_a_full_line_turns_away(waiting: list[Asker], newcomer: Asker, goes: int) -> None:
    queue = HashingQueue(1, 3, 9)
    await queue.enter(NOBODY)
    tasks = []
    for asker in (*waiting, newcomer):
        tasks.append(asyncio.create_task(queue.enter(asker)))
        await asyncio.sleep(0)
    with pytest.raises(RateLimited):
        await soon(tasks[goes])
    assert [task.done() for task in tasks] == [number == goes for number in range(4)]
    for task in tasks:
        task.cancel()


async def test_why_somebody_was_turned_away_is_told() -> None:
    told: list[str] = []
    queue = HashingQueue(1, 2, 1, told.append)
    await queue.enter(NOBODY)
    tasks = [asyncio.create_task(queue.enter(asker)) for asker in (Asker(X, is_known=True), Asker(Y))]
    await until(lambda: queue.waiting == 2)
    for asker, reason in ((Asker(X), "hashing_queue_per_address"), (Asker(Z), "hashing_queue")):
        with pytest.raises(RateLimited) as refused:
            await soon(queue.enter(asker))
        assert (told.pop(), refused.value.retry_after) == (reason, 2)
    tasks.append(asyncio.create_task(queue.enter(Asker(Z, is_known=True))))
    with pytest.raises(RateLimited) as refused:
        await soon(tasks[1])
    assert (told, refused.value.retry_after) == (["hashing_queue"], 2)
    for task in tasks:
        task.cancel()


async def test_turns_are_counted_one_by_one_and_half_after_a_minute() -> None:
    queue = HashingQueue(3, 1, 1)
    for asker in (Asker(X, "a"), Asker(X, "b"), NOBODY):
        await queue.enter(asker)
    counted = {name: turns for name, (turns, _since) in queue._turns.items()}
    assert counted == pytest.approx({f"address {X}": 2, "account a": 1, "account b": 1}, rel=0.2)
    queue._turns["address x"] = (8.0, 100.0)
    assert [queue._lately("address x", 100.0 + seconds) for seconds in (0, 60, 120, 240)] == [8.0, 4.0, 2.0, 0.5]
    assert queue._lately("address y", 100.0) == 0


async def test_who_leaves_frees_the_place_and_nobody_s_turn_is_lost() -> None:
    line = Line(most=2)
    first = await line.queue.enter(NOBODY)
    leaving, staying = [await line.stood(name, NOBODY) for name in ("leaving", "staying")]
    leaving.cancel()
    first()  # the one that leaves is still in line
    await soon(staying)
    assert line.served == ["staying"]
    assert leaving.cancelled()
    assert await line.all_served() == ["staying"]


async def test_a_turn_that_comes_as_its_asker_leaves_goes_to_the_next() -> None:
    line = Line()
    first = await line.queue.enter(NOBODY)
    leaving, staying = [await line.stood(name, NOBODY) for name in ("leaving", "staying")]
    first()
    leaving.cancel()  # it has its turn already, and doesn't know yet
    await soon(staying)
    assert line.served == ["staying"]


async def test_who_leaves_as_it_is_turned_away_ends_nobody_s_turn() -> None:
    line = Line(most=1)
    first = await line.queue.enter(NOBODY)
    leaving = await line.stood("leaving", Asker(X))
    known = await line.stood("known", Asker(Y, is_known=True))
    leaving.cancel()  # it has been turned away, and doesn't know yet
    with pytest.raises(asyncio.CancelledError):
        await leaving
    await asyncio.sleep(0)
    assert line.served == []
    first()
    await soon(known)
    assert line.served == ["known"]


async def test_so_many_at_once_have_their_turn() -> None:
    queue = HashingQueue(2, 5, 5)
    ends = [await soon(queue.enter(NOBODY)) for _ in range(2)]
    waiting = asyncio.create_task(queue.enter(NOBODY))
    await until(lambda: queue.waiting == 1)
    ends[0]()
    (await soon(waiting))()
    ends[1]()
    for _ in range(2):
        await soon(queue.enter(NOBODY))
