"""Accounts: who is asking, how one gets in, and partners' keys."""
