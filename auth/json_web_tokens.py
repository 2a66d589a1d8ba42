"""JSON Web Tokens (RFC 7519), signed HS256.

Loaded with the first token: joserfc comes with all that tokens may be, which takes as long as a tenth of a start.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from auth.refusals import TokenOver


@lru_cache(16)
def _imported(key: bytes) -> OctKey:
    return OctKey.import_key(key)


def signed(claims: Mapping[str, Any], key: bytes) -> str:
    """A token that says this."""
    return jwt.encode({"alg": "HS256"}, dict(claims), _imported(key))


def claims_of(token: str, key: bytes) -> dict[str, Any]:
    """What a token says that was signed with this key: whose session, and until when. Raises `TokenOver`."""
    try:
        claims = jwt.decode(token, _imported(key), algorithms=["HS256"]).claims
        jwt.JWTClaimsRegistry(exp={"essential": True}, sid={"essential": True}).validate(claims)
    except (JoseError, ValueError, TypeError) as error:
        raise TokenOver from error
    return claims
