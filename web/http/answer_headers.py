"""What every answer says about itself, whoever made it.

Every one says `nosniff`: uvicorn adds that, as the server's default header (`web.serving`). An answer to GET also says
who may keep it and what it depends on, and a page what it may load: each route says what fits; where it says nothing,
or where no route has answered, it is what harms least.
"""

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = Iterable[tuple[bytes, bytes]]

EVERY = [("X-Content-Type-Options", "nosniff")]
_OF_GET = (
    (b"cache-control", b"no-store"),
    (b"vary", b"Accept, Accept-Language, Authorization"),
)
_POLICY = b"content-security-policy"
_NOTHING = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


class AnswerHeaders:
    """An application whose answers to GET are complete."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on; complete what is answered to GET and HEAD."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _completed(message.get("headers", ()))}
            await send(message)

        await self._app(scope, receive, sending)


def _completed(headers: Headers) -> list[tuple[bytes, bytes]]:
    found = list(headers)
    said = {name.lower(): value for name, value in found}
    found.extend(header for header in _OF_GET if header[0] not in said)
    if said.get(b"content-type", b"").startswith(b"text/html") and _POLICY not in said:
        found.append((_POLICY, _NOTHING))
    return found
