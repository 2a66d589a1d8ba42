"""Codes of an app as a second factor (TOTP, RFC 6238), and recovery codes for when that is lost.

A secret is stored under authenticated encryption with a key derived from SECRET_KEY: who reads the database alone makes
no codes. Of recovery codes only hashes are stored.
"""

import base64
import hashlib
import secrets

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from pyotp.exceptions import OTPVerificationError

from auth.tokens import derive_key

RECOVERY_CODES = 10
# So many steps of thirty seconds may a clock be off, either way.
_WINDOW = 1
# A recovery code has sixteen letters and digits; nobody types as many more.
_LONGEST = 40


class SecondFactors:
    """Makes secrets, and tells whether a code is one of theirs."""

    def __init__(self, secret_key: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(derive_key(secret_key, "second factor")))

    def new_secret(self) -> tuple[str, str]:
        """A secret of 160 bits as apps take it, in base 32, and as it is stored."""
        secret = pyotp.random_base32()
        return secret, self._fernet.encrypt(secret.encode()).decode()

    def step_of(self, sealed: str, code: str) -> int | None:
        """The step of time whose code this is, within the window around the present; None where it is none.

        So it is, too, where the secret was stored under another SECRET_KEY.
        """
        try:
            secret = self._fernet.decrypt(sealed).decode()
            return pyotp.TOTP(secret).verify_and_get_timecode(code, valid_window=_WINDOW)
        except (InvalidToken, OTPVerificationError):
            return None


def uri(secret: str, email: str, network_name: str) -> str:
    """What apps read from a picture (Key Uri Format): `otpauth://totp/...`."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=network_name.replace(":", " "))


def new_recovery_codes() -> list[str]:
    """Codes of 80 bits each, as people write them down."""
    codes = (base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES))
    return ["-".join(code[start : start + 4] for start in range(0, 16, 4)) for code in codes]


def typed(code: str) -> str:
    """A code however people type it; empty where it can be none."""
    letters = "".join(code[: 4 * _LONGEST].split()).replace("-", "").lower()
    return letters if letters.isascii() and len(letters) <= _LONGEST else ""


def hash_of(recovery_code: str) -> str:
    """What is stored of a recovery code, which is given as `typed` makes it."""
    return hashlib.sha256(recovery_code.encode()).hexdigest()
