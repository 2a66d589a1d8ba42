"""Why the viewer can't do something about entries, said before they try: what the mutation would refuse."""

from collections.abc import Sequence
from typing import cast

from auth.access.members import obstacle_by_right, obstacle_to_take_part
from auth.access.offers import OfferAction, acts_for_offer, is_own_offer
from auth.refusals import Obstacle
from models import OPEN_RESPONSES, Offer, OfferResponse, OfferStatus
from resolvers.context import Context
from resolvers.offers.states import MOVES


async def offer_viewer_can_respond(
    ctx: Context, parents: Sequence[Offer], columns: frozenset[str], member_id: int | None = None
) -> list[bool]:
    """Whether `respond_to_offer` would take an answer of the viewer's own member, or the one named, but for quotas."""
    return [one is None for one in await offer_viewer_can_respond_reason(ctx, parents, columns, member_id)]


async def offer_viewer_can_respond_reason(
    ctx: Context, parents: Sequence[Offer], columns: frozenset[str], member_id: int | None = None
) -> list[Obstacle | None]:
    """Why it wouldn't; None where it would. One statement, however many entries."""
    obstacle = await obstacle_to_take_part(ctx.viewer, member_id)
    if obstacle is not None:
        return [obstacle] * len(parents)
    member_id = ctx.viewer.member_id if member_id is None else member_id
    keys = [offer.id for offer in parents]
    sent = OfferResponse.filter(offer_id__in=keys, member_id=member_id, status__in=OPEN_RESPONSES)
    answered = set(cast("list[int]", await sent.values_list("offer_id", flat=True)))
    found: list[Obstacle | None] = []
    for offer in parents:  # in the order in which the mutation refuses
        if offer.status is not OfferStatus.PUBLISHED or offer.withheld_at is not None:
            found.append(Obstacle.WRONG_STATE)
        elif offer.owner_id == member_id or is_own_offer(ctx.viewer, offer):
            found.append(Obstacle.OWN)
        else:
            found.append(Obstacle.TAKEN if offer.id in answered else None)
    return found


async def offer_viewer_can_update_reason(
    ctx: Context, parents: Sequence[Offer], columns: frozenset[str]
) -> list[Obstacle | None]:
    """Why the viewer can't change each; None where they can."""
    states, why = MOVES[OfferAction.UPDATE].sources, obstacle_by_right(ctx.viewer)
    return [
        why if not acts_for_offer(ctx.viewer, one) else None if one.status in states else Obstacle.WRONG_STATE
        for one in parents
    ]
