"""Responses to entries: written, decided, withdrawn, and who reads them."""

from collections.abc import Sequence

from auth.access.accounts import in_whose_place
from auth.access.members import visible_members
from auth.access.offers import (
    is_own_offer,
    offer_to_answer,
    response_to_decide,
    response_to_withdraw,
    sent_by,
    visible_offers,
    visible_responses,
    whose_responses_are_seen,
)
from auth.access.rows import ForeignKeyRelation, everything, seen, seen_by_keys
from auth.refusals import NotFound
from models import OPEN_RESPONSES, Member, MemberStatus, Offer, OfferResponse, OfferStatus, ResponseStatus, now
from models.sql.orders import Order, by_id, by_instant
from models.sql.page_cursors import fingerprint
from models.sql.paging import Page, PageArguments, pages
from resolvers.acting_member import acting_member
from resolvers.context import Context
from resolvers.inputs.validation import Check, Values
from resolvers.limits.quotas import RESPONSES, hold, must_have_room
from resolvers.mail.queue import post
from resolvers.offers.mails import about_decision, about_new_response
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import change
from subscriptions.outbox import Changes

NEWEST_FIRST = Order("newest", (by_instant("created_at", descending=True), by_id(descending=True)))


# ---------------------------------------------------------------- read


async def offer_responses_by_id(
    ctx: Context, keys: Sequence[int], columns: frozenset[str] = frozenset()
) -> dict[int, OfferResponse]:
    """The rows of these keys that the viewer may see, by key."""
    return await seen_by_keys(OfferResponse, visible_responses, ctx.viewer, keys, columns)


async def offer_responses(
    ctx: Context, parents: Sequence[Offer], columns: frozenset[str], page: PageArguments
) -> Sequence[Page[OfferResponse] | None]:
    """The responses to each entry, newest first; None where the viewer isn't of its owner's side."""
    owners = await whose_responses_are_seen(ctx.viewer, parents)
    marks = {one.id: fingerprint("responses", one.id) for one in parents if one.owner_id in owners}
    rows = seen(OfferResponse, everything, ctx.viewer)  # of such an entry
    found = await pages(rows, NEWEST_FIRST, page, selection=columns, marks=marks, by="offer_id")
    return [found.get(one.id) for one in parents]


async def offer_viewer_response(
    ctx: Context, parents: Sequence[Offer], columns: frozenset[str], member_id: int | None = None
) -> Sequence[OfferResponse | None]:
    """The newest response of the viewer's own member, or of the one that they name, to each entry, whatever its status.

    None where the viewer isn't of that one's side.
    """
    whose = in_whose_place(ctx.viewer, member_id)
    if whose is None:
        return [None for _parent in parents]
    rows = await OfferResponse.filter(sent_by(ctx.viewer, whose), offer_id__in=[one.id for one in parents]).order_by(
        "created_at", "id"
    )
    newest = {row.offer_id: row for row in rows}
    return [newest.get(one.id) for one in parents]


# The entry that each answers, which who may see the response may see; and who sent it, as far as the viewer sees them.
offer_response_offer = ForeignKeyRelation(Offer, visible_offers, "offer_id", required=True)
offer_response_member = ForeignKeyRelation(Member, visible_members, "member_id")


# ---------------------------------------------------------------- write


async def respond_to_offer(ctx: Context, values: Values) -> OfferResponse:
    """Answer an entry on the board in the name of a member. Tells the owner's side by mail.

    Raises `Unauthenticated`, `Forbidden`, `UserErrors`.
    """
    check = Check("input")
    message = check.text("message", values, longest=5000, required=True)

    async def find() -> tuple[Offer, Member]:
        await hold(ctx.viewer, ctx.rules.quotas.responses, values.get("member_id"))
        try:
            offer = await offer_to_answer(ctx.viewer, values["offer_id"])
        except NotFound:
            raise refuse((), UserErrorCode.NOT_FOUND, _("There is no such entry.")) from None
        return offer, await acting_member(ctx, values.get("member_id"), "input", "memberId")

    async def act(changes: Changes, found: tuple[Offer, Member]) -> OfferResponse:
        offer, member = found
        if offer.status is not OfferStatus.PUBLISHED or offer.withheld_at is not None:
            raise refuse((), UserErrorCode.WRONG_STATE, _("This entry is not on the board at the moment."))
        if offer.owner_id == member.id or is_own_offer(ctx.viewer, offer):
            raise refuse((), UserErrorCode.WRONG_STATE, _("This entry is your own."))
        if await OfferResponse.filter(offer=offer, member=member, status__in=OPEN_RESPONSES).exists():
            raise refuse((), UserErrorCode.TAKEN, _("There is an answer to this entry already."))
        await must_have_room(ctx.viewer, ctx.rules.quotas.responses, RESPONSES, member.id)
        response = await OfferResponse.create(offer=offer, member=member, message=message)
        await post(ctx.rules, *await about_new_response(ctx.rules, offer, member, response))
        return response

    return await change(ctx, find, act, check)


async def decide_response(ctx: Context, key: int | None, accept: bool) -> OfferResponse:
    """Accept or decline a response, by the owner's side. Tells its sender's side by mail.

    Raises `Unauthenticated`, `NotFound`, `Forbidden`, `UserErrors`.
    """

    async def act(changes: Changes, response: OfferResponse) -> OfferResponse:
        _must_be(response, ResponseStatus.SENT)
        if accept and not await Member.filter(id=response.member_id, status=MemberStatus.ACTIVE).exists():
            # Both sides would see contact data, and one could do nothing with it.
            raise refuse((), UserErrorCode.WRONG_STATE, _("This member is not active."))
        response.status = ResponseStatus.ACCEPTED if accept else ResponseStatus.DECLINED
        response.decided_at = now()
        await response.save()
        await post(ctx.rules, *await about_decision(ctx.rules, response))
        return response

    return await change(ctx, lambda: response_to_decide(ctx.viewer, key), act)


async def withdraw_response(ctx: Context, key: int | None) -> OfferResponse:
    """Take a response back, by its sender's side.

    Raises `Unauthenticated`, `NotFound`, `Forbidden`, `UserErrors`.
    """

    async def act(changes: Changes, response: OfferResponse) -> OfferResponse:
        _must_be(response, *OPEN_RESPONSES)
        response.status = ResponseStatus.WITHDRAWN
        await response.save()
        return response

    return await change(ctx, lambda: response_to_withdraw(ctx.viewer, key), act)


def _must_be(response: OfferResponse, *states: ResponseStatus) -> None:
    if response.status not in states:
        raise refuse((), UserErrorCode.WRONG_STATE, _("The present state doesn't allow this."))
