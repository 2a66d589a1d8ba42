"""Load, then listen: while others write, a client that loads a list and follows from its cursor knows all there is."""

import asyncio
import itertools
import random
from collections.abc import Callable
from contextlib import aclosing, suppress

import pytest

from models import OfferStatus
from resolvers.context import Context
from tests.conditions import soon, until
from tests.world import World

CREATE = """mutation ($input: CreateOfferInput!) { createOffer(input: $input) { offer { id } userErrors { code } } }"""
BESIDE = "{ offers(first: 100) { nodes { id } liveCursor } }"
ON_THE_ROOT = "{ offers(first: 100) { nodes { id } } liveCursor }"
DATA = "{ offers(first: 100) { nodes { id } } }"
CURSOR = "{ liveCursor }"
PUBLISHED = "subscription ($after: String) { offerPublished(after: $after) { offer { id } } }"


class Client:
    """A client that loads the board once, and then listens. It asks the second document once something has changed."""

    def __init__(self, world: World, *documents: str) -> None:
        self._world = world
        self._documents = documents
        self.known: set[str] = set()
        self.listens = False
        self.task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        after = None
        for number, document in enumerate(self._documents):
            if number:
                stood_at = self._world.services.hub.position
                with suppress(TimeoutError):  # it came when the last one was written
                    await until(lambda: self._world.services.hub.position > stood_at, patience=1)  # noqa: B023
            data = await self._world.data(document)
            self.known |= {node["id"] for node in data.get("offers", {}).get("nodes", ())}
            after = data.get("liveCursor") or data.get("offers", {}).get("liveCursor") or after
        assert after is not None
        async with aclosing(self._world.subscribe(PUBLISHED, after=after)) as updates:
            self.listens = True
            async for answer in updates:
                assert not answer.errors, answer.errors
                assert answer.data is not None
                self.known.add(answer.data["offerPublished"]["offer"]["id"])


async def write(world: World, owner: Context, count: int, into: set[str], enough: Callable[[], bool]) -> None:
    """Publish entries through the API, one after the other: that many, and until it is enough."""
    for number in itertools.count():
        if number >= count and enough():
            return
        values = {
            "direction": "SEEK",
            "category": "ROOM",
            "title": f"Raum {number}",
            "description": "Bitte.",
            "publish": True,
        }
        into.add((await world.data(CREATE, owner, input=values))["createOffer"]["offer"]["id"])


async def loaded_meanwhile(world: World, *documents: str, seed: int, count: int) -> tuple[set[str], list[set[str]]]:
    """What was published, and what clients know of it that came at random while it was."""
    dice = random.Random(seed)
    owner = await world.member()
    await world.offer("Der erste", owner, status=OfferStatus.WITHDRAWN)
    published: set[str] = set()
    clients: list[Client] = []
    writers = [await world.context(owner) for _number in range(2)]

    def enough() -> bool:
        return len(clients) >= 8

    writing = [asyncio.create_task(write(world, writer, count // 2, published, enough)) for writer in writers]
    try:
        while not all(task.done() for task in writing):
            if len(clients) < count:
                clients.append(Client(world, *documents))
            await asyncio.sleep(dice.random() * 0.02)
        await asyncio.gather(*writing)
        hub = world.services.hub

        async def all_told() -> bool:
            return hub.position.seq == len(await world.told()) and hub.waiting == len(clients)

        await until(lambda: all(one.listens or one.task.done() for one in clients))
        await until(all_told)
        assert not any(one.task.done() for one in clients)
    finally:
        for task in (*writing, *(one.task for one in clients)):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await soon(task)
    return published, [one.known for one in clients]


@pytest.mark.parametrize("count", [24, pytest.param(90, marks=pytest.mark.soak)])
@pytest.mark.parametrize("document", [BESIDE, ON_THE_ROOT])
async def test_who_loads_while_others_write_and_then_listens_knows_everything(
    world: World, document: str, count: int
) -> None:
    published, known = await loaded_meanwhile(world, document, seed=1, count=count)
    assert known == [published] * len(known)


async def test_who_reads_the_data_before_the_cursor_misses_something(world: World) -> None:
    """The control: it shows that the test above would notice."""
    published, known = await loaded_meanwhile(world, DATA, CURSOR, seed=2, count=24)
    assert any(one < published for one in known)
    assert all(one <= published for one in known)
