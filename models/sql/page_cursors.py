"""Cursors of lists: places in an order, by the sort keys of a row.

A cursor belongs to its list, filter and sort, whose fingerprint it carries.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any

import orjson

from models.sql.orders import Order

# So many are remembered, of lists as they were asked for, and of rows: to make one takes as long as to write its row.
_FINGERPRINTS, _CURSORS = 1000, 10_000

_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class BadPage(ValueError):
    """The arguments of a page are wrong in a way that only a program can mend; the text says how."""


class Fingerprint:
    """What a cursor belongs to, as 8 characters: found out when the first cursor needs it."""

    def __init__(self, parts: tuple[object, ...]) -> None:
        self._parts = parts

    @cached_property
    def text(self) -> str:
        """The characters."""
        try:
            return _known_digest(self._parts)
        except TypeError:  # there are lists among them
            return _digest(self._parts)


def _digest(parts: tuple[object, ...]) -> str:
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=6).digest()
    return base64.urlsafe_b64encode(digest).decode()


_known_digest = lru_cache(_FINGERPRINTS)(_digest)


def fingerprint(*parts: object) -> Fingerprint:
    """The fingerprint of a list: of its name, parent, filter and sort."""
    return Fingerprint(parts)


def write_cursor(mark: str, values: Sequence[Any]) -> str:
    """The cursor of a place in the list of this fingerprint: the sort keys of the row there."""
    text = binascii.b2a_base64(orjson.dumps([mark, *values]), newline=False)
    return text.translate(_URL_SAFE).rstrip(b"=").decode()


# The same, of a tuple; a cursor that was written of late is known.
known_cursor = lru_cache(_CURSORS)(write_cursor)


def read_cursor(cursor: str, mark: Fingerprint, order: Order) -> list[Any]:
    """The sort keys in a cursor. Raises `BadPage` where it is none, or belongs to another list."""
    try:
        raw = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        found, *values = raw
        places = [key.read(value) for key, value in zip(order.keys, values, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error) as error:
        raise BadPage("That is no cursor.") from error
    if found != mark.text:
        raise BadPage("The cursor belongs to another list, filter or sort.")
    return places
