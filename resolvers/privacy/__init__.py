"""People own their data: they take it out, leave, and are erased."""

from resolvers.privacy.erasure import erase_member
from resolvers.privacy.leaving import leave_network

__all__ = ["erase_member", "leave_network"]
