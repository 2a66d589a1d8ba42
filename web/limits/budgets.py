"""What each caller may ask for in a time, in points: the same over all processes, without a trip for each request.

A caller is an account, a partner's key, or else an address. A process draws of a caller's budget in Redis a tenth at a
time, and pays from that: the remaining budget is right to within a tenth for each process. Where the budget is spent
the process knows until when, and refuses without asking again. The algorithm is that of `resolvers.limits.rates`: what
was spent comes back evenly.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
"""

import asyncio
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from time import monotonic
from typing import Any

from graphql import GraphQLError

from auth.refusals import RateLimited, TooComplex
from auth.viewer import Viewer
from resolvers.limits.rates import Draw, Rate, Rates
from resolvers.translation import _
from schema.operations.operation import Operation
from web.limits.held_refusals import HeldRefusals
from web.settings import Settings

# What a request costs besides its operation, for it is read and answered; an operation on a socket; a WebSocket, to
# begin with; a token that is none; a feed.
REQUEST_POINTS, MESSAGE_POINTS, SOCKET_POINTS, WRONG_TOKEN_POINTS, FEED_POINTS = 50, 10, 50, 50, 2000
# For so many bytes of a body a point is paid; for one that doesn't say how long it is, as for so many.
_BODY_BYTES, _UNSAID_BYTES = 400, 100_000
# For so many letters of a document that is refused a point is paid.
_LETTERS = 20
# So many callers a process knows at a time: who was drawn for least recently goes first.
_CALLERS = 20_000
# What part of a budget is drawn at a time.
_SLICES = 10

Header = tuple[bytes, bytes]


class BudgetSpent(RateLimited):
    """The caller has not that much left."""


