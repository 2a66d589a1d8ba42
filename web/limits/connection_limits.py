"""How many connections there may be: in this process, and of one caller.

A connection whose client owes something, the rest of a request or the next one, waits. Where there are as many as may
be, the one that has waited longest gives way: so whoever opens connections and sends nothing keeps nobody out.
"""

import resource
from collections import Counter
from typing import Protocol

from web.limits.callers import Exemption, network_of
from web.limits.rejections import CROWDED, FULL, Rejection
from web.process.counters import counters
from web.settings import Settings

# Descriptors for what else a process has open, beside the database's connections: files, Redis, mail, the loop's own.
_RESERVED = 100
_FEWEST = 16


class Waiting(Protocol):
    """A connection that may be told to go."""

    def give_way(self) -> None:
        """End at once: others need the place."""


def raise_descriptors(settings: Settings) -> None:
    """Let the process have as many descriptors as `CONNECTIONS_AT_ONCE` needs, as far as it may have them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.connections_at_once + _beside(settings)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def room(settings: Settings) -> int:
    """How many connections there may be: `CONNECTIONS_AT_ONCE`, or what the limit of open files leaves of it."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return settings.connections_at_once
    return max(_FEWEST, min(settings.connections_at_once, soft - _beside(settings)))


def _beside(settings: Settings) -> int:
    return _RESERVED + settings.database_pool


class Connections:
    """The connections of a process, with sockets among them."""

    def __init__(self, settings: Settings) -> None:
        self.most = room(settings)
        # However many one address may have, it can't take them all.
        self._each = min(settings.connections_per_address, max(1, self.most // 2))
        self._exemption = Exemption(settings)
        self._proxies = settings.proxies
        # Those whose clients owe something, in the order in which they began to.
        self.waiting: dict[Waiting, None] = {}
        # What each connection of HTTP is counted as; None where it isn't.
        self._counted: dict[Waiting, str | None] = {}
        self._by_caller: Counter[str] = Counter()
        # How many clients were turned away, by reason.
        self.rejections: Counter[str] = Counter()

    def admit(self, one: Waiting, address: str, number: int) -> Rejection | None:
        """Let a new connection in, with which there are so many; or say how it is turned away.

        A trusted proxy has as many as it likes: it connects for others.
        """
        caller: str | None = network_of(address)
        if not address or self._exemption.spares(network_of(address)) or self._proxies.trust(address):
            caller = None
        if caller is not None and self._by_caller[caller] >= self._each:
            return CROWDED
        if number > self.most and not self._make_room():
            return FULL
        if caller is not None:
            self._by_caller[caller] += 1
        self._counted[one] = caller
        self.waiting[one] = None
        return None

    def leave(self, one: Waiting) -> None:
        """A connection has ended, or become a socket, which is counted as such."""
        self.waiting.pop(one, None)
        caller = self._counted.pop(one, None)
        if caller is not None:
            self._by_caller[caller] -= 1
            if not self._by_caller[caller]:
                del self._by_caller[caller]

    def rejected(self, reason: str) -> None:
        """Somebody was turned away, or cut off."""
        self.rejections[reason] += 1
        counters.refused(reason)

    def _make_room(self) -> bool:
        one = next(iter(self.waiting), None)
        if one is None:
            return False
        del self.waiting[one]
        one.give_way()
        return True
