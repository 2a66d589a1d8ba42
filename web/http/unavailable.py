"""What HTTP is answered where a part that is needed can't be reached now: 503 and `Retry-After` (RFC 9110, 15.6.4)."""

import math
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from strawberry.types import ExecutionResult

from auth.refusals import Unavailable
from resolvers.language import negotiate, translate
from schema.operations.extensions import code_of


def retry_after(seconds: float) -> dict[str, str]:
    """The header that says after how many seconds to try again."""
    return {"Retry-After": f"{math.ceil(seconds)}"}


def is_nothing(result: ExecutionResult) -> bool:
    """Whether nothing of what was asked for could be answered, and all because a part was away."""
    if not result.errors or (result.data and any(value is not None for value in result.data.values())):
        return False
    return all(code_of(error) == Unavailable.code for error in result.errors)


def away(seconds: float) -> Callable[[Request, Exception], Awaitable[Response]]:
    """The answer of a page that needs the database, where that is away."""

    async def answer(request: Request, _error: Exception) -> Response:
        language = negotiate(request.headers.get("accept-language"))
        headers = {"Cache-Control": "no-store", "Vary": "Accept-Language", **retry_after(seconds)}
        return PlainTextResponse(f"{translate(language, Unavailable.message)}\n", 503, headers)

    return answer
