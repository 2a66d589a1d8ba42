"""An update as it goes to clients: serialised once for all who ask the same."""

from collections.abc import Mapping
from typing import Any

from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from resolvers.context import Context
from subscriptions.shared_subscriptions import SharedUpdate
from web.http import json_text
from web.http.errors import presentable


def serialised(
    result: ExecutionResult | PreExecutionError, ctx: Context, correlation_id: str, is_refused: bool
) -> SharedUpdate:
    """A result as the payload of a message, in the order in which Strawberry writes it.

    Errors say no locations: documents that ask the same can be spelled differently.
    """
    errors = []
    for error in result.errors or ():
        shown = dict(presentable(error, ctx.language, correlation_id).formatted)
        shown.pop("locations", None)
        errors.append(shown)
    if is_refused:
        return SharedUpdate(json_text.write(errors), None, refused=True)
    payload: dict[str, Any] = {"data": result.data}
    if errors:
        payload["errors"] = errors
    if result.extensions:
        payload["extensions"] = result.extensions
    position = ctx.position if result.data is not None else None
    return SharedUpdate(json_text.write(payload), position, cursor_in(payload))


def cursor_in(payload: Mapping[str, Any]) -> str | None:
    """The cursor of an update, or the fresh one of an error that says that the old one has expired."""
    for holder in (payload, *(payload.get("errors") or ())):
        cursor = (holder.get("extensions") or {}).get("cursor")
        if isinstance(cursor, str):
            return cursor
    return None
