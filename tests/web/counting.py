"""A real server that tells what it holds at `/health/live`: `python -m tests.web.counting serve`.

Tasks and generators, and the objects of our own classes and of those around sockets, by kind; none of the changes,
which the ring keeps, nor of positions and compared entries, so many of which are remembered. The product knows nothing
of it.
"""

import asyncio
import gc
import runpy
import types
from collections import Counter

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from web.process.health import Health

_ROOMS = ("web", "schema", "resolvers", "subscriptions", "auth")
_AROUND = ("strawberry.subscriptions", "starlette.websockets", "starlette.requests", "uvicorn", "websockets")
_REMEMBERED = ("subscriptions.changes", "subscriptions.cursors", "resolvers.matches.traits", "web.http.feeds", "models")
_RUNNING = (types.CoroutineType, types.AsyncGeneratorType, types.GeneratorType)


async def counted(_health: Health, _request: Request) -> Response:
    """How many there are of each kind."""
    gc.collect()
    kinds: Counter[str] = Counter()
    for one in gc.get_objects():
        kind = type(one)
        module = str(kind.__module__)
        if module.startswith(_REMEMBERED):
            continue
        if module.partition(".")[0] in _ROOMS or module.startswith(_AROUND) or kind in _RUNNING:
            kinds[f"{module}.{kind.__qualname__}"] += 1
            if kind is types.CoroutineType:
                kinds[f"coroutine {one.__qualname__}"] += 1
    kinds["tasks"] = len(asyncio.all_tasks())
    return JSONResponse(kinds)


if __name__ == "__main__":
    setattr(Health, "live", counted)  # noqa: B010
    runpy.run_path("main.py", run_name="__main__")
