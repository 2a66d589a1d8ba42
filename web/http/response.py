"""What a result says to a client over HTTP: its content, and the status of the answer.

https://graphql.github.io/graphql-over-http/draft/#sec-Response
"""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError
from starlette.responses import Response
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from auth.refusals import RateLimited, TooComplex, Unauthenticated, Unavailable
from schema.operations.error_masking import code_of
from web.http import json_text
from web.http.content_negotiation import GRAPHQL_JSON, accepted_type, content_type, may_name_streams
from web.http.errors import presentable
from web.http.request import RefusedError
from web.http.unavailable import later, retry_after


class _Answer(Response):
    """Starlette's, whose head it looks through several times while it makes it; here it is known what it says."""

    def __init__(self, content: bytes, status: int, media_type: str, headers: Mapping[str, str]) -> None:
        self.status_code, self.body, self.background = status, content, None
        said = {"content-type": media_type, **headers, "content-length": str(len(content))}
        self.raw_headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in said.items()]


class Presenter:
    """Writes the answers to one request: in its language, its media type, and with its correlation id."""

    def __init__(self, accept: str, language: str, correlation_id: str, retry_seconds: float) -> None:
        self._accept = accept
        self._language = language
        self._correlation_id = correlation_id
        self._retry_seconds = retry_seconds
        # What was asked for, as far as it is known, and the code of the first error that was told.
        self.kind = "none"
        self.code = "OK"
        # Whether nothing was executed, for the document, or a variable, is wrong.
        self.is_refused = False

    def content_of(self, result: ExecutionResult) -> dict[str, Any]:
        """Errors as clients may see them; no `data` where nothing was executed."""
        content: dict[str, Any] = {}
        if result.errors:
            content["errors"] = [self._present(error) for error in result.errors]
        if not is_request_error(result):
            content["data"] = result.data
        if result.extensions:
            content["extensions"] = result.extensions
        return content

    def result(self, result: ExecutionResult) -> Response:
        """The answer with a result. What can't be executed is 400, in plain JSON 200, as the specification has it.

        Where nothing of it could be answered because the database is away it is 503, because of a rate it is 429.
        """
        status: int = 200
        headers: dict[str, str] = {}
        self.is_refused = is_request_error(result)
        if (found := later(result, self._retry_seconds)) is not None:  # in plain JSON, too: its clients try again
            status, headers = found
        elif self.is_refused and accepted_type(self._accept) == GRAPHQL_JSON:
            status = 400
        return self.answer(json_text.write(self.content_of(result)), status, **headers)

    def refusal(self, error: Exception) -> Response:
        """The answer to a request that can't be executed."""
        status, cause, headers = self._refused(error)
        as_raised = cause if isinstance(cause, GraphQLError) else GraphQLError(str(cause), original_error=cause)
        shown = self._present(as_raised)
        return self.answer(json_text.write({"errors": [shown]}), status, **headers)

    def _refused(self, error: Exception) -> tuple[int, Exception, dict[str, str]]:
        if isinstance(error, RefusedError):
            return error.status, error.cause, error.headers
        if isinstance(error, Unauthenticated):
            if accepted_type(self._accept) == GRAPHQL_JSON or may_name_streams(self._accept):  # RFC 6750
                return 401, error, {"WWW-Authenticate": "Bearer"}
            # Clients of plain JSON take any other status than 200 for a broken network.
            return 200, error, {}
        if isinstance(error, RateLimited):
            return 429, error, retry_after(self._retry_seconds if error.retry_after is None else error.retry_after)
        if isinstance(error, (GraphQLError, TooComplex)):
            return 400 if accepted_type(self._accept) == GRAPHQL_JSON else 200, error, {}
        if code_of(GraphQLError("", original_error=error)) == Unavailable.code:
            return 503, error, retry_after(self._retry_seconds)
        return 500, error, {}

    def answer(self, content: bytes, status: int = 200, **headers: str) -> Response:
        """The answer with this content, which is JSON."""
        return _Answer(content, status, content_type(self._accept), headers)

    def _present(self, error: GraphQLError) -> Mapping[str, Any]:
        shown = presentable(error, self._language, self._correlation_id).formatted
        if self.code == "OK":
            self.code = shown["extensions"]["code"]
        return shown


def is_request_error(result: ExecutionResult) -> bool:
    """Whether nothing was executed: the document, or the variables, are wrong."""
    return isinstance(result, PreExecutionError) or (
        result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())
    )
