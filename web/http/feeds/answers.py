"""Conditional answers (RFC 9110, 13): a feed that the client has already isn't sent again."""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Scope

from auth.refusals import RateLimited
from models import now
from resolvers.translation import negotiate, translate
from web.http.content_negotiation import headers_of
from web.http.unavailable import retry_after

# A date tells seconds: what changed in the last ones may change once more under the same date.
_SETTLING = timedelta(seconds=2)
_TAG = re.compile(r'(?:W/)?("[^"]*")')


def answer(request: Request, body: bytes, media_type: str, changed_at: datetime | None, **headers: str) -> Response:
    """The feed, or 304 where the client has it: by `If-None-Match`, else by `If-Modified-Since`.

    `changed_at` is when it last changed; None where that can't be told, and only the content itself can.
    """
    tag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    headers = {"ETag": tag, **headers, "Vary": "Accept-Language"}
    headers.setdefault("Cache-Control", "public, no-cache")
    if changed_at is not None:
        headers["Last-Modified"] = format_datetime(min(changed_at, now() - _SETTLING).astimezone(UTC), usegmt=True)
    if _has(request, tag, changed_at):
        return Response(status_code=304, headers=headers)
    return Response(body, headers={**headers, "Content-Type": media_type})


def _has(request: Request, tag: str, changed_at: datetime | None) -> bool:
    tags = ", ".join(request.headers.getlist("if-none-match"))
    if tags:
        return tags.strip() == "*" or tag in _TAG.findall(tags)
    since = request.headers.get("if-modified-since")
    if since is None or changed_at is None:
        return False
    try:
        instant = parsedate_to_datetime(since)
    except ValueError:
        return False
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return changed_at.replace(microsecond=0) <= instant


def refuses(retry_seconds: float) -> Callable[[Scope, RateLimited], Response]:
    """How who has no budget left is refused, for `Metering.paid`: 429, in their language."""

    def refuse(scope: Scope, refusal: RateLimited) -> Response:
        language = negotiate(headers_of(scope).get("accept-language"))
        seconds = retry_seconds if refusal.retry_after is None else refusal.retry_after
        return refused(429, translate(language, str(refusal)), **retry_after(seconds))

    return refuse


def refused(status: int, text: str, **headers: str) -> Response:
    """What is wrong, as plain text for people."""
    return PlainTextResponse(f"{text}\n", status, {"Cache-Control": "no-store", "Vary": "Accept-Language", **headers})
