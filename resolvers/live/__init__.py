"""Live updates: what the API tells of what just changed.

Each subscription begins by finding its place in the log, then reads its objects; every update reads rights and
objects afresh, through the gate.
"""

from resolvers.live.board import live_offers
from resolvers.live.events import event_changed
from resolvers.live.figures import network_statistics
from resolvers.live.groups import group_updated
from resolvers.live.matches import match_found
from resolvers.live.offers import offer_changed, offer_published
from resolvers.live.office import office_queue_changed
from resolvers.live.saved_searches import saved_search_hit

__all__ = [
    "event_changed",
    "group_updated",
    "live_offers",
    "match_found",
    "network_statistics",
    "offer_changed",
    "offer_published",
    "office_queue_changed",
    "saved_search_hit",
]