def request_points(headers: Iterable[Header]) -> int:
    """What a request costs besides its operation: by its headers, whose names are in lower case."""
    for name, value in headers:
        if name == b"content-length":
            return REQUEST_POINTS + (int(value) // _BODY_BYTES if len(value) < 10 and value.isdigit() else 0)
        if name == b"transfer-encoding":
            return REQUEST_POINTS + _UNSAID_BYTES // _BODY_BYTES
    return REQUEST_POINTS


class _Policy:
    """What a kind of caller may: its name in the headers, and its rate."""

    def __init__(self, name: str, rate: Rate) -> None:
        self.name, self.rate = name.encode(), rate
        self.header = (b"ratelimit-policy", b'"%b";q=%d;w=%d' % (self.name, rate.most, math.ceil(rate.seconds)))


class _Purse:
    """What a process has drawn for a caller."""

    __slots__ = ("beyond", "drawing", "good_until", "left", "policy", "refused", "refused_until")

    def __init__(self, policy: _Policy) -> None:
        self.policy = policy
        self.left = 0
        # What there was besides, when something was drawn last.
        self.beyond = 0
        # Points that nobody has spent by then have come back there: they are good no more.
        self.good_until = 0.0
        # So many points, or more, were refused, and will be until then.
        self.refused, self.refused_until = 0, 0.0
        self.drawing = asyncio.Lock()

    def pay(self, points: int, instant: float) -> bool:
        """Whether what was drawn is enough; then it is spent."""
        if points > self.left or instant >= self.good_until:
            return False
        self.left -= points
        return True


class Budgets:
    """The budgets of all callers, as this process knows them."""

    def __init__(self, rates: Rates, settings: Settings, refused: Callable[[str], None] = lambda _reason: None) -> None:
        self._rates = rates
        self._refused = refused
        # Who has nothing left waits for being told so.
        self.held = HeldRefusals(settings.refusals_per_caller, settings.refusals_a_second, settings.refusals_held)
        seconds = settings.points_seconds
        self._address = _Policy("address", Rate(settings.points_per_address, seconds))
        self._by_kind = {
            "account": _Policy("account", Rate(settings.points_per_account, seconds)),
            "key": _Policy("key", Rate(settings.points_per_key, seconds)),
        }
        self._purses: dict[str, _Purse] = {}

    async def spend(self, caller: str, points: int) -> None:
        """Pay for something. Raises `BudgetSpent` where the caller has not that much left: then nothing is spent.

        What costs more than a whole budget costs that, but for what was paid when its request came.
        """
        purse = self._purses.get(caller)
        if purse is None or not purse.pay(points, monotonic()):
            await self._draw(caller, points)

    def headers(self, caller: str) -> Sequence[Header]:
        """What an answer says of the caller's budget; nothing where that isn't known."""
        purse = self._purses.get(caller)
        if purse is None:
            return ()
        rate, left = purse.policy.rate, purse.left + purse.beyond
        seconds = math.ceil((rate.most - left) * rate.seconds / rate.most)
        return purse.policy.header, (b"ratelimit", b'"%b";r=%d;t=%d' % (purse.policy.name, left, seconds))

    def remaining(self, caller: str) -> int | None:
        """How many points the caller has left, to within a tenth; None where that isn't known."""
        purse = self._purses.get(caller)
        return None if purse is None else purse.left + purse.beyond

    async def _draw(self, caller: str, points: int) -> None:
        purse = self._purse(caller)
        rate = purse.policy.rate
        if points > rate.most:
            points = rate.most - REQUEST_POINTS
        async with purse.drawing:
            instant = monotonic()
            if purse.pay(points, instant):  # somebody else has drawn meanwhile
                return
            if instant >= purse.good_until:
                purse.left = 0
            if points < purse.refused or instant >= purse.refused_until:
                needed = points - purse.left
                drawn = await self._rates.draw(Draw("points", caller, rate, needed, max(needed, rate.most // _SLICES)))
                if drawn.short is None:
                    purse.left += drawn.taken[0] - points
                    purse.beyond, purse.good_until = drawn.left[0], monotonic() + rate.seconds
                    return
                purse.beyond = 0
                purse.refused, purse.refused_until = points, monotonic() + drawn.seconds
            self._refused("budget")
            raise BudgetSpent(_SPENT, retry_after=max(purse.refused_until - monotonic(), 0))

    def _purse(self, caller: str) -> _Purse:
        """The caller's purse, the newest now."""
        purse = self._purses.pop(caller, None) or _Purse(self._by_kind.get(caller.partition(":")[0], self._address))
        if len(self._purses) >= _CALLERS:
            del self._purses[next(iter(self._purses))]
        self._purses[caller] = purse
        return purse


_SPENT = _("You have asked for as much as you may in this time: please try again later.")


class Meter:
    """Who pays for what is done on a connection, or for a request."""

    __slots__ = ("_budgets", "address", "caller")

    def __init__(self, budgets: Budgets, address: str) -> None:
        self._budgets = budgets
        self.address = address
        # Who pays: the address, until somebody has signed in.
        self.caller = address

    def signed_in(self, viewer: Viewer) -> None:
        """From now on the account, or the key, pays."""
        if viewer.caller is not None:
            self.caller = viewer.caller

    async def spend(self, points: int) -> None:
        """As `Budgets.spend`."""
        await self._budgets.spend(self.caller, points)

    async def hold(self) -> bool:
        """As `HeldRefusals.hold`: to be awaited before who has nothing left is told so."""
        return await self._budgets.held.hold(self.caller)

    @property
    def headers(self) -> Sequence[Header]:
        """As `Budgets.headers`."""
        return self._budgets.headers(self.caller)

    @property
    def remaining(self) -> int | None:
        """As `Budgets.remaining`."""
        return self._budgets.remaining(self.caller)


def points_of(operation: Operation, variables: Mapping[str, Any] | None) -> int:
    """What an operation costs with these variables. One that is refused costs what it took to find out: its length.

    What it costs to compile it was paid for then: `schema.execution.turns.points_to_compile`.
    """
    try:
        if operation.is_valid:
            return operation.admit(variables)
    except (GraphQLError, TooComplex):
        pass
    return len(operation.query) // _LETTERS
