"""Who sees which entries of the board and responses; who may act for an entry."""

from tortoise.expressions import Q

from auth.access.rows import EVERYTHING
from auth.viewer import Viewer
from models import Offer, OfferStatus


def visible_offers(viewer: Viewer) -> Q:
    """By id or slug: once published, for everyone for ever; never published, for the owner's side and the office."""
    if viewer.is_office:
        return EVERYTHING
    return Q(published_at__isnull=False, status__not_in=[OfferStatus.DRAFT, OfferStatus.IN_REVIEW]) | Q(
        owner_id__in=list(viewer.own_ids)
    )


def listed_offers(viewer: Viewer) -> Q:
    """In lists: the board for everyone, whatever else for the owner's side and the office."""
    if viewer.is_office:
        return EVERYTHING
    return Q(status=OfferStatus.PUBLISHED) | Q(owner_id__in=list(viewer.own_ids))


def acts_for_offer(viewer: Viewer, offer: Offer) -> bool:
    """Whether the viewer acts for the entry: its owner's side, the office."""
    return viewer.may_act_for(offer.owner_id)


def visible_responses(viewer: Viewer) -> Q:
    """Its sender's side and the entry's owner's side; not the office."""
    return Q(member_id__in=list(viewer.own_ids)) | Q(offer__owner_id__in=list(viewer.own_ids))
