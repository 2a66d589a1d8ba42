"""Profiles and saved searches, as the API says them."""

import schema.offers  # noqa: F401 describes the enums that these name, and has to do so first
