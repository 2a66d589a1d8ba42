"""A live list shows what its entries belong to as that is now: owner, group and event, whatever happens to them."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest

from models import Account, Event, Group, Member
from schema.declare.ids import global_id
from tests.conditions import soon
from tests.world import Answer, World

ENTRY = "fragment entry on Offer { id title owner { name } group { name } event { title } }"
LIVE = f"""subscription ($filter: OfferFilter) {{ liveOffers(filter: $filter, sort: NEWEST, first: 10) {{ __typename
  ... on OffersSnapshot {{ offers {{ ...entry }} totalCount }}
  ... on OffersPatch {{ totalCount steps {{ __typename
    ... on OfferEntered {{ index offer {{ ...entry }} }} ... on OfferRefreshed {{ index offer {{ ...entry }} }}
    ... on OfferLeft {{ offerId }} }} }} }} }} {ENTRY}"""
LIST = f"{{ offers(sort: NEWEST, first: 10) {{ nodes {{ ...entry }} totalCount }} }} {ENTRY}"
HAPPENS = {
    "the owner has another name": (
        'mutation ($m: ID!) { done: updateMember(input: {id: $m, name: "Neu"}) { userErrors { code } } }'
    ),
    "the owner is suspended": (
        'mutation ($m: ID!) { done: suspendMember(id: $m, reason: "Grund") { userErrors { code } } }'
    ),
    "the group has another name": (
        'mutation ($g: ID!) { done: updateGroup(input: {id: $g, name: "Neu"}) { userErrors { code } } }'
    ),
    "the event has another title": (
        'mutation ($e: ID!) { done: updateEvent(input: {id: $e, title: "Neu"}) { userErrors { code } } }'
    ),
    "the event is cancelled": (
        'mutation ($e: ID!) { done: cancelEvent(id: $e, reason: "Sturm") { userErrors { code } } }'
    ),
}


def applied(rows: list[Any], update: Any) -> list[Any]:
    """What a client makes of its list."""
    if update["__typename"] == "OffersSnapshot":
        return list(update["offers"])
    rows = list(rows)
    for step in update["steps"]:
        key = step["offerId"] if step["__typename"] == "OfferLeft" else step["offer"]["id"]
        rows = [row for row in rows if row["id"] != key]
        if step["__typename"] != "OfferLeft":
            rows.insert(step["index"], step["offer"])
    return rows


class Board:
    """Three entries, of which the second belongs to what something happens to."""

    def __init__(self, owner: Member, group: Group, event: Event) -> None:
        self.ids = {
            "m": global_id("Member", owner.id),
            "g": global_id("Group", group.id),
            "e": global_id("Event", event.id),
        }

    @classmethod
    async def made(cls, world: World) -> "Board":
        owner, other = await world.member("Alt"), await world.member("Andere")
        group, event = await world.group("Alt"), await world.event("Alt", owner)
        await world.offer("Eins", other)
        await world.offer("Zwei", owner, group=group, event=event)
        await world.offer("Drei", other)
        return cls(owner, group, event)

    async def happens(self, world: World, office: Account, document: str) -> None:
        """By the office, with what the document names."""
        ids = {name: id for name, id in self.ids.items() if f"${name}" in document}
        assert (await world.data(document, office, **ids))["done"] == {"userErrors": []}


async def told(updates: AsyncGenerator[Answer, None]) -> Any:
    answer = await soon(anext(updates))
    assert not answer.errors
    assert answer.data
    return answer.data["liveOffers"]


@pytest.mark.parametrize("what", list(HAPPENS))
async def test_what_happens_to_what_an_entry_belongs_to_is_told_at_once(world: World, what: str) -> None:
    board, office = await Board.made(world), await world.office()
    async with aclosing(world.subscribe(LIVE)) as updates:
        before = applied([], await told(updates))
        assert before == (await world.data(LIST))["offers"]["nodes"]
        await board.happens(world, office, HAPPENS[what])
        after = applied(before, await told(updates))
        assert after == (await world.data(LIST))["offers"]["nodes"]
        if "another" in what:
            assert after != before
