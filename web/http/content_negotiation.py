"""Media types of GraphQL over HTTP: what is sent, and which of the two answers a client prefers.

https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types
"""

from functools import lru_cache

from starlette.types import Scope

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
# How long a header may be for what it says to be kept.
_LONGEST = 1000


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers of a request by names in lower case, of each the first: Starlette's are looked through each time."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}


def is_json(content_type: str) -> bool:
    """Whether a `Content-Type` says JSON, whatever its parameters."""
    return content_type.partition(";")[0].strip().lower() == JSON


def accepts_json(accept: str) -> bool:
    """Whether `Accept` names JSON, beside a stream."""
    kinds = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return JSON in kinds or GRAPHQL_JSON in kinds


def may_name_streams(accept: str) -> bool:
    """Whether `Accept` may name an answer that goes on; which one, its format says."""
    accept = accept.lower()
    return "text/event-stream" in accept or "multipart/" in accept


def accepted_type(accept: str) -> str:
    """The media type that `Accept` prefers (RFC 9110, 12.5.1); plain JSON where it names neither of the two."""
    return (_accepted if len(accept) <= _LONGEST else _accepted.__wrapped__)(accept)


@lru_cache(200)
def _accepted(accept: str) -> str:
    weights = {JSON: 0.0, GRAPHQL_JSON: 0.0}
    for part in accept.split(","):
        kind, _semicolon, parameters = part.partition(";")
        kind = kind.strip().lower()
        if kind in weights:
            weights[kind] = _quality(parameters)
    return GRAPHQL_JSON if weights[GRAPHQL_JSON] and weights[GRAPHQL_JSON] >= weights[JSON] else JSON


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _equals, value = parameter.strip().partition("=")
        if name.lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def content_type(accept: str) -> str:
    """The `Content-Type` of the answer to a request with this `Accept`."""
    return f"{accepted_type(accept)}; charset=utf-8"
