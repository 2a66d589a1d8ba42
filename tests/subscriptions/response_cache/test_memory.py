"""The memory of one process by itself, over a ring: what holds, what goes, how much there may be of it.

Instants are the real clock's: what has been silent for long is said to have been heard long ago.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import product
from time import monotonic
from typing import Any

import pytest

from models import now
from subscriptions.changes import (
    Change,
    DemonstrationLoaded,
    EventUpdated,
    GroupMemberJoined,
    GroupPostPublished,
    LoggedChange,
    MemberChanged,
    Noun,
    OfferUpdated,
    SessionEnded,
)
from subscriptions.cursors import Position
from subscriptions.response_cache import memory as module
from subscriptions.response_cache.invalidation import row_tags, tags_of
from subscriptions.response_cache.memory import Answer, AsOf, MemoryCache, digest_of
from subscriptions.ring import Ring

OFFER, EVENT, OFFER_5 = frozenset({"offer"}), frozenset({"event"}), row_tags(Noun.OFFER, 5)
BYTES = 1_000_000
OVERHEAD = 600


@dataclass
class Process:
    """A memory and its ring, which began at the change 10 of the epoch 1; it hears, and has been asked so often."""

    most: int = BYTES
    ring_size: int = 100
    heard: bool = True
    asked: int = 0
    ring: Ring = field(init=False)
    memory: MemoryCache = field(init=False)

    def __post_init__(self) -> None:
        def ask() -> None:
            self.asked += 1

        self.ring = Ring(self.ring_size)
        self.ring.begin(Position(1, 10, 110))
        self.memory = MemoryCache(self.ring, self.most, ask)
        if self.heard:
            self.hear()

    def hear(self, ago: float = 0) -> None:
        """The log was asked so long ago, and stood where the ring ends."""
        self.memory.synced(self.ring.position, monotonic() - ago)

    def push(self, *some: Change) -> None:
        """The ring hears of these changes."""
        head = self.ring.head
        self.ring.push(
            LoggedChange(self.ring.epoch, head + number, one, now(), head + number)
            for number, one in enumerate(some, start=1)
        )

    def keep(self, question: bytes, tags: Iterable[str], content: bytes = b"content") -> Answer | None:
        """Keep an answer that was begun now."""
        return self.memory.keep(question, content, frozenset(tags), self.memory.as_of())

    def holds(self, question: bytes) -> bool:
        return self.memory.get(question) is not None


# ---------------------------------------------------------------- tags


@pytest.mark.parametrize(
    ("change", "tags"),
    [
        (OfferUpdated(5), {"offer", "offer/5"}),
        (MemberChanged(5), {"member", "member/5"}),
        (GroupMemberJoined(3, 5, "MEMBER"), {"group", "group/3", "membership", "membership/*"}),
        (GroupPostPublished(3, 5), {"group", "group/3", "post", "post/5"}),
        (SessionEnded("5"), set()),
        (DemonstrationLoaded(), {*Noun, *(f"{noun}/*" for noun in Noun)}),
    ],
)
def test_a_change_has_the_tags_of_its_nouns_and_of_the_rows_that_it_names(change: Change, tags: set[str]) -> None:
    assert sorted(tags_of(change)) == sorted(tags)


def test_what_is_made_of_a_row_goes_with_that_row_and_with_any_unnamed_one() -> None:
    assert row_tags(Noun.EVENT, 7) == {"event/7", "event/*"}


# ---------------------------------------------------------------- what holds


def test_an_answer_is_kept_with_its_bytes_its_digest_and_what_it_is_made_of() -> None:
    one = Process()
    mark = one.memory.as_of()
    assert (mark.epoch, mark.seq) == (1, 10)
    assert monotonic() - 60 < mark.begun <= monotonic()
    kept = one.memory.keep(b"question", b"content", OFFER, mark)
    assert kept is not None
    assert kept is one.memory.get(b"question") is one.memory.get(b"question")
    assert (kept.content, kept.tags, kept.as_of, kept.shared) == (b"content", OFFER, mark, False)
    assert kept.digest == digest_of(b"content") == blake2b(b"content", digest_size=16).hexdigest()
    assert len(kept.digest) == 32
    assert kept.size == one.memory.size == len(b"question") + len(b"content") + OVERHEAD
    assert one.memory.get(b"another") is None
    assert (one.memory.asked, one.memory.hits) == (3, 2)


@pytest.mark.parametrize("of", ["the log", "this process", "both"])
@pytest.mark.parametrize(
    ("change", "gone"),
    [
        (OfferUpdated(5), {"offers", "offer 5"}),
        (OfferUpdated(6), {"offers"}),
        (DemonstrationLoaded(), {"offers", "events", "offer 5"}),
        (EventUpdated(5), {"events"}),
        (MemberChanged(5), set()),
    ],
)
def test_what_is_touched_goes_and_what_is_not_stays(of: str, change: Change, gone: set[str]) -> None:
    one = Process()
    answers = {"offers": OFFER, "events": EVENT, "offer 5": OFFER_5, "nothing": frozenset[str]()}
    begun = one.memory.as_of()
    for name, tags in answers.items():
        assert one.keep(name.encode(), tags)
    if of != "the log":
        with one.memory.committing([change]):
            assert {name for name in answers if not one.holds(name.encode())} == gone
    if of != "this process":
        one.push(change)
    assert {name for name in answers if not one.holds(name.encode())} == gone
    assert one.memory.size == sum(one.memory._answers[name.encode()].size for name in set(answers) - gone)
    for name, tags in answers.items():
        assert (one.memory.keep(b"late", b"", tags, begun) is None) is (name in gone), name
        assert one.keep(b"begun now", tags), name


def test_of_changes_that_go_on_at_once_nothing_holds_until_the_last_has_ended() -> None:
    one = Process()
    with one.memory.committing([OfferUpdated(5), EventUpdated(1)]):
        with one.memory.committing([OfferUpdated(6), OfferUpdated(6)]):
            assert [one.keep(b"q", tags) for tags in (OFFER, EVENT, OFFER_5)] == [None] * 3
        assert [one.keep(b"q", tags) for tags in (OFFER, EVENT, OFFER_5)] == [None] * 3
        assert one.keep(b"q", row_tags(Noun.OFFER, 6))
        assert one.keep(b"q", row_tags(Noun.MEMBER, 5))
    assert all(one.keep(b"q", tags) for tags in (OFFER, EVENT, OFFER_5))


def test_what_was_begun_in_the_instant_of_the_commit_does_not_hold() -> None:
    one = Process()
    with one.memory.committing([OfferUpdated(5)]):
        pass
    instant = one.memory._own["offer"]
    assert one.memory.keep(b"q", b"", OFFER, AsOf(1, 10, instant)) is None
    one.memory.synced(one.ring.position, instant)  # the log holds what was committed before that instant
    assert one.memory.keep(b"q", b"", OFFER, AsOf(1, 10, instant)) is None
    assert one.memory.take(b"q", b"", OFFER, one.ring.position) is None


def test_what_went_stays_gone_whatever_comes_after_it() -> None:
    """Looked at only then: as many of other things came as went before."""
    one = Process()
    for changes in range(6):
        assert one.keep(b"q", OFFER)
        with one.memory.committing([OfferUpdated(5)]):
            pass
        for _number in range(changes):
            one.push(EventUpdated(5))
            one.memory.as_of()
        assert not one.holds(b"q"), changes


def test_what_is_rolled_back_is_over_too() -> None:
    one = Process()
    with pytest.raises(LookupError), one.memory.committing([OfferUpdated(5)]):
        raise LookupError
    assert one.keep(b"q", OFFER)


def test_a_change_that_was_heard_before_is_no_reason_to_forget_what_was_begun_after_it() -> None:
    one = Process()
    one.push(OfferUpdated(5), EventUpdated(5))
    mark = one.memory.as_of()
    assert (mark.epoch, mark.seq) == (1, 12)
    assert one.memory.keep(b"q", b"", OFFER | EVENT, mark)
    assert one.holds(b"q")
    one.push(EventUpdated(6))
    assert one.memory.keep(b"offers", b"", OFFER, mark)
    assert one.memory.keep(b"events", b"", EVENT, mark) is None
    assert not one.holds(b"q")
    assert one.holds(b"offers")


@pytest.mark.parametrize("case", ["a new epoch", "more than the ring holds", "a ring that was set back"])
def test_where_it_is_not_known_what_happened_everything_is_forgotten(case: str) -> None:
    one = Process(ring_size=3)
    one.push(EventUpdated(1))
    before = one.memory.as_of()
    assert one.keep(b"q", OFFER)
    if case == "a new epoch":
        one.ring.begin(Position(2, 11, 7))
    elif case == "more than the ring holds":
        one.push(*(EventUpdated(number) for number in range(4)))
    else:
        one.ring.begin(Position(1, 7, 7))
    one.hear()
    assert not one.holds(b"q")
    assert one.memory.size == 0
    mark = one.memory.as_of()
    assert (mark.epoch, mark.seq) == (one.ring.epoch, one.ring.head)
    if case != "a ring that was set back":
        assert one.memory.keep(b"q", b"", OFFER, before) is None
    assert one.keep(b"q", OFFER | EVENT)
    assert one.holds(b"q")


def test_as_many_as_the_ring_holds_are_heard_at_once_and_nothing_is_forgotten() -> None:
    one = Process(ring_size=3)
    assert one.keep(b"q", OFFER)
    one.push(*(EventUpdated(number) for number in range(3)))
    assert one.holds(b"q")


def test_of_too_many_tags_what_is_older_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TAGS", 4)
    one = Process()
    one.push(OfferUpdated(1), OfferUpdated(2), OfferUpdated(3))  # four tags
    assert one.keep(b"q", EVENT)
    one.push(OfferUpdated(4))
    assert one.holds(b"q")  # five now, one more than is kept
    one.push(OfferUpdated(4))
    assert not one.holds(b"q")
    assert one.memory._changed == {}
    assert one.keep(b"q", EVENT)


# ---------------------------------------------------------------- what another process has answered


def test_what_another_began_holds_by_its_place_in_the_log() -> None:
    one = Process()
    one.push(OfferUpdated(5), EventUpdated(5))
    for seq, tags in product(range(8, 13), (OFFER, EVENT, OFFER_5)):
        known = {OFFER: 11, OFFER_5: 11, EVENT: 12}[tags]
        taken = one.memory.take(b"q", b"content", tags, Position(1, seq))
        assert (taken is not None) is (seq >= known), (seq, tags)
        if taken is not None:
            assert (taken.content, taken.tags) == (b"content", tags)
            assert (taken.as_of.epoch, taken.as_of.seq) == (1, seq)
            assert one.memory.get(b"q") is taken
    assert one.memory.take(b"q", b"", frozenset(), Position(1, 9)) is None, "what happened before 10 is not known"
    assert one.memory.take(b"q", b"", frozenset(), Position(1, 10))
    assert one.memory.take(b"q", b"", frozenset(), Position(2, 12)) is None


def test_of_what_this_process_wrote_nothing_is_taken_until_the_log_was_asked_later() -> None:
    one = Process()
    begun = monotonic()
    with one.memory.committing([OfferUpdated(5)]):
        pass
    take: Callable[[], Any] = lambda: one.memory.take(b"q", b"", OFFER, one.ring.position)  # noqa: E731
    assert take() is None
    assert one.memory.take(b"q", b"", EVENT, one.ring.position)
    one.memory.synced(one.ring.position, begun)  # asked before the commit
    assert take() is None
    one.memory.synced(Position(1, 11), monotonic())  # it stands further: the ring must come there first
    assert take() is None
    one.push(EventUpdated(5))
    assert take()


# ---------------------------------------------------------------- who hears


def test_who_has_not_heard_for_long_answers_nothing_and_has_the_log_asked() -> None:
    for ago, hears, asks in ((0, True, False), (0.7, True, True), (1.5, False, True), (60, False, True)):
        late = Process(heard=False)
        assert late.keep(b"q", OFFER)
        late.hear(ago)
        assert late.memory.in_sync is hears
        assert late.holds(b"q") is hears
        assert late.asked == (2 if asks else 0)
        late.hear()
        assert late.holds(b"q"), "it was not forgotten"


def test_one_that_has_just_begun_has_heard_nothing() -> None:
    asked: list[int] = []
    memory = MemoryCache(ring := Ring(3), BYTES, lambda: asked.append(1))
    assert not memory.in_sync
    assert memory.keep(b"q", b"", OFFER, memory.as_of())
    assert memory.get(b"q") is None
    assert len(asked) == 2
    assert (memory.size, memory.hits, memory.asked) == (1 + OVERHEAD, 0, 1)
    memory.synced(ring.position, monotonic())
    assert memory.get(b"q")


def test_the_log_counts_as_heard_once_the_ring_has_come_to_where_it_stood() -> None:
    one = Process(heard=False)
    instant = monotonic()
    one.memory.synced(Position(1, 12), instant)
    one.memory.synced(Position(1, 10), instant)  # the first waits still: this one comes later
    assert not one.memory.in_sync
    one.push(EventUpdated(1))
    assert not one.memory.in_sync
    one.push(EventUpdated(1))
    assert one.memory.in_sync
    one.memory.synced(one.ring.position, instant - 60)  # an older asking takes nothing back
    assert one.memory.in_sync


def test_who_hears_of_a_newer_epoch_waits_for_the_ring_to_come_to_it() -> None:
    one = Process(heard=False)
    one.memory.synced(Position(2, 0), monotonic())
    assert not one.memory.in_sync
    one.ring.begin(Position(2, 0, 7))
    assert one.memory.in_sync


# ---------------------------------------------------------------- how much


def test_an_answer_takes_at_most_an_eighth_of_the_memory() -> None:
    one = Process(most=8000)
    assert one.keep(b"q", OFFER, b"x" * (1000 - OVERHEAD - 1))
    assert one.memory.size == 1000
    assert one.keep(b"q", OFFER, b"x" * (1000 - OVERHEAD)) is None
    assert one.holds(b"q"), "what was there before is as good as it was"


def test_what_was_used_longest_ago_makes_room_and_what_is_kept_anew_takes_no_more() -> None:
    one = Process(most=8000)
    questions = [f"{number}".encode() for number in range(8)]
    for question in questions:
        assert one.keep(question, OFFER, b"x" * (1000 - OVERHEAD - 1))
    assert one.memory.size == 8000
    assert all(one.holds(question) for question in questions)
    assert one.keep(b"3", OFFER, b"y" * (1000 - OVERHEAD - 1))
    assert one.memory.size == 8000
    assert one.holds(b"0")
    assert one.keep(b"8", OFFER, b"x" * (1000 - OVERHEAD - 1))
    assert [question for question in (*questions, b"8") if not one.holds(question)] == [b"1"]
    assert one.keep(b"9", OFFER, b"x")
    assert [question for question in (*questions, b"8", b"9") if not one.holds(question)] == [
        b"0",
        b"1",
    ]
    assert one.memory.size == 7 * 1000 + OVERHEAD + 2
