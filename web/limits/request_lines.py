"""Each caller's requests over HTTP are served so many at a time: others of theirs wait in a line of their own.

So who sends without end waits for themselves, and whoever else asks is next. What waits is not read yet: it costs what
lies in the buffers of its connection. An answer that goes on, as a stream does, keeps its place until it begins.

Of all callers one request is begun in each turn of the event loop, for what is done of it until it first waits for
something may take milliseconds: next is whose caller asked for least lately. So many who ask at once, each from an
address of its own, don't stand between a request and the answers that it waits for.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auth.refusals import RateLimited
from resolvers.limits.fair_turns import FairTurns, give_up
from web.limits.budgets import request_points
from web.limits.callers import Exemption, caller_of
from web.process.counters import counters

_LEAVE = "leave_line"
# How somebody is refused: the answer.
Refuse = Callable[[Scope, RateLimited], Response]


class _Line:
    """One caller's."""

    __slots__ = ("served", "waiting")

    def __init__(self) -> None:
        self.served = 0
        self.waiting: deque[asyncio.Future[None]] = deque()


class Lines:
    """So many requests `at_once` of each caller whom `exemption` doesn't spare; others wait so many `seconds`."""

    def __init__(self, at_once: int, seconds: float, exemption: Exemption) -> None:
        self._at_once, self._seconds, self._exemption = at_once, seconds, exemption
        self._lines: dict[str, _Line] = {}
        # Who begins in this turn of the loop.
        self.beginning = FairTurns(1, seconds, lambda: counters.refused("line"))

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(not place.done() for line in self._lines.values() for place in line.waiting)

    def before(self, app: ASGIApp, refuse: Refuse) -> ASGIApp:
        """The application, which is asked by each caller so many times at once."""
        return _InLine(self, app, refuse)

    def spares(self, scope: Scope) -> bool:
        """Whether this request waits for nobody."""
        return self._exemption.spares(caller_of(scope))

    async def enter(self, caller: str, points: int = 1) -> Callable[[], None]:
        """Wait for a place, and to begin what takes so many points to read; what is returned gives the place back.

        Raises `RateLimited`.
        """
        leave = await self._place(caller)
        try:
            await self.beginning.enter(caller, points)
        except BaseException:
            leave()
            raise
        asyncio.get_running_loop().call_soon(self.beginning.leave)
        return leave

    async def _place(self, caller: str) -> Callable[[], None]:
        line = self._lines.get(caller)
        if line is None:
            line = self._lines[caller] = _Line()
        if line.served < self._at_once:
            line.served += 1
        else:
            await self._wait(caller, line)
        has_left = False

        def leave() -> None:
            nonlocal has_left
            if not has_left:
                has_left = True
                self._leave(caller, line)

        return leave

    async def _wait(self, caller: str, line: _Line) -> None:
        loop = asyncio.get_running_loop()
        place = loop.create_future()
        line.waiting.append(place)
        too_late = loop.call_later(self._seconds, give_up, place)
        try:
            await place
        except RateLimited:
            counters.refused("line")
            raise
        except asyncio.CancelledError:
            if not place.cancelled() and place.exception() is None:  # its turn came in this very moment
                self._leave(caller, line)
            raise
        finally:
            too_late.cancel()

    def _leave(self, caller: str, line: _Line) -> None:
        while line.waiting:
            place = line.waiting.popleft()
            if not place.done():
                place.set_result(None)  # who leaves hands the place on
                return
        line.served -= 1
        if not line.served:
            self._lines.pop(caller, None)


class _InLine:
    # A class, for Starlette takes a function for something else than an application.
    def __init__(self, lines: Lines, app: ASGIApp, refuse: Refuse) -> None:
        self._lines, self._app, self._refuse = lines, app, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._lines.spares(scope):
            await self._app(scope, receive, send)
            return
        try:
            leave = await self._lines.enter(caller_of(scope), request_points(scope["headers"]))
        except RateLimited as refusal:
            await self._refuse(scope, refusal)(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            leave()  # what follows is written only
            await send(message)

        scope.setdefault("state", {})[_LEAVE] = leave
        try:
            await self._app(scope, receive, sending)
        finally:
            leave()


def leave_line(scope: Scope) -> None:
    """Give a request's place to the next one: what is still to come of it waits for something else."""
    leave: Callable[[], None] | None = scope.get("state", {}).get(_LEAVE)
    if leave is not None:
        leave()
