"""Entries brought from state to state: by their owner's side and by the office."""

from contextlib import suppress

from auth.access.offers import OfferAction, is_another_s, needs_no_review, offer_to_change, offer_to_review
from auth.viewer import Viewer
from models import EventStatus, GroupStatus, MemberStatus, Offer, OfferStatus
from models.offers import published_before
from resolvers.context import Context
from resolvers.inputs.validation import Check
from resolvers.mail.letters import letter_to, sides_of
from resolvers.mail.queue import post
from resolvers.offers.mails import about_offers
from resolvers.offers.states import MOVES, changes_of, move
from resolvers.search.indexing import delete_row
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, UserErrors, refuse
from resolvers.versioned import change, raise_version
from subscriptions.changes import OfferDeleted
from subscriptions.outbox import Changes


async def publish_offer(ctx: Context, key: int | None) -> Offer:
    """Put a draft onto the board, or into review; take up a paused entry, renew an expired one.

    Raises `Unauthenticated`, `NotFound`, `Forbidden`, `UserErrors`.
    """

    async def act(changes: Changes, offer: Offer) -> Offer:
        return await _moved(ctx, changes, offer, await publishing(ctx.viewer, offer))

    return await change(ctx, lambda: offer_to_change(ctx.viewer, key, OfferAction.PUBLISH), act)


async def publishing(viewer: Viewer, offer: Offer) -> OfferAction:
    """What publishing is to this entry: SUBMIT for a draft of an owner none of whose entries was ever published.

    The office's word needs no review.
    """
    if offer.status is not OfferStatus.DRAFT or needs_no_review(viewer):
        return OfferAction.PUBLISH
    return OfferAction.PUBLISH if await published_before(offer.owner_id) else OfferAction.SUBMIT


async def publish_first_offer(ctx: Context, changes: Changes, offer: Offer) -> None:
    """Publish a draft as its owner would, within the transaction: the first goes to review, whoever lets the owner in.

    Where it can't be, as its last day is over, it stays a draft.
    """
    action = OfferAction.PUBLISH if await published_before(offer.owner_id) else OfferAction.SUBMIT
    with suppress(UserErrors):
        await _moved(ctx, changes, offer, action)


async def pause_offer(ctx: Context, key: int | None) -> Offer:
    """Take an entry off the board for a while. Raises as `publish_offer`."""
    return await _change(ctx, key, OfferAction.PAUSE)


async def withdraw_offer(ctx: Context, key: int | None, reason: str | None = None) -> Offer:
    """Take an entry back for good. Its side is written to where the office does that. Raises as `publish_offer`."""
    check = Check()
    text = check.text("reason", {"reason": reason}, longest=1000)

    async def act(changes: Changes, offer: Offer) -> Offer:
        await _moved(ctx, changes, offer, OfferAction.WITHDRAW, reason=text)
        if is_another_s(ctx.viewer, offer):
            said = _("The coordination office has withdrawn {what}.")
            await letter_to(ctx.rules, await sides_of(offer), _("Withdrawn: {title}"), offer, said, reason=text)
        return offer

    return await change(ctx, lambda: offer_to_change(ctx.viewer, key, OfferAction.WITHDRAW), act, check)


async def delete_offer_draft(ctx: Context, key: int | None) -> int:
    """Delete a draft that was never published, for good; its key. Raises as `publish_offer`."""

    async def act(changes: Changes, offer: Offer) -> int:
        if offer.status is not OfferStatus.DRAFT or offer.published_at is not None:
            raise refuse((), UserErrorCode.WRONG_STATE, _("Only a draft that was never published can be deleted."))
        await delete_row(offer)
        changes.tell(OfferDeleted(offer.id))
        return offer.id

    return await change(ctx, lambda: offer_to_change(ctx.viewer, key, OfferAction.DELETE), act)


async def fulfil_offer(ctx: Context, key: int | None) -> Offer:
    """End an entry that found what it looked for, or gave what it had. Raises as `publish_offer`."""
    return await _change(ctx, key, OfferAction.FULFIL)


async def review_offer(ctx: Context, key: int | None, accept: bool, reason: str | None) -> Offer:
    """Let an entry that waits for review onto the board, or send it back as a draft with a reason, which it needs.

    By the office. Tells the owner's side by mail. Raises as `publish_offer`.
    """
    check = Check()
    text = check.text("reason", {"reason": reason}, longest=1000, required=not accept)
    action = OfferAction.ACCEPT if accept else OfferAction.SEND_BACK

    async def act(changes: Changes, offer: Offer) -> Offer:
        if not accept:
            offer.status_reason = text
        await _moved(ctx, changes, offer, action)
        await post(ctx.rules, *await about_offers(ctx.rules, [offer]))
        return offer

    return await change(ctx, lambda: offer_to_review(ctx.viewer, key), act, check)


async def _change(ctx: Context, key: int | None, action: OfferAction) -> Offer:
    async def act(changes: Changes, offer: Offer) -> Offer:
        return await _moved(ctx, changes, offer, action)

    return await change(ctx, lambda: offer_to_change(ctx.viewer, key, action), act)


async def _must_be_backed(offer: Offer) -> None:
    """What it belongs to may have changed since it was made: a member that may not act now publishes nothing.

    Nor does anything new come into a closed group, or for a cancelled event. Raises `UserErrors`.
    """
    found = await Offer.filter(id=offer.id).values("owner__status", "group__status", "event__status")
    if found[0]["owner__status"] != MemberStatus.ACTIVE:
        raise refuse((), UserErrorCode.WRONG_STATE, _("This member is not active."))
    if found[0]["group__status"] == GroupStatus.CLOSED:
        raise refuse((), UserErrorCode.WRONG_STATE, _("This group is closed."))
    if found[0]["event__status"] == EventStatus.CANCELLED:
        raise refuse((), UserErrorCode.WRONG_STATE, _("This event was cancelled."))


async def _moved(
    ctx: Context, changes: Changes, offer: Offer, action: OfferAction, *, reason: str | None = None
) -> Offer:
    move(offer, action, ctx.rules.offer_lifetime)
    offer.status_reason = reason or offer.status_reason
    if MOVES[action].target in (OfferStatus.IN_REVIEW, OfferStatus.PUBLISHED):
        await _must_be_backed(offer)
    raise_version(offer)
    await offer.save()
    changes.tell(*changes_of(offer, action))
    return offer
