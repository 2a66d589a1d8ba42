"""Offers, as the API says them."""

from schema.offers.mutations import OfferMutations
from schema.offers.queries import OfferFilter, OfferQueries
from schema.offers.types import Offer, OfferConnection, OfferResponseConnection

__all__ = ["Offer", "OfferConnection", "OfferFilter", "OfferMutations", "OfferQueries", "OfferResponseConnection"]
