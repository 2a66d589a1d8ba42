"""Entries made and changed."""

from collections.abc import Collection
from datetime import date
from typing import Any

from auth.access.events import visible_events
from auth.access.offers import OfferAction, group_to_offer_in, must_be_able_to_create_offers, offer_to_change
from auth.access.rows import by_keys
from auth.refusals import NotFound
from models import Event, EventStatus, Group, GroupStatus, Member, Offer, OfferDirection, OfferStatus, OfferTopic, now
from models.offers import topic_keys
from models.text.language_tags import read_tag
from resolvers.acting_member import acting_member
from resolvers.context import Context
from resolvers.inputs.columns import as_given, chosen, district, line, number, text, venue
from resolvers.inputs.validation import TOO_MANY_ENTRIES, Check, Values
from resolvers.inputs.weekly_times import weekly_times
from resolvers.limits.quotas import OFFERS_MADE, hold, must_have_room
from resolvers.offers.states import changes_of, end_of, move, must_be_possible
from resolvers.offers.transitions import publishing
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import NewRow, Versioned, judge_new, update
from subscriptions.changes import OfferDrafted, OfferUpdated
from subscriptions.outbox import Changes

_MOST_LANGUAGES = 10


async def create_offer(ctx: Context, values: Values) -> Offer:
    """Make an entry: a draft, or with `publish` onto the board (the first one to review) at once.

    Raises `Unauthenticated`, `Forbidden`, `UserErrors`.
    """
    must_be_able_to_create_offers(ctx.viewer)
    new = await _judge(values, ("input",))

    async def work(changes: Changes) -> Offer:
        wrong = new.check.again()
        owner = await wrong.found(acting_member(ctx, values.get("owner_id"), "input", "ownerId"))
        group = await wrong.found(_group(ctx, owner, values.get("group_id"))) if owner else None
        event = await wrong.found(_event(ctx, values.get("event_id")))
        wrong.done()
        assert owner is not None
        await hold(ctx.viewer, ctx.rules.quotas.offers, owner.id)
        await must_have_room(ctx.viewer, ctx.rules.quotas.offers, OFFERS_MADE, owner.id)
        offer = new.row(
            direction=OfferDirection(values["direction"]),
            owner_id=owner.id,
            group_id=group and group.id,
            event_id=event and event.id,
            topic_keys=topic_keys(new.topics),
        )
        action = await publishing(ctx.viewer, offer) if values.get("publish") else None
        if action:
            move(offer, action, ctx.rules.offer_lifetime, day_at=("input", "availableUntil"))
        await new.insert(offer)
        changes.tell(*(changes_of(offer, action) if action else [OfferDrafted(offer.id)]))
        return offer

    return await ctx.outbox.write(work)


async def judge_first_offer(values: Values, *path: str) -> NewRow[Offer]:
    """An entry of an organisation that is none yet, at `path`: it belongs to nothing else."""
    new = await _judge(values, path)
    for name in ("owner_id", "group_id", "event_id"):
        if values.get(name) is not None:
            new.check.fail(name, UserErrorCode.INVALID, _("Please leave this out: the entry is the organisation's."))
    return new


async def store_first_offer(changes: Changes, new: NewRow[Offer], direction: str, owner_id: int) -> Offer:
    """Store it as a draft, within the transaction."""
    keys = topic_keys(new.topics)
    offer = await new.insert(new.row(direction=OfferDirection(direction), owner_id=owner_id, topic_keys=keys))
    changes.tell(OfferDrafted(offer.id))
    return offer


async def update_offer(ctx: Context, values: Values) -> Offer:
    """Change what is given of the entry `id`.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, `UserErrors`.
    """
    return await update(ctx, values["id"], values, OFFERS)


async def language_tags(check: Check, name: str, values: Values) -> dict[str, Any]:
    """Language tags in the spelling of RFC 5646, each once."""
    tags = values[name] or ()
    if len(tags) > _MOST_LANGUAGES:
        check.fail(name, UserErrorCode.TOO_LONG, TOO_MANY_ENTRIES, most=_MOST_LANGUAGES)
        return {name: []}
    found = []
    for place, tag in enumerate(tags):
        found.append(read_tag(tag))
        if found[-1] is None:
            check.fail(f"{name}.{place}", UserErrorCode.INVALID, _("This is no language tag such as de, tr or pt-BR."))
    return {name: list(dict.fromkeys(one for one in found if one is not None))}


async def _judge(values: Values, path: tuple[str, ...]) -> NewRow[Offer]:
    new = await judge_new(OFFERS, values, path)
    _judge_order(new.check, new.columns.get("available_from"), new.columns.get("available_until"))
    return new


def _judge_order(check: Check, first: date | None, last: date | None) -> None:
    if first is not None and last is not None and first > last:
        check.fail("available_until", UserErrorCode.OUT_OF_RANGE, _("The last day is before the first one."))


async def _judge_days(ctx: Context, offer: Offer, changed: Collection[str], values: Values) -> None:
    """Hold the days of a changed entry in order; on the board, let it expire when its last day ends."""
    check = Check("input")
    _judge_order(check, offer.available_from, offer.available_until)
    check.done()
    if "available_until" in changed and offer.status is OfferStatus.PUBLISHED and offer.published_at:
        end = end_of(offer.published_at, offer.available_until, ctx.rules.offer_lifetime)
        if end <= now():
            check.fail(
                "available_until", UserErrorCode.OUT_OF_RANGE, _("Its last day is over. Please give a later one.")
            )
        offer.expires_at = end
    check.done()


async def _group(ctx: Context, owner: Member, key: int | None) -> Group | None:
    if key is None:
        return None
    path = ("input", "groupId")
    try:
        group = await group_to_offer_in(ctx.viewer, owner, key)
    except NotFound:
        raise refuse(path, UserErrorCode.NOT_FOUND, _("There is no such group.")) from None
    if group.status is GroupStatus.CLOSED:
        raise refuse(path, UserErrorCode.WRONG_STATE, _("This group is closed."))
    return group


async def _event(ctx: Context, key: int | None) -> Event | None:
    if key is None:
        return None
    event = (await by_keys(Event, visible_events(ctx.viewer), [key])).get(key)
    if event is None:
        raise refuse(("input", "eventId"), UserErrorCode.NOT_FOUND, _("There is no such event."))
    if event.status is EventStatus.CANCELLED:
        raise refuse(("input", "eventId"), UserErrorCode.WRONG_STATE, _("This event was cancelled."))
    return event


OFFERS = Versioned(
    Offer,
    shown_as="offer",
    named_by="title",
    columns={
        "title": line(longest=200, shortest=3, required=True),
        "description": text(longest=10_000, required=True),
        "category": chosen(),
        "remote": chosen(),
        "district": district,
        "venue": venue,
        "minimum_age": number(lowest=0, highest=99),
        "hours_per_week": number(lowest=0, highest=80, above=True),
        "languages": language_tags,
        "available_from": as_given,
        "available_until": as_given,
        "times": weekly_times,
        "commitment": as_given,
    },
    topics=(OfferTopic, "offer_id"),
    find=lambda viewer, key: offer_to_change(viewer, key, OfferAction.UPDATE),
    possible=lambda _ctx, offer, _columns: must_be_possible(offer, OfferAction.UPDATE),
    settle=_judge_days,
    told=lambda offer, _changed: [OfferUpdated(offer.id)],
)
