"""Paths below `PUBLIC_URL`'s own, which a proxy may have cut off or not, and with a slash too many."""

from urllib.parse import quote, unquote

from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send


class Below:
    """An application below a path. What comes without that path was cut by a proxy, or asked on this machine."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        """`path` is as in an address, such as `/api`."""
        self._app = app
        self._path = unquote(path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, without the path."""
        if scope["type"] in ("http", "websocket"):
            path: str = scope["path"]
            if path == self._path or path.startswith(self._path + "/"):
                scope = {**scope, "path": path.removeprefix(self._path) or "/"}
        await self._app(scope, receive, send)


class Straight:
    """An application, and another one that answers POST at a path of it past its routes and middleware.

    What a browser's page sends names its origin, and goes through them.
    """

    def __init__(self, app: ASGIApp, path: str, posted: ASGIApp) -> None:
        self._app, self._path, self._posted = app, path, posted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on to either."""
        app = self._app
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == self._path:
            app = self._posted
            for name, _value in scope["headers"]:
                if name == b"origin":
                    app = self._app
        await app(scope, receive, send)


def without_slashes(app: Starlette, root: str) -> None:
    """Have `app` redirect from paths that end in slashes to those without, below `root`; sockets are served there.

    Starlette's own redirects name the host that the request names, which behind a proxy may be another one.
    """
    router = app.router
    otherwise = router.default
    router.redirect_slashes = False

    async def default(scope: Scope, receive: Receive, send: Send) -> None:
        path = "/" + scope["path"].strip("/")
        bare = {**scope, "path": path}
        found = path != scope["path"] and any(route.matches(bare)[0] is not Match.NONE for route in router.routes)
        if not found:
            await otherwise(scope, receive, send)
        elif scope["type"] == "websocket":  # whose clients follow no redirect
            await router(bare, receive, send)
        else:
            query = scope["query_string"].decode("latin-1")
            target = root + quote(path) + (f"?{query}" if query else "")
            await RedirectResponse(target)(scope, receive, send)

    router.default = default
