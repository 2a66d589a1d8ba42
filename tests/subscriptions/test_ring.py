"""The ring at each of its ends: what it holds is given, what it doesn't is said not to be."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import pytest

from models import now
from subscriptions.changes import LoggedChange, OfferUpdated
from subscriptions.cursors import Position
from subscriptions.ring import Ring
from tests.conditions import soon, until

BEGUN = 5  # where the ring begins


def mark_of(seq: int) -> int:
    return 100 + seq


def delivered(seq: int, epoch: int = 1) -> LoggedChange:
    return LoggedChange(epoch, seq, OfferUpdated(seq), now(), mark_of(seq))


@dataclass
class Held:
    """A ring that began behind `BEGUN`, with so many changes pushed, and what it should say."""

    size: int
    pushed: int

    def __post_init__(self) -> None:
        self.ring = Ring(self.size)
        self.ring.begin(Position(1, BEGUN, mark_of(BEGUN)))
        self.head = BEGUN + self.pushed
        self.base = max(BEGUN, self.head - self.size)
        for seq in range(BEGUN + 1, self.head + 1):
            self.ring.push([delivered(seq)])


@pytest.mark.parametrize(("size", "pushed"), [*product(range(1, 5), range(10))])
def test_behind_every_place_comes_what_follows_it_or_the_word_that_it_is_gone(size: int, pushed: int) -> None:
    """From two before the base, over the base itself, to two beyond the head, by as many as are wanted."""
    held = Held(size, pushed)
    assert (held.ring.base, held.ring.head) == (held.base, held.head)
    assert held.ring.position == Position(1, held.head)
    assert held.ring.position.mark == mark_of(held.head)
    for seq, most in product(range(held.base - 2, held.head + 3), range(4)):
        some = held.ring.behind(seq, most)
        if seq < held.base:
            assert some is None, (seq, most)
        else:
            assert some is not None, (seq, most)
            assert [one.seq for one in some] == [*range(seq + 1, min(held.head, seq + most) + 1)], (seq, most)


@pytest.mark.parametrize(("size", "pushed"), [*product(range(1, 5), range(10))])
def test_it_vouches_for_what_it_holds_and_for_where_it_began_and_for_nothing_else(size: int, pushed: int) -> None:
    held = Held(size, pushed)
    known = {*range(held.base + 1, held.head + 1)} | ({BEGUN} if held.base == BEGUN else set())
    for seq in range(held.base - 2, held.head + 3):
        right, wrong = Position(1, seq, mark_of(seq)), Position(1, seq, 7)
        found = held.ring.vouches(right), held.ring.vouches(wrong)
        assert found == ((True, False) if seq in known else (None, None)), seq
        assert held.ring.vouches(Position(2, seq, mark_of(seq))) is None


def test_a_new_ring_stands_before_everything_and_holds_and_vouches_for_nothing() -> None:
    ring = Ring(3)
    assert (ring.epoch, ring.head, ring.base, ring.closed, ring.waiting) == (0, 0, 0, False, 0)
    assert (ring.position, ring.position.mark) == (Position(0, 0), None)
    assert ring.behind(0, 9) == []
    assert ring.behind(-1, 9) is None
    assert ring.vouches(Position(0, 0, 7)) is ring.vouches(Position(0, 0, 0)) is None
    assert [len(Ring(size).behind(0, 9) or ()) for size in (1, 2)] == [0, 0]


def test_what_is_here_already_is_passed_over_and_a_gap_is_refused() -> None:
    held = Held(3, 4)
    held.ring.push([delivered(held.head - 1), delivered(held.head), delivered(held.head + 1)])
    assert held.ring.head == held.head + 1
    for wrong in (delivered(held.head + 3), delivered(held.head + 2, epoch=2)):
        with pytest.raises(ValueError, match="does not follow"):
            held.ring.push([wrong])
        assert held.ring.head == held.head + 1


def test_only_a_newer_epoch_begins_the_ring_anew() -> None:
    held = Held(3, 4)
    for head in (Position(0, 99), Position(1, 99)):
        held.ring.observe(head)
        assert (held.ring.position, held.ring.base) == (Position(1, held.head), held.base)
    held.ring.observe(Position(2, 3))
    assert (held.ring.position, held.ring.base) == (Position(2, 3), 3)
    assert held.ring.behind(3, 9) == []
    assert held.ring.behind(2, 9) is None
    held.ring.push([delivered(4, epoch=2)])
    assert [one.seq for one in held.ring.behind(3, 9) or ()] == [4]


# ---------------------------------------------------------------- who waits

WAKING: dict[str, Callable[[Held], None]] = {
    "a change": lambda held: held.ring.push([delivered(held.head + 1)]),
    "a new epoch": lambda held: held.ring.observe(Position(2, 3)),
    "the end": lambda held: held.ring.close(),
}


@pytest.mark.parametrize("what", list(WAKING))
async def test_everyone_who_waits_is_woken(what: str) -> None:
    held = Held(3, 4)
    waiting = [asyncio.create_task(held.ring.news()) for _number in range(3)]
    await until(lambda: held.ring.waiting == 3)
    held.ring.push([delivered(held.head)])  # is here already: news to nobody
    held.ring.observe(Position(1, 99))
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    WAKING[what](held)
    assert held.ring.waiting == 0
    await soon(asyncio.gather(*waiting))
    assert held.ring.waiting == 0
    assert held.ring.closed is (what == "the end")


async def test_who_has_waited_long_enough_goes_on_and_is_no_longer_counted() -> None:
    held = Held(3, 4)
    patient = [asyncio.create_task(held.ring.news()) for _number in range(2)]
    await until(lambda: held.ring.waiting == 2)
    await soon(held.ring.news(0.01))
    assert held.ring.waiting == 2
    held.ring.close()
    await soon(asyncio.gather(*patient))
    await soon(held.ring.news())  # nothing comes any more: nobody waits for it
    assert held.ring.waiting == 0
