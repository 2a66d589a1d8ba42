"""Who sees which entries of the board and responses; who may act for an entry."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from auth.access.members import cared_for, in_the_office_s_care
from auth.access.rows import EVERYTHING, in_sight, locked, subquery
from auth.refusals import Forbidden, NotFound
from auth.viewer import Viewer, Visibility
from models import ApiKeyScope, Group, Member, Offer, OfferResponse, OfferStatus
from models.filters.near import Bounds
from models.filters.offers import OfferFilter, offer_rows
from models.sql.compile import QuerySpec
from models.sql.statements import Statement


class Side(StrEnum):
    """Who may do something to an entry."""

    OWNER = "owner's side"
    OFFICE = "office"
    SYSTEM = "the server itself"


class OfferAction(StrEnum):
    """What can be done to an entry that exists."""

    SUBMIT = "submit"
    PUBLISH = "publish"
    ACCEPT = "accept"
    SEND_BACK = "send back"
    PAUSE = "pause"
    FULFIL = "fulfil"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    UPDATE = "update"
    DELETE = "delete"


_BOTH = (Side.OWNER, Side.OFFICE)
# What was published once is readable in these states, whoever asks.
_STILL_READABLE = (OfferStatus.PUBLISHED, OfferStatus.PAUSED, OfferStatus.FULFILLED, OfferStatus.EXPIRED)
WHO_MAY: dict[OfferAction, tuple[Side, ...]] = {
    OfferAction.SUBMIT: (Side.OWNER,),
    OfferAction.PUBLISH: _BOTH,
    OfferAction.ACCEPT: (Side.OFFICE,),
    OfferAction.SEND_BACK: (Side.OFFICE,),
    OfferAction.PAUSE: _BOTH,
    OfferAction.FULFIL: _BOTH,
    OfferAction.WITHDRAW: _BOTH,
    OfferAction.EXPIRE: (Side.SYSTEM,),
    OfferAction.UPDATE: _BOTH,
    OfferAction.DELETE: _BOTH,
}


def visible_offers(viewer: Viewer | Visibility) -> Q:
    """By id or slug: once published, for everyone; never published, and withheld, for the owner's side and the office.

    What was taken back is for these, and for who answered it: its words aren't everybody's for ever.
    """
    if viewer.is_office:
        return EVERYTHING
    published = Q(published_at__isnull=False, status__in=_STILL_READABLE) & in_sight()
    own = Q(owner_id__in=list(viewer.own_ids))
    if not viewer.own_ids:
        return published
    answered = subquery(OfferResponse.filter(member_id__in=list(viewer.own_ids)), "offer_id")
    return published | own | (Q(status=OfferStatus.WITHDRAWN, id__in=answered) & in_sight())


def on_the_board(prefix: str = "") -> Q:
    """What everyone finds: PUBLISHED entries that aren't hidden, of members that are ACTIVE and aren't either.

    `prefix` leads to the entry from another table, such as `offer__`.
    """
    published: dict[str, Any] = {f"{prefix}status": OfferStatus.PUBLISHED}
    return Q(**published) & in_sight(prefix)


def offers_in_lists(viewer: Viewer | Visibility) -> Q:
    """In lists and search: the board for everyone, whatever else for the owner's side and the office."""
    if viewer.is_office:
        return EVERYTHING
    return on_the_board() | Q(owner_id__in=list(viewer.own_ids))


def finds_withheld_offers(viewer: Viewer | Visibility) -> bool:
    """Whether lists and search may hold what is PUBLISHED and withheld: for an owner's side and the office."""
    return viewer.is_office or bool(viewer.own_ids)


def is_in_lists(viewer: Viewer, offer: Offer) -> bool:
    """What `offers_in_lists` says, of an entry that was read for many viewers at once."""
    is_on_board = offer.status is OfferStatus.PUBLISHED and offer.withheld_at is None
    return viewer.is_office or is_on_board or offer.owner_id in viewer.own_ids


