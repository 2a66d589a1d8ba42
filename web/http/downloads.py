"""What people fetch by a secret address, once it is ready: the take-out of their data."""

import asyncio
from collections.abc import AsyncIterator, Callable
from weakref import WeakValueDictionary

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp
from tortoise.exceptions import DBConnectionError

from auth.refusals import NotFound, Unavailable
from resolvers import privacy
from resolvers.context import Context, Services
from resolvers.translation import _, negotiate, translate
from web.http.feeds.answers import refused, refuses
from web.http.unavailable import retry_after
from web.limits.metering import Refuse

Paid = Callable[[ASGIApp, Refuse], ASGIApp]

# So much of it waits for a client that reads slowly.
_SLICE = 65_536
# Nobody keeps it, nobody is told where it was fetched, and no browser takes it for something to show.
_SECRET = {
    "Cache-Control": "no-store",
    "Content-Disposition": 'attachment; filename="meine-daten.zip"',
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class _Content:
    """A file that is being fetched."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    async def slices(self) -> AsyncIterator[bytes]:
        """It, bit by bit: the next one when the client has read the one before, mostly."""
        for start in range(0, len(self.content), _SLICE):
            yield self.content[start : start + _SLICE]


class Contents:
    """Files that are being fetched, each once in memory, however many fetch it, and however slowly."""

    def __init__(self) -> None:
        self._being_fetched: WeakValueDictionary[int, _Content] = WeakValueDictionary()
        self._one_at_a_time = asyncio.Lock()

    async def of(self, key: int) -> _Content:
        """That of a take-out which may be fetched. Raises `NotFound`."""
        async with self._one_at_a_time:
            found = self._being_fetched.get(key)
            if found is None:
                found = self._being_fetched[key] = _Content(await privacy.data_export_content(key))
        return found


def download_routes(services: Services, retry_seconds: float, paid: Paid) -> list[BaseRoute]:
    """Where take-outs lie. Whoever knows the address may fetch one; 404 where it leads nowhere, or is over."""

    contents = Contents()

    async def fetch(request: Request) -> Response:
        language = negotiate(request.headers.get("accept-language"))
        try:
            ctx = Context(services, language=language)
            file = await contents.of(await privacy.data_export_at_address(ctx, request.path_params["secret"]))
        except NotFound:
            return refused(404, translate(language, _("There is nothing here, or not any more.")))
        except DBConnectionError:
            return refused(503, translate(language, Unavailable.message), **retry_after(retry_seconds))
        length = {"Content-Length": str(len(file.content))}
        return StreamingResponse(file.slices(), media_type="application/zip", headers=_SECRET | length)

    route = Route("/exports/{secret}.zip", fetch)
    route.app = paid(route.app, refuses(retry_seconds))
    return [route]
