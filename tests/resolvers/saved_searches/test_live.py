"""Entries as they come onto the board, told to those whose saved searches find them."""

from contextlib import aclosing
from typing import Any

import pytest

from models import Member, Offer, OfferDirection, OfferStatus
from resolvers.search.synonyms import store_synonyms
from schema.declare.ids import global_id
from subscriptions import changes
from subscriptions.outbox import Changes
from tests.conditions import soon
from tests.resolvers.saved_searches.test_saved_searches import DELETE, MINE, saved
from tests.statements import statements
from tests.world import World

HITS = """subscription ($id: ID, $after: String) { savedSearchHit(id: $id, after: $after) {
  cursor savedSearch { name } offer { title } } }"""
PROVIDE = OfferDirection.PROVIDE


async def publish(world: World, *offers: Offer) -> None:
    async def work(told: Changes) -> None:
        told.tell(*(changes.OfferPublished(offer.id) for offer in offers))

    await world.services.outbox.write(work)


async def hits(world: World, by: Member, count: int, cursor: str, **variables: Any) -> list[tuple[str, str]]:
    """The first hits behind the cursor: by which search, and which entry."""
    found: list[tuple[str, str]] = []
    async with aclosing(world.subscribe(HITS, by, after=cursor, **variables)) as updates:
        while len(found) < count:
            answer = await soon(anext(updates))
            assert answer.data, answer
            hit = answer.data["savedSearchHit"]
            found.append((hit["savedSearch"]["name"], hit["offer"]["title"]))
    return found


async def test_what_a_search_finds_is_told_once_by_the_oldest_that_does(world: World) -> None:
    member, other = await world.member(), await world.member("Andere")
    await saved(world, other, "Fremd")
    rooms = await saved(world, member, "Räume", categories=["ROOM"])
    await saved(world, member, "Biete", direction="PROVIDE")
    cursor = await world.services.hub.cursor()
    await publish(
        world,
        await world.offer("Nichts davon"),
        await world.offer("Entwurf", direction=PROVIDE, status=OfferStatus.DRAFT),
        await world.offer("Saal", direction=PROVIDE, category="ROOM"),
        await world.offer("Hilfe", direction=PROVIDE),
        await world.offer("Halle", category="ROOM"),
    )
    assert await hits(world, member, 3, cursor) == [("Räume", "Saal"), ("Biete", "Hilfe"), ("Räume", "Halle")]
    assert await hits(world, member, 2, cursor, id=rooms["id"]) == [("Räume", "Saal"), ("Räume", "Halle")]


async def test_what_is_saved_meanwhile_counts_at_once(world: World) -> None:
    member = await world.member()
    await saved(world, member, "Räume", categories=["ROOM"])
    cursor = await world.services.hub.cursor()
    async with aclosing(world.subscribe(HITS, member, after=cursor)) as updates:
        await publish(world, await world.offer("Halle", category="ROOM"))
        assert (await soon(anext(updates))).data
        await saved(world, member, "Biete", direction="PROVIDE")
        await publish(world, await world.offer("Hilfe", direction=PROVIDE))
        answer = await soon(anext(updates))
        assert answer.data
        assert answer.data["savedSearchHit"]["savedSearch"] == {"name": "Biete"}


async def test_one_that_is_deleted_completes(world: World) -> None:
    member = await world.member()
    search = await saved(world, member)
    cursor = await world.services.hub.cursor()
    async with aclosing(world.subscribe(HITS, member, id=search["id"], after=cursor)) as updates:
        await publish(world, await world.offer("Hilfe"))
        first = await soon(anext(updates))
        assert first.data
        await world.data(DELETE, member, id=search["id"])
        with pytest.raises(StopAsyncIteration):
            await soon(anext(updates))
    refused = await soon(anext(world.subscribe(HITS, member, id=search["id"])))
    assert refused.codes == ["NOT_FOUND"]


async def test_who_has_no_account_is_refused(world: World) -> None:
    key = await world.key(await world.organisation())
    for who, code in ((None, "UNAUTHENTICATED"), (key, "FORBIDDEN")):
        answer = await soon(anext(world.subscribe(HITS, who)))
        assert answer.codes == [code]
    stranger = await saved(world, await world.member())
    answer = await soon(anext(world.subscribe(HITS, await world.member("Andere"), id=stranger["id"])))
    assert answer.codes == ["NOT_FOUND"]
    answer = await soon(anext(world.subscribe(HITS, await world.member("Dritte"), id=global_id("Offer", 1))))
    assert answer.codes == ["NOT_FOUND"]


async def test_searches_are_judged_without_a_statement(world: World) -> None:
    """However many searches an account keeps: an entry that none of them finds costs no more than its facts."""
    member = await world.member()
    for number in range(10):
        await saved(world, member, f"Nr. {number}", text=f"wort{number}")
    await saved(world, member, "Alle", direction="PROVIDE")
    cursor = await world.services.hub.cursor()
    for number in range(20):
        await publish(world, await world.offer(f"Anderes {number}"))
    await publish(world, await world.offer("Hilfe", direction=PROVIDE))
    await world.services.hub.cursor()
    with statements() as sent:
        assert await hits(world, member, 1, cursor) == [("Alle", "Hilfe")]
    searches = [one for one in sent if "saved_search" in one]
    # At the beginning, for the update, and where the cursor lies before some of those that were saved.
    assert len(searches) <= 2 + 11 < 20, searches


async def test_a_text_finds_by_its_synonyms_and_by_what_is_sought_in_a_sentence(world: World) -> None:
    """As `offerPublished` does: all that is sought, and nothing that may be a typing error. The list finds more."""
    await store_synonyms(world.services.outbox)
    member = await world.member()
    await saved(world, member, "Telefon", text="Handy")
    await saved(world, member, "Feier", text="Ich suche einen Saal für unser Vereinsfest")
    await saved(world, member, "Vertippt", text="Gartenn")
    cursor = await world.services.hub.cursor()
    await publish(
        world,
        await world.offer("Garten"),
        await world.offer("Das Vereinsfest"),
        await world.offer("Fragen zum Smartphone"),
        await world.offer("Raum im Gemeindehaus"),
    )
    assert await hits(world, member, 2, cursor) == [
        ("Telefon", "Fragen zum Smartphone"),
        ("Feier", "Raum im Gemeindehaus"),
    ]
    listed = (await world.data(MINE, member))["viewer"]["savedSearches"]
    assert [(one["newCount"], one["offers"]["totalCount"]) for one in listed] == [(1, 1), (1, 1), (1, 1)]
