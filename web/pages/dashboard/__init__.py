"""The dashboard: a page for a screen in the town hall, and an example of how to use live updates.

Plain HTML, CSS and ES modules, served as they lie in `assets/`. Nothing in it is loaded from elsewhere, and the browser
is told so.
"""

import gzip
import hashlib
import json
import re
from functools import cache, cached_property
from html import escape
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from resolvers.translation import LANGUAGES, texts_of_page
from web.pages.dashboard.appearance import Appearance

PAGE = Path(__file__).parent / "index.html"
ASSETS = Path(__file__).parent / "assets"

ELEMENT = Path(__file__).parent / "embed" / "mitwirk-board.js"


def headers(framed_by: str = "'none'") -> dict[str, str]:
    """What the page and its files say of themselves. `framed_by`: which pages may show it in a frame, as CSP has it."""
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        f"frame-ancestors {framed_by}",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return {"Content-Security-Policy": "; ".join(policy), "Referrer-Policy": "no-referrer"}


HEADERS = headers()

# Not what the machine believes: with `nosniff`, which every answer says, a browser takes a script of no other kind.
_MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
# The addresses of files change with what is in them.
_FOR_EVER = "public, max-age=31536000, immutable"
_PLACEHOLDER = re.compile(r"\{(join|joined|language|logo|network|part|root|stamp|styles|texts)\}")
INVITATION = "Join in"  # beside the QR code
# A text of the catalogues, by its English wording.
TEXT = re.compile(r"\{_ ([^}]+)\}")


class Dashboard:
    """The page and its files."""

    def __init__(self, network_name: str, root: str, appearance: Appearance | None = None) -> None:
        """`root` is the path below which the server is: empty, or such as `/api`."""
        self._appearance = appearance or Appearance()
        self._values = {"network": network_name, "root": root, "stamp": stamp()}

    def routes(self) -> list[BaseRoute]:
        """The page at `/dashboard`, its files, and what other pages may embed."""
        return [
            Route("/dashboard", self._show),
            Route("/embed/board", self._show_board),
            Route("/embed/mitwirk-board.js", self._show_element),
            Route("/dashboard/assets/{stamp}/{name}", _asset),
            Route("/dashboard/town/{name}", self._show_town),
        ]

    @cached_property
    def build(self) -> str:
        """What the pages are, whole: an open one tells by it that it would now be another, and opens itself anew."""
        return hashlib.sha256("".join(self._unbuilt.values()).encode()).hexdigest()[:12]

    @cached_property
    def _pages(self) -> dict[tuple[str, str], str]:
        """By the part that is shown, and the language: made when somebody first asks for one."""
        return {key: page.replace("{build}", self.build) for key, page in self._unbuilt.items()}

    @cached_property
    def _unbuilt(self) -> dict[tuple[str, str], str]:
        return {(part, language): self._page(part, language) for part in ("all", "board") for language in LANGUAGES}

    def _page(self, part: str, language: str) -> str:
        texts = texts_of_page("dashboard", language)
        said = json.dumps(texts, ensure_ascii=False, sort_keys=True)
        values = self._values | {"part": part, "language": language, "texts": said}
        markup = self._appearance.markup(self._values["root"], str(texts[INVITATION]))
        values = {name: escape(value) for name, value in values.items()} | markup
        page = TEXT.sub(lambda found: escape(str(texts[found[1]])), PAGE.read_text("utf-8"))
        return _PLACEHOLDER.sub(lambda found: values[found[1]], page)

    async def _show(self, request: Request) -> Response:
        return HTMLResponse(self._asked("all", request), headers=HEADERS | {"Cache-Control": "no-cache"})

    async def _show_board(self, request: Request) -> Response:
        """The board alone, for a frame of pages that `EMBED_ORIGINS` names."""
        policy = headers(" ".join(self._appearance.framed_by) or "'none'")
        return HTMLResponse(self._asked("board", request), headers=policy | {"Cache-Control": "no-cache"})

    async def _show_element(self, _request: Request) -> Response:
        """A script that pages anywhere may run; what it may ask for, `ALLOWED_ORIGINS` says."""
        told = {
            "Cache-Control": "public, max-age=300",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Vary": "Accept",
        }
        return Response(_element(), headers=HEADERS | told, media_type="text/javascript")

    def _asked(self, part: str, request: Request) -> str:
        """In the language asked for, else in German: as who passes by is, whatever the browser prefers."""
        asked = request.query_params.get("language", "")
        return self._pages[part, asked if asked in LANGUAGES else "de"]

    async def _show_town(self, request: Request) -> Response:
        """A file of the town's own: pictures may have styles in them, and nothing else."""
        found = self._appearance.files.get(request.path_params["name"])
        if found is None:
            return Response("Not found", 404, media_type="text/plain")
        policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; sandbox"
        headers = {"Content-Security-Policy": policy, "Content-Type": found[0], "Vary": "Accept-Encoding"}
        return Response(found[1], headers=headers | {"Cache-Control": _FOR_EVER})


def documents() -> list[str]:
    """The GraphQL documents that the page sends, as it sends them."""
    texts: dict[str, str] = {}
    source = (ASSETS / "documents.js").read_text("utf-8")
    for name, text in re.findall(r"const (\w+) = `(.*?)`", source, re.DOTALL):
        texts[name] = re.sub(r"\$\{(\w+)\}", lambda used: texts[used[1]], text)
    return list(texts.values())


@cache
def _element() -> str:
    """The script of `<mitwirk-board>`, with the texts that it says."""
    source = ELEMENT.read_text("utf-8")
    said = [text for text in texts_of_page("dashboard", "de") if f"'{text}'" in source]
    texts = {language: {text: texts_of_page("dashboard", language)[text] for text in said} for language in LANGUAGES}
    return source.replace("const TEXTS = {}", f"const TEXTS = {json.dumps(texts, ensure_ascii=False, sort_keys=True)}")


@cache
def stamp() -> str:
    """Changes with the content of any of the files: it stands in their addresses, so that browsers may keep them."""
    content = hashlib.sha256()
    for name in sorted(_names()):
        content.update(name.encode() + b"\0" + (ASSETS / name).read_bytes())
    return content.hexdigest()[:12]


async def _asset(request: Request) -> Response:
    """A file of the page, for who has the page as it is now."""
    name = request.path_params["name"]
    if name not in _names() or request.path_params["stamp"] != stamp():
        return Response("Not found", 404, media_type="text/plain")
    packed = "gzip" in request.headers.get("accept-encoding", "")
    headers = HEADERS | {
        "Content-Type": _MEDIA_TYPES[Path(name).suffix],
        "Cache-Control": _FOR_EVER,
        "Vary": "Accept-Encoding",
    }
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(await run_in_threadpool(_content, name, packed), headers=headers)


@cache
def _names() -> frozenset[str]:
    return frozenset(path.name for path in ASSETS.iterdir())


@cache
def _content(name: str, packed: bool) -> bytes:
    content = (ASSETS / name).read_bytes()
    return gzip.compress(content, mtime=0) if packed else content
