"""Entries made and changed, by documents as a frontend sends them."""

from datetime import date, timedelta
from typing import Any

import pytest

from models import (
    District,
    EventStatus,
    GroupStatus,
    Member,
    MembershipStatus,
    MemberStatus,
    Offer,
    OfferStatus,
    OfferTopic,
    Topic,
    now,
)
from models.sql.statements import connection
from schema.declare.ids import global_id
from tests.statements import statements
from tests.world import Answer, World

pytestmark = pytest.mark.walk

CREATE = """mutation($input: CreateOfferInput!) { createOffer(input: $input) {
  offer { slug status title direction category remote languages hoursPerWeek minimumAge availableUntil expiresAt
    topics { slug } district { slug } venue { name city location { latitude } accessibility }
    owner { name } group { name } event { title } version viewerCanUpdate }
  userErrors { path code message } } }"""
UPDATE = """mutation($input: UpdateOfferInput!) { updateOffer(input: $input) {
  offer { title description languages version topics { slug } venue { name street } expiresAt remote minimumAge }
  userErrors { path code message } } }"""
LEAST = {"direction": "SEEK", "category": "ROOM", "title": "Raum gesucht", "description": "Für den Chor."}


async def create(world: World, by: Any, **given: Any) -> Answer:
    return await world.ask(CREATE, by, input={**LEAST, **given})


async def made(world: World, by: Any, **given: Any) -> dict[str, Any]:
    answer = await create(world, by, **given)
    assert answer.data, answer.errors
    assert answer.data["createOffer"]["userErrors"] == []
    return dict(answer.data["createOffer"]["offer"])


def errors(answer: Answer, field: str = "createOffer") -> list[tuple[str, str]]:
    assert answer.data, answer.errors
    assert answer.data[field]["offer"] is None
    return [(".".join(error["path"]), error["code"]) for error in answer.data[field]["userErrors"]]


async def nothing_happened(world: World) -> bool:
    return not await Offer.exists() and not await world.told()


async def test_a_draft_of_the_viewer_s_own(world: World) -> None:
    member = await world.member("Erika")
    first, second = await made(world, member), await made(world, member)
    assert (first["slug"], second["slug"]) == ("raum-gesucht", "raum-gesucht-2")
    assert (first["status"], first["owner"], first["version"]) == ("DRAFT", {"name": "Erika"}, 1)
    assert (first["remote"], first["languages"], first["topics"], first["venue"]) == (False, [], [], None)
    assert first["viewerCanUpdate"] is True
    assert [one.kind for one in await world.told()] == ["OfferDrafted", "OfferDrafted"]


async def test_everything_that_can_be_said(world: World) -> None:
    member = await world.member()
    for slug in ("sport", "kultur"):
        await Topic.create(slug=slug, name=slug, name_key=slug)
    await District.create(slug="mitte", name="Mitte", name_key="mitte")
    group, event = await world.group(), await world.event()
    await world.membership(group, member)
    offer = await made(
        world,
        member,
        title="  Ärzte\n für  das Zeltlager ",
        topics=["sport", "kultur", "sport"],
        district="mitte",
        venue={"name": "Halle", "city": "Wolfsburg", "location": {"latitude": 52.4, "longitude": 10.8}},
        remote=True,
        minimumAge=16,
        languages=["DE", "pt-br", "zh-hant-tw", "de", " sr-latn "],
        hoursPerWeek=2.5,
        availableFrom="2026-01-01",
        availableUntil="2026-01-01",
        groupId=global_id("Group", group.id),
        eventId=global_id("Event", event.id),
    )
    assert offer["slug"] == "aerzte-fuer-das-zeltlager"
    assert offer["title"] == "Ärzte für das Zeltlager"
    assert [topic["slug"] for topic in offer["topics"]] == ["sport", "kultur"]
    assert offer["district"] == {"slug": "mitte"}
    assert offer["venue"] == {
        "name": "Halle",
        "city": "Wolfsburg",
        "location": {"latitude": 52.4},
        "accessibility": [],
    }
    assert offer["languages"] == ["de", "pt-BR", "zh-Hant-TW", "sr-Latn"]
    assert (offer["remote"], offer["minimumAge"], offer["hoursPerWeek"]) == (True, 16, 2.5)
    assert (offer["group"], offer["event"]) == ({"name": "AG Schule"}, {"title": "Treffen"})


