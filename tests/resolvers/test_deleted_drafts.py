"""Drafts that were never published are deleted, with all that is theirs and nothing else."""

from contextlib import aclosing
from typing import Any

import pytest

from models import Event, EventStatus, Offer, OfferStatus, Topic, now
from models.sql.statements import connection
from schema.declare.ids import global_id
from subscriptions import changes
from tests.conditions import soon
from tests.dump import dump
from tests.world import World

DELETE = {
    name: f"mutation($id: ID!) {{ it: delete{name}Draft(id: $id) {{ deletedId userErrors {{ path code }} }} }}"
    for name in ("Event", "Offer")
}
CREATE = {
    name: f"""mutation($input: Create{name}Input!) {{
      it: create{name}(input: $input) {{ {name.lower()} {{ id }} userErrors {{ path code }} }} }}"""
    for name in ("Event", "Offer")
}
TIMES = {"startsAt": "2030-01-01T10:00:00Z", "endsAt": "2030-01-01T18:00:00Z"}
INPUT: dict[str, dict[str, Any]] = {
    "Event": {"title": "Quittenfest", "description": "Alle kochen.", "kind": "FAIR", "topics": ["sport"], **TIMES},
    "Offer": {"title": "Quitten", "description": "Viele.", "direction": "SEEK", "category": "ROOM"},
}
INPUT["Offer"]["topics"] = ["sport"]


async def stored() -> dict[str, Any]:
    """Everything that is stored, the search's index included, but what was told, and who did it."""
    found: dict[str, Any] = dict(await dump())
    del found["change"], found["audit_entry"]
    for table in ("search_posting", "search_word", "search_pending"):
        rows = await connection().execute_query_dict(f"SELECT * FROM {table}")
        found[table] = sorted(str(tuple(row.values())) for row in rows)
    return found


async def made(world: World, name: str, by: Any, **more: Any) -> str:
    """A draft, made as people make one; its id."""
    done = (await world.data(CREATE[name], by, input={**INPUT[name], **more}))["it"]
    assert done["userErrors"] == []
    return str(done[name.lower()]["id"])


@pytest.mark.parametrize("name", ["Event", "Offer"])
async def test_all_that_is_a_draft_s_goes_with_it_and_nothing_else(world: World, name: str) -> None:
    await Topic.create(slug="sport", name="Sport", name_key="sport")
    owner = await world.member("Ada")
    await world.event("Markt", owner)
    await world.offer("Kochen für das Fest", owner)
    asking = await world.context(owner)
    before = await stored()
    key = await made(world, name, asking)
    if name == "Event":
        await made(world, name, asking, parentId=key, title="Quittenkurs")
    assert await stored() != before
    assert (await world.data(DELETE[name], asking, id=key))["it"] == {"deletedId": key, "userErrors": []}
    assert await stored() == before
    assert "quitten" not in str(await dump()).lower(), "in nothing that was told either"
    assert (await world.ask(DELETE[name], asking, id=key)).codes == ["NOT_FOUND"]


async def test_an_entry_for_an_event_stays_when_that_s_draft_goes_and_is_found_by_its_words_no_more(
    world: World,
) -> None:
    owner = await world.member("Ada")
    event = await made(world, "Event", owner, topics=[])
    offer = await made(world, "Offer", owner, topics=[], title="Kuchen", eventId=event)
    assert (await world.data(DELETE["Event"], owner, id=event))["it"]["userErrors"] == []
    row = await Offer.get()
    assert (global_id("Offer", row.id), row.event_id) == (offer, None)
    sql = "SELECT term FROM search_posting WHERE kind = 4"
    assert not [one for one in await connection().execute_query_dict(sql) if one["term"].startswith("quitten")]


async def test_what_was_published_or_waits_for_review_is_not_deleted(world: World) -> None:
    owner = await world.member("Ada")
    asking = await world.context(owner)
    rows: list[Any] = [await world.offer("Hilfe", owner, status) for status in OfferStatus if status != "DRAFT"]
    rows += [await world.event("Fest", owner, status=status) for status in EventStatus if status != "DRAFT"]
    rows.append(await world.offer("Schon gelesen", owner, OfferStatus.DRAFT, published_at=now()))
    before = await dump()
    for row in rows:
        name = type(row).__name__
        refused = (await world.data(DELETE[name], asking, id=global_id(name, row.id)))["it"]
        assert refused == {"deletedId": None, "userErrors": [{"path": [], "code": "WRONG_STATE"}]}, row.status
    assert await dump() == before


async def tell(world: World, change: changes.Change) -> None:
    """That this happened."""

    async def work(outbox: Any) -> None:
        outbox.tell(change)

    await world.services.outbox.write(work)


OF_ONE = {
    name: f"""subscription($id: ID!, $after: String) {{
      it: {name.lower()}Changed(id: $id, after: $after) {{ change {name.lower()} {{ id }} }} }}"""
    for name in ("Event", "Offer")
}


@pytest.mark.parametrize("name", ["Event", "Offer"])
async def test_who_follows_a_draft_is_told_that_it_is_gone_and_others_hear_of_none(world: World, name: str) -> None:
    owner = await world.member("Ada")
    public = await world.event("Markt", owner)
    cursor = await world.services.hub.cursor()
    key = await made(world, name, owner, topics=[])
    row = (await (Event if name == "Event" else Offer).filter(status="DRAFT"))[0].id
    await tell(world, changes.EventUpdated(row) if name == "Event" else changes.OfferUpdated(row))
    async with aclosing(world.subscribe(OF_ONE[name], owner, id=key, after=cursor)) as updates:
        assert (await soon(anext(updates))).data == {"it": {"change": "UPDATED", name.lower(): {"id": key}}}
        await world.data(DELETE[name], owner, id=key)
        assert (await soon(anext(updates))).data == {"it": {"change": "REMOVED", name.lower(): None}}
        with pytest.raises(StopAsyncIteration):
            await soon(anext(updates))
    await tell(world, changes.EventUpdated(public.id))
    everything = "subscription($after: String) { eventChanged(after: $after) { change eventId } }"
    async with aclosing(world.subscribe(everything, owner, after=cursor)) as events:
        first = (await soon(anext(events))).data
    assert first == {"eventChanged": {"change": "UPDATED", "eventId": global_id("Event", public.id)}}
