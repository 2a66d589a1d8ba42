"""Access and refresh tokens: JSON Web Tokens (RFC 7519), signed HS256 with a key derived from SECRET_KEY.

And the secrets in the addresses of personal calendars: an account's id and generation under deterministic authenticated
encryption (AES-SIV, RFC 5297), so that an address can be shown again, and can't be made or read without the key.
Take-outs, and where somebody switches mails off, have such addresses, too.
"""

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from auth.refusals import NotFound, TokenOver
from models import now

_CALENDAR = ">QQ"
_EXPORT = ">QQ"
_ACCOUNT = ">Q"
# So many access tokens are remembered as verified.
_TOKENS = 10_000


def derive_key(secret_key: str, purpose: str, length: int = 32) -> bytes:
    """A key for one purpose, derived from SECRET_KEY by HKDF-SHA256 (RFC 5869)."""
    return HKDF(hashes.SHA256(), length, None, f"mitwirk {purpose}".encode()).derive(secret_key.encode())


def _sealed(cipher: AESSIV, content: bytes) -> str:
    """The secret of an address: whoever has it can't read what is in it, nor make another."""
    return base64.urlsafe_b64encode(cipher.encrypt(content, None)).decode().rstrip("=")


def _opened(cipher: AESSIV, secret: str) -> bytes:
    """What was sealed into the secret of an address. Raises `NotFound`."""
    try:
        sealed = base64.b64decode(secret + "=" * (-len(secret) % 4), altchars=b"-_", validate=True)
        return cipher.decrypt(sealed, None)
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise NotFound from error


def _unsealed(cipher: AESSIV, form: str, secret: str) -> tuple[int, ...]:
    """The numbers that were sealed into the secret of an address. Raises `NotFound`."""
    try:
        return struct.unpack(form, _opened(cipher, secret))
    except struct.error as error:
        raise NotFound from error


def _signed(claims: dict[str, Any], key: bytes) -> str:
    from auth.json_web_tokens import signed  # see there

    return signed(claims, key)


def _claims_of(token: str, key: bytes) -> dict[str, Any]:
    from auth.json_web_tokens import claims_of

    return claims_of(token, key)


@dataclass(frozen=True)
class RefreshToken:
    """What a refresh token says: its session, and for which generation of it it was made."""

    session_id: UUID
    generation: int


class Tokens:
    """Makes and reads tokens."""

    def __init__(self, secret_key: str, access_lifetime: timedelta) -> None:
        self._access = derive_key(secret_key, "access token")
        self._refresh = derive_key(secret_key, "refresh token")
        self._calendar = AESSIV(derive_key(secret_key, "calendar address", 64))
        self._export = AESSIV(derive_key(secret_key, "export address", 64))
        self._unsubscribing = AESSIV(derive_key(secret_key, "unsubscribing address", 64))
        self._access_lifetime = access_lifetime
        # A signature is verified once, not with every request; when the token expires is looked at each time.
        self._verified_access = lru_cache(maxsize=_TOKENS)(self._verify_access)

    def make_access(self, session_id: UUID) -> tuple[str, datetime]:
        """An access token of a session, and when it expires."""
        expires_at = (now() + self._access_lifetime).replace(microsecond=0)
        claims = {"sid": str(session_id), "exp": int(expires_at.timestamp())}
        return _signed(claims, self._access), expires_at

    def read_access(self, token: str) -> tuple[UUID, datetime]:
        """The session of an access token, and when the token expires. Raises `Unauthenticated`."""
        session_id, expires_at = self._verified_access(token)
        if expires_at <= now():
            raise TokenOver
        return session_id, expires_at

    def make_refresh(self, session_id: UUID, generation: int, expires_at: datetime) -> str:
        """The refresh token of a session's generation."""
        claims = {"sid": str(session_id), "gen": generation, "exp": int(expires_at.timestamp())}
        return _signed(claims, self._refresh)

    def read_refresh(self, token: str) -> RefreshToken:
        """What a refresh token says. Raises `Unauthenticated`."""
        claims = _claims_of(token, self._refresh)
        return RefreshToken(UUID(claims["sid"]), int(claims["gen"]))

    def make_export(self, key: int, mark: int) -> str:
        """The secret in the address of a take-out: always the same of one row."""
        return _sealed(self._export, struct.pack(_EXPORT, key, mark))

    def read_export(self, secret: str) -> tuple[int, int]:
        """The key and the mark of such a secret. Raises `NotFound`."""
        key, mark = _unsealed(self._export, _EXPORT, secret)
        return key, mark

    def make_calendar(self, account_id: int, generation: int) -> str:
        """The secret in the address of an account's calendar: always the same of one generation."""
        return _sealed(self._calendar, struct.pack(_CALENDAR, account_id, generation))

    def read_calendar(self, secret: str) -> tuple[int, int]:
        """The account and the generation of such a secret. Raises `NotFound`."""
        account_id, generation = _unsealed(self._calendar, _CALENDAR, secret)
        return account_id, generation

    def make_unsubscribing(self, account_id: int, kind: str) -> str:
        """The secret in the address where an account switches off mails of a kind: always the same of both."""
        return _sealed(self._unsubscribing, struct.pack(_ACCOUNT, account_id) + kind.encode())

    def read_unsubscribing(self, secret: str) -> tuple[int, str]:
        """The account and the kind of such a secret. Raises `NotFound`."""
        content = _opened(self._unsubscribing, secret)
        (account_id,) = struct.unpack_from(_ACCOUNT, content)
        return account_id, content[struct.calcsize(_ACCOUNT) :].decode()

    def _verify_access(self, token: str) -> tuple[UUID, datetime]:
        claims = _claims_of(token, self._access)
        return UUID(claims["sid"]), datetime.fromtimestamp(claims["exp"], tz=now().tzinfo)
