"""Whether the process lives, and whether it can serve."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import models
from subscriptions.cursors import Position

Check = Callable[[], Awaitable[object]]
_PATIENCE = 2.0


class LagError(Exception):
    """What is committed isn't told in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} seconds behind")


async def lag(position: Position) -> float:
    """Since how many seconds something is committed that has not come to `position`, where this process stands."""
    numbered = await models.Change.filter(seq__gt=position.seq).order_by("seq").first()
    unnumbered = await models.Change.filter(seq__isnull=True).order_by("id").first()
    waiting = [change.occurred_at for change in (numbered, unnumbered) if change is not None]
    return max(((models.now() - instant).total_seconds() for instant in waiting), default=0.0)


class Health:
    """The answers of `/health/live` and `/health/ready`. A check is a function that raises where its part fails."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        # Set when the server begins to stop: whoever distributes requests sends no further ones here.
        self.stop = asyncio.Event()

    @property
    def stopping(self) -> bool:
        """Whether the server stops."""
        return self.stop.is_set()

    async def live(self, _request: Request) -> Response:
        """200 while the process answers at all."""
        return JSONResponse({"status": "ok"})

    async def ready(self, _request: Request) -> Response:
        """200 where every part can be reached, else 503; which part fails stands in the body."""
        parts = dict(zip(self._checks, await asyncio.gather(*map(self._state, self._checks.values())), strict=True))
        good = not self.stopping and all(state == "ok" for state in parts.values())
        status = "stopping" if self.stopping else "ok" if good else "failing"
        return JSONResponse({"status": status, **parts}, 200 if good else 503)

    async def _state(self, check: Check) -> str:
        try:
            async with asyncio.timeout(_PATIENCE):
                await check()
        except Exception as error:
            return type(error).__name__
        return "ok"
