"""A server that bounds nothing: beside it is measured what the limits cost who is honest.

Connections are uvicorn's own, nobody waits in a line, no operation has a cost, no answer is measured. Budgets, lines of
callers and limits by address aren't asked either as long as `LIMIT_LOOPBACK` is off, for all comes from this machine.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import schema.execution.executor
import web.serving
from main import main
from schema.execution.turns import Turns
from schema.operations.operation import Operation
from web.limits.answer_writer import AnswerWriter
from web.limits.uvicorn_adapter import HttpToolsProtocol, RequestResponseCycle


class _Unbounded(HttpToolsProtocol):
    """A connection that bounds nothing; its answers are written as those of ours are."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._writer = AnswerWriter(transport)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._writer.begin(cycle)
        super()._start_asgi_task(cycle, app)


async def _at_once(_self: Turns, _context: Any, _points: int, work: Callable[[], Awaitable[Any]]) -> Any:
    return await work()


if __name__ == "__main__":
    for owner, name, free in (
        (web.serving, "http_protocol", lambda _settings, _connections: _Unbounded),
        (schema.execution.executor, "may_be_too_large", lambda _points, _most: False),
        (Turns, "query", _at_once),
        (Operation, "admit", lambda _self, _variables: 1),
    ):
        assert hasattr(owner, name), name
        setattr(owner, name, free)
    sys.exit(main())
