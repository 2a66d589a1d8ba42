"""How the arguments of fields are declared."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry

from schema.declare.info import Info


def argument(kind: Any, description: str) -> Any:
    """The type of an argument with its description, for `relation(arguments=...)`."""
    return Annotated[kind, strawberry.argument(description=description)]


FORWARDS: dict[str, Any] = {
    "first": argument(int | None, "How many of the first ones, at most 100; 20 where neither is given."),
    "after": argument(str | None, "The cursor after which to begin: `pageInfo.endCursor` of the page before."),
}


PAGE: dict[str, Any] = {
    **FORWARDS,
    "last": argument(int | None, "How many of the last ones, at most 100. Not together with `first`."),
    "before": argument(str | None, "The cursor before which to end: `pageInfo.startCursor` of the page after."),
}


# For a `relation` that shows something of the viewer's own, or of a member that they act for: see
# `auth.access.accounts.in_whose_place`.
OF_WHOM: dict[str, Any] = {
    "arguments": {
        "member_id": argument(
            strawberry.ID | None,
            "Of this member, one that the viewer acts for; left out: the viewer's own. Of any other it is null.",
        )
    },
    "ids": {"member_id": "Member"},
}


def required(kind: Any, description: str) -> "RequiredArgument":
    """As `argument`, for one that must be given."""
    return RequiredArgument(argument(kind, description))


def defaulted(kind: Any, description: str, default: Any) -> "RequiredArgument":
    """As `argument`, for one that has a default value in the schema."""
    return RequiredArgument(argument(kind, description), default)


@dataclass(frozen=True)
class RequiredArgument:
    """An argument that isn't simply optional."""

    annotation: Any
    default: Any = inspect.Parameter.empty


def sign(resolve: Callable[..., Any], arguments: dict[str, Any]) -> None:
    """Give `resolve` the signature from which Strawberry reads a field's arguments."""
    parameters = [
        inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Info),
    ]
    for name, kind in arguments.items():
        declared = kind if isinstance(kind, RequiredArgument) else RequiredArgument(kind, strawberry.UNSET)
        parameters.append(
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=declared.default, annotation=declared.annotation
            )
        )
    resolve.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    resolve.__annotations__ = {p.name: p.annotation for p in parameters[1:]}
