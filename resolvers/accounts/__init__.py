"""Accounts: signing up, signing in, and what an account sees of itself."""

from resolvers.accounts.applications import apply_as_organisation
from resolvers.accounts.calendar import renew_registrations_ical_url, viewer_registrations_ical_url
from resolvers.accounts.email_changes import request_email_change
from resolvers.accounts.locked_out import end_sessions, reset_second_factor, sessions_of, set_password
from resolvers.accounts.passwords import change_password, request_password_reset, reset_password
from resolvers.accounts.provider import back_from_provider, provider_address, sign_in_with_provider
from resolvers.accounts.read import (
    viewer,
    viewer_acts_for,
    viewer_memberships,
    viewer_registrations,
    viewer_responses,
)
from resolvers.accounts.second_factor import (
    Enrolment,
    confirm_second_factor,
    disable_second_factor,
    enrol_second_factor,
)
from resolvers.accounts.sessions import (
    MOST_SESSIONS,
    SignedIn,
    end_other_sessions,
    end_session,
    refresh_session,
    session_is_current,
    sessions_by_id,
    sign_in,
    sign_out,
    viewer_sessions,
)
from resolvers.accounts.sign_in_links import request_sign_in_link, sign_in_with_link
from resolvers.accounts.sign_up import confirm_email, create_office_account, forget_links, sign_up
from resolvers.accounts.terms import accept_terms, viewer_terms_to_accept

__all__ = [
    "MOST_SESSIONS",
    "Enrolment",
    "SignedIn",
    "accept_terms",
    "apply_as_organisation",
    "back_from_provider",
    "change_password",
    "confirm_email",
    "confirm_second_factor",
    "create_office_account",
    "disable_second_factor",
    "end_other_sessions",
    "end_session",
    "end_sessions",
    "enrol_second_factor",
    "forget_links",
    "provider_address",
    "refresh_session",
    "renew_registrations_ical_url",
    "request_email_change",
    "request_password_reset",
    "request_sign_in_link",
    "reset_password",
    "reset_second_factor",
    "session_is_current",
    "sessions_by_id",
    "sessions_of",
    "set_password",
    "sign_in",
    "sign_in_with_link",
    "sign_in_with_provider",
    "sign_out",
    "sign_up",
    "viewer",
    "viewer_acts_for",
    "viewer_memberships",
    "viewer_registrations",
    "viewer_registrations_ical_url",
    "viewer_responses",
    "viewer_sessions",
    "viewer_terms_to_accept",
]
