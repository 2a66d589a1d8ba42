"""How many sockets and operations there may be at a time: in this process, and of one caller."""

from collections import Counter
from collections.abc import Callable

from auth.refusals import RateLimited
from resolvers.translation import _
from web.limits.callers import Exemption
from web.limits.connection_limits import room
from web.limits.update_budget import UpdateBudget
from web.process.counters import counters
from web.settings import Settings


class Quota:
    """So many at a time of what is called `what`, and so many of `each` caller whom `exemption` doesn't spare."""

    def __init__(self, what: str, most: int, each: int, exemption: Exemption) -> None:
        self._what, self._most, self._each, self._exemption = what, most, each, exemption
        self._taken = 0
        self._by_caller: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        """How many there are now."""
        return self._taken

    def take(self, caller: str) -> Callable[[], None]:
        """One more, for this caller; what is returned gives it back. Raises `RateLimited`."""
        counted = not self._exemption.spares(caller)
        if counted and self._by_caller[caller] >= self._each:
            counters.refused(f"{self._what}_per_address")
            raise RateLimited(_("There are too many connections from your address: please try again later."))
        if self._taken >= self._most:
            counters.refused(f"{self._what}_at_once")
            raise RateLimited(_("There are too many connections at the moment: please try again later."))
        self._taken += 1
        if counted:
            self._by_caller[caller] += 1
        given_back = False

        def give_back() -> None:
            nonlocal given_back
            if given_back:
                return
            given_back = True
            self._taken -= 1
            if counted:
                self._by_caller[caller] -= 1
                if not self._by_caller[caller]:
                    del self._by_caller[caller]

        return give_back


class Limits:
    """The quotas of a process."""

    def __init__(self, settings: Settings) -> None:
        exemption = Exemption(settings)
        # However many sockets there are, some connections are left for requests.
        sockets = min(settings.sockets_at_once, room(settings) * 5 // 6)
        self.sockets = Quota("sockets", sockets, settings.sockets_per_address, exemption)
        self.subscriptions = Quota(
            "subscriptions", settings.subscriptions_at_once, settings.subscriptions_per_address, exemption
        )
        self.updates = UpdateBudget(settings.update_cost_at_once, settings.update_cost_per_address, exemption)
