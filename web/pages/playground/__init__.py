"""The playground for browsers: GraphiQL, and a bar of our own above it.

Its sources are in `src/`, what is served is in `built/`: made of them and of packages from npm by `make playground`,
and committed, so that a server needs no Node. Nothing in it is loaded from elsewhere, and the browser is told so.
"""

import gzip
import re
from functools import cache
from html import escape
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from resolvers.translation import _, negotiate, translate

BUILT = Path(__file__).parent / "built"

HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",  # the editor, Monaco, writes its colours into the page
            "worker-src 'self'",
            "connect-src 'self'",
            "font-src 'self'",
            "img-src 'self' data:",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    ),
    "Referrer-Policy": "no-referrer",
}

_VARYING = {"Cache-Control": "no-cache", "Vary": "Accept, Accept-Language"}
# Not what the machine believes: with `nosniff`, which every answer says, a browser takes a script of no other kind.
_MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
}
_PLACEHOLDER = re.compile(r"\{(language|network|demonstration|documented|root)\}")


class Playground:
    """The page and its files."""

    def __init__(
        self, network_name: str, demonstration: bool, root: str, *, documented: bool = True, is_off: bool = False
    ) -> None:
        """`demonstration`: whether the page offers the sign-ins of the demonstration data; `documented`: whether it
        leads to the documentation at `/docs`.

        `root` is the path below which the server is: empty, or such as `/api`. Where it `is_off`, for nothing could be
        asked there, the page only says so.
        """
        self._is_off = is_off
        self._values = {
            "network": network_name,
            "demonstration": "yes" if demonstration else "no",
            "documented": "yes" if documented else "no",
            "root": root,
        }
        # Vite knows no path but the one that it builds for.
        self._template = (BUILT / "index.html").read_text("utf-8").replace('"/playground/', '"{root}/playground/')

    async def page(self, request: Request) -> Response:
        """The page, in the language that the browser prefers until another is chosen there."""
        language = negotiate(request.headers.get("accept-language"))
        values = self._values | {"language": language}
        if self._is_off:
            return HTMLResponse(_off(self._values["network"], language), headers=HEADERS | _VARYING)
        content = _PLACEHOLDER.sub(lambda found: escape(values[found[1]]), self._template)
        return HTMLResponse(content, headers=HEADERS | _VARYING)

    def routes(self) -> list[BaseRoute]:
        """The page at `/`, and its files."""
        return [Route("/", self._home), Route("/playground/assets/{name}", _asset)]

    async def _home(self, request: Request) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return await self.page(request)
        return RedirectResponse(f"{self._values['root']}/graphql", headers={"Vary": "Accept"})


def _off(network: str, language: str) -> str:
    text = translate(language, _("There is no playground here: this server only answers documents that it knows."))
    return (
        f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(network)}</title>\n'
        f"<h1>{escape(network)}</h1>\n<p>{escape(text)}</p>\n"
    )


async def _asset(request: Request) -> Response:
    """A file of the page. Its name changes with its content, so that browsers may keep it."""
    name = request.path_params["name"]
    if name not in _names():
        return Response("Not found", 404, media_type="text/plain")
    packed = "gzip" in request.headers.get("accept-encoding", "")
    headers = HEADERS | {
        "Content-Type": _MEDIA_TYPES[Path(name).suffix],
        "Cache-Control": "public, max-age=31536000, immutable",
        "Vary": "Accept-Encoding",
    }
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(await run_in_threadpool(_content, name, packed), headers=headers)


@cache
def _names() -> frozenset[str]:
    return frozenset(path.name for path in (BUILT / "assets").iterdir())


@cache
def _content(name: str, packed: bool) -> bytes:
    content = (BUILT / "assets" / name).read_bytes()
    return gzip.compress(content, mtime=0) if packed else content
