"""Offers, as the API says them."""

from schema.offers.matches import MatchMutations
from schema.offers.mutations import OfferMutations
from schema.offers.queries import OfferFilter, OfferQueries
from schema.offers.types import Offer, OfferConnection, OfferMatchConnection, OfferResponseConnection

__all__ = [
    "MatchMutations",
    "Offer",
    "OfferConnection",
    "OfferFilter",
    "OfferMatchConnection",
    "OfferMutations",
    "OfferQueries",
    "OfferResponseConnection",
]