def list_offers(filter: OfferFilter, viewer: Viewer) -> QuerySpec[Offer]:
    """What a list of entries holds: those that pass the filter, as far as the viewer may see them in lists.

    Raises `Unauthenticated` and `Forbidden` where it asks for what only the office is told: whether somebody answered.
    """
    if filter.without_responses is not None:
        viewer.must_be_office()
    somewhere = filter.near is not None or filter.bounds is not None
    return QuerySpec(
        Offer,
        _list_offers,
        (filter.stated, viewer.visibility),
        viewer.visibility,
        keys_first=somewhere,
        late=filter.late,
    )


def _list_offers(filter: OfferFilter, visibility: Visibility) -> QuerySet[Offer]:
    return offer_rows(filter, offers_in_lists(visibility))


def offers_on_map(filter: OfferFilter, bounds: Bounds, viewer: Viewer) -> QuerySpec[Offer]:
    """What of such a list lies in the rectangle."""
    list_offers(filter, viewer)  # who may not ask for it is refused there
    given = (filter.stated, bounds, viewer.visibility)
    return QuerySpec(Offer, _offers_on_map, given, viewer.visibility, late=filter.late)


def _offers_on_map(filter: OfferFilter, bounds: Bounds, visibility: Visibility) -> QuerySet[Offer]:
    return _list_offers(filter, visibility).filter(bounds.condition())


def sides(viewer: Viewer, offer: Offer) -> frozenset[Side]:
    """What the viewer is to the entry. Of its owner's side is also a key that may write."""
    found = {
        Side.OWNER: is_own_offer(viewer, offer) and (viewer.key is None or viewer.has_scope(ApiKeyScope.WRITE_BOARD)),
        Side.OFFICE: viewer.is_office,
        Side.SYSTEM: viewer.is_system,
    }
    return frozenset(side for side, holds in found.items() if holds)


def acts_for_offer(viewer: Viewer, offer: Offer) -> bool:
    """Whether the viewer acts for the entry: its owner's side, the office."""
    return bool(sides(viewer, offer))


def is_another_s(viewer: Viewer, offer: Offer) -> bool:
    """Whether it isn't the viewer's own affair what they may do to the entry: as the office does, of other members."""
    return Side.OWNER not in sides(viewer, offer)


def must_be_able_to_create_offers(viewer: Viewer) -> None:
    """Raises `Unauthenticated` and `Forbidden` for who takes no part in the network, but for keys of that scope."""
    viewer.must_write_the_board()


def needs_no_review(viewer: Viewer) -> bool:
    """Whether what the viewer publishes goes onto the board at once, were it the owner's first: the office's word."""
    return viewer.is_office


def sees_why_sent_back(viewer: Viewer, offer: Offer) -> bool:
    """Whether the viewer sees the reason with which the entry was sent back: its owner's side, the office."""
    return viewer.sees_affairs_of(offer.owner_id)


async def offer_to_change(viewer: Viewer, key: int | None, action: OfferAction) -> Offer:
    """The entry, locked, for who may do this to it. Raises `Unauthenticated`, `NotFound`, `Forbidden`."""
    viewer.must_write_the_board()
    offer = await locked(Offer, visible_offers(viewer), key)
    if not sides(viewer, offer) & frozenset(WHO_MAY[action]):
        raise Forbidden
    return offer


async def offer_to_review(viewer: Viewer, key: int | None) -> Offer:
    """The entry, locked, for the office to decide about. Raises `Unauthenticated`, `Forbidden`, `NotFound`."""
    viewer.must_be_office()
    return await locked(Offer, visible_offers(viewer), key)


_GROUP = Statement(
    """
SELECT {g}, EXISTS (
  SELECT 1 FROM group_membership WHERE group_id = g.id AND member_id = ? AND status = 'ACTIVE') AS takes_part
FROM working_group AS g WHERE g.id = ?""",
    g=Group,
)


async def group_to_offer_in(viewer: Viewer, owner: Member, key: int) -> Group:
    """The group, for an entry of `owner` to become one of it: those of its active members.

    Its coordinators and the office may for everybody. Raises `NotFound`, `Forbidden`.
    """
    row = await _GROUP.row(owner.id, key)
    if row is None:  # everyone sees all groups
        raise NotFound
    if not (viewer.is_office or key in viewer.coordinated_groups or row["takes_part"]):
        raise Forbidden
    group: Group = _GROUP.read("g", row)
    return group


