"""The ring at each of its ends: what it holds is given, what it doesn't is said not to be."""

from dataclasses import dataclass
from itertools import product

import pytest

from models import now
from subscriptions.changes import OfferUpdated, Told
from subscriptions.cursors import Position
from subscriptions.ring import Ring

BEGUN = 5  # where the ring begins


def mark_of(seq: int) -> int:
    return 100 + seq


def told(seq: int, epoch: int = 1) -> Told:
    return Told(epoch, seq, OfferUpdated(seq), now(), mark_of(seq))


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
            self.ring.push([told(seq)])


@pytest.mark.parametrize(("size", "pushed"), [*product(range(1, 5), range(10))])
def test_behind_every_place_comes_what_follows_it_or_the_word_that_it_is_gone(size: int, pushed: int) -> None:
    """From two before the base, over the base itself, to two beyond the head, by as many as are wanted."""
    held = Held(size, pushed)
    assert (held.ring.base, held.ring.head) == (held.base, held.head)
    assert held.ring.position == Position(1, held.head)
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


def test_what_is_here_already_is_passed_over_and_a_gap_is_refused() -> None:
    held = Held(3, 4)
    held.ring.push([told(held.head - 1), told(held.head), told(held.head + 1)])
    assert held.ring.head == held.head + 1
    for wrong in (told(held.head + 3), told(held.head + 2, epoch=2)):
        with pytest.raises(ValueError, match="does not follow"):
            held.ring.push([wrong])
        assert held.ring.head == held.head + 1


def test_only_a_newer_epoch_begins_the_ring_anew() -> None:
    held = Held(3, 4)
    for stands_at in (Position(0, 99), Position(1, 99)):
        held.ring.found(stands_at)
        assert (held.ring.position, held.ring.base) == (Position(1, held.head), held.base)
    held.ring.found(Position(2, 3))
    assert (held.ring.position, held.ring.base) == (Position(2, 3), 3)
    assert held.ring.behind(3, 9) == []
    assert held.ring.behind(2, 9) is None
    held.ring.push([told(4, epoch=2)])
    assert [one.seq for one in held.ring.behind(3, 9) or ()] == [4]
