"""Offers: what the API does with the entries of the board and the responses to them."""

from resolvers.offers.expiry import expire_due
from resolvers.offers.facets import facets
from resolvers.offers.map import MapCluster, offer_map
from resolvers.offers.obstacles import (
    offer_viewer_can_respond,
    offer_viewer_can_respond_reason,
    offer_viewer_can_update_reason,
)
from resolvers.offers.read import (
    offer,
    offer_event,
    offer_group,
    offer_owner,
    offer_status_reason,
    offer_url,
    offer_viewer_can_update,
    offers,
    offers_by_id,
)
from resolvers.offers.responses import (
    decide_response,
    offer_response_member,
    offer_response_offer,
    offer_responses,
    offer_responses_by_id,
    offer_viewer_response,
    respond_to_offer,
    withdraw_response,
)
from resolvers.offers.transitions import (
    delete_offer_draft,
    fulfil_offer,
    pause_offer,
    publish_offer,
    review_offer,
    withdraw_offer,
)
from resolvers.offers.write import create_offer, update_offer

__all__ = [
    "MapCluster",
    "create_offer",
    "decide_response",
    "delete_offer_draft",
    "expire_due",
    "facets",
    "fulfil_offer",
    "offer",
    "offer_event",
    "offer_group",
    "offer_map",
    "offer_owner",
    "offer_response_member",
    "offer_response_offer",
    "offer_responses",
    "offer_responses_by_id",
    "offer_status_reason",
    "offer_url",
    "offer_viewer_can_respond",
    "offer_viewer_can_respond_reason",
    "offer_viewer_can_update",
    "offer_viewer_can_update_reason",
    "offer_viewer_response",
    "offers",
    "offers_by_id",
    "pause_offer",
    "publish_offer",
    "respond_to_offer",
    "review_offer",
    "update_offer",
    "withdraw_offer",
    "withdraw_response",
]
