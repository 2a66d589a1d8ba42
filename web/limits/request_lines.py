"""Each caller's requests over HTTP are served so many at a time: others of theirs wait in a line of their own.

So who sends without end waits for themselves, and whoever else asks is next. What waits is not read yet: it costs what
lies in the buffers of its connection. An answer that goes on, as a stream does, keeps its place until it begins.

Of all callers some requests begin in each turn of the event loop: see `web.limits.beginnings`. One with a long body
begins twice, for it first waits for that: many whose bodies are complete in the same turn would be read in the same.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auth.refusals import RateLimited
from resolvers.limits.fair_turns import give_up
from web.limits.beginnings import Beginnings
from web.limits.budgets import REQUEST_POINTS, request_points
from web.limits.callers import Exemption, caller_of
from web.process.counters import counters

_LEAVE = "leave_line"
# A body is long that takes so many points to read: of some 4,000 bytes.
_LONG = REQUEST_POINTS + 10
# How somebody is refused: the answer.
Refuse = Callable[[Scope, RateLimited], Response]


class _Place:
    """One caller's, who is served."""

    __slots__ = ("_caller", "_lines")

    def __init__(self, lines: "Lines", caller: str) -> None:
        self._lines: Lines | None = lines
        self._caller = caller

    def leave(self) -> None:
        """Give it to the next one, once."""
        lines, self._lines = self._lines, None
        if lines is not None:
            lines.leave(self._caller)


class Lines:
    """So many requests `at_once` of each caller whom `exemption` doesn't spare; others wait so many `seconds`."""

    def __init__(self, at_once: int, seconds: float, exemption: Exemption) -> None:
        self._at_once, self._seconds, self.exemption = at_once, seconds, exemption
        # Of each caller: how many are served, and who waits.
        self._served: dict[str, int] = {}
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        # Who begins in this turn of the loop.
        self.beginnings = Beginnings(seconds, lambda: counters.refused("line"))

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(not place.done() for line in self._waiting.values() for place in line)

    def before(self, app: ASGIApp, refuse: Refuse) -> ASGIApp:
        """The application, which is asked by each caller so many times at once."""
        return _InLine(self, app, refuse)

    async def enter(self, caller: str, points: int = 1) -> Callable[[], None]:
        """Wait for a place, and to begin what takes so many points to read; what is returned gives the place back.

        Raises `RateLimited`.
        """
        served = self._served.get(caller, 0)
        if served < self._at_once:
            self._served[caller] = served + 1
        else:
            await self._wait(caller)
        try:
            await self.begin(caller, points)
        except BaseException:
            self.leave(caller)
            raise
        return _Place(self, caller).leave

    async def begin(self, caller: str, points: int = 1) -> None:
        """Wait to begin what takes so many points. Raises `RateLimited`."""
        if not self.beginnings.at_once(caller, points):
            await self.beginnings.wait(caller, points)

    async def _wait(self, caller: str) -> None:
        loop = asyncio.get_running_loop()
        place = loop.create_future()
        self._waiting.setdefault(caller, deque()).append(place)
        too_late = loop.call_later(self._seconds, give_up, place)
        try:
            await place
        except RateLimited:
            counters.refused("line")
            raise
        except asyncio.CancelledError:
            if not place.cancelled() and place.exception() is None:  # its turn came in this very moment
                self.leave(caller)
            raise
        finally:
            too_late.cancel()

    def leave(self, caller: str) -> None:
        """Give a place of this caller's to their next request."""
        line = self._waiting.get(caller)
        while line:
            place = line.popleft()
            if not place.done():
                place.set_result(None)
                return
        if line is not None:
            del self._waiting[caller]
        served = self._served[caller] - 1
        if served:
            self._served[caller] = served
        else:
            del self._served[caller]


class _InLine:
    # A class, for Starlette takes a function for something else than an application.
    def __init__(self, lines: Lines, app: ASGIApp, refuse: Refuse) -> None:
        self._lines, self._app, self._refuse = lines, app, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = caller_of(scope)
        if self._lines.exemption.spares(caller):
            await self._app(scope, receive, send)
            return
        try:
            points = request_points(scope["headers"])
            leave = await self._lines.enter(caller, points)
        except RateLimited as refusal:
            await self._refuse(scope, refusal)(scope, receive, send)
            return

        def sending(message: Message) -> Awaitable[None]:  # a coroutine less than with `await`
            leave()  # what follows is written only
            return send(message)

        async def receiving() -> Message:
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body"):
                with suppress(RateLimited):  # it is here: whoever has waited so long is next
                    await self._lines.begin(caller)
            return message

        scope.setdefault("state", {})[_LEAVE] = leave
        try:
            await self._app(scope, receiving if points > _LONG else receive, sending)
        finally:
            leave()


def leave_line(scope: Scope) -> None:
    """Give a request's place to the next one: what is still to come of it waits for something else."""
    leave: Callable[[], None] | None = scope.get("state", {}).get(_LEAVE)
    if leave is not None:
        leave()
