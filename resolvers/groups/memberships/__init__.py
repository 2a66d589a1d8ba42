"""Memberships: who belongs to a group, and how one comes into it and leaves it."""
