"""Answers to guests, remembered as bytes until something that they are made of changes.

An answer holds while nothing that it is made of has changed since it was begun. Two things are known of every change:

- its number in the log, once this process has read it in its ring: an answer that was begun before that doesn't hold;
- of changes that this process commits itself, the instants before and after the commit: in between, and for what was
  begun before, nothing that they touch holds. So a mutation's answer leaves only when what it made untrue is gone.

Nothing is dropped one by one. Whoever asks for an answer first learns what the ring has heard since the last time, and
only an answer that still holds comes out; one that doesn't makes room. What is executed meanwhile is kept only if it
holds when it is there.

A process that is cut off from the log would go on with what it knew. So it answers from memory only while it knows
where the log stood a second ago, and that its ring had come so far.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from math import inf
from time import monotonic

from subscriptions.changes import Change, Noun
from subscriptions.cursors import Position
from subscriptions.ring import Ring

# Only who has heard within this time where the log stands answers from memory.
HEARD_SECONDS = 1.0
# Who asks after so long has the log asked again.
_ASKING_SECONDS = 0.5
# What an answer takes in memory besides its own bytes and those of its question, about.
_OVERHEAD = 600
# An answer takes at most this part of the memory.
_LARGEST_PART = 8
# Of so many tags it is kept when they changed; beyond, what is older than now is forgotten.
_TAGS = 20_000


@dataclass(frozen=True, slots=True)
class Mark:
    """When an answer was begun: behind which change of the log, and at which instant of this process."""

    epoch: int
    seq: int
    begun: float


@dataclass(slots=True)
class Answer:
    """An answer: its bytes, a digest of them, and what it is made of."""

    content: bytes
    digest: str
    tags: frozenset[str]
    mark: Mark
    # How many bytes it takes in memory, about.
    size: int
    # Up to which turn of the memory it was found to hold.
    turn: int
    # Whether the other processes have it, or are going to.
    shared: bool = False


def row_tags(noun: Noun, key: int) -> frozenset[str]:
    """The tags of what is made of this one row: changes of it, and those that don't say of which row they are."""
    return frozenset((f"{noun}/{key}", f"{noun}/*"))


def tags_of(change: Change) -> Iterator[str]:
    """The tags of what the change touches: of each noun any, and its row, where it names it."""
    for noun in change.touches:
        yield noun.value
        yield f"{noun}/{getattr(change, f'{noun}_id', '*')}"


class MemoryCache:
    """The answers that a process remembers, `most` bytes at most; `ask` has the log asked where it stands."""

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
        self._heard = -inf
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
    def hears(self) -> bool:
        """Whether it is known what the log held a second ago, so that what holds may be answered.

        Where that is half a second ago it has the log asked, so that it stays known while somebody wants to know.
        """
        self._learn()
        silent = monotonic() - self._heard
        if silent > _ASKING_SECONDS:
            self._ask()
        return silent <= HEARD_SECONDS

    def _learn(self) -> None:
        """Learn what the ring has heard since the last time."""
        ring = self._ring
        if ring.head != self._seen or ring.epoch != self._epoch:
            self._read()
        if self._due is not None:
            head, since = self._due
            if (ring.epoch, ring.head) >= (head.epoch, head.seq):
                self._due = None
                self._heard = max(self._heard, since)
                # The ring has these changes: their numbers say the same.
                self._own = {tag: instant for tag, instant in self._own.items() if instant >= since}

    def _read(self) -> None:
        ring = self._ring
        some = None
        if ring.epoch == self._epoch and ring.head >= self._seen:
            some = ring.behind(self._seen, ring.head - self._seen)
        if some is None or len(self._changed) > _TAGS:
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
        """The answer to a question, where there is one that holds; None also where the log can't be heard.

        A question is bytes that say all that the answer depends on.
        """
        self.asked += 1
        if not self.hears:
            return None
        answer = self._answers.get(question)
        if answer is None:
            return None
        if answer.turn != self._turn:
            if not self._holds(answer.tags, answer.mark):
                self._drop(question)
                return None
            answer.turn = self._turn
        self._answers.move_to_end(question)
        self.hits += 1
        return answer

    def mark(self) -> Mark:
        """To be taken before an answer is begun."""
        self._learn()
        return Mark(self._epoch, self._seen, monotonic())

    def keep(self, question: bytes, content: bytes, tags: frozenset[str], mark: Mark) -> Answer | None:
        """Remember an answer that was begun at `mark`; it, or None where it doesn't hold any more or is too large."""
        self._learn()
        size = len(content) + len(question) + _OVERHEAD
        if size * _LARGEST_PART > self._most or not self._holds(tags, mark):
            return None
        self._drop(question)
        answer = self._answers[question] = Answer(content, digest_of(content), tags, mark, size, self._turn)
        self._bytes += size
        while self._bytes > self._most:
            self._drop(next(iter(self._answers)))
        return answer

    def take(self, question: bytes, content: bytes, tags: frozenset[str], at: Position) -> Answer | None:
        """Remember an answer that another process began behind the change `at`; None as `keep`.

        Of what this process committed itself, and hasn't found in the log yet, the other may have known nothing.
        """
        self._learn()
        if not self._own.keys().isdisjoint(tags):
            return None
        return self.keep(question, content, tags, Mark(at.epoch, at.seq, monotonic()))

    def _holds(self, tags: frozenset[str], mark: Mark) -> bool:
        return (
            mark.epoch == self._epoch
            and mark.seq >= self._since
            and all(self._changed.get(tag, 0) <= mark.seq and self._own.get(tag, -inf) < mark.begun for tag in tags)
        )

    def _drop(self, question: bytes) -> None:
        answer = self._answers.pop(question, None)
        if answer is not None:
            self._bytes -= answer.size


def digest_of(content: bytes) -> str:
    """What tells these bytes from all others."""
    return blake2b(content, digest_size=16).hexdigest()
