"""GraphQL over HTTP for guests whose question was answered before: from the body to the bytes, past everything else.

It stands before the endpoint. What it can't answer from memory the endpoint answers, to which it hands down what the
request asks for. Of that it keeps on the way out what may be cached: an answer without errors to a query of whose
document it is known what it depends on. Such an answer gets an `ETag`; to GET it says how long proxies and browsers may
keep it. See docs/response-cache.md.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auth.refusals import RateLimited
from resolvers.context import Rules
from resolvers.translation import negotiate
from subscriptions.response_cache import ResponseCache, digest_of
from web.http.content_negotiation import GRAPHQL_JSON, JSON, accepted_type, may_name_streams
from web.http.correlation import new_correlation_id
from web.http.persisted import Documents
from web.http.request import RefusedError, asked_in_address, asked_in_body, hand_down, read_body, whole
from web.limits.metering import meter_of
from web.live.asked import Asked
from web.live.unshared_execution import SingleExecution
from web.settings import Settings

# How every answer without errors begins, and no other: errors come first.
_FAULTLESS = b'{"data":'
_VARY = (b"vary", b"Accept, Accept-Language, Authorization")
# How long the headers may be, together, that say how to answer: what they say is kept.
_LONGEST_HEADERS = 2000
_NO_STORE = (b"cache-control", b"no-store")
_ROOMS = ("models", "auth", "subscriptions", "resolvers", "schema", "web")


@dataclass(frozen=True, slots=True)
class _Manner:
    """What the headers of a request say of its answer."""

    is_get: bool
    # What the question begins with, besides what was sent.
    prefix: bytes
    content_type: bytes
    # The end of the entity tag: the same bytes in another media type are another representation.
    suffix: str


class ResponseCacheMiddleware:
    """The endpoint for HTTP, with the answers to guests cached."""

    def __init__(
        self,
        endpoint: ASGIApp,
        executions: SingleExecution,
        response_cache: ResponseCache,
        documents: Documents,
        settings: Settings,
    ) -> None:
        self._endpoint = endpoint
        self._documents = documents
        self._executions = executions
        self._response_cache = response_cache
        self._longest_body = settings.body_bytes
        seconds = settings.proxy_cache_seconds
        lasting = f"public, max-age=0, s-maxage={seconds}" if seconds else "no-cache"
        self._lasting = [(b"cache-control", lasting.encode()), _VARY]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))
        said = [headers.get(name, b"") for name in (b"content-type", b"accept", b"accept-language")]
        manner = _manner(scope["method"], *said) if sum(map(len, said)) <= _LONGEST_HEADERS else None
        if manner is None or b"authorization" in headers:
            await self._endpoint(scope, receive, send)
            return
        try:
            sent = scope["query_string"] if manner.is_get else await read_body(receive, self._longest_body)
        except ClientDisconnect:
            return
        except RefusedError as refused:
            hand_down(scope, refused)
            await self._endpoint(scope, receive, send)
            return
        known = headers.get(b"if-none-match", b"") if manner.is_get else b""
        question = manner.prefix + sent
        answer = self._response_cache.get(question)
        if answer is not None:
            await self._send(send, answer.content, answer.digest, manner, known)
            return
        accept = headers.get(b"accept", b"").decode("latin-1")
        asked = asked_in_address(sent) if manner.is_get else asked_in_body(sent)
        asked = await whole(asked, self._documents, accept)
        hand_down(scope, asked)
        await self._execute(question, asked, manner, known, scope, receive, send)

    async def _execute(
        self,
        question: bytes,
        asked: Asked | RefusedError,
        manner: _Manner,
        known: bytes,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Have another process, or the endpoint, answer what isn't cached here."""
        depends_on = None
        if isinstance(asked, Asked):
            with suppress(RateLimited):  # the endpoint says so
                operation = await self._executions.compiled(asked, meter_of(scope))  # held, where it isn't kept
                depends_on = operation.dependencies
        if depends_on is None:
            await self._endpoint(scope, receive, _unstored(send) if manner.is_get else send)
            return
        found = await self._response_cache.fetch(question)
        if found is not None:
            await self._send(send, found.content, found.digest, manner, known)
            return
        as_of = self._response_cache.memory.as_of()
        start: Message = {}
        shown: dict[str, set[str]] = {}
        scope.setdefault("state", {})["shown"] = shown

        async def watch(message: Message) -> None:
            """Hold back the beginning until it is known whether this is the whole answer."""
            if message["type"] == "http.response.start":
                start.update(message)
                return
            content = message.get("body", b"")
            is_faultless = start and start["status"] == 200 and content.startswith(_FAULTLESS)
            tags = depends_on.tags(shown) if is_faultless and not message.get("more_body") else None
            if tags is not None:
                kept = self._response_cache.memory.keep(question, content, tags, as_of)
                digest = kept.digest if kept else digest_of(content)
                await self._send(send, content, digest, manner, known, start["headers"])
                return
            if start:
                await (_unstored(send) if manner.is_get else send)(dict(start))
                start.clear()
            await send(message)

        await self._endpoint(scope, receive, watch)

    async def _send(
        self,
        send: Send,
        content: bytes,
        digest: str,
        manner: _Manner,
        known: bytes,
        headers: Iterable[tuple[bytes, bytes]] | None = None,
    ) -> None:
        """Send an answer, with the headers that it was made with, if it was; of one that is known only that it is."""
        if headers is None:
            headers = (
                (b"content-type", manner.content_type),
                (b"content-length", str(len(content)).encode()),
                (b"x-correlation-id", new_correlation_id().encode()),
            )
        status, tag = 200, f'"{digest}{manner.suffix}"'.encode()
        if known and _names(known, tag):
            status, content = 304, b""
            headers = [header for header in headers if not header[0].startswith(b"content-")]
        sent = [*headers, (b"etag", tag), *(self._lasting if manner.is_get else ())]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": content})


