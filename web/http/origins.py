"""Which pages may use the API from a browser: the server's own, and those of `ALLOWED_ORIGINS`.

Origins and addresses are compared in the form in which browsers send them (RFC 6454): in lower case, without a default
port, with hosts as A-labels. Refusals are logged, for whoever set the server up to see which setting is missing.
"""

import re
import time
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

import idna
import structlog
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

log = structlog.get_logger()

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]", re.ASCII)
_UNFIT = re.compile(r"[\s\\\x00-\x1f\x7f]")
_LONGEST = 200
# What clients are told to read of an answer: docs/errors.md, docs/response-cache.md.
_EXPOSED = ["ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate", "X-Correlation-Id"]
# A page that is refused tries again, and again: one line in so many seconds says it.
_LOGGED_EVERY_SECONDS = 60.0


def address(text: str) -> str:
    """An address below which pages are, as browsers write it, without a slash at its end. Raises `ValueError`."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("must be an address such as https://www.example.org") from None
    if _UNFIT.search(text) or parts.scheme not in _PORTS or not host:
        raise ValueError("must begin with http:// or https:// and name a host")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("must hold no name or password, and nothing behind the path")
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError:
            raise ValueError("must name a host that can be") from None
    host = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(host):
        raise ValueError("must name a host that can be")
    origin = _normalised(f"{parts.scheme}://{host}" + (f":{port}" if port is not None else ""))
    segments = [unquote(segment) for segment in parts.path.strip("/").split("/")] if parts.path.strip("/") else []
    if any(segment in ("", ".", "..") or "/" in segment for segment in segments):
        raise ValueError("must have a path without empty or dotted parts")
    return "/".join([origin or "", *(quote(segment) for segment in segments)])


def origin(text: str) -> str:
    """An origin as browsers send it, or `*` for any. Raises `ValueError`."""
    if text == "*":
        return text
    found = address(text)
    if path_of(found):
        raise ValueError(f"{text[:_LONGEST]!r} must be an origin, without a path")
    return found


def host(text: str) -> str:
    """The host of an address, without its port. Raises `ValueError`."""
    try:
        found = address(f"http://{text}").removeprefix("http://")
    except ValueError:
        found = ""
    if not _HOST.fullmatch(found):
        raise ValueError(f"{text[:_LONGEST]!r} must be a host, without a port or a path")
    return found


def path_of(address: str) -> str:
    """The path of a normalised address: empty, or beginning with a slash."""
    return urlsplit(address).path


def origin_of(address: str) -> str:
    """The origin of a normalised address."""
    return address.removesuffix(path_of(address))


def _normalised(origin: str) -> str | None:
    """An origin as browsers send it (RFC 6454, 6.2); None for what is none, such as `null`."""
    try:
        parts = urlsplit(origin.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not parts.scheme or not host:
        return None
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, _PORTS.get(parts.scheme)) else "")


def _is_same(origin: str, host: str | None) -> bool:
    """Whether a page of `origin` asks the `Host` that it is from; where that names no port it is the scheme's own.

    The scheme isn't compared: a proxy may have taken the encryption off.
    """
    if not host:
        return False
    try:
        page, asked = urlsplit(origin), urlsplit(f"//{host.strip()}")
        own = _PORTS.get(page.scheme)
        return page.hostname is not None and (page.hostname, page.port or own) == (asked.hostname, asked.port or own)
    except ValueError:
        return False


@lru_cache(maxsize=200)
def _known(origins: frozenset[str], given: str) -> bool:
    return "*" in origins or _normalised(given) in origins


class Origins:
    """Says who may, and logs who may not."""

    def __init__(self, public_url: str | None, allowed: list[str]) -> None:
        """`public_url` and `allowed` are normalised."""
        self._origins = frozenset([*allowed, *([origin_of(public_url)] if public_url else [])])
        self._logged: float | None = None
        self._unlogged = 0

    def names(self, given: str) -> bool:
        """Whether a page of this origin is named by a setting."""
        return len(given) <= _LONGEST and _known(self._origins, given)

    def allow(self, headers: Mapping[str, str]) -> bool:
        """Whether who sends these headers, their names in lower case, may open a WebSocket; logs who may not.

        Programs send no `Origin`. A browser's page is at home where it was sent to the same host, as far as no proxy
        writes another `Host`, or where the browser itself says so.
        """
        given, host = headers.get("origin"), headers.get("host")
        if given is None or self.names(given) or _is_same(given, host):
            return True
        if headers.get("sec-fetch-site") == "same-origin":
            return True
        self.refused(given, host)
        return False

    def refused(self, given: str, host: str | None) -> None:
        """Log that a page was refused, unless that was said just now."""
        self._unlogged += 1
        now = time.monotonic()
        if self._logged is not None and now - self._logged < _LOGGED_EVERY_SECONDS:
            return
        log.warning(
            "a page of another origin was refused: PUBLIC_URL names the server's own, ALLOWED_ORIGINS others",
            origin=given[:_LONGEST],
            host=(host or "")[:_LONGEST],
            refusals=self._unlogged,
        )
        self._logged, self._unlogged = now, 0


class CrossOrigin(CORSMiddleware):
    """Lets pages of allowed origins ask, with whatever headers they like, and read what they need of the answer.

    No cookies are involved: `Authorization` is set by the page itself. https://fetch.spec.whatwg.org/#http-cors-protocol
    """

    def __init__(self, app: ASGIApp, origins: Origins, allowed: list[str]) -> None:
        super().__init__(
            app,
            allow_origins=allowed,
            allow_methods=["GET", "HEAD", "POST"],
            allow_headers=["*"],
            allow_private_network=True,
            expose_headers=_EXPOSED,
        )
        self._origins = origins

    def is_allowed_origin(self, origin: str) -> bool:
        """Whether a page of this origin may read answers."""
        return self.allow_all_origins or self._origins.names(origin)

    def preflight_response(self, request_headers: Headers) -> Response:
        """What a browser asks before it sends what a plain page can't."""
        if not self.is_allowed_origin(request_headers["origin"]):
            self._origins.refused(request_headers["origin"], request_headers.get("host"))
        return super().preflight_response(request_headers)

    async def simple_response(self, scope: Scope, receive: Receive, send: Send, request_headers: Headers) -> None:
        """Answer; where no other origin may ask, as if nobody did."""
        if self.allow_origins:
            await super().simple_response(scope, receive, send, request_headers)
        else:
            await self.app(scope, receive, send)
