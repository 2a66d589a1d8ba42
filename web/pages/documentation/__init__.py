"""The documentation, for browsers, at `/docs`: reference, guides, examples, a picture of the types, and the SDL.

Everything is made by the first who asks for it, of what is served and of `docs/`, and kept: there is a fixed number of
pages, but for searches, which are made each time.
"""

import gzip
from collections.abc import Callable
from functools import cache
from pathlib import Path

from graphql import GraphQLSchema
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from web.pages.documentation import example_page, guides, picture
from web.pages.documentation.reference import Reference
from web.pages.documentation.shell import HEADERS, Shell, answer

_SDL = Path(__file__).parents[3] / "schema/schema.graphql"
_LONGEST_SEARCH = 100
_FIRST = (
    ("/docs", "Reference"),
    ("/docs/examples", "Examples · Beispiele"),
    ("/docs/types", "The types, as a picture"),
    ("/docs/schema.graphql", "The schema, as SDL"),
)


class Documentation:
    """The pages. `root` is the path below which the server is: empty, or such as `/api`.

    Where it `is_off`, for nobody may ask for the schema, there is none.
    """

    def __init__(self, schema: GraphQLSchema, network_name: str, root: str, *, is_off: bool = False) -> None:
        self._schema = schema
        self._root = root
        self._is_off = is_off
        self._reference = Reference(schema, root)
        ways = [("API", _FIRST)] + [
            (heading, tuple((guides.path_of(name), guides.title_of(name)) for name in names))
            for heading, names in guides.GUIDES.items()
        ]
        self._shell = Shell(network_name, root, ways)
        self._guides = {guides.path_of(name): name for name in guides.NAMES}
        self._kept = cache(lambda path, packs: _packed(self._made(path), packs, level=9))

    def routes(self, paid: Callable[[ASGIApp], ASGIApp] = lambda page: page) -> list[BaseRoute]:
        """Where they are; `paid` makes of each one that is paid for."""
        if self._is_off:
            return []
        found = [
            Route("/docs", self._reference_page),
            Route("/docs/schema.graphql", _sdl),
            *[Route(path, self._page) for path in ("/docs/examples", "/docs/types", *self._guides)],
        ]
        for one in found:
            one.app = paid(one.app)
        return [*found]

    async def _reference_page(self, request: Request) -> Response:
        asked = request.query_params.get("q", "")[:_LONGEST_SEARCH].strip()
        if not asked:
            return await answer(request, lambda packs: self._kept("/docs", packs))
        return await answer(request, lambda packs: _packed(self._searched(asked), packs, level=1))

    async def _page(self, request: Request) -> Response:
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        return await answer(request, lambda packs: self._kept(path, packs))

    def _searched(self, asked: str) -> bytes:
        return self._shell.page("Reference", "/docs", self._reference.shown(asked))

    def _made(self, path: str) -> bytes:
        """The page at one of the paths of `routes`."""
        if path == "/docs":
            return self._searched("")
        if path == "/docs/examples":
            return self._shell.page("Examples", path, example_page.shown(self._root))
        if path == "/docs/types":
            return self._shell.page("Types", path, picture.page(self._schema, self._root))
        guide = guides.rendered(self._guides[path], self._root)
        return self._shell.page(guide.title, path, guide.html)


def _packed(page: bytes, packs: bool, level: int) -> bytes:
    return gzip.compress(page, level) if packs else page


async def _sdl(_request: Request) -> Response:
    headers = HEADERS | {"Content-Disposition": 'inline; filename="schema.graphql"'}
    return Response(_SDL.read_bytes(), media_type="text/plain; charset=utf-8", headers=headers)
