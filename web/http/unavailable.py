"""What HTTP is answered where the same may go through later: 503 or 429, and `Retry-After`.

503 where a part that is needed can't be reached now (RFC 9110, 15.6.4), 429 where somebody asks for more than they may
have in a time (RFC 6585, 4).
"""

import math
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from strawberry.types import ExecutionResult

from auth.refusals import RateLimited, Unavailable
from resolvers.translation import negotiate, translate
from schema.operations.error_masking import cause_of, code_of

# The status of an answer of which nothing could be given, by the code of all its errors.
LATER = {Unavailable.code: 503, RateLimited.code: 429}


def retry_after(seconds: float) -> dict[str, str]:
    """The header that says after how many seconds to try again."""
    return {"Retry-After": f"{math.ceil(seconds)}"}


def later(result: ExecutionResult, seconds: float) -> tuple[int, dict[str, str]] | None:
    """Status and headers where nothing of what was asked for could be answered, and all of it may be later.

    None where something was, or something else is wrong. After `seconds`, unless an error says later.
    """
    if not result.errors or (result.data and any(value is not None for value in result.data.values())):
        return None
    codes = {code_of(error) for error in result.errors}
    code = codes.pop()
    if codes or code not in LATER:
        return None
    causes = [cause_of(error) for error in result.errors]
    known = [one.retry_after for one in causes if isinstance(one, RateLimited) and one.retry_after is not None]
    return LATER[code], retry_after(max(known, default=seconds))


def away(seconds: float) -> Callable[[Request, Exception], Awaitable[Response]]:
    """The answer of a page that needs the database, where that is away."""

    async def answer(request: Request, _error: Exception) -> Response:
        language = negotiate(request.headers.get("accept-language"))
        headers = {"Cache-Control": "no-store", "Vary": "Accept-Language", **retry_after(seconds)}
        return PlainTextResponse(f"{translate(language, Unavailable.message)}\n", 503, headers)

    return answer
