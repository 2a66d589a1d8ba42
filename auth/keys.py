"""Partners' keys: how one is made, and known again.

A key is `mwk_` and 36 letters and digits: eight by which people know it, 22 that nobody can guess (131 bits), and a
checksum of all that stands before it, by which a scanner for secrets tells a key from what only looks like one. Of
one so long a plain hash is enough: it can't be tried out.
"""

import hashlib
import re
import secrets
import string
import zlib
from dataclasses import dataclass

from auth.refusals import KeyOver

_MARK = "mwk_"
# In the order of their codes, as base 62 mostly has them.
_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_SHOWN, _SECRET, _CHECKSUM = 8, 22, 6
_KEY = re.compile(rf"{_MARK}[0-9A-Za-z]{{{_SHOWN + _SECRET + _CHECKSUM}}}", re.ASCII)


@dataclass(frozen=True)
class NewKey:
    """A key as it is shown once, by what it is known again, and what is stored of it."""

    text: str
    prefix: str
    hash: str


def new_key() -> NewKey:
    """A key that there never was."""
    body = _MARK + "".join(secrets.choice(_DIGITS) for _number in range(_SHOWN + _SECRET))
    text = body + _checksum(body)
    return NewKey(text, body[: len(_MARK) + _SHOWN], _hash(text))


def is_key(token: str) -> bool:
    """Whether what stands behind `Bearer` is to be read as a key, rather than as an access token."""
    return token.startswith(_MARK)


def hash_of(key: str) -> str:
    """What is stored of a key. Raises `KeyOver` where this never was one: nobody need look for it."""
    if not _KEY.fullmatch(key) or not key.endswith(_checksum(key[:-_CHECKSUM])):
        raise KeyOver
    return _hash(key)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _checksum(body: str) -> str:
    """CRC-32 in base 62, of six digits: no secret, and no protection, but cheap to check."""
    number, digits = zlib.crc32(body.encode()), ""
    for _place in range(_CHECKSUM):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits
