"""What people are told by mail about what others did: in both languages, read as a mail program reads it."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from models import (
    GroupMembership,
    Mail,
    MembershipStatus,
    MemberStatus,
    OfferResponse,
    OfferStatus,
    Registration,
    RegistrationStatus,
    Report,
    ReportReason,
    ReportStatus,
    ResponseStatus,
    now,
)
from resolvers.context import Rules
from resolvers.events.mails import tell_of_a_seat, tell_of_cancellation
from resolvers.groups.mails import (
    tell_of_acceptance,
    tell_of_invitation,
    tell_of_refusal,
    tell_of_removal,
    tell_of_request,
)
from resolvers.mail.queue import post
from resolvers.members.mails import asked_for, decided, decided_together, invitation
from resolvers.moderation.mails import tell_of_hiding, tell_of_report, tell_the_registered
from resolvers.offers.mails import about_decision, about_new_response, about_offers
from resolvers.privacy.mails import tell_of_export, tell_of_inactivity, tell_of_leaving, tell_the_office
from tests.resolvers.accounts.test_mails import OPENINGS, read
from tests.world import World

# What somebody has typed stands in both languages as it is.
TYPED = "Bitte bis Freitag."
_SECOND = re.compile(r"^(?=Hello,$)", re.M)


async def offers(world: World, rules: Rules) -> None:
    owner, other = await world.member("Anna"), await world.member("Berta")
    for one in (owner, other):
        await world.account(one)
    for status in (OfferStatus.PUBLISHED, OfferStatus.DRAFT, OfferStatus.EXPIRED):
        offer = await world.offer("Tisch", owner, status=status, status_reason=TYPED)
        await post(rules, *await about_offers(rules, [offer]))
    for answer in (ResponseStatus.SENT, ResponseStatus.ACCEPTED, ResponseStatus.DECLINED):
        offer = await world.offer("Bank", owner)
        response = await OfferResponse.create(offer=offer, member=other, message=TYPED, status=answer)
        if answer is ResponseStatus.SENT:
            await post(rules, *await about_new_response(rules, offer, other, response))
        else:
            await post(rules, *await about_decision(rules, response))


async def events(world: World, rules: Rules) -> None:
    who = await world.member("Anna")
    await world.account(who)
    event = await world.event("Fest", status_reason=TYPED)
    await tell_of_a_seat(rules, event, [who.id])
    await tell_of_cancellation(rules, event, [who.id])
    await Registration.create(event=event, member=who, status=RegistrationStatus.CONFIRMED, queue_number=1)
    for withheld in (True, False):
        await tell_the_registered(rules, [event], withheld=withheld)


async def groups(world: World, _rules: Rules) -> None:
    who, other = await world.member("Anna"), await world.member("Berta")
    await world.account(who)
    group, ctx = await world.group("AG Fest", who), await world.context()
    await tell_of_invitation(ctx, group, who.id)
    await tell_of_request(ctx, group, other)
    await tell_of_acceptance(ctx, group, who.id)
    await tell_of_refusal(ctx, group, who.id)
    for joined in (None, now()):
        ended = GroupMembership(
            group=group, member=who, status=MembershipStatus.REMOVED, joined_at=joined, status_reason=TYPED
        )
        await tell_of_removal(ctx, group, ended)


async def members(world: World, rules: Rules) -> None:
    club, anna = await world.organisation("Verein"), "anna@example.org"
    for status in (MemberStatus.ACTIVE, MemberStatus.DECLINED, MemberStatus.SUSPENDED):
        person = await world.member("Anna", status, status_reason=TYPED)
        await post(rules, decided(rules, anna, person))
        if status is not MemberStatus.SUSPENDED:
            await post(rules, decided_together(rules, anna, [person, club]))
    await post(rules, invitation(rules, anna, club, TYPED), asked_for(rules, "amt@example.org", club, person))


async def moderation(world: World, rules: Rules) -> None:
    who = await world.member("Anna")
    await world.account(who)
    offer = await world.offer("Tisch", who, hidden_at=now(), hidden_reason=TYPED)
    await tell_of_hiding(rules, offer)
    offer.hidden_at = None
    await tell_of_hiding(rules, offer)
    for status in (ReportStatus.UPHELD, ReportStatus.DISMISSED):
        report = Report(reporter=who, reason=ReportReason.OTHER, status=status, note=TYPED)
        await tell_of_report(rules, report, offer)


async def privacy(world: World, rules: Rules) -> None:
    await world.office()
    await tell_of_leaving(rules, ["anna@example.org"], "Anna")
    await tell_the_office(rules, ["Verein"], ["AG Fest"])
    await tell_of_inactivity(rules, "anna@example.org", now() - timedelta(days=999), now())
    await tell_of_export(rules, "anna@example.org", "https://example.org/exports/a.zip", datetime.now().astimezone())


@pytest.mark.walk
@pytest.mark.parametrize("cause", [offers, events, groups, members, moderation, privacy], ids=lambda one: one.__name__)
async def test_each_is_in_both_languages_and_begins_as_they_do(
    world: World, cause: Callable[[World, Rules], Awaitable[None]]
) -> None:
    await cause(world, world.services.rules)
    mails = await Mail.all()
    assert len(mails) >= 4
    for one in mails:
        found = read(one)
        assert found["Subject"] == one.subject
        assert not re.search(r"[{}]", one.subject + one.body)
        assert " / " in one.subject
        german, english = _SECOND.split(found.get_content().replace("\r\n", "\n"), maxsplit=1)
        assert OPENINGS["de"].match(german), german
        assert OPENINGS["en"].match(english), english
        same = {part.strip() for part in {*german.split("\n\n")} & {*english.split("\n\n")}}
        assert {part for part in same if "://" not in part} <= {TYPED, ""}
        assert german.count(TYPED) == english.count(TYPED)
