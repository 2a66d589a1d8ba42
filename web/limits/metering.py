"""Who asks over HTTP pays for it, out of a budget: before anything is read, and then for what is asked for.

An answer says what is left of the budget (`RateLimit`, `RateLimit-Policy`). Whoever has nothing left is answered 429
with `Retry-After`, for less than anything else costs, and so often only: see `web.limits.held_refusals`.
"""

from collections.abc import Awaitable, Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auth.refusals import RateLimited
from web.limits.budgets import Budgets, BudgetSpent, Meter, request_points
from web.limits.callers import Exemption, caller_of
from web.limits.request_lines import leave_line

_METER = "meter"
# How somebody is refused: the answer.
Refuse = Callable[[Scope, RateLimited], Response]


class Metering:
    """Whose requests are paid for, and by whom."""

    def __init__(self, budgets: Budgets, exemption: Exemption, *, proxies_cache: bool = False) -> None:
        """`proxies_cache`: answers to guests' GET requests are given to others, to whom nothing is said of budgets."""
        self._budgets = budgets
        self._exemption = exemption
        self.proxies_cache = proxies_cache
        self.held = budgets.held

    def meter(self, scope: Scope) -> Meter | None:
        """The meter of a connection or a request: of its address, as long as nobody has signed in.

        None where nobody has to pay.
        """
        caller = caller_of(scope)
        return None if self._exemption.spares(caller) else Meter(self._budgets, caller)

    def paid(self, app: ASGIApp, refuse: Refuse, points: int = 0, *, knows_accounts: bool = False) -> ASGIApp:
        """The application, each of whose requests is paid for: with what requests cost, and so many points.

        One that `knows_accounts` has who signs in pay itself: by `meter_of`.
        """
        return _Paid(self, app, refuse, points, knows_accounts)


class _Paid:
    def __init__(self, metering: Metering, app: ASGIApp, refuse: Refuse, points: int, knows_accounts: bool) -> None:
        self._metering, self._app, self._refuse, self._points = metering, app, refuse, points
        self._knows_accounts = knows_accounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        meter = self._metering.meter(scope)
        if meter is None:
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})[_METER] = meter

        signs_in = self._knows_accounts and _has_authorization(scope)
        is_told = signs_in or not (self._metering.proxies_cache and scope["method"] == "GET")

        def sending(message: Message) -> Awaitable[None]:  # a coroutine less than with `await`
            if is_told and message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *meter.headers]
            return send(message)

        if not signs_in:  # else it is known later who pays
            try:
                await meter.spend(self._points + request_points(scope["headers"]))
            except BudgetSpent as refusal:
                response = self._refuse(scope, refusal)
                await hold(scope, meter, response)
                await response(scope, receive, sending)
                return
        await self._app(scope, receive, sending)


def _has_authorization(scope: Scope) -> bool:
    for name, _value in scope["headers"]:  # noqa: SIM110  # a generator costs more than all the rest here
        if name == b"authorization":
            return True
    return False


def meter_of(scope: Scope) -> Meter | None:
    """The meter of a request; None where nobody pays for any."""
    found: Meter | None = scope.get("state", {}).get(_METER)
    return found


async def hold(scope: Scope, meter: Meter, response: Response) -> None:
    """Hold back that a budget is spent; nobody waits behind it. Where too many are held the connection ends with it."""
    leave_line(scope)
    if not await meter.hold():
        response.headers["Connection"] = "close"  # to connect again takes a while, too
