"""The live list: what a client makes of it is what the query answers."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models import Account, Member, MemberStatus, Offer, OfferStatus, Representation, now
from resolvers.context import system_context
from resolvers.feeds import board as feed
from resolvers.live.list_steps import steps
from resolvers.live.updates import OfferEntered, OfferLeft, OfferListStep, OfferRefreshed
from resolvers.offers.expiry import expire_due
from schema.declare.ids import global_id
from subscriptions import changes
from subscriptions import numbered_log as log
from subscriptions.changes import Change
from subscriptions.outbox import Changes
from tests.conditions import soon, until
from tests.world import Answer, World

pytestmark = pytest.mark.walk

LIVE = """subscription ($filter: OfferFilter, $sort: OfferSort! = NEWEST, $first: Int! = 50) {
  liveOffers(filter: $filter, sort: $sort, first: $first) { __typename
    ... on OffersSnapshot { cursor offers { ...entry } totalCount }
    ... on OffersPatch { cursor totalCount steps { __typename
      ... on OfferEntered { index offer { ...entry } }
      ... on OfferRefreshed { index offer { ...entry } }
      ... on OfferLeft { offerId } } } } }
fragment entry on Offer { id title status version owner { name } viewerCanUpdate }"""
LIST = """query ($filter: OfferFilter, $sort: OfferSort! = NEWEST, $first: Int = 50) {
  offers(filter: $filter, sort: $sort, first: $first) { nodes { ...entry } totalCount } }
fragment entry on Offer { id title status version owner { name } viewerCanUpdate }"""

# All that is on the board has this word in its title.
EVERYWHERE = """{ offers(first: 100) { nodes { id title } }
  search(text: "Titel", types: [OFFER], first: 100) { nodes { ... on Offer { id } } } }"""


class Client:
    """A client's copy of the list."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.offers: list[Any] = []
        self.total_count = -1
        self.updates = 0

    def take(self, answer: Answer) -> None:
        """Do what an update says."""
        assert not answer.errors, answer.errors
        assert answer.data is not None
        update = answer.data["liveOffers"]
        self.updates += 1
        self.total_count = update["totalCount"]
        if update["__typename"] == "OffersSnapshot":
            self.offers = update["offers"]
            return
        for step in update["steps"]:
            key = step["offerId"] if step["__typename"] == "OfferLeft" else step["offer"]["id"]
            there = [offer["id"] for offer in self.offers]
            assert (key in there) == (step["__typename"] != "OfferEntered")
            if key in there:
                del self.offers[there.index(key)]
            if step["__typename"] != "OfferLeft":
                assert 0 <= step["index"] <= len(self.offers)
                self.offers.insert(step["index"], step["offer"])
            assert len(self.offers) <= self.first

    async def follow(self, updates: AsyncGenerator[Answer, None]) -> None:
        """Take every update."""
        async for answer in updates:
            self.take(answer)


async def tell(world: World, *told: Change) -> None:
    """Commit changes."""

    async def work(changes: Changes) -> None:
        changes.tell(*told)

    await world.services.outbox.write(work)


async def caught_up(world: World) -> None:
    """Wait until the one subscription has been given everything that was committed."""
    hub = world.services.hub

    async def condition() -> bool:
        told = await world.told()
        return hub.waiting == 1 and hub.position.seq == len(told)

    await until(condition)


# ---------------------------------------------------------------- the steps

keys = st.lists(st.integers(1, 12), unique=True, max_size=8)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(before=keys, after=keys, refreshed=st.sets(st.integers(1, 12)))
def test_the_steps_make_the_new_list_of_the_old_one(before: list[int], after: list[int], refreshed: set[int]) -> None:
    present, sent = list(before), set()
    for step in steps(before, [Offer(id=key) for key in after], refreshed):
        if isinstance(step, OfferLeft):
            present.remove(step.offer_key)
            continue
        key = step.offer.id
        assert isinstance(step, OfferEntered if key not in present else OfferRefreshed)
        if key in present:
            present.remove(key)
        present.insert(step.index, key)
        sent.add(key)
        assert len(present) <= max(len(before), len(after))
    assert present == after
    assert (set(after) & refreshed) | (set(after) - set(before)) <= sent


def test_an_entry_that_moves_is_one_step() -> None:
    done: list[OfferListStep] = steps([1, 2, 3, 4], [Offer(id=key) for key in (2, 3, 4, 1)], ())
    assert [(type(step), step.index) for step in done if not isinstance(step, OfferLeft)] == [(OfferRefreshed, 3)]


# ---------------------------------------------------------------- the list

