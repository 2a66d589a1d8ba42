"""What a request asks for: its parameters, read once, and what is wrong with them.

https://graphql.github.io/graphql-over-http/draft/#sec-Request
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope

from auth.refusals import BadRequest, Refusal, TooComplex
from web.http import json_text
from web.http.content_negotiation import GRAPHQL_JSON, JSON, accepted_type, is_json
from web.http.persisted import Documents, name_in
from web.live.asked import Asked

_ASKED = "asked"
_PARAMETERS: tuple[tuple[str, tuple[type, ...], str], ...] = (
    ("query", (str, type(None)), "a string"),
    ("variables", (dict, type(None)), "an object or null"),
    ("operationName", (str, type(None)), "a string or null"),
    ("extensions", (dict, type(None)), "an object or null"),
)


class RefusedError(Exception):
    """The request can't be executed: an answer with errors only, of this HTTP status."""

    def __init__(self, status: int, cause: Refusal, **headers: str) -> None:
        super().__init__(status, cause)
        self.status = status
        self.cause = cause
        self.headers = headers


async def read_body(receive: Receive, longest: int) -> bytes:
    """The body of a request, of at most so many bytes.

    Raises `RefusedError` where it is longer, and `ClientDisconnect` where it breaks off.
    """
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > longest:
            raise RefusedError(413, BadRequest(f"The body must have at most {longest} bytes."))
        if not message.get("more_body"):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def asked_in_body(body: bytes) -> Asked | RefusedError:
    """What a body of JSON asks for, or how it is refused."""
    try:
        parameters = json_text.read(body)
    except ValueError as error:
        return _unreadable(error)
    return _checked(parameters)


def asked_in_address(query_string: bytes) -> Asked | RefusedError:
    """What the query string of an address asks for, or how it is refused."""
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
    parameters: dict[str, Any] = {name: value for name, value in dict(pairs).items() if value}
    try:
        for name in ("variables", "extensions"):
            if name in parameters:
                parameters[name] = json_text.read(parameters[name])
    except ValueError as error:
        return _unreadable(error)
    return _checked(parameters)


def _unreadable(error: ValueError) -> RefusedError:
    if isinstance(error, json_text.TooManyCommasError):
        return RefusedError(400, TooComplex(f"The request has more than {json_text.MOST_COMMAS} commas."))
    return RefusedError(400, BadRequest("Unable to parse request body as JSON"))


def _checked(parameters: Any) -> Asked | RefusedError:
    if not isinstance(parameters, dict):
        return RefusedError(400, BadRequest("The body must be a JSON object."))
    for name, kinds, text in _PARAMETERS:
        if not isinstance(parameters.get(name), kinds):
            return RefusedError(400, BadRequest(f"`{name}` must be {text}."))
    named = name_in(parameters)
    if named is None and not parameters.get("query"):
        return RefusedError(400, BadRequest("`query` must hold a GraphQL document."))
    return Asked(
        parameters.get("query") or "",
        parameters.get("variables"),
        parameters.get("operationName"),
        parameters.get("extensions"),
        name=named,
    )


async def whole(asked: Asked | RefusedError, documents: Documents, accept: str) -> Asked | RefusedError:
    """What is asked for with its document, or how it is refused that there is none, where the client accepts this."""
    if isinstance(asked, RefusedError):
        return asked
    try:
        return await asked.whole(documents)
    except BadRequest as refusal:
        return RefusedError(400, refusal)
    except Refusal as refusal:
        status = 400 if accepted_type(accept) == GRAPHQL_JSON else 200
        return RefusedError(status, refusal, **{"Cache-Control": "no-store"})


def hand_down(scope: Scope, asked: Asked | RefusedError) -> None:
    """Give what was read of a request to the endpoint, which then doesn't read it again."""
    scope.setdefault("state", {})[_ASKED] = asked


async def asked_of(
    request: Request, headers: Mapping[str, str], longest: int, documents: Documents
) -> Asked | RefusedError:
    """What a request asks for, or how it is refused: as it was handed down, else read now.

    The names of the `headers` are in lower case. Raises `RefusedError` where the body has more than `longest` bytes,
    and `ClientDisconnect` where it breaks off.
    """
    known: Asked | RefusedError | None = request.scope.get("state", {}).get(_ASKED)
    if known is not None:
        return known
    return await whole(await _read(request, headers, longest), documents, headers.get("accept", ""))


async def _read(request: Request, headers: Mapping[str, str], longest: int) -> Asked | RefusedError:
    method = request.scope["method"]
    if method == "GET":
        return asked_in_address(request.scope["query_string"])
    if method != "POST":
        text = "GraphQL only supports GET and POST requests."
        return RefusedError(405, BadRequest(text), Allow="GET, POST")
    if not is_json(headers.get("content-type", "")):
        return RefusedError(415, BadRequest(f"The body must be {JSON}."))
    return asked_in_body(await read_body(request.receive, longest))
