"""How long is kept what is kept for a time only."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class KeptFor:
    """How long each is kept after it is over: `resolvers.privacy.expiry` says when that is, and what is done then.

    Nothing, where a setting allows it, is without end.
    """

    applications: timedelta = timedelta(days=180)
    sign_ups: timedelta = timedelta(days=30)
    sessions: timedelta = timedelta(days=30)
    mails: timedelta = timedelta(days=30)
    api_keys: timedelta = timedelta(days=365)
    registrations: timedelta = timedelta(days=365)
    reports: timedelta = timedelta(days=365)
    audit_texts: timedelta = timedelta(days=365)
    audit: timedelta = timedelta(days=1095)
    inactive_accounts: timedelta = timedelta(days=1095)
