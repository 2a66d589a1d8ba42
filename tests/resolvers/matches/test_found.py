"""Pairs that fit are found by a job, and told once to those concerned."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

import pytest

import resolvers.matches.found
from auth.viewer import GUEST
from models import FoundMatch, Member, MemberStatus, Offer, OfferResponse, OfferStatus
from resolvers.context import system_context
from resolvers.matches.found import find_matches, tell_of_pairs
from resolvers.matches.read import matches_of
from schema.declare.ids import global_id
from tests.conditions import soon
from tests.resolvers.matches.asking import PROVIDE, titles
from tests.resolvers.matches.test_read import DISMISS
from tests.statements import statements
from tests.world import World

pytestmark = pytest.mark.walk

FOUND = """subscription ($after: String) { matchFound(after: $after) {
  cursor own { title } match { title } score reasons } }"""
REINSTATE = "mutation ($id: ID!) { reinstateMember(id: $id) { userErrors { code } } }"
UPDATE = "mutation ($input: UpdateOfferInput!) { updateOffer(input: $input) { userErrors { code } } }"


async def find(world: World) -> int:
    return await find_matches(system_context(world.services))


async def pairs(world: World) -> list[tuple[str, str]]:
    """Of which pairs was told, in order: who seeks, who provides."""
    names = dict(await Offer.all().values_list("id", "title"))
    return [
        (names[one.facts["seek_id"]], names[one.facts["provide_id"]])
        for one in await world.told()
        if one.kind == "MatchFound"
    ]


async def told(world: World, by: Any, cursor: str, count: int) -> list[tuple[str, str]]:
    """The first updates behind the cursor: the own entry, and what fits it."""
    found: list[tuple[str, str]] = []
    async with aclosing(world.subscribe(FOUND, by, after=cursor)) as updates:
        while len(found) < count:
            answer = await soon(anext(updates))
            assert answer.data, answer
            one = answer.data["matchFound"]
            assert one["score"] > 0
            assert one["reasons"]
            found.append((one["own"]["title"], one["match"]["title"]))
    return found


async def test_each_pair_is_found_once_whoever_came_last(world: World) -> None:
    seek = await world.offer("Klavier gesucht")
    await world.offer("Rasenmäher", direction=PROVIDE)
    assert await find(world) == 0
    await world.offer("Klavier", direction=PROVIDE)
    assert await find(world) == 1
    await world.offer("Noch ein Klavier gesucht")
    assert await find(world) == 1
    assert await pairs(world) == [("Klavier gesucht", "Klavier"), ("Noch ein Klavier gesucht", "Klavier")]
    await Offer.filter(id=seek.id).update(version=2)
    assert await find(world) == 0
    assert await FoundMatch.all().count() == 2


async def test_a_change_finds_what_fits_now(world: World) -> None:
    owner = await world.member()
    offer = await world.offer("Rasenmäher gesucht", owner)
    await world.offer("Klavier", direction=PROVIDE)
    assert await find(world) == 0
    await world.data(UPDATE, owner, input={"id": global_id("Offer", offer.id), "title": "Klavier gesucht"})
    assert await find(world) == 1


async def test_what_was_compared_before_is_not_read_again_and_is_as_it_is_now(world: World) -> None:
    owner = await world.member()
    other = await world.offer("Klavier", owner, direction=PROVIDE)
    offer = await world.offer("Klavier gesucht", await world.member())
    counts = []
    for _time in range(2):
        with statements() as sent:
            assert await titles(world, offer) == ["Klavier"]
        counts.append(len(sent))
    assert counts[1] < counts[0]
    await world.data(UPDATE, owner, input={"id": global_id("Offer", other.id), "title": "Rasenmäher"})
    assert await titles(world, offer) == []
    await world.data(UPDATE, owner, input={"id": global_id("Offer", other.id), "title": "Klavier"})
    assert await titles(world, offer) == ["Klavier"]
    # Whoever seeks it is of the same side from now on, and nothing of the entry but that is otherwise.
    await Offer.filter(id=other.id).update(owner_id=offer.owner_id)
    assert await titles(world, offer) == []


async def test_what_was_withheld_is_compared_when_it_is_back(world: World) -> None:
    owner = await world.member("Gesperrt", MemberStatus.SUSPENDED)
    await world.offer("Klavier gesucht", owner)
    await world.offer("Klavier", direction=PROVIDE)
    assert await find(world) == 0
    await world.data(REINSTATE, await world.office(), id=global_id("Member", owner.id))
    assert await find(world) == 1


async def test_many_processes_find_it_once(world: World) -> None:
    for number in range(3):
        await world.offer(f"Klavier gesucht {number}")
        await world.offer(f"Klavier {number}", direction=PROVIDE)
    assert sum(await asyncio.gather(*(find(world) for _process in range(4)))) == 9
    assert len(set(await pairs(world))) == len(await pairs(world)) == 9


async def test_what_changed_while_entries_were_compared_keeps_none_of_the_others(world: World) -> None:
    changed = await world.offer("Klavier gesucht")
    stays = await world.offer("Geige gesucht")
    await world.offer("Klavier", direction=PROVIDE)
    gone = await world.offer("Geige", direction=PROVIDE)
    await world.offer("Geige mit Kasten", direction=PROVIDE)
    offers = [changed, stays]
    found = await matches_of(GUEST, offers)
    assert [len(found[offer.id]) for offer in offers] == [1, 2]
    await Offer.filter(id=changed.id).update(version=2)
    await gone.delete()
    assert await tell_of_pairs(system_context(world.services), offers, found) == 1
    assert await pairs(world) == [("Geige gesucht", "Geige mit Kasten")]
    assert await find(world) == 1
    assert (await pairs(world))[1:] == [("Klavier gesucht", "Klavier")]


async def test_of_one_entry_the_best_are_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolvers.matches.found, "MOST_TOLD", 2)
    for number in range(4):
        await world.offer(f"Klavier {number}", direction=PROVIDE)
    await world.offer("Klavier und Geige", direction=PROVIDE)
    await find(world)
    await world.offer("Klavier und Geige gesucht")
    assert await find(world) == 2
    assert ("Klavier und Geige gesucht", "Klavier und Geige") in await pairs(world)


async def _two(world: World) -> tuple[Member, Member, Sequence[Offer]]:
    seeking, providing = await world.member("Sucht"), await world.member("Bietet")
    offers = (
        await world.offer("Klavier gesucht", seeking),
        await world.offer("Klavier", providing, direction=PROVIDE),
    )
    return seeking, providing, offers


async def test_both_sides_are_told_and_nobody_else(world: World) -> None:
    cursor = await world.services.hub.cursor()
    seeking, providing, _offers = await _two(world)
    person = await world.member("Vertreterin")
    club = await world.organisation("Verein", by=person)
    await world.offer("Geige gesucht", club)
    await find(world)
    await world.offer("Geige", providing, direction=PROVIDE)
    await find(world)
    assert await told(world, seeking, cursor, 1) == [("Klavier gesucht", "Klavier")]
    assert await told(world, providing, cursor, 2) == [("Klavier", "Klavier gesucht"), ("Geige", "Geige gesucht")]
    assert await told(world, person, cursor, 1) == [("Geige gesucht", "Geige")]
    assert (await soon(anext(world.subscribe(FOUND, None)))).codes == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("why", ["dismissed", "answered", "gone", "both their own"])
async def test_it_is_quiet(world: World, why: str) -> None:
    cursor = await world.services.hub.cursor()
    seeking, providing, (seek, provide) = await _two(world)
    await find(world)
    if why == "dismissed":
        named = {"own": global_id("Offer", seek.id), "match": global_id("Offer", provide.id)}
        await world.data(DISMISS, seeking, **named)
    elif why == "answered":
        await OfferResponse.create(offer=provide, member=seeking, message="Gern.")
    elif why == "gone":
        await Offer.filter(id=provide.id).update(status=OfferStatus.FULFILLED)
    else:
        await Offer.filter(id=provide.id).update(owner_id=(await world.organisation("Verein", by=seeking)).id)
    await world.offer("Geige gesucht", seeking)
    await world.offer("Geige", providing, direction=PROVIDE)
    await find(world)
    assert await told(world, seeking, cursor, 1) == [("Geige gesucht", "Geige")]