@lru_cache(maxsize=1000)
def _manner(method: str, content_type: bytes, accept: bytes, language: bytes) -> _Manner | None:
    """What these headers say; None where the answer is none that is cached, such as a stream."""
    accepts = accept.decode("latin-1")
    if may_name_streams(accepts):
        return None
    is_get = method == "GET"
    if not is_get and (method != "POST" or content_type.partition(b";")[0].strip().lower() != JSON.encode()):
        return None
    kind = accepted_type(accepts)
    prefix = f"{method} {negotiate(language.decode('latin-1') or None)}\n"
    suffix = "-g" if kind == GRAPHQL_JSON else "-j"
    return _Manner(is_get, prefix.encode(), f"{kind}; charset=utf-8".encode(), suffix)


def _names(known: bytes, tag: bytes) -> bool:
    """Whether `If-None-Match` names the entity tag (RFC 9110, 13.1.2)."""
    return known.strip() == b"*" or tag in (one.strip().removeprefix(b"W/") for one in known.split(b","))


def _unstored(send: Send) -> Send:
    """As `send`; the answer says that nobody may keep it, unless it says something of that itself."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and b"cache-control" not in dict(message["headers"]):
            message = {**message, "headers": [*message["headers"], _NO_STORE]}
        await send(message)

    return sending


def _sources(room: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(room):
        # What builds the pages for browsers is no program, and many thousand files.
        folders[:] = [name for name in folders if name != "node_modules"]
        yield from (Path(folder, name) for name in names if name.endswith((".py", ".po")))


def fingerprint(rules: Rules) -> bytes:
    """What tells this program with these rules from others: only of its like a process takes answers."""
    found = hashlib.blake2b(repr(rules).encode(), digest_size=32)
    root = Path(__file__).parents[2]
    for path in sorted(path for room in _ROOMS for path in _sources(root / room)):
        found.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return found.digest()
