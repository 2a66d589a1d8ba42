"""Searches of the board that somebody keeps, with what is new in them."""

from resolvers.saved_searches.filters import filter_of
from resolvers.saved_searches.read import (
    saved_search_districts,
    saved_search_new_count,
    saved_search_offers,
    saved_search_topics,
    saved_searches_by_id,
    viewer_saved_searches,
)
from resolvers.saved_searches.write import delete_saved_search, mark_saved_search_seen, save_search

__all__ = [
    "delete_saved_search",
    "filter_of",
    "mark_saved_search_seen",
    "save_search",
    "saved_search_districts",
    "saved_search_new_count",
    "saved_search_offers",
    "saved_search_topics",
    "saved_searches_by_id",
    "viewer_saved_searches",
]
