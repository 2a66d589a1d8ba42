"""Access and refresh tokens: JSON Web Tokens (RFC 7519), signed HS256 with a key derived from SECRET_KEY."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from auth.refusals import Unauthenticated
from models import now


def derive_key(secret_key: str, purpose: str, length: int = 32) -> bytes:
    """A key for one purpose, derived from SECRET_KEY by HKDF-SHA256 (RFC 5869)."""
    return HKDF(hashes.SHA256(), length, None, f"mitwirk {purpose}".encode()).derive(secret_key.encode())


@dataclass(frozen=True)
class RefreshToken:
    """What a refresh token says: its session, and for which generation of it it was made."""

    session_id: UUID
    generation: int


class Tokens:
    """Makes and reads tokens."""

    def __init__(self, secret_key: str, access_lifetime: timedelta) -> None:
        self._access = OctKey.import_key(derive_key(secret_key, "access token"))
        self._refresh = OctKey.import_key(derive_key(secret_key, "refresh token"))
        self._access_lifetime = access_lifetime

    def make_access(self, session_id: UUID) -> tuple[str, datetime]:
        """An access token of a session, and when it expires."""
        expires_at = (now() + self._access_lifetime).replace(microsecond=0)
        claims = {"sid": str(session_id), "exp": int(expires_at.timestamp())}
        return jwt.encode({"alg": "HS256"}, claims, self._access), expires_at

    def read_access(self, token: str) -> tuple[UUID, datetime]:
        """The session of an access token, and when the token expires. Raises `Unauthenticated`."""
        claims = self._read(token, self._access)
        return UUID(claims["sid"]), datetime.fromtimestamp(claims["exp"], tz=now().tzinfo)

    def make_refresh(self, session_id: UUID, generation: int, expires_at: datetime) -> str:
        """The refresh token of a session's generation."""
        claims = {"sid": str(session_id), "gen": generation, "exp": int(expires_at.timestamp())}
        return jwt.encode({"alg": "HS256"}, claims, self._refresh)

    def read_refresh(self, token: str) -> RefreshToken:
        """What a refresh token says. Raises `Unauthenticated`."""
        claims = self._read(token, self._refresh)
        return RefreshToken(UUID(claims["sid"]), int(claims["gen"]))

    def _read(self, token: str, key: OctKey) -> dict[str, Any]:
        try:
            claims = jwt.decode(token, key, algorithms=["HS256"]).claims
            jwt.JWTClaimsRegistry(exp={"essential": True}, sid={"essential": True}).validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise Unauthenticated("The token is not valid or has expired: please sign in again.") from error
        return claims
