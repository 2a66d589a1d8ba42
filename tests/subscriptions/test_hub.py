"""Many who begin to listen at once ask the database once where the log stands."""

import asyncio

from subscriptions import changes, log
from subscriptions.outbox import Changes
from tests.statements import statements
from tests.world import World


async def test_where_the_log_stands_is_read_once_for_all_who_ask_before_the_reading(world: World) -> None:
    hub = world.services.hub
    with statements() as sent:
        followers = await asyncio.gather(*(hub.attach(None) for _number in range(50)))
    assert len(sent) == 1, sent
    assert {one.position for one in followers} == {await log.head()}


async def test_who_asks_while_it_is_read_waits_for_the_next_reading(world: World) -> None:
    hub = world.services.hub

    async def tell(delivered: Changes) -> None:
        delivered.tell(changes.EventUpdated(1))

    for _number in range(20):
        early = asyncio.create_task(hub.attach(None))
        await asyncio.sleep(0)
        await world.services.outbox.write(tell)
        await log.number(10)
        head = await log.head()
        late = await hub.attach(None)
        assert (await early).position <= late.position
        assert late.position >= head


async def test_who_leaves_while_it_is_read_takes_it_from_nobody(world: World) -> None:
    hub = world.services.hub
    leaving, staying = [asyncio.create_task(hub.attach(None)) for _number in range(2)]
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).position == await log.head()