# ---------------------------------------------------------------- matches


def is_of_side(viewer: Viewer, owner_id: int | None) -> bool:
    """Whether the viewer is of an owner's side, which sees what it has answered, and which matches it dismissed."""
    return owner_id in viewer.own_ids


def is_of_own_side(viewer: Viewer, offer: Offer) -> bool:
    """Whether the viewer is of the owner's side."""
    return is_of_side(viewer, offer.owner_id)


def sent_by_own_side(viewer: Viewer) -> Q:
    """The responses of the viewer's side."""
    return Q(member_id__in=list(viewer.own_ids))


async def offer_whose_matches(viewer: Viewer, key: int | None) -> Offer:
    """The entry, locked, for its owner's side to dismiss matches of it.

    Raises `Unauthenticated`, `NotFound`, `Forbidden`.
    """
    viewer.must_write_the_board()
    offer = await locked(Offer, visible_offers(viewer), key)
    if Side.OWNER not in sides(viewer, offer):
        raise Forbidden
    return offer


# ---------------------------------------------------------------- responses


async def offer_to_answer(viewer: Viewer, key: int | None) -> Offer:
    """The entry, locked, for whoever takes part in the network. Raises `Unauthenticated`, `Forbidden`, `NotFound`."""
    viewer.must_be_active()
    return await locked(Offer, visible_offers(viewer), key)


def is_own_offer(viewer: Viewer, offer: Offer) -> bool:
    """Whether the viewer acts for the owner, in whosever name: nobody answers what is their own."""
    return offer.owner_id in viewer.acting_ids


async def whose_responses_are_seen(viewer: Viewer, offers: Sequence[Offer]) -> set[int]:
    """The owners of these entries whose side the viewer is of. The office is of those in its care only."""
    owners = {offer.owner_id for offer in offers if offer.owner_id is not None}
    own = owners & (viewer.own_ids - viewer.entrusted_ids)
    return own | await cared_for(viewer, owners - own)


def visible_responses(viewer: Viewer | Visibility) -> Q:
    """Its sender's side and the entry's owner's side; not the office, but for members that are in its care.

    The responses to entries of those are the office's alone.
    """
    own, deciding = list(viewer.own_ids), list(viewer.own_ids - viewer.entrusted_ids)
    if viewer.is_office:
        return _responses_of(own) | _responses_of(subquery(in_the_office_s_care(), "id"))
    # Who may see a response may see its entry: of one that is withheld its owner's side alone.
    return (Q(member_id__in=own) & in_sight("offer__")) | Q(offer__owner_id__in=deciding)


def _responses_of(members: Any) -> Q:
    """Those that these members have sent, and those to their entries."""
    return Q(member_id__in=members) | Q(offer__owner_id__in=members)


def sent_by(viewer: Viewer, member_id: int) -> Q:
    """The responses of this member, as far as the viewer may see them."""
    return visible_responses(viewer) & Q(member_id=member_id)


async def response_to_decide(viewer: Viewer, key: int | None) -> OfferResponse:
    """The response, locked, for the owner's side of its entry. Raises `Unauthenticated`, `NotFound`, `Forbidden`."""
    viewer.must_be_active()
    response = await locked(OfferResponse, visible_responses(viewer), key)
    await response.fetch_related("offer")
    if response.offer.owner_id in viewer.entrusted_ids and not viewer.is_office:
        raise Forbidden
    await _must_be_of_its_side(viewer, response.offer.owner_id)
    return response


async def response_to_withdraw(viewer: Viewer, key: int | None) -> OfferResponse:
    """The response, locked, for its sender's side. Raises `Unauthenticated`, `NotFound`, `Forbidden`."""
    viewer.must_be_active()
    response = await locked(OfferResponse, visible_responses(viewer), key)
    await _must_be_of_its_side(viewer, response.member_id)
    return response


async def _must_be_of_its_side(viewer: Viewer, member_id: int | None) -> None:
    """Raises `Forbidden` for who doesn't act for the member; for the office, too, where it isn't in its care."""
    if member_id not in viewer.acting_ids and not await cared_for(viewer, [member_id]):
        raise Forbidden
