"""The icon that browsers ask for by themselves where an answer names none: JSON, a feed, a plain page."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from web.pages.dashboard import ASSETS

PATH = "/favicon.ico"
_ICON = (ASSETS / "icon.svg").read_bytes()
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox",
    "Cache-Control": "public, max-age=86400",
    "Vary": "Accept-Encoding",
}


def favicon_routes() -> list[BaseRoute]:
    """The icon, at the one address at which it is looked for."""
    return [Route(PATH, _show)]


async def _show(_request: Request) -> Response:
    return Response(_ICON, headers=_HEADERS, media_type="image/svg+xml")
