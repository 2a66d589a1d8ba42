"""What one change may cost: the points of all different subscriptions of this process, and of those of one address.

Subscriptions that ask the same are executed once, whoever holds them, so they count once. A different one costs its
points again for each change that concerns it.
"""

from collections.abc import Callable, Hashable

from auth.refusals import RateLimited
from resolvers.translation import _
from web.limits.callers import Exemption
from web.process.counters import counters


class _Points:
    """The points of what is held, each thing once however many hold it."""

    def __init__(self) -> None:
        self.sum = 0
        self._held: dict[Hashable, tuple[int, int]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def more(self, key: Hashable, points: int) -> int:
        """How many more points it would be with one more that holds this."""
        return 0 if key in self._held else points

    def add(self, key: Hashable, points: int) -> None:
        holders, held = self._held.get(key, (0, points))
        self._held[key] = holders + 1, held
        if not holders:
            self.sum += held

    def remove(self, key: Hashable) -> None:
        holders, held = self._held.pop(key)
        if holders > 1:
            self._held[key] = holders - 1, held
        else:
            self.sum -= held


class UpdateBudget:
    """So many points in all, and so many of `each` caller whom `exemption` doesn't spare."""

    def __init__(self, most: int, each: int, exemption: Exemption) -> None:
        self._most, self._each, self._exemption = most, each, exemption
        self._all = _Points()
        self._by_caller: dict[str, _Points] = {}

    @property
    def taken(self) -> int:
        """The points of all different subscriptions that there are now."""
        return self._all.sum

    def take(self, caller: str, key: Hashable | None, points: int) -> Callable[[], None]:
        """Points for a subscription of this caller; what is returned gives them back. Raises `RateLimited`.

        Those of one key ask the same. Without a key it is like no other.
        """
        key = object() if key is None else key
        own = None if self._exemption.spares(caller) else self._by_caller.get(caller, _Points())
        if own is not None and own.sum + own.more(key, points) > self._each:
            counters.refused("update_cost_per_address")
            raise RateLimited(_("Your subscriptions would cost too much together: end some of them, or ask for less."))
        if self._all.sum + self._all.more(key, points) > self._most:
            counters.refused("update_cost_at_once")
            raise RateLimited
        self._all.add(key, points)
        if own is not None:
            own.add(key, points)
            self._by_caller[caller] = own
        return self._giving_back(caller, own, key)

    def _giving_back(self, caller: str, own: _Points | None, key: Hashable) -> Callable[[], None]:
        given_back = False

        def give_back() -> None:
            nonlocal given_back
            if given_back:
                return
            given_back = True
            self._all.remove(key)
            if own is not None:
                own.remove(key)
                if not own:
                    self._by_caller.pop(caller, None)

        return give_back