HERE = {"latitude": 52.4227, "longitude": 10.7865}
THERE = {"latitude": 52.4367, "longitude": 10.8440}
AROUND = {"near": {**HERE, "radiusKm": 2.0}}
# What a list is asked for: filter and sort.
ASKED: list[tuple[dict[str, Any] | None, str]] = [
    (None, "NEWEST"),
    (None, "EXPIRING"),
    ({"direction": "SEEK"}, "EXPIRING"),
    ({"text": "eins"}, "NEWEST"),
    ({"text": "eins"}, "RELEVANCE"),
    ({"statuses": ["PUBLISHED", "PAUSED", "DRAFT"]}, "NEWEST"),
    ({"statuses": ["DRAFT", "EXPIRED"]}, "EXPIRING"),
    ({"categories": ["ROOM"]}, "NEWEST"),
    (AROUND, "NEWEST"),
    ({"near": {**THERE, "radiusKm": 500.0}}, "DISTANCE"),
]
DO = {
    "publish": "mutation ($id: ID!) { publishOffer(id: $id) { userErrors { code } } }",
    "pause": "mutation ($id: ID!) { pauseOffer(id: $id) { userErrors { code } } }",
    "withdraw": "mutation ($id: ID!) { withdrawOffer(id: $id) { userErrors { code } } }",
    "fulfil": "mutation ($id: ID!) { fulfilOffer(id: $id) { userErrors { code } } }",
    "update": "mutation ($input: UpdateOfferInput!) { updateOffer(input: $input) { userErrors { code } } }",
    "move": "mutation ($input: UpdateOfferInput!) { updateOffer(input: $input) { userErrors { code } } }",
    "create": "mutation ($input: CreateOfferInput!) { createOffer(input: $input) { offer { id } } }",
    "rename": "mutation ($input: UpdateMemberInput!) { updateMember(input: $input) { userErrors { code } } }",
    "lose": "mutation ($o: ID!, $m: ID!) { removeRepresentative(organisationId: $o, memberId: $m) { __typename } }",
    "gain": "mutation ($o: ID!, $m: ID!) { addRepresentative(organisationId: $o, memberId: $m) { __typename } }",
    "suspend": 'mutation ($id: ID!) { suspendMember(id: $id, reason: "Grund") { userErrors { code } } }',
    "reinstate": "mutation ($id: ID!) { reinstateMember(id: $id) { userErrors { code } } }",
    "expire": "",
}
acts = st.tuples(
    st.sampled_from([*DO, "publish", "create", "create", "reinstate"]),
    st.integers(0, 7),
    st.sampled_from(["eins", "zwei"]),
)


@dataclass(frozen=True)
class Cast:
    """Who takes part: an organisation, who acts for it all the time, and who does so now and then and only looks."""

    club: Member
    actor: Member
    onlooker: Member
    office: Account

    @classmethod
    async def met(cls, world: World) -> "Cast":
        """Anew, with an entry that lets the others be published at once."""
        club, actor, onlooker = await world.organisation(), await world.member("Eine"), await world.member("Andere")
        for person in (actor, onlooker):
            await Representation.create(organisation=club, person=person)
        await world.offer("Der erste", club, status=OfferStatus.WITHDRAWN)
        return cls(club, actor, onlooker, await world.office())


async def act(world: World, cast: Cast, ids: list[str], what: str, which: int, word: str) -> None:
    """Change something, through the API but for time. What its state forbids is refused, and changes nothing.

    The office suspends the club and reinstates it; meanwhile it acts for it.
    """
    active = (await Member.get(id=cast.club.id)).status is MemberStatus.ACTIVE
    by = cast.actor if active and what not in ("suspend", "reinstate") else cast.office
    club, id = global_id("Member", cast.club.id), ids[which % len(ids)] if ids else None
    variables: dict[str, Any] = {"id": id}
    match what:
        case "create":
            values: dict[str, Any] = {
                "ownerId": club,
                "direction": "SEEK" if which % 2 else "PROVIDE",
                "category": "ROOM" if which % 3 else "OTHER",
                "title": f"Titel {word}" if which % 2 else "Titel",
                "description": "Text" if which % 2 else f"Text {word}",
                "publish": which % 4 != 0,
            }
            if which % 3:
                values["venue"] = {"name": "Ort", "location": HERE if which % 2 else THERE}
            offer = (await world.data(DO[what], by, input=values))["createOffer"]["offer"]
            ids += [offer["id"]] if active else []
            return
        case "suspend" | "reinstate":
            variables = {"id": club}
        case "rename":
            variables = {"input": {"id": club, "name": f"Name {word} {which}"}}
        case "lose" | "gain":
            variables = {"o": club, "m": global_id("Member", cast.onlooker.id)}
        case "update":
            variables = {"input": {"id": id, "title": f"Titel {word} {which}"}}
        case "move":
            venue = {"name": "Ort", "location": HERE if which % 2 else THERE}
            variables = {"input": {"id": id, "venue": venue if which % 3 else None}}
        case "expire":
            some = await Offer.filter(status=OfferStatus.PUBLISHED).order_by("id")
            if some:
                await Offer.filter(id=some[which % len(some)].id).update(expires_at=now())
                await expire_due(system_context(world.services))
            return
    if id is not None or what in ("rename", "lose", "gain", "suspend", "reinstate"):
        await world.data(DO[what], by, **variables)


