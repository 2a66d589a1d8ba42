"""Codes that stand in mails: who has one has the mailbox to which it was sent. Only its hash is stored."""

import hashlib
import secrets

from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, UserErrors, refuse


def new_token() -> str:
    """What stands in a link: 256 bits that nobody guesses."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is stored of it."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def over(path: tuple[str, ...]) -> UserErrors:
    """What is answered to a token that is none any more, or never was."""
    return refuse(path, UserErrorCode.EXPIRED, _("This link is over or was used already. Please begin again."))
