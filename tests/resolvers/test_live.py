"""What subscriptions send: what just changed, as the viewer may see it when it is sent."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models import (
    Event,
    EventStatus,
    Member,
    MemberStatus,
    Offer,
    OfferStatus,
    Representation,
    SignInSession,
    now,
)
from schema.declare.ids import global_id
from subscriptions import changes
from subscriptions.changes import Change
from subscriptions.outbox import Changes
from tests.conditions import soon, until
from tests.world import Answer, World

CREATE = (
    """mutation ($input: CreateOfferInput!) { createOffer(input: $input) { offer { id } userErrors { code path } } }"""
)
UPDATE = """mutation ($input: UpdateOfferInput!) { updateOffer(input: $input) { userErrors { code path } } }"""
PUBLISHED = """subscription ($filter: OfferFilter, $after: String) {
  offerPublished(filter: $filter, after: $after) { cursor occurredAt offer { title owner { name } } } }"""
CHANGED = """subscription ($id: ID!, $after: String) {
  offerChanged(id: $id, after: $after) { cursor change offerId offer { title status } } }"""
GROUP = """subscription ($id: ID, $after: String) { groupUpdated(id: $id, after: $after) { cursor groupId group { name }
  change { __typename
    ... on GroupDetailsChanged { fields }
    ... on GroupMemberJoined { member { name } role }
    ... on GroupMemberLeft { memberId whoLeft: member { name } }
    ... on GroupRoleChanged { member { name } role }
    ... on GroupPostPublished { post { title } }
    ... on GroupEventScheduled { event { title } }
    ... on GroupOfferPublished { offer { title } } } } }"""
EVENT = """subscription ($id: ID, $after: String) {
  eventChanged(id: $id, after: $after) { cursor change eventId event { title confirmedCount } } }"""
FIGURES = """subscription { networkStatistics { id memberCount seekingOfferCount upcomingEventCount asOf } }"""


async def tell(world: World, *told: Change) -> None:
    """Commit changes, as a mutation does it."""

    async def work(changes: Changes) -> None:
        changes.tell(*told)

    await world.services.outbox.write(work)


def one(answer: Answer) -> Any:
    """What the one field of an update holds."""
    assert not answer.errors, answer.errors
    assert answer.data is not None
    (value,) = answer.data.values()
    return value


async def take(updates: AsyncGenerator[Answer, None], count: int) -> list[Any]:
    """The next updates."""
    return [one(await soon(anext(updates))) for _number in range(count)]


def begun(updates: AsyncGenerator[Answer, None]) -> asyncio.Task[Answer]:
    """The next update, waited for beside what follows."""

    async def next_one() -> Answer:
        return await anext(updates)

    return asyncio.create_task(next_one())


async def ended(updates: AsyncGenerator[Answer, None]) -> bool:
    """Whether the subscription completes without another update."""
    return [answer async for answer in updates] == []


async def publish(world: World, owner: Member, title: str, **fields: Any) -> str:
    """Publish an entry through the API; its opaque id."""
    values = {
        "direction": "SEEK",
        "category": "ROOM",
        "title": title,
        "description": "Wir freuen uns.",
        "publish": True,
        **fields,
    }
    answer = await world.data(CREATE, owner, input=values)
    assert answer["createOffer"]["userErrors"] == []
    return str(answer["createOffer"]["offer"]["id"])


async def trusted(world: World, name: str = "Erika Muster") -> Member:
    """A member whose entries are published at once, because one was before."""
    member = await world.member(name)
    await world.offer("Der erste", member, status=OfferStatus.WITHDRAWN)
    return member


# ---------------------------------------------------------------- offerPublished


async def test_an_entry_is_told_when_it_comes_onto_the_board(world: World) -> None:
    owner = await trusted(world)
    async with aclosing(world.subscribe(PUBLISHED)) as updates:
        first = begun(updates)
        await until(lambda: world.services.hub.waiting == 1)
        await publish(world, owner, "Raum gesucht")
        answer = await soon(first)
    assert one(answer)["offer"] == {"title": "Raum gesucht", "owner": {"name": "Erika Muster"}}
    assert answer.extensions == {"cursor": one(answer)["cursor"]}


async def test_the_filter_of_a_subscription_is_that_of_the_list(world: World) -> None:
    owner = await trusted(world)
    cursor = await world.services.hub.cursor()
    for title, category in [("Zelt", "MATERIAL"), ("Saal", "ROOM"), ("Stühle", "MATERIAL")]:
        await publish(world, owner, title, category=category)
    async with aclosing(world.subscribe(PUBLISHED, after=cursor, filter={"categories": ["MATERIAL"]})) as updates:
        assert [update["offer"]["title"] for update in await take(updates, 2)] == ["Zelt", "Stühle"]


async def test_who_resumes_gets_what_is_visible_now_and_misses_nothing(world: World) -> None:
    owner = await trusted(world)
    cursor = await world.services.hub.cursor()
    titles = ["Eins", "Zwei", "Drei", "Vier"]
    keys = [await publish(world, owner, title) for title in titles]
    async with aclosing(world.subscribe(PUBLISHED, after=cursor)) as updates:
        seen = await take(updates, 4)
    assert [update["offer"]["title"] for update in seen] == titles
    await world.data("mutation ($id: ID!) { withdrawOffer(id: $id) { userErrors { code } } }", owner, id=keys[2])
    for number, update in enumerate(seen[:2]):
        async with aclosing(world.subscribe(PUBLISHED, after=update["cursor"])) as updates:
            rest = await take(updates, 2 - number)
        assert [one["offer"]["title"] for one in rest] == [titles[n] for n in range(number + 1, 4) if n != 2]


@pytest.mark.walk
@pytest.mark.parametrize("document", [PUBLISHED, CHANGED, GROUP, EVENT])
async def test_a_cursor_that_is_none_is_refused(world: World, document: str) -> None:
    answers = [answer async for answer in world.subscribe(document, after="x", id="x")]
    assert [answer.codes for answer in answers] == [["BAD_REQUEST"]]


# ---------------------------------------------------------------- offerChanged


async def test_every_change_of_one_entry_is_told(world: World) -> None:
    owner = await trusted(world)
    key = await publish(world, owner, "Raum")
    other = await publish(world, owner, "Anderes")
    await until(lambda: world.services.hub.position.seq == 2)
    cursor = await world.services.hub.cursor()
    for one_id in (other, key):
        await world.data(UPDATE, owner, input={"id": one_id, "title": "Großer Raum"})
        await world.data("mutation ($id: ID!) { pauseOffer(id: $id) { userErrors { code } } }", owner, id=one_id)
    async with aclosing(world.subscribe(CHANGED, after=cursor, id=key)) as updates:
        seen = await take(updates, 2)
    assert [update["change"] for update in seen] == ["UPDATED", "PAUSED"]
    assert {update["offerId"] for update in seen} == {key}
    assert seen[0]["offer"] == {"title": "Großer Raum", "status": "PAUSED"}  # as it is when it is sent


async def test_an_entry_out_of_sight_is_not_found(world: World) -> None:
    draft = await world.offer("Entwurf", await world.member(), status=OfferStatus.DRAFT)
    for id in (global_id("Offer", draft.id), global_id("Offer", 999), global_id("Group", draft.id), "?"):
        answers = [answer async for answer in world.subscribe(CHANGED, id=id)]
        assert [answer.codes for answer in answers] == [["NOT_FOUND"]]


async def test_an_entry_that_is_hidden_is_told_once_then_the_subscription_completes(world: World) -> None:
    offer = await world.offer("Raum", await world.member())
    cursor = await world.services.hub.cursor()
    await tell(world, changes.OfferUpdated(offer.id))
    async with aclosing(world.subscribe(CHANGED, after=cursor, id=global_id("Offer", offer.id))) as updates:
        (first,) = await take(updates, 1)
        await Offer.filter(id=offer.id).update(status=OfferStatus.DRAFT)
        await tell(world, changes.OfferSentBack(offer.id), changes.OfferUpdated(offer.id))
        (last,) = await take(updates, 1)
        assert await soon(ended(updates))
    assert first["change"] == "UPDATED"
    assert (last["change"], last["offer"], last["offerId"]) == ("REMOVED", None, first["offerId"])


async def test_a_right_that_is_revoked_between_two_changes_holds_for_the_second(world: World) -> None:
    person, club = await world.member("Person"), await world.organisation("Verein")
    await Representation.create(organisation=club, person=person)
    draft = await world.offer("Entwurf", club, status=OfferStatus.DRAFT)
    cursor = await world.services.hub.cursor()
    await tell(world, changes.OfferUpdated(draft.id))
    async with aclosing(world.subscribe(CHANGED, person, after=cursor, id=global_id("Offer", draft.id))) as updates:
        assert (await take(updates, 1))[0]["offer"]["title"] == "Entwurf"
        await Representation.filter(person=person).delete()
        await tell(world, changes.OfferUpdated(draft.id))
        (last,) = await take(updates, 1)
        assert (last["change"], last["offer"]) == ("REMOVED", None)
        assert await soon(ended(updates))


async def test_a_lost_right_ends_a_subscription_without_a_change_of_the_entry(world: World) -> None:
    person, club = await world.member("Person"), await world.organisation("Verein")
    await Representation.create(organisation=club, person=person)
    draft = await world.offer("Entwurf", club, status=OfferStatus.DRAFT)
    cursor = await world.services.hub.cursor()
    office = await world.office()
    async with aclosing(world.subscribe(CHANGED, person, after=cursor, id=global_id("Offer", draft.id))) as updates:
        document = """mutation ($o: ID!, $m: ID!) {
          removeRepresentative(organisationId: $o, memberId: $m) { userErrors { code } } }"""
        first = begun(updates)
        await until(lambda: world.services.hub.waiting == 1)
        await world.data(document, office, o=global_id("Member", club.id), m=global_id("Member", person.id))
        assert one(await soon(first))["change"] == "REMOVED"
        assert await soon(ended(updates))


# ---------------------------------------------------------------- sessions


async def test_a_session_that_ends_ends_its_subscriptions(world: World) -> None:
    member = await world.member()
    context = await world.context(member)
    async with aclosing(world.subscribe(PUBLISHED, context)) as updates:
        first = begun(updates)
        await until(lambda: world.services.hub.waiting == 1)
        await world.data("mutation { signOut { userErrors { code } } }", context)
        assert (await soon(first)).codes == ["UNAUTHENTICATED"]
        assert await soon(ended(updates))


async def test_an_update_after_the_session_ended_is_not_sent(world: World) -> None:
    member, owner = await world.member(), await trusted(world)
    context = await world.context(member)
    cursor = await world.services.hub.cursor()
    await publish(world, owner, "Eins")
    async with aclosing(world.subscribe(PUBLISHED, context, after=cursor)) as updates:
        await take(updates, 1)
        await SignInSession.filter(id=context.viewer.session_id).update(ended_at=now())
        await publish(world, owner, "Zwei")
        assert (await soon(anext(updates))).codes == ["UNAUTHENTICATED"]


async def test_a_token_that_expires_ends_its_subscriptions(world: World) -> None:
    context = await world.context(await world.member())
    context = replace(context, expires_at=now() + timedelta(seconds=0.3))
    async with aclosing(world.subscribe(PUBLISHED, context)) as updates:
        assert (await soon(anext(updates))).codes == ["UNAUTHENTICATED"]


# ---------------------------------------------------------------- groupUpdated


async def test_what_happens_in_a_group_is_told(world: World) -> None:
    leader, member = await trusted(world, "Leitung"), await world.member("Neu")
    group = await world.group("AG Schule", coordinator=leader)
    event = await world.event("Treffen", group=group)
    cursor = await world.services.hub.cursor()
    id = global_id("Group", group.id)
    await world.data("mutation ($id: ID!) { joinGroup(id: $id) { userErrors { code } } }", member, id=id)
    post = """mutation ($input: PublishGroupPostInput!) { publishGroupPost(input: $input) { userErrors { code } } }"""
    await world.data(post, leader, input={"groupId": id, "title": "Neues", "body": "Text"})
    await publish(world, leader, "Raum", groupId=id)
    await tell(world, changes.GroupEventScheduled(group.id, event.id))
    await tell(world, changes.GroupRoleChanged(group.id, member.id, "COORDINATOR"))
    await world.data("mutation ($id: ID!) { leaveGroup(id: $id) { userErrors { code } } }", member, id=id)
    update = """mutation ($input: UpdateGroupInput!) { updateGroup(input: $input) { userErrors { code } } }"""
    await world.data(update, leader, input={"id": id, "name": "AG Jugend"})
    async with aclosing(world.subscribe(GROUP, after=cursor, id=id)) as updates:
        seen = await take(updates, 7)
    assert [update["change"] for update in seen] == [
        {"__typename": "GroupMemberJoined", "member": {"name": "Neu"}, "role": "MEMBER"},
        {"__typename": "GroupPostPublished", "post": {"title": "Neues"}},
        {"__typename": "GroupOfferPublished", "offer": {"title": "Raum"}},
        {"__typename": "GroupEventScheduled", "event": {"title": "Treffen"}},
        {"__typename": "GroupRoleChanged", "member": {"name": "Neu"}, "role": "COORDINATOR"},
        {"__typename": "GroupMemberLeft", "memberId": global_id("Member", member.id), "whoLeft": {"name": "Neu"}},
        {"__typename": "GroupDetailsChanged", "fields": ["name"]},
    ]
    assert {(update["groupId"], update["group"]["name"]) for update in seen} == {(id, "AG Jugend")}


async def test_what_is_out_of_sight_is_skipped(world: World) -> None:
    hidden = await world.member("Gesperrt", MemberStatus.SUSPENDED)
    group, other = await world.group("Eine"), await world.group("Andere")
    draft = await world.event("Entwurf", group=group, status=EventStatus.DRAFT)
    offer = await world.offer("Entwurf", hidden, status=OfferStatus.DRAFT)
    cursor = await world.services.hub.cursor()
    await tell(
        world,
        changes.GroupMemberJoined(group.id, hidden.id, "MEMBER"),
        changes.GroupRoleChanged(group.id, hidden.id, "MEMBER"),
        changes.GroupEventScheduled(group.id, draft.id),
        changes.GroupOfferPublished(group.id, offer.id),
        changes.GroupPostPublished(group.id, 999),
        changes.GroupDetailsChanged(999, ["name"]),
        changes.GroupCreated(other.id),
        changes.GroupMemberLeft(group.id, hidden.id),
    )
    async with aclosing(world.subscribe(GROUP, after=cursor)) as updates:
        new, left = await take(updates, 2)
    assert (new["group"]["name"], new["change"]["__typename"]) == ("Andere", "GroupDetailsChanged")
    assert left["change"] == {
        "__typename": "GroupMemberLeft",
        "memberId": global_id("Member", hidden.id),
        "whoLeft": None,
    }


async def test_a_group_that_is_none_is_not_found(world: World) -> None:
    answers = [answer async for answer in world.subscribe(GROUP, id=global_id("Group", 999))]
    assert [answer.codes for answer in answers] == [["NOT_FOUND"]]


# ---------------------------------------------------------------- eventChanged


async def test_what_happens_to_events_is_told_as_far_as_they_are_seen(world: World) -> None:
    host = await world.member("Gastgeber")
    event = await world.event("Treffen", host=host)
    draft = await world.event("Entwurf", host=host, status=EventStatus.DRAFT)
    cursor = await world.services.hub.cursor()
    await tell(
        world,
        changes.EventPublished(event.id),
        changes.EventUpdated(draft.id),
        changes.EventSeatsChanged(event.id),
        changes.EventCancelled(event.id),
    )
    async with aclosing(world.subscribe(EVENT, after=cursor)) as updates:
        seen = await take(updates, 3)
    assert [update["change"] for update in seen] == ["PUBLISHED", "SEATS_CHANGED", "CANCELLED"]
    async with aclosing(world.subscribe(EVENT, host, after=cursor)) as updates:
        assert [(await take(updates, 2))[1]["event"]["title"]] == ["Entwurf"]
    async with aclosing(world.subscribe(EVENT, host, after=cursor, id=global_id("Event", draft.id))) as updates:
        assert (await take(updates, 1))[0]["change"] == "UPDATED"


async def test_an_event_that_is_hidden_is_told_once(world: World) -> None:
    event = await world.event("Treffen")
    id = global_id("Event", event.id)
    cursor = await world.services.hub.cursor()
    async with aclosing(world.subscribe(EVENT, after=cursor, id=id)) as updates:
        await tell(world, changes.EventSeatsChanged(event.id))
        await take(updates, 1)
        await Event.filter(id=event.id).update(status=EventStatus.DRAFT)
        await tell(world, changes.EventUpdated(event.id))
        (last,) = await take(updates, 1)
        assert (last["change"], last["event"], last["eventId"]) == ("REMOVED", None, id)
        assert await soon(ended(updates))
    answers = [answer async for answer in world.subscribe(EVENT, id=id)]
    assert [answer.codes for answer in answers] == [["NOT_FOUND"]]


# ---------------------------------------------------------------- networkStatistics


async def test_the_figures_come_at_once_and_when_they_changed(world: World) -> None:
    owner = await trusted(world)
    async with aclosing(world.subscribe(FIGURES)) as updates:
        (first,) = await take(updates, 1)
        await tell(world, changes.MemberChanged(owner.id))  # nothing that is counted
        await publish(world, owner, "Eins")
        await publish(world, owner, "Zwei")
        seen = [first]
        while seen[-1]["seekingOfferCount"] < 2:
            seen += await take(updates, 1)
    assert first["memberCount"] == 1
    assert first["seekingOfferCount"] == 0
    counts = [update["seekingOfferCount"] for update in seen]
    assert counts == sorted(set(counts))
