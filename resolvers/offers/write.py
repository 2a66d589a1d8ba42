"""Entries made and changed."""

import re
from collections.abc import Collection
from datetime import date
from typing import Any

from babel import Locale

from auth.access.events import visible_events
from auth.access.offers import OfferAction, group_to_offer_in, must_be_able_to_create_offers, offer_to_change
from auth.access.rows import by_keys
from auth.refusals import NotFound
from models import Event, EventStatus, Group, GroupStatus, Member, Offer, OfferDirection, OfferStatus, OfferTopic, now
from models.sql.slugs import insert_with_slug
from models.sql.statements import new_row
from models.text.folding import fold
from resolvers.acting_member import acting_member
from resolvers.context import Context
from resolvers.language import _
from resolvers.offers.states import changes_of, end_of, move, must_be_possible
from resolvers.offers.transitions import publishing
from resolvers.places import add_topics
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.validation import TOO_MANY_ENTRIES, Check, Values
from resolvers.versioned import Update, update
from subscriptions.changes import OfferDrafted, OfferUpdated
from subscriptions.outbox import Changes

_TAG = re.compile(
    r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|\d{3}))?((?:-(?:[A-Za-z\d]{5,8}|\d[A-Za-z\d]{3}))*)"
)
_LANGUAGES = frozenset(Locale.parse("en").languages)
_MOST_LANGUAGES = 10


async def create_offer(ctx: Context, values: Values) -> Offer:
    """Make an entry: a draft, or with `publish` onto the board (the first one to review) at once.

    Raises `Unauthenticated`, `Forbidden`, `UserErrors`.
    """
    must_be_able_to_create_offers(ctx.viewer)
    check = Check("input")
    columns = await _columns(check, values)
    _judge_order(check, columns.get("available_from"), columns.get("available_until"))
    topics = await check.topics("topics", values)

    async def work(changes: Changes) -> Offer:
        wrong = check.again()
        owner = await wrong.found(acting_member(ctx, values.get("owner_id"), "input", "ownerId"))
        group = await wrong.found(_group(ctx, owner, values.get("group_id"))) if owner else None
        event = await wrong.found(_event(ctx, values.get("event_id")))
        wrong.done()
        assert owner is not None
        offer = new_row(
            Offer,
            **columns,
            direction=OfferDirection(values["direction"]),
            owner_id=owner.id,
            group_id=group and group.id,
            event_id=event and event.id,
        )
        with_derived(offer)
        action = await publishing(ctx.viewer, offer) if values.get("publish") else None
        if action:
            move(offer, action, ctx.rules.offer_lifetime, day_at=("input", "availableUntil"))
        await insert_with_slug(offer, offer.title)
        await add_topics(*_TOPICS, offer.id, topics)
        changes.tell(*(changes_of(offer, action) if action else [OfferDrafted(offer.id)]))
        return offer

    return await ctx.outbox.write(work)


async def update_offer(ctx: Context, values: Values) -> Offer:
    """Change what is given of the entry `id`.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, `UserErrors`.
    """
    return await update(ctx, values["id"], values, _HOW)


async def _columns(check: Check, values: Values) -> dict[str, Any]:
    """The columns of what stands in `values`; an input of something new has all that must not be empty."""
    columns: dict[str, Any] = {}
    if "title" in values:
        columns["title"] = check.line("title", values, longest=200, shortest=3, required=True)
    if "description" in values:
        columns["description"] = check.text("description", values, longest=10_000, required=True)
    for name in ("category", "remote"):
        if name in values:
            columns[name] = values[name]
            if values[name] is None:
                check.fail(name, UserErrorCode.REQUIRED, _("Please fill this in."))
    if "district" in values:
        columns["district_id"] = await check.district("district", values)
    columns.update(await check.venue(values))
    if "minimum_age" in values:
        columns["minimum_age"] = check.number("minimum_age", values, lowest=0, highest=99)
    if "hours_per_week" in values:
        columns["hours_per_week"] = check.number("hours_per_week", values, lowest=0, highest=80, above=True)
    if "languages" in values:
        columns["languages"] = _languages(check, values["languages"] or ())
    for name in ("available_from", "available_until"):
        if name in values:
            columns[name] = values[name]
    return columns


def _languages(check: Check, tags: Any) -> list[str]:
    """Language tags in the spelling of RFC 5646, each once."""
    if len(tags) > _MOST_LANGUAGES:
        check.fail("languages", UserErrorCode.TOO_LONG, TOO_MANY_ENTRIES, most=_MOST_LANGUAGES)
        return []
    found = []
    for number, tag in enumerate(tags):
        match = _TAG.fullmatch(tag.strip())
        if match is None or match[1].lower() not in _LANGUAGES:
            check.fail(
                f"languages.{number}", UserErrorCode.INVALID, _("This is no language tag such as de, tr or pt-BR.")
            )
            continue
        language, script, region, variants = match.groups()
        parts = [language.lower(), script and script.title(), region and region.upper()]
        found.append("-".join(part for part in parts if part) + variants.lower())
    return list(dict.fromkeys(found))


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


def with_derived(offer: Offer) -> Offer:
    """The entry with the columns that follow from others: what its words are found in."""
    offer.title_text = fold(offer.title)[:400]
    offer.search_text = fold(f"{offer.title} {offer.description}")
    return offer


_TOPICS = (OfferTopic, "offer_id")
_HOW = Update(
    shown_as="offer",
    find=lambda viewer, key: offer_to_change(viewer, key, OfferAction.UPDATE),
    judge=_columns,
    possible=lambda _ctx, offer, _columns: must_be_possible(offer, OfferAction.UPDATE),
    settle=_judge_days,
    derive=with_derived,
    topics=_TOPICS,
    told=lambda offer, _changed: [OfferUpdated(offer.id)],
)


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
