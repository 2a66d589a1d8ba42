"""Accounts: signing up, signing in, and what an account sees of itself."""

from resolvers.accounts.calendar import renew_registrations_ical_url, viewer_registrations_ical_url
from resolvers.accounts.read import (
    viewer,
    viewer_acts_for,
    viewer_memberships,
    viewer_registrations,
    viewer_responses,
)
from resolvers.accounts.sessions import SignedIn, refresh_session, sign_in, sign_out
from resolvers.accounts.sign_up import confirm_email, create_office_account, expire_sign_ups, sign_up

__all__ = [
    "SignedIn",
    "confirm_email",
    "create_office_account",
    "expire_sign_ups",
    "refresh_session",
    "renew_registrations_ical_url",
    "sign_in",
    "sign_out",
    "sign_up",
    "viewer",
    "viewer_acts_for",
    "viewer_memberships",
    "viewer_registrations",
    "viewer_registrations_ical_url",
    "viewer_responses",
]
