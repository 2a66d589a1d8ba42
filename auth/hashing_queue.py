"""A short line for what costs much processor time, fair among those who stand in it.

Next is who is known, before who isn't; then the one whose address, and then whose account, had the fewest turns lately;
then who came first. So whoever guesses passwords by the thousand waits for everybody else, and nobody for them. Where
the line is full, the one who would be last is turned away at once, be it the one who came.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from time import monotonic

from cachetools import LRUCache

from auth.refusals import RateLimited

# After how many seconds a turn counts half; of how many addresses and accounts they are counted.
_HALF_LIFE = 60.0
_COUNTED = 20_000
# When to try again, where there is no place.
_RETRY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom something is computed. An empty `address`, or `account`, is nobody's: its turns aren't counted.

    `is_known`: the account was signed in to from this address before.
    """

    address: str = ""
    account: str = ""
    is_known: bool = False


NOBODY = Asker()


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    asker: Asker
    number: int
    turn: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class HashingQueue:
    """`at_once` have their turn at a time, `most` wait for it, at most `most_each` of one address.

    `refused` is called with the reason, in a few words, of each that is turned away.
    """

    def __init__(
        self, at_once: int, most: int, most_each: int, refused: Callable[[str], None] = lambda _reason: None
    ) -> None:
        self._at_once, self._most, self._most_each, self._refused = at_once, most, most_each, refused
        self._running = 0
        self._waiting: list[_Waiting] = []
        self._numbers = count()
        # How many turns there were lately, and as of when, by address and by account.
        self._turns: LRUCache[str, tuple[float, float]] = LRUCache(_COUNTED)

    @property
    def waiting(self) -> int:
        """How many wait now."""
        return len(self._waiting)

    async def enter(self, asker: Asker) -> Callable[[], None]:
        """Wait for a turn; what is returned ends it, and must be called once. Raises `RateLimited`."""
        if self._running >= self._at_once:
            self._make_room(asker)
            waiting = _Waiting(asker, next(self._numbers))
            self._waiting.append(waiting)
            await self._turn_of(waiting)
        else:
            self._begin(asker)
        return self._end

    async def _turn_of(self, waiting: _Waiting) -> None:
        try:
            await waiting.turn
        except asyncio.CancelledError:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            elif not waiting.turn.cancelled() and waiting.turn.exception() is None:  # its turn came as it left
                self._end()
            raise

    def _begin(self, asker: Asker) -> None:
        self._running += 1
        instant = monotonic()
        for name in _names(asker):
            self._turns[name] = (self._lately(name, instant) + 1, instant)

    def _end(self) -> None:
        self._running -= 1
        if staying := self._staying:
            first = min(staying, key=partial(self._rank, instant=monotonic()))
            self._waiting.remove(first)
            self._begin(first.asker)
            first.turn.set_result(None)

    @property
    def _staying(self) -> list[_Waiting]:
        """Who waits, without those that were cancelled a moment ago and are about to go."""
        return [one for one in self._waiting if not one.turn.done()]

    def _make_room(self, asker: Asker) -> None:
        """See to it that one more may wait. Raises `RateLimited` where there is no place for this one."""
        staying = self._staying
        if asker.address and sum(one.asker.address == asker.address for one in staying) >= self._most_each:
            raise self._refusal("hashing_queue_per_address")
        if len(staying) < self._most:
            return
        newcomer = _Waiting(asker, next(self._numbers))
        all_of_them = [*staying, newcomer]
        addresses = Counter(one.asker.address for one in all_of_them)
        accounts = Counter(one.asker.account for one in all_of_them)
        instant = monotonic()

        def lateness(one: _Waiting) -> tuple[bool, float, float, int]:
            """As `_rank`, where each of an address, and of an account, counts as if the others had gone before."""
            is_stranger, by_address, by_account, number = self._rank(one, instant)
            of_address = addresses[one.asker.address] if one.asker.address else 0
            of_account = accounts[one.asker.account] if one.asker.account else 0
            return is_stranger, by_address + of_address, by_account + of_account, number

        last = max(all_of_them, key=lateness)
        if last is newcomer:
            raise self._refusal("hashing_queue")
        self._waiting.remove(last)
        last.turn.set_exception(self._refusal("hashing_queue"))

    def _refusal(self, reason: str) -> RateLimited:
        self._refused(reason)
        return RateLimited(retry_after=_RETRY_SECONDS)

    def _rank(self, waiting: _Waiting, instant: float) -> tuple[bool, float, float, int]:
        """Who is less is next."""
        asker = waiting.asker
        by_address = self._lately(_of_address(asker), instant) if asker.address else 0.0
        by_account = self._lately(_of_account(asker), instant) if asker.account else 0.0
        return not asker.is_known, by_address, by_account, waiting.number

    def _lately(self, name: str, instant: float) -> float:
        turns, since = self._turns.get(name, (0.0, instant))
        return float(turns * 0.5 ** ((instant - since) / _HALF_LIFE))


def _names(asker: Asker) -> list[str]:
    return [_of_address(asker)] * bool(asker.address) + [_of_account(asker)] * bool(asker.account)


def _of_address(asker: Asker) -> str:
    return f"address {asker.address}"


def _of_account(asker: Asker) -> str:
    return f"account {asker.account}"
