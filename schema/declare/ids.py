"""Relay's global object identification: an opaque id is base64url of type and key.

https://relay.dev/graphql/objectidentification.htm
"""

import base64
import binascii
from functools import lru_cache


@lru_cache(50_000)
def global_id(type_name: str, key: int | str) -> str:
    """The opaque id of an object."""
    return base64.urlsafe_b64encode(f"{type_name}:{key}".encode()).decode().rstrip("=")


def read_global_id(value: str) -> tuple[str, int] | None:
    """Type and key of an opaque id; None where it is none."""
    try:
        text = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    type_name, _colon, key = text.partition(":")
    if not key.isascii() or not key.isdigit() or len(key) > 9:
        return None
    return type_name, int(key)


def key_of(type_name: str, value: str) -> int | None:
    """The key of an opaque id of this type; None where it is of another one, or no id at all."""
    found = read_global_id(value)
    return found[1] if found and found[0] == type_name else None
