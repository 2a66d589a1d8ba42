"""What the caller can mend: user errors, by path and code, their text translated at the edge."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class UserErrorCode(StrEnum):
    REQUIRED = "REQUIRED"
    INVALID = "INVALID"
    TOO_LONG = "TOO_LONG"
    TOO_SHORT = "TOO_SHORT"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    NOT_FOUND = "NOT_FOUND"
    TAKEN = "TAKEN"
    WRONG_STATE = "WRONG_STATE"
    CONFLICT = "CONFLICT"
    FULL = "FULL"
    EXPIRED = "EXPIRED"
    LIMIT_REACHED = "LIMIT_REACHED"
    INVALID_CREDENTIALS = "INVALID_CREDENTIALS"
    SECOND_FACTOR_REQUIRED = "SECOND_FACTOR_REQUIRED"
    OVERLAPPING = "OVERLAPPING"
    LAST_COORDINATOR = "LAST_COORDINATOR"


@dataclass(frozen=True)
class UserError:
    """One thing that the caller can mend.

    `message` is the English text, which is also its key in the catalogues, with `{names}` for `parameters`. Mark it
    with `_` where it stands, so that Babel finds it.
    """

    path: tuple[str, ...]
    code: UserErrorCode
    message: str
    parameters: dict[str, object] = field(default_factory=dict)


class UserErrors(Exception):
    """Nothing was changed, because of `errors`. `payload` holds further fields of the mutation's payload."""

    def __init__(self, errors: Sequence[UserError], **payload: Any) -> None:
        super().__init__(errors)
        self.errors = tuple(errors)
        self.payload = payload


def refuse(path: tuple[str, ...], code: UserErrorCode, message: str, **parameters: object) -> UserErrors:
    """One user error, to be raised."""
    return UserErrors([UserError(path, code, message, parameters)])
