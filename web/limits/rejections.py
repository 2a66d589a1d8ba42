"""How a client is turned away before any application is asked: an answer in JSON, then the connection ends."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from auth.refusals import BadRequest, RateLimited, Unavailable

# When to come back, where that may help.
_RETRY_SECONDS = 5


@dataclass(frozen=True)
class Rejection:
    """An answer. `code` is of the closed list in docs/errors.md; `reason` names it where it is counted."""

    status: HTTPStatus
    reason: str
    code: str
    text: str

    def response(self, default_headers: Iterable[tuple[bytes, bytes]]) -> bytes:
        """The answer as it is sent, with the headers that every answer has."""
        error = {"message": self.text, "extensions": {"code": self.code}}
        body = json.dumps({"errors": [error]}).encode()
        headers = [
            *default_headers,
            (b"content-type", b"application/json; charset=utf-8"),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
        ]
        if self.code != BadRequest.code:
            headers.append((b"retry-after", b"%d" % _RETRY_SECONDS))
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        return b"HTTP/1.1 %d %b\r\n%b\r\n%b" % (self.status, self.status.phrase.encode(), lines, body)


def _wrong(status: HTTPStatus, reason: str, text: str) -> Rejection:
    return Rejection(status, reason, BadRequest.code, text)


MALFORMED = _wrong(HTTPStatus.BAD_REQUEST, "malformed", "This can't be read as HTTP/1.1 (RFC 9112).")
NO_HOST = _wrong(HTTPStatus.BAD_REQUEST, "host_missing", "A request has one header Host (RFC 9112, 3.2).")
IN_PIECES = _wrong(HTTPStatus.BAD_REQUEST, "body_in_pieces", "The body comes in too many pieces.")
PIPELINED = _wrong(HTTPStatus.BAD_REQUEST, "pipelined", "Too many requests are sent before the first is answered.")
WRONG_HOST = _wrong(HTTPStatus.MISDIRECTED_REQUEST, "host", "This server isn't the one that Host names.")
URL_TOO_LONG = _wrong(HTTPStatus.REQUEST_URI_TOO_LONG, "url_bytes", "The address is too long: send a POST.")
COMPRESSED = _wrong(
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "compressed",
    "The body must not be compressed: send it without Content-Encoding.",
)
ENCODED = _wrong(HTTPStatus.NOT_IMPLEMENTED, "transfer_encoding", "Of Transfer-Encoding only `chunked` is known.")
HEADERS_TOO_LARGE = _wrong(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "header_bytes", "The headers are too long.")
TOO_SLOW = _wrong(HTTPStatus.REQUEST_TIMEOUT, "slow", "The request takes too long to come.")
CROWDED = Rejection(
    HTTPStatus.TOO_MANY_REQUESTS,
    "connections_per_address",
    RateLimited.code,
    "There are too many connections from your address: please try again later.",
)
FULL = Rejection(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "connections",
    Unavailable.code,
    "There are too many connections at the moment: please try again later.",
)
