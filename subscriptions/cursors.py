"""Live cursors: epoch and position, encrypted, so that they tell outsiders nothing of what they may not see.

Deterministic authenticated encryption (AES-SIV, RFC 5297): equal positions give equal bytes, which can be shared, and a
forged cursor is recognised.
"""

import base64
import binascii
import struct
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV


class NotACursorError(ValueError):
    """What was given is no live cursor of this network."""


@dataclass(frozen=True, order=True)
class Position:
    """A place in the log of changes: behind the change `seq` of `epoch`."""

    epoch: int
    seq: int


class Cursors:
    """Makes and reads live cursors with a key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)
        # Thousands of clients are told of the same few positions.
        self._made = lru_cache(maxsize=1000)(self._make)

    def make(self, position: Position) -> str:
        """The cursor of a position."""
        return self._made(position)

    def _make(self, position: Position) -> str:
        plain = struct.pack(">IQ", position.epoch, position.seq)
        return base64.urlsafe_b64encode(self._cipher.encrypt(plain, None)).decode().rstrip("=")

    def read(self, cursor: str) -> Position:
        """The position of a cursor. Raises `NotACursorError`."""
        try:
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            return Position(*struct.unpack(">IQ", self._cipher.decrypt(sealed, None)))
        except (InvalidTag, binascii.Error, ValueError, struct.error) as error:
            raise NotACursorError("That is no live cursor.") from error
