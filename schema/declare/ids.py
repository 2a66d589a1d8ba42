"""Relay's global object identification: an opaque id is base64url of type and key.

https://relay.dev/graphql/objectidentification.htm
"""

import base64
import binascii
from collections.abc import Mapping
from functools import cache, lru_cache
from uuid import UUID

# As it is written: 32 hexadecimal digits and four hyphens.
_UUID_LENGTH = 36
# So many ids of a type are known: some 120 bytes each.
_IDS = 20_000


@lru_cache(50_000)
def global_id(type_name: str, key: int | str | UUID) -> str:
    """The opaque id of an object."""
    return base64.urlsafe_b64encode(f"{type_name}:{key}".encode()).decode().rstrip("=")


class _Ids(dict[int | str | UUID, str]):
    """The opaque ids of a type's objects by their keys, made when they are looked up."""

    def __init__(self, type_name: str) -> None:
        self._type_name = type_name

    def __missing__(self, key: int | str | UUID) -> str:
        if len(self) >= _IDS:
            del self[next(iter(self))]
        made = self[key] = global_id.__wrapped__(self._type_name, key)
        return made


@cache
def ids_of(type_name: str) -> Mapping[int | str | UUID, str]:
    """As `global_id`, of one type: for generated code, where a call costs more than to look something up."""
    return _Ids(type_name)


def read_global_id(value: str) -> tuple[str, int] | None:
    """Type and key of an opaque id; None where it is none."""
    found = _parts(value)
    if found is None or not found[1].isascii() or not found[1].isdigit() or len(found[1]) > 9:
        return None
    return found[0], int(found[1])


def read_uuid(type_name: str, value: str) -> UUID | None:
    """The key of an opaque id of this type, whose keys are UUIDs (RFC 9562); None where it is no such id."""
    found = _parts(value)
    if found is None or found[0] != type_name or len(found[1]) != _UUID_LENGTH:
        return None
    try:
        return UUID(found[1])
    except ValueError:
        return None


def _parts(value: str) -> tuple[str, str] | None:
    """The type and the key as they are written."""
    try:
        text = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    type_name, _colon, key = text.partition(":")
    return type_name, key


def key_of(type_name: str, value: str) -> int | None:
    """The key of an opaque id of this type; None where it is of another one, or no id at all."""
    found = read_global_id(value)
    return found[1] if found and found[0] == type_name else None
