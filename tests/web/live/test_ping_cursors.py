"""The cursor in a socket's ping is where its client can begin again with everything that it subscribed to."""

import asyncio
import json
from typing import Any

import asyncpg
import pytest
from websockets.asyncio.client import ClientConnection, connect

from auth.tokens import derive_key
from schema.declare.ids import global_id
from subscriptions.changes import Change, EventUpdated, OfferUpdated
from subscriptions.cursors import Cursors
from subscriptions.outbox import Changes
from tests.conditions import until
from tests.web.listening import PATIENCE
from tests.web.live.test_graphql_transport_ws import PROTOCOL
from tests.web.live.test_together import serving
from tests.world import SECRET, World

OFFERS = "subscription ($id: ID!) { offerChanged(id: $id) { cursor change } }"
EVENTS = "subscription ($id: ID!) { eventChanged(id: $id) { cursor change } }"
CURSORS = Cursors(derive_key(SECRET, "live cursor"))


def seq_of(cursor: str | None) -> int | None:
    return CURSORS.read(cursor).seq if cursor else None


class Client:
    """A socket with several subscriptions: what comes, by its id or as "ping", and up to which number all was told."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def begin(self, **asked: dict[str, Any]) -> None:
        """Greet, and subscribe to these, by id."""
        await self._say(type="connection_init")
        for id, payload in asked.items():
            await self._say(type="subscribe", id=id, payload=payload)

    async def next(self) -> tuple[str, int | None]:
        """What came next."""
        async with asyncio.timeout(PATIENCE):
            while True:
                message = json.loads(await self._socket.recv())
                payload = message.get("payload") or {}
                if message["type"] == "ping":
                    return "ping", seq_of(payload.get("cursor"))
                if message["type"] == "next":
                    return message["id"], seq_of(payload["extensions"]["cursor"])
                assert message["type"] == "connection_ack", message

    async def until(self, what: str, seq: int) -> None:
        """Read on until this says that all was told up to this number."""
        while True:
            name, told = await self.next()
            if name == what and told is not None and told >= seq:
                return

    async def _say(self, **message: Any) -> None:
        await self._socket.send(json.dumps(message))


async def tell(world: World, change: Change) -> int:
    """Commit a change, and wait until this process has read it; its number."""

    async def work(changes: Changes) -> None:
        changes.tell(change)

    await world.services.outbox.write(work)
    seq = len(await world.told())
    await until(lambda: world.services.hub.position.seq >= seq)
    return seq


@pytest.mark.parametrize("lagging", ["offer", "event"])
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_ping_passes_over_nothing_that_one_of_two_subscriptions_has_not_had(
    world: World, database_url: str, lagging: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One has been given everything, and idles; the other one's table can't be read for a while."""
    monkeypatch.setenv("SOCKET_PING_SECONDS", "0.05")
    offer, event = await world.offer(), await world.event()
    changes: dict[str, Change] = {"offer": OfferUpdated(offer.id), "event": EventUpdated(event.id)}
    (idle,) = set(changes) - {lagging}
    async with serving(world) as (url, _view):
        address = url.replace("http", "ws", 1) + "/graphql"
        async with connect(address, subprotocols=[PROTOCOL], proxy=None) as socket:
            client = Client(socket)
            await client.begin(
                offer={"query": OFFERS, "variables": {"id": global_id("Offer", offer.id)}},
                event={"query": EVENTS, "variables": {"id": global_id("Event", event.id)}},
            )
            await client.until("ping", 0)
            blocking = await asyncpg.connect(database_url)
            async with blocking.transaction():
                await blocking.execute(f"LOCK TABLE {lagging} IN ACCESS EXCLUSIVE MODE")
                missed = await tell(world, changes[lagging])
                await client.until(idle, await tell(world, changes[idle]))
                pings: list[int | None] = []
                while len(pings) < 5:
                    name, told = await client.next()
                    assert name == "ping"
                    pings.append(told)
                assert all(told is None or told < missed for told in pings), (pings, missed)
            await client.until(lagging, missed)
            await client.until("ping", missed + 1)
            await blocking.close()
