"""Entries of a member that the office suspends are found nowhere, and come back with it."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from models import (
    Account,
    Mail,
    Member,
    MemberKind,
    MemberStatus,
    Offer,
    OfferDirection,
    OfferStatus,
    Representation,
    now,
)
from schema.declare.ids import global_id
from tests.conditions import soon
from tests.dump import dump
from tests.web.http.feeds.reading import board, texts
from tests.world import World

FOUND = """query($group: ID!, $other: ID!, $owner: ID!, $id: ID!) {
  offers { totalCount nodes { title } }
  own: offers(filter: { ownerId: $owner }) { nodes { title } }
  named: offers(filter: { text: "Werkbank" }, sort: RELEVANCE) { totalCount nodes { title } }
  search(text: "Werkbank") { totalCount nodes { ... on Offer { title } } }
  group: node(id: $group) { ... on Group { list: offers { nodes { title } } } }
  other: node(id: $other) { ... on Offer { matches { nodes { title } } } }
  network { statistics { seekingOfferCount } history(days: 1) { seekingOfferCount } }
  node(id: $id) { ... on Offer { title status owner { name } } } }"""
SUSPEND = 'mutation($id: ID!) { suspendMember(id: $id, reason: "Grund") { userErrors { code } } }'
REINSTATE = "mutation($id: ID!) { reinstateMember(id: $id) { userErrors { code } } }"
PUBLISH = "mutation($id: ID!) { publishOffer(id: $id) { offer { status } userErrors { path code message } } }"
RESPOND = """mutation($input: RespondToOfferInput!) { respondToOffer(input: $input) {
  response { id } userErrors { path code } } }"""


def gid(row: Any) -> str:
    """The opaque id of a row."""
    return global_id(type(row).__name__, row.pk)


class Scene:
    """A club with an entry in a group, one that fits it of somebody else, and the office."""

    def __init__(self, world: World, office: Account, person: Member, club: Member, offer: Offer, ids: dict[str, str]):
        self.world, self.office, self.person, self.club, self.offer, self.ids = world, office, person, club, offer, ids

    @classmethod
    async def set(cls, world: World) -> "Scene":
        person = await world.member("Person")
        club, group = await world.organisation("Verein", by=person), await world.group()
        offer = await world.offer("Werkbank", club, group=group)
        other = await world.offer("Alte Werkbank", await world.member("Wer"), direction=OfferDirection.PROVIDE)
        ids = {"group": gid(group), "other": gid(other), "owner": gid(club), "id": gid(offer)}
        return cls(world, await world.office(), person, club, offer, ids)

    async def suspend(self) -> None:
        assert (await self.world.data(SUSPEND, self.office, id=gid(self.club)))["suspendMember"]["userErrors"] == []

    async def reinstate(self) -> None:
        assert (await self.world.data(REINSTATE, self.office, id=gid(self.club)))["reinstateMember"]["userErrors"] == []

    async def found(self, by: Member | Account | None) -> dict[str, bool]:
        """Where the entry is found."""
        data = await self.world.data(FOUND, by, **self.ids)
        holds = {"title": "Werkbank"}
        (today,), present = data["network"]["history"], data["network"]["statistics"]
        figures = {one["seekingOfferCount"] for one in (today, present)}
        assert len(figures) == 1, "the day's figure is the present one"
        listed = holds in data["offers"]["nodes"]
        assert data["offers"]["totalCount"] == 1 + listed
        for one in ("search", "named"):
            assert data[one]["totalCount"] == len(data[one]["nodes"])
        return {
            "list": listed,
            "filtered": holds in data["own"]["nodes"],
            "text": holds in data["named"]["nodes"],
            "search": holds in data["search"]["nodes"],
            "group": holds in data["group"]["list"]["nodes"],
            "matches": holds in data["other"]["matches"]["nodes"],
            "figures": figures == {1},
            "feed": "Werkbank" in texts(await board(self.world), "a:entry/a:title"),
        }


EVERYWHERE = dict.fromkeys(("list", "filtered", "text", "search", "group", "matches", "figures", "feed"), True)
# What is the same for everybody.
PUBLIC = dict.fromkeys(("matches", "figures", "feed"), False)


async def test_it_is_found_nowhere_while_its_owner_is_suspended_and_comes_back(world: World) -> None:
    scene = await Scene.set(world)
    stranger = await world.member("Fremd")
    askers: list[Member | Account | None] = [None, stranger, scene.person, scene.office]
    for by in askers:
        assert await scene.found(by) == EVERYWHERE
    before = await Offer.get(id=scene.offer.id)
    await scene.suspend()
    for by in (None, stranger):
        assert await scene.found(by) == dict.fromkeys(EVERYWHERE, False)
    for own in (scene.person, scene.office):
        assert await scene.found(own) == EVERYWHERE | PUBLIC
    await scene.reinstate()
    for by in askers:
        assert await scene.found(by) == EVERYWHERE
    assert vars(await Offer.get(id=scene.offer.id)) == vars(before), "its version too"


async def test_by_id_its_own_side_and_the_office_read_it(world: World) -> None:
    scene = await Scene.set(world)
    await scene.suspend()
    document = "query($id: ID!) { node(id: $id) { ... on Offer { title status owner { name } } } }"
    assert (await world.data(document, id=scene.ids["id"]))["node"] is None
    shown: dict[str, Any] = {"title": "Werkbank", "status": "PUBLISHED", "owner": {"name": "Verein"}}
    for own in (scene.person, scene.office):
        assert (await world.data(document, own, id=scene.ids["id"]))["node"] == shown


@pytest.mark.parametrize("status", [one for one in MemberStatus if one is not MemberStatus.ACTIVE])
async def test_the_database_keeps_it_whatever_changes_the_owner(world: World, status: MemberStatus) -> None:
    scene = await Scene.set(world)
    late = await world.organisation("Später", status=status)
    await world.offer("Werkbank 2", late)
    assert await scene.found(None) == EVERYWHERE
    await Member.filter(id=scene.club.id).update(status=status)
    assert await scene.found(None) == dict.fromkeys(EVERYWHERE, False)
    assert await Offer.filter(withheld_at__isnull=False).count() == 2
    await Member.all().update(status=MemberStatus.ACTIVE, joined_at=now())
    assert await Offer.filter(withheld_at__isnull=False).count() == 0


@pytest.mark.parametrize("by", ["stranger", "office"])
async def test_it_takes_no_responses(world: World, by: str) -> None:
    scene = await Scene.set(world)
    stranger = await world.member("Fremd")
    await scene.suspend()
    await Mail.all().delete()
    asker: Member | Account = stranger if by == "stranger" else scene.office
    sent = {"offerId": scene.ids["id"], "message": "Gern!", "memberId": gid(stranger)}
    context = await world.context(asker)
    before = await dump()
    (error,) = (await world.data(RESPOND, context, input=sent))["respondToOffer"]["userErrors"]
    assert error == {"path": [], "code": "NOT_FOUND" if by == "stranger" else "WRONG_STATE"}
    assert await dump() == before
    await scene.reinstate()
    assert (await world.data(RESPOND, context, input=sent))["respondToOffer"]["userErrors"] == []


# ---------------------------------------------------------------- live

LIST = """subscription { liveOffers { __typename
  ... on OffersSnapshot { offers { title } totalCount }
  ... on OffersPatch { totalCount steps { __typename
    ... on OfferEntered { offer { title } } ... on OfferLeft { offerId } } } } }"""
PUBLISHED = "subscription($after: String) { offerPublished(after: $after) { offer { title } } }"
CHANGED = """subscription($id: ID!, $after: String) {
  offerChanged(id: $id, after: $after) { change offer { owner { name } } } }"""
FIGURES = "subscription { networkStatistics { seekingOfferCount } }"


async def take(updates: Any) -> Any:
    """The next update."""
    answer = await soon(anext(updates))
    assert not answer.errors, answer.errors
    ((update,),) = [answer.data.values()]
    return update


async def test_live_lists_are_told(world: World) -> None:
    scene = await Scene.set(world)
    async with aclosing(world.subscribe(LIST)) as lists, aclosing(world.subscribe(FIGURES)) as figures:
        assert len((await take(lists))["offers"]) == 2
        assert (await take(figures))["seekingOfferCount"] == 1
        await scene.suspend()
        left = {"__typename": "OfferLeft", "offerId": scene.ids["id"]}
        assert await take(lists) == {"__typename": "OffersPatch", "totalCount": 1, "steps": [left]}
        assert (await take(figures))["seekingOfferCount"] == 0
        await scene.reinstate()
        patch = await take(lists)
        assert (patch["totalCount"], patch["steps"]) == (
            2,
            [{"__typename": "OfferEntered", "offer": {"title": "Werkbank"}}],
        )
        assert (await take(figures))["seekingOfferCount"] == 1


async def test_what_comes_back_onto_the_board_is_told_as_published(world: World) -> None:
    scene = await Scene.set(world)
    await world.offer("Pause", scene.club, OfferStatus.PAUSED)
    start = await world.services.hub.cursor()
    await scene.suspend()
    gone = await world.services.hub.cursor()
    async with aclosing(world.subscribe(CHANGED, scene.person, id=scene.ids["id"], after=start)) as updates:
        assert await take(updates) == {"change": "WITHHELD", "offer": {"owner": {"name": "Verein"}}}
        await scene.reinstate()
        assert await take(updates) == {"change": "PUBLISHED", "offer": {"owner": {"name": "Verein"}}}
    for after in (start, gone):
        async with aclosing(world.subscribe(PUBLISHED, after=after)) as updates:
            assert await take(updates) == {"offer": {"title": "Werkbank"}}
    kinds = [change.kind for change in await world.told()]
    withheld, returned = ["OfferWithheld"] * 2, ["OfferReturned", "OfferUpdated"]  # the paused one is not on the board
    assert kinds == ["MemberChanged", *withheld, "MemberChanged", *returned]


async def test_what_was_published_and_withheld_since_is_not_told(world: World) -> None:
    scene = await Scene.set(world)
    paused = await world.offer("Pause", scene.club, OfferStatus.PAUSED)
    start = await world.services.hub.cursor()
    await world.data(PUBLISH, scene.person, id=gid(paused))
    await scene.suspend()
    other = await world.offer("Danach", await world.member("Danach"), OfferStatus.PAUSED)
    await world.data(PUBLISH, scene.office, id=gid(other))
    async with aclosing(world.subscribe(PUBLISHED, after=start)) as updates:
        assert await take(updates) == {"offer": {"title": "Danach"}}


# ---------------------------------------------------------------- at the same instant

CREATE = """mutation($input: CreateOfferInput!) { createOffer(input: $input) { offer { id } userErrors { code } } }"""


@pytest.mark.parametrize("kind", list(MemberKind))
async def test_an_entry_that_is_stored_while_its_owner_is_suspended_is_withheld_too(
    world: World, kind: MemberKind
) -> None:
    office = await world.context(await world.office())
    for number in range(10):
        person = await world.member(f"Person {number}")
        owner = person if kind is MemberKind.PERSON else await world.organisation(f"Verein {number}")
        if owner is not person:
            await Representation.create(organisation=owner, person=person)
        await world.offer("Früher", owner, OfferStatus.WITHDRAWN)
        context = await world.context(person)
        given = {
            "ownerId": gid(owner),
            "direction": "SEEK",
            "category": "ROOM",
            "title": "Raum",
            "description": "Text",
            "publish": True,
        }
        await asyncio.gather(
            *(world.ask(CREATE, context, input=given) for _number in range(3)),
            world.data(SUSPEND, office, id=gid(owner)),
        )
        assert (await world.data("{ offers { totalCount } }"))["offers"]["totalCount"] == 0
    assert await Offer.filter(status=OfferStatus.PUBLISHED).exists(), "some came first"
