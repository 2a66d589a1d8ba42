"""Fitting entries of the other direction: who seeks finds who provides, and the other way round."""

from resolvers.matches.compare import MatchReason
from resolvers.matches.dismiss import dismiss_match
from resolvers.matches.read import offer_matches

__all__ = ["MatchReason", "dismiss_match", "offer_matches"]