async def test_publishing_at_once_goes_through_the_same_states(world: World) -> None:
    member, group = await world.member(), await world.group()
    await world.membership(group, member)
    assert (await made(world, member, publish=True))["status"] == "IN_REVIEW"
    await world.offer("Früher", member, OfferStatus.WITHDRAWN)
    offer = await made(world, member, publish=True, groupId=global_id("Group", group.id))
    assert (offer["status"], offer["version"], offer["expiresAt"] is not None) == ("PUBLISHED", 1, True)
    assert [one.kind for one in await world.told()] == ["OfferSubmitted", "OfferPublished", "GroupOfferPublished"]


async def test_publishing_at_once_what_is_over_makes_nothing(world: World) -> None:
    answer = await create(world, await world.member(), publish=True, availableUntil="2020-01-01")
    assert errors(answer) == [("input.availableUntil", "OUT_OF_RANGE")]
    assert await nothing_happened(world)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"title": " "}, [("input.title", "REQUIRED")]),
        ({"title": "ab"}, [("input.title", "TOO_SHORT")]),
        ({"title": "x" * 201}, [("input.title", "TOO_LONG")]),
        ({"title": "a\x00bc"}, [("input.title", "INVALID")]),
        ({"description": ""}, [("input.description", "REQUIRED")]),
        ({"description": "x" * 10_001}, [("input.description", "TOO_LONG")]),
        ({"topics": ["unknown"]}, [("input.topics.0", "NOT_FOUND")]),
        ({"district": "unknown"}, [("input.district", "NOT_FOUND")]),
        ({"venue": {"name": ""}}, [("input.venue.name", "REQUIRED")]),
        ({"minimumAge": 100}, [("input.minimumAge", "OUT_OF_RANGE")]),
        ({"minimumAge": -1}, [("input.minimumAge", "OUT_OF_RANGE")]),
        ({"hoursPerWeek": 0}, [("input.hoursPerWeek", "OUT_OF_RANGE")]),
        ({"hoursPerWeek": 80.1}, [("input.hoursPerWeek", "OUT_OF_RANGE")]),
        (
            {"languages": ["de", "xx", "no language"]},
            [("input.languages.1", "INVALID"), ("input.languages.2", "INVALID")],
        ),
        ({"languages": ["de"] * 11}, [("input.languages", "TOO_LONG")]),
        ({"availableFrom": "2026-02-02", "availableUntil": "2026-02-01"}, [("input.availableUntil", "OUT_OF_RANGE")]),
        ({"groupId": "nonsense"}, [("input.groupId", "NOT_FOUND")]),
        ({"eventId": global_id("Event", 99)}, [("input.eventId", "NOT_FOUND")]),
        ({"ownerId": global_id("Group", 1)}, [("input.ownerId", "NOT_FOUND")]),
        ({"title": "", "minimumAge": 100}, [("input.title", "REQUIRED"), ("input.minimumAge", "OUT_OF_RANGE")]),
    ],
)
async def test_what_is_wrong_is_said_at_once_and_makes_nothing(
    world: World, given: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert errors(await create(world, await world.member(), **given)) == found
    assert await nothing_happened(world)


async def test_in_whose_name(world: World) -> None:
    person, stranger, office = await world.member("Person"), await world.member("Fremd"), await world.office()
    club = await world.organisation("Verein", person)
    applied = await world.member("Neu", MemberStatus.APPLIED)
    answers = {
        "guest": await create(world, None),
        "applied": await create(world, applied),
        "stranger": await create(world, stranger, ownerId=global_id("Member", club.id)),
        "office without": await create(world, office),
        "office for an applicant": await create(world, office, ownerId=global_id("Member", applied.id)),
        "for who can't be seen": await create(world, person, ownerId=global_id("Member", applied.id)),
    }
    assert answers["guest"].codes == ["UNAUTHENTICATED"]
    assert answers["applied"].codes == ["FORBIDDEN"]
    assert answers["stranger"].codes == ["FORBIDDEN"]
    assert errors(answers["office without"]) == [("input.ownerId", "REQUIRED")]
    assert errors(answers["office for an applicant"]) == [("input.ownerId", "WRONG_STATE")]
    assert errors(answers["for who can't be seen"]) == [("input.ownerId", "NOT_FOUND")]
    assert await nothing_happened(world)
    assert (await made(world, person, ownerId=global_id("Member", club.id)))["owner"] == {"name": "Verein"}
    assert (await made(world, office, ownerId=global_id("Member", stranger.id)))["owner"] == {"name": "Fremd"}


async def test_in_a_group_only_of_its_own_members(world: World) -> None:
    member, coordinator = await world.member("Mitglied"), await world.member("Leitung")
    group = await world.group(coordinator=coordinator)
    club = await world.organisation("Verein", coordinator)
    key = {"groupId": global_id("Group", group.id)}
    await world.membership(group, member, MembershipStatus.REQUESTED)
    assert (await create(world, member, **key)).codes == ["FORBIDDEN"]
    assert await nothing_happened(world)
    assert (await made(world, coordinator, **key))["group"] == {"name": "AG Schule"}
    assert (await made(world, coordinator, ownerId=global_id("Member", club.id), **key))["group"]
    assert (await made(world, await world.office(), ownerId=global_id("Member", member.id), **key))["group"]
    group.status = GroupStatus.CLOSED
    await group.save()
    assert errors(await create(world, coordinator, **key)) == [("input.groupId", "WRONG_STATE")]


async def test_for_an_event_only_where_it_can_be_seen(world: World) -> None:
    host = await world.member("Gastgeber")
    draft = await world.event("Entwurf", host, status=EventStatus.DRAFT)
    key = {"eventId": global_id("Event", draft.id)}
    assert errors(await create(world, await world.member(), **key)) == [("input.eventId", "NOT_FOUND")]
    assert (await made(world, host, **key))["event"] == {"title": "Entwurf"}


async def test_publishing_takes_seven_statements(world: World) -> None:
    """Whether there is a group; the owner held, and its entries counted; the entry, and its topics.

    Then, for the index of the search, the texts of the entry and of what shows in it, with the phrases it knows; and at
    last its terms, its words, what the audit keeps of it, and what is told: for PostgreSQL all that is one statement,
    for SQLite four in one turn of its thread, which holds no owner, as who writes is alone. Nothing was indexed before,
    so nothing is deleted; what fits it is found by a job, later. Topics and who publishes are remembered.
    """
    member = await world.member()
    await world.offer(owner=member)
    group = await world.group(coordinator=member)
    await Topic.create(slug="sport", name="sport", name_key="sport")
    given = {**LEAST, "topics": ["sport"], "groupId": global_id("Group", group.id), "publish": True}
    document = "mutation($input: CreateOfferInput!) { createOffer(input: $input) { offer { status } } }"
    context = await world.context(member)
    with statements() as first:
        await world.data(document, context, input={**given, "title": "Erster"})
    with statements() as second:
        answer = await world.data(document, context, input={**given, "title": "Zweiter"})
    assert answer["createOffer"]["offer"] == {"status": "PUBLISHED"}
    expected = (11, 9) if connection().capabilities.dialect == "sqlite" else (9, 7)
    assert (len(first), len(second)) == expected, second
    of_the_index = ("synonym_term", "topic_words", "search_posting", "search_word")
    assert [sum(name in one.sql for one in second) for name in of_the_index] == [1, 1, 1, 1], second
    assert [one.kind for one in await world.told()] == ["OfferPublished", "GroupOfferPublished"] * 2


# ---------------------------------------------------------------- update


async def update(world: World, by: Member, offer: Offer, **given: Any) -> Answer:
    return await world.ask(UPDATE, by, input={"id": global_id("Offer", offer.id), **given})


async def test_only_what_is_given_changes(world: World) -> None:
    owner = await world.member()
    sport = await Topic.create(slug="sport", name="Sport", name_key="sport")
    offer = await world.offer(
        "Hilfe", owner, languages=["de"], minimum_age=16, venue_name="Halle", venue_street="Weg 1", remote=True
    )
    await OfferTopic.create(offer=offer, topic=sport, position=0)
    answer = await update(world, owner, offer, title="Hände", languages=None, venue={"name": "Saal"})
    assert answer.data
    changed = answer.data["updateOffer"]["offer"]
    assert (changed["title"], changed["languages"], changed["version"]) == ("Hände", [], 2)
    assert (changed["description"], changed["remote"], changed["minimumAge"]) == ("Wir freuen uns.", True, 16)
    assert (changed["venue"], changed["topics"]) == ({"name": "Saal", "street": None}, [{"slug": "sport"}])
    await offer.refresh_from_db()
    assert offer.slug == "hilfe"
    assert [(one.kind, one.facts) for one in await world.told()] == [("OfferUpdated", {"offer_id": offer.id})]


async def test_topics_and_venue_go_and_count_as_a_change(world: World) -> None:
    owner = await world.member()
    sport = await Topic.create(slug="sport", name="Sport", name_key="sport")
    offer = await world.offer(owner=owner, venue_name="Halle")
    await OfferTopic.create(offer=offer, topic=sport, position=0)
    answer = await update(world, owner, offer, topics=[], venue=None)
    assert answer.data
    assert answer.data["updateOffer"]["offer"]["topics"] == []
    assert answer.data["updateOffer"]["offer"]["venue"] is None
    assert answer.data["updateOffer"]["offer"]["version"] == 2


async def test_what_changes_nothing_tells_nothing(world: World) -> None:
    owner = await world.member()
    offer = await world.offer("Hilfe", owner, remote=False)
    answer = await update(world, owner, offer, title="Hilfe", remote=False, topics=[], ifVersion=1)
    assert answer.data
    assert answer.data["updateOffer"]["offer"]["version"] == 1
    assert await world.told() == []


@pytest.mark.parametrize("name", ["title", "description", "category", "remote"])
async def test_what_can_t_be_empty_is_required(world: World, name: str) -> None:
    owner = await world.member()
    offer = await world.offer(owner=owner)
    assert errors(await update(world, owner, offer, **{name: None}), "updateOffer") == [(f"input.{name}", "REQUIRED")]
    assert (await Offer.get(id=offer.id)).version == 1


async def test_an_older_version_is_a_conflict_and_shows_the_present_one(world: World) -> None:
    owner = await world.member()
    offer = await world.offer("Neu", owner, version=3)
    answer = await update(world, owner, offer, title="Veraltet", ifVersion=2)
    assert answer.data
    payload = answer.data["updateOffer"]
    assert [(error["path"], error["code"]) for error in payload["userErrors"]] == [([], "CONFLICT")]
    assert (payload["offer"]["title"], payload["offer"]["version"]) == ("Neu", 3)
    assert await world.told() == []


async def test_the_last_day_moves_the_expiry_of_what_is_on_the_board(world: World) -> None:
    owner = await world.member()
    offer = await world.offer(owner=owner, available_from=date(2020, 1, 1))
    soon = now().date() + timedelta(days=3)
    assert errors(await update(world, owner, offer, availableUntil="2020-02-01"), "updateOffer") == [
        ("input.availableUntil", "OUT_OF_RANGE")
    ]
    assert errors(await update(world, owner, offer, availableUntil="2019-02-01"), "updateOffer")[0] == (
        "input.availableUntil",
        "OUT_OF_RANGE",
    )
    await update(world, owner, offer, availableUntil=soon.isoformat())
    await offer.refresh_from_db()
    assert offer.expires_at is not None
    assert soon - timedelta(days=1) <= offer.expires_at.date() <= soon
    await update(world, owner, offer, availableUntil=None)
    await offer.refresh_from_db()
    assert offer.published_at is not None
    assert offer.expires_at == offer.published_at + timedelta(days=90)
    draft = await world.offer(owner=owner, status=OfferStatus.DRAFT)
    await update(world, owner, draft, availableUntil="2020-02-01")
    await draft.refresh_from_db()
    assert (draft.available_until, draft.expires_at) == (date(2020, 2, 1), None)
