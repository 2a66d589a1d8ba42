"""Whether the process lives, and whether it can serve."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import models
from subscriptions.cursors import Position

_PATIENCE = 2.0


@dataclass(frozen=True)
class Check:
    """Whether something that the server needs is there. `ask` raises where it isn't.

    It is `vital` where without it this process serves nothing that another one may serve.
    """

    ask: Callable[[], Awaitable[object]]
    vital: bool = False


class LagError(Exception):
    """What is committed isn't told in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} seconds behind")


class UnwritableError(Exception):
    """The database answers what is read, and takes nothing that is written."""


async def behind(position: Position) -> float:
    """Since how many seconds a change has its number that this process, which stands at `position`, hasn't read."""
    return _since(await models.Change.filter(seq__gt=position.seq).order_by("seq").first())


async def unnumbered() -> float:
    """Since how many seconds a change is committed that none of the processes has given its number."""
    return _since(await models.Change.filter(seq__isnull=True).order_by("id").first())


def _since(change: models.Change | None) -> float:
    return (models.now() - change.occurred_at).total_seconds() if change is not None else 0.0


class Health:
    """The answers of `/health/live` and `/health/ready`: docs/operating.md says what they mean."""

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
        """200 while this process should get requests, else 503; which part fails stands in the body."""
        states = dict(zip(self._checks, await asyncio.gather(*map(self._state, self._checks.values())), strict=True))
        failing = [name for name, state in states.items() if state != "ok"]
        status = "degraded" if failing else "ok"
        if any(self._checks[name].vital for name in failing):
            status = "failing"
        if self.stopping:
            status = "stopping"
        good = status in ("ok", "degraded")
        return JSONResponse({"status": status, **states}, 200 if good else 503, {"Cache-Control": "no-store"})

    async def _state(self, check: Check) -> str:
        try:
            async with asyncio.timeout(_PATIENCE):
                await check.ask()
        except Exception as error:
            return type(error).__name__
        return "ok"
