"""Live cursors: a position in a network's log, encrypted, so that they tell outsiders nothing of what they may not see.

Deterministic authenticated encryption (AES-SIV, RFC 5297): equal positions give equal bytes, which can be shared, and a
forged cursor is recognised.

A number says little by itself: another network with the same key, a copy of this one, or this one after a backup was
restored, gives it to another change. So a position has the mark of the change there, which is made of the network's id
and of the change, and a cursor is served where the log has that very change at that number.
"""

import base64
import struct
from dataclasses import dataclass, field
from functools import lru_cache

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

_PLAIN = struct.Struct(">IQQ")
# How many bytes a live cursor has, in any version: what is shorter or longer is none.
_LEAST_BYTES, _MOST_BYTES = 24, 64


class NotACursorError(ValueError):
    """What was given doesn't look like a live cursor: only a program can mend that."""


class ForeignCursorError(ValueError):
    """What was given looks like a live cursor, but was made with another key, or by another version."""


@dataclass(frozen=True, order=True)
class Position:
    """A place in the log of changes: behind the change `seq` of `epoch`.

    `mark` tells that change from any other of this number. None where it isn't known: such a position can be compared,
    but no cursor can be made of it. Within one epoch of one log equal numbers are one change, so it isn't compared.
    """

    epoch: int
    seq: int
    mark: int | None = field(default=None, compare=False)


class Cursors:
    """Makes and reads live cursors with a key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)
        # Thousands of clients are told of the same few positions.
        self._made = lru_cache(maxsize=1000)(self._make)

    def make(self, position: Position) -> str:
        """The cursor of a position. Raises `ValueError` where its mark isn't known."""
        if position.mark is None:
            raise ValueError("A cursor needs the mark of its change.")
        return self._made(position.epoch, position.seq, position.mark)

    def _make(self, epoch: int, seq: int, mark: int) -> str:
        sealed = self._cipher.encrypt(_PLAIN.pack(epoch, seq, mark), None)
        return base64.urlsafe_b64encode(sealed).decode()  # of 36 bytes: there is nothing to fill up

    def read(self, cursor: str) -> Position:
        """The position of a cursor. Raises `NotACursorError` and `ForeignCursorError`."""
        sealed = _sealed(cursor)
        try:
            return Position(*_PLAIN.unpack(self._cipher.decrypt(sealed, None)))
        except (InvalidTag, struct.error) as error:
            if _is_of_list(sealed):
                raise NotACursorError("That is the cursor of a list.") from None
            raise ForeignCursorError("That is no cursor of this network.") from error


def _sealed(cursor: str) -> bytes:
    """The bytes of what looks like a live cursor: base64url, of a length that they have."""
    if len(cursor) > 2 * _MOST_BYTES:
        raise NotACursorError("That is too long for a live cursor.")
    try:
        sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError as error:  # binascii.Error, or other characters than of ASCII
        raise NotACursorError("That is no live cursor.") from error
    if not _LEAST_BYTES <= len(sealed) <= _MOST_BYTES:
        raise NotACursorError("That is no live cursor.")
    return sealed


def _is_of_list(raw: bytes) -> bool:
    try:
        return isinstance(orjson.loads(raw), list)
    except orjson.JSONDecodeError:
        return False
