"""Answers to guests, cached as bytes until something that they depend on changes.

An answer holds while nothing that it depends on has changed since it was begun. Two things are known of every change:

- its number in the log, once this process has read it into its ring: an answer that was begun before it is stale;
- of changes that this process commits itself, the instants before and after the commit: whatever they touch is stale
  in between, and where it was begun before. So a mutation's answer leaves only when what it made untrue is gone.

A change invalidates by tags: nothing is looked for and dropped when it comes. A lookup first takes in what the ring has
read since the last one; an answer that is stale by then is dropped, and none comes out. An answer is kept only if it
isn't stale already when it is there.

A process that is cut off from the log would go on with what it knew. So its cache is used only while it is in sync: the
head of the log is known as it was a second ago, and the ring has come so far.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from math import inf
from time import monotonic

from subscriptions.changes import Change
from subscriptions.cursors import Position
from subscriptions.response_cache.invalidation import tags_of
from subscriptions.ring import Ring

# The cache is in sync where the head of the log was known, and reached, within this time.
IN_SYNC_SECONDS = 1.0
# A lookup after so long has the head of the log read again.
_ASKING_SECONDS = 0.5
# What an answer takes in memory besides its own bytes and those of its question, about.
_OVERHEAD = 600
# An answer takes at most this part of the memory.
_LARGEST_PART = 8
# Of so many tags it is kept when they changed; beyond, what is older than now is forgotten.
_TAGS = 20_000


@dataclass(frozen=True, slots=True)
class AsOf:
    """When an answer was begun: behind which change of the log, and at which instant of this process."""

    epoch: int
    seq: int
    begun: float


@dataclass(slots=True)
class Answer:
    """An answer: its bytes, a digest of them, and what it depends on."""

    content: bytes
    digest: str
    tags: frozenset[str]
    as_of: AsOf
    # How many bytes it takes in memory, about.
    size: int
    # Up to which turn of the memory it was found to hold.
    turn: int
    # Whether the other processes have it, or are going to.
    shared: bool = False


class MemoryCache:
    """The answers that a process caches, `most` bytes at most; `ask` has the head of the log read."""

    def __init__(self, ring: Ring, most: int, ask: Callable[[], None]) -> None:
        self._ring = ring
        self._most = most
        self._ask = ask
        self._answers: OrderedDict[bytes, Answer] = OrderedDict()
        self._bytes = 0
        # Rises with everything that may make an answer untrue.
        self._turn = 0
        # How far the ring has been looked at, and from where on all changes are known.
        self._epoch = self._seen = self._since = 0
        # By tag: the number of its newest change; when this process changed it, infinite while that goes on.
        self._changed: dict[str, int] = {}
        self._own: dict[str, float] = {}
        self._open: Counter[str] = Counter()
        # What was committed before this instant the ring has; and where it must come for a later instant to count.
        self._synced_at = -inf
        self._due: tuple[Position, float] | None = None
        # How often an answer came out of the memory, and how often it was asked for.
        self.hits = 0
        self.asked = 0

    @property
    def size(self) -> int:
        """How many bytes are taken."""
        return self._bytes

    # ---------------------------------------------------------------- what is told to it

    @contextmanager
    def committing(self, changes: Iterable[Change]) -> Iterator[None]:
        """Around the commit of a transaction of this process that tells of these changes, whatever comes of it."""
        tags = {tag for change in changes for tag in tags_of(change)}
        self._open.update(tags)
        self._own.update(dict.fromkeys(tags, inf))
        self._turn += 1
        try:
            yield
        finally:
            self._open.subtract(tags)
            instant = monotonic()
            for tag in tags:
                if not self._open[tag]:
                    del self._open[tag]
                    self._own[tag] = instant
            self._turn += 1

    def synced(self, head: Position, since: float) -> None:
        """What was committed before the instant `since` of the monotonic clock lies not behind `head`."""
        self._learn()
        if self._due is None:
            self._due = (head, since)
            self._learn()

    @property
    def in_sync(self) -> bool:
        """Whether it is known what the log held a second ago, so that answers may be given.

        After half a second it has the head of the log read, so that the cache stays in sync while it is used.
        """
        self._learn()
        silent = monotonic() - self._synced_at
        if silent > _ASKING_SECONDS:
            self._ask()
        return silent <= IN_SYNC_SECONDS

    def _learn(self) -> None:
        """Take in what the ring has read since the last time."""
        ring = self._ring
        if ring.head != self._seen or ring.epoch != self._epoch:
            self._read()
        if self._due is not None:
            head, since = self._due
            if (ring.epoch, ring.head) >= (head.epoch, head.seq):
                self._due = None
                self._synced_at = max(self._synced_at, since)
                # The ring has these changes: their numbers say the same.
                self._own = {tag: instant for tag, instant in self._own.items() if instant >= since}

    def _read(self) -> None:
        ring = self._ring
        some = None
        if ring.epoch == self._epoch and ring.head >= self._seen:
            some = ring.behind(self._seen, ring.head - self._seen)
        if some is None or len(self._changed) > _TAGS or any(logged.change.erases for logged in some):
            self._forget()
        else:
            for logged in some:
                self._changed.update(dict.fromkeys(tags_of(logged.change), logged.seq))
        self._seen = ring.head
        self._turn += 1

    def _forget(self) -> None:
        """Forget everything: what happened before now is not known any more."""
        self._answers.clear()
        self._bytes = 0
        self._changed.clear()
        self._epoch, self._since = self._ring.epoch, self._ring.head

    # ---------------------------------------------------------------- what is asked of it

    def get(self, question: bytes) -> Answer | None:
        """The answer to a question, where there is one that holds; None also while the cache is out of sync.

        A question is the key: bytes that say all that the answer depends on.
        """
        self.asked += 1
        if not self.in_sync:
            return None
        answer = self._answers.get(question)
        if answer is None:
            return None
        if answer.turn != self._turn:
            if not self._holds(answer.tags, answer.as_of):
                self._drop(question)
                return None
            answer.turn = self._turn
        self._answers.move_to_end(question)
        self.hits += 1
        return answer

    def as_of(self) -> AsOf:
        """To be taken before an answer is begun."""
        self._learn()
        return AsOf(self._epoch, self._seen, monotonic())

    def keep(self, question: bytes, content: bytes, tags: frozenset[str], as_of: AsOf) -> Answer | None:
        """Cache an answer that was begun at `as_of`; it, or None where it is stale already, or too large."""
        self._learn()
        size = len(content) + len(question) + _OVERHEAD
        if size * _LARGEST_PART > self._most or not self._holds(tags, as_of):
            return None
        self._drop(question)
        answer = self._answers[question] = Answer(content, digest_of(content), tags, as_of, size, self._turn)
        self._bytes += size
        while self._bytes > self._most:
            self._drop(next(iter(self._answers)))
        return answer

    def take(self, question: bytes, content: bytes, tags: frozenset[str], at: Position) -> Answer | None:
        """Cache an answer that another process began behind the change `at`; None as `keep`.

        Of what this process committed itself, and hasn't found in the log yet, the other may have known nothing.
        """
        self._learn()
        if not self._own.keys().isdisjoint(tags):
            return None
        return self.keep(question, content, tags, AsOf(at.epoch, at.seq, monotonic()))

    def _holds(self, tags: frozenset[str], as_of: AsOf) -> bool:
        return (
            as_of.epoch == self._epoch
            and as_of.seq >= self._since
            and all(self._changed.get(tag, 0) <= as_of.seq and self._own.get(tag, -inf) < as_of.begun for tag in tags)
        )

    def _drop(self, question: bytes) -> None:
        answer = self._answers.pop(question, None)
        if answer is not None:
            self._bytes -= answer.size


def digest_of(content: bytes) -> str:
    """What tells these bytes from all others."""
    return blake2b(content, digest_size=16).hexdigest()
