"""What people fetch by a secret address, once it is ready: the take-out of their data."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Scope
from tortoise.exceptions import DBConnectionError

from auth.refusals import NotFound, RateLimited, Unavailable
from resolvers import privacy
from resolvers.context import Context, Services
from resolvers.translation import _, negotiate, translate
from web.http.content_negotiation import headers_of
from web.http.feeds.answers import refused
from web.http.unavailable import retry_after
from web.limits.metering import Refuse

Paid = Callable[[ASGIApp, Refuse], ASGIApp]

# Nobody keeps it, nobody is told where it was fetched, and no browser takes it for something to show.
_SECRET = {
    "Cache-Control": "no-store",
    "Content-Disposition": 'attachment; filename="meine-daten.zip"',
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def download_routes(services: Services, retry_seconds: float, paid: Paid) -> list[BaseRoute]:
    """Where take-outs lie. Whoever knows the address may fetch one; 404 where it leads nowhere, or is over."""

    async def fetch(request: Request) -> Response:
        language = negotiate(request.headers.get("accept-language"))
        try:
            ctx = Context(services, language=language)
            content = await privacy.data_export_content(ctx, request.path_params["secret"])
        except NotFound:
            return refused(404, translate(language, _("There is nothing here, or not any more.")))
        except DBConnectionError:
            return refused(503, translate(language, Unavailable.message), **retry_after(retry_seconds))
        return Response(content, media_type="application/zip", headers=_SECRET)

    def refuse(scope: Scope, refusal: RateLimited) -> Response:
        language = negotiate(headers_of(scope).get("accept-language"))
        seconds = retry_seconds if refusal.retry_after is None else refusal.retry_after
        return refused(429, translate(language, str(refusal)), **retry_after(seconds))

    route = Route("/exports/{secret}.zip", fetch)
    route.app = paid(route.app, refuse)
    return [route]
