"""From the outbox to subscribers: what is committed is told, in order, once, whatever happens to Redis."""

from subscriptions.changes import Change, MemberChanged
from subscriptions.outbox import Changes
from tests.conditions import soon
from tests.world import World


async def tell(world: World, *numbers: int) -> None:
    """Commit a change about each of these members."""

    async def work(changes: Changes) -> None:
        changes.tell(*(MemberChanged(number) for number in numbers))

    await world.services.outbox.write(work)


async def test_what_is_committed_is_told_in_order(world: World) -> None:
    hub = world.services.hub
    cursor = await hub.cursor()
    await tell(world, 1, 2)
    await tell(world, 3)
    seen: list[Change] = []

    async def listen() -> None:
        async for told in hub.follow(cursor):
            seen.append(told.change)
            if len(seen) == 3:
                return

    await soon(listen())
    assert seen == [MemberChanged(1), MemberChanged(2), MemberChanged(3)]
    assert [row.seq for row in await world.told()] == [1, 2, 3]