@settings(
    max_examples=30,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # shrinking would write for minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    before=st.lists(acts, min_size=3, max_size=6),
    after=st.lists(acts, min_size=4, max_size=14),
    asked_for=st.sampled_from(ASKED),
    first=st.sampled_from([2, 3, 1, 50, 0]),
    viewer=st.sampled_from([None, "actor", "onlooker", "onlooker", "office"]),
)
async def test_what_a_client_makes_of_the_list_is_what_the_query_answers(
    world: World,
    before: list[tuple[str, int, str]],
    after: list[tuple[str, int, str]],
    asked_for: tuple[dict[str, Any] | None, str],
    first: int,
    viewer: str | None,
) -> None:
    await Offer.all().delete()  # of the example before
    cast = await Cast.met(world)
    ids: list[str] = []
    for one in before:
        await act(world, cast, ids, *one)
    filter, sort = asked_for
    asked: dict[str, Any] = {"filter": filter, "sort": sort, "first": first}
    by = await world.context(getattr(cast, viewer)) if viewer else None
    client = Client(first)
    async with aclosing(world.subscribe(LIVE, by, **asked)) as updates:
        following = asyncio.create_task(client.follow(updates))
        try:
            await until(lambda: client.updates or following.done())
            for one in after:
                await act(world, cast, ids, *one)
            await caught_up(world)
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await soon(following)
    if by is not None:
        await by.renew()
    answer = (await world.data(LIST, by, **asked))["offers"]
    assert client.offers == answer["nodes"]
    assert client.total_count == answer["totalCount"]
    found = await world.data(EVERYWHERE, by)
    assert {node["id"] for node in found["search"]["nodes"]} == {node["id"] for node in found["offers"]["nodes"]}
    titles = [node["title"] for node in (await world.data(EVERYWHERE))["offers"]["nodes"]]
    assert [entry.title for entry in (await feed(system_context(world.services))).offers] == titles


@pytest.mark.parametrize("first", [-1, 101])
async def test_what_the_list_forbids_is_refused(world: World, first: int) -> None:
    refused: list[dict[str, Any]] = [{"first": first}, {"sort": "DISTANCE"}, {"sort": "RELEVANCE"}]
    for variables in refused:
        answers = [answer async for answer in world.subscribe(LIVE, **variables)]
        assert [answer.codes for answer in answers] == [["BAD_REQUEST"]]


async def test_a_new_draft_enters_the_list_of_who_may_see_it(world: World) -> None:
    cast = await Cast.met(world)
    client = Client(50)
    async with aclosing(world.subscribe(LIVE, cast.actor, filter={"statuses": ["DRAFT"]})) as updates:
        client.take(await soon(anext(updates)))
        await act(world, cast, [], "create", 4, "eins")
        client.take(await soon(anext(updates)))
    assert [offer["title"] for offer in client.offers] == ["Titel"]


async def test_a_lost_right_takes_entries_out_of_the_list(world: World) -> None:
    person, club = await world.member("Person"), await world.organisation("Verein")
    await Representation.create(organisation=club, person=person)
    await world.offer("Entwurf", club, status=OfferStatus.DRAFT)
    client = Client(50)
    async with aclosing(world.subscribe(LIVE, person, filter={"statuses": ["DRAFT"]})) as updates:
        client.take(await soon(anext(updates)))
        assert [offer["title"] for offer in client.offers] == ["Entwurf"]
        await Representation.all().delete()
        await tell(world, changes.MemberChanged(person.id))
        client.take(await soon(anext(updates)))
        assert (client.offers, client.total_count) == ([], 0)


async def test_who_falls_behind_a_new_epoch_gets_a_new_snapshot(world: World) -> None:
    owner = await world.member()
    client = Client(50)
    async with aclosing(world.subscribe(LIVE)) as updates:
        client.take(await soon(anext(updates)))
        await world.offer("Neu", owner)
        await log.new_epoch("a test")
        client.take(await soon(anext(updates)))
    assert [offer["title"] for offer in client.offers] == ["Neu"]
