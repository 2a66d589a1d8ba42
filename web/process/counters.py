"""What this process counts while it works: whole numbers in memory, which `web/process/metrics.py` shows.

    from web.process.counters import counters

    counters.refused("headers_too_large")

To count costs as much as to add one to a number: hot paths may. Names of reasons are a few words, in this program's
source alone: nothing that a client sent may become one, for each is a line of its own for ever.
"""

from bisect import bisect_left
from collections import Counter

# In seconds: of what is answered, and of what the loop is late.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# In points of an operation's cost.
_POINTS = (10, 100, 300, 1000, 3000, 10_000, 30_000, 100_000)


class Histogram:
    """How many observations lay up to each of some bounds, and their sum."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        # As many as there are bounds, and one for what lies above all of them.
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        """One more."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value


class Counters:
    """The counts of a process since it began."""

    def __init__(self) -> None:
        # Why something was refused, or cut short.
        self.refusals: Counter[str] = Counter()
        # Codes of the errors that were told, of the closed list in docs/errors.md.
        self.errors: Counter[str] = Counter()
        # Operations over HTTP by their kind and the code of their first error, "OK" where there was none.
        self.requests: Counter[tuple[str, str]] = Counter()
        self.seconds: dict[str, Histogram] = {}
        self.cost: dict[str, Histogram] = {}
        # Operations on sockets by their kind.
        self.socket_operations: Counter[str] = Counter()
        # Updates that were given to a client's connection.
        self.deliveries = 0
        # Clients that were cut because they read nothing.
        self.slow_readers = 0
        # Runs of jobs by their name and how they ended.
        self.jobs: Counter[tuple[str, str]] = Counter()
        # Attempts to deliver a mail by how they ended.
        self.mails: Counter[str] = Counter()
        # By how much the loop came late to what was due.
        self.lag = Histogram(_SECONDS)

    def refused(self, reason: str) -> None:
        """Something was refused, or cut short, for this reason: a few words joined by underscores."""
        self.refusals[reason] += 1

    def answered(self, kind: str, code: str, seconds: float) -> None:
        """An operation of this kind was answered over HTTP, with this code, after so many seconds."""
        self.requests[kind, code] += 1
        histogram = self.seconds.get(kind)
        if histogram is None:
            histogram = self.seconds[kind] = Histogram(_SECONDS)
        histogram.observe(seconds)

    def priced(self, kind: str, points: int) -> None:
        """An operation of this kind was given this price."""
        histogram = self.cost.get(kind)
        if histogram is None:
            histogram = self.cost[kind] = Histogram(_POINTS)
        histogram.observe(points)


# A process has one: what lies deeper is handed its methods.
counters = Counters()
