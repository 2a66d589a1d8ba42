"""What is agreed upon with the city's own sign-in, and what it says of somebody.

It is for everybody to know; what speaks with a provider, `auth.identity_provider`, is loaded where there is one.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_LONGEST = 4000
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class ProviderRules:
    """What the operator has agreed upon with the provider. Without a secret the server is a public client."""

    issuer: str
    client_id: str
    client_secret: str = ""
    scopes: str = "openid email profile"
    # The claim that makes an account one of the office, and its value.
    office_claim: tuple[str, str] | None = None
    seconds: float = 10.0
    most_bytes: int = 262_144


@dataclass(frozen=True)
class Claims:
    """Who somebody is to the provider. `email` is None where it doesn't say that this is verified."""

    issuer: str
    subject: str
    email: str | None
    name: str
    claims_office: bool


def is_challenge(text: str) -> bool:
    """Whether it is the S256 of a secret."""
    return _CHALLENGE.fullmatch(text) is not None


def challenge_of(verifier: str) -> str:
    """The S256 of a page's secret; empty where it can be none."""
    if not verifier.isascii() or len(verifier) > 128:
        return ""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def is_safe(url: object, issuer: str) -> bool:
    """Whether what is sent there nobody reads on its way: https, or as the issuer itself on this machine."""
    parts = urlsplit(url) if isinstance(url, str) and len(url) <= _LONGEST else None
    if parts is None or not parts.hostname:
        return False
    is_near = parts.hostname in _LOOPBACK and urlsplit(issuer).hostname in _LOOPBACK
    return parts.scheme == "https" or (parts.scheme == "http" and is_near)
