"""How enums of lower rooms become those of the schema."""

from enum import StrEnum

import strawberry


def describe(values: type[StrEnum], description: str, *, named: str | None = None, **descriptions: str) -> None:
    """Make an enum of a lower room one of the schema's, each value with its description; `named` else than there.

    Raises `TypeError` where a value has none, or a description no value.
    """
    if {value.name for value in values} != set(descriptions):
        raise TypeError(f"descriptions of {values.__name__} don't match its values")
    strawberry.enum(values, name=named, description=description)
    for value in values.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = descriptions[value.name]
