"""The one helper that writes: what was begun is finished, whoever still waits for it."""

import asyncio
import random
from contextlib import suppress
from typing import Any

import models
from models import GroupPost, now
from schema.declare.ids import global_id
from subscriptions.changes import GroupPostPublished
from subscriptions.outbox import Changes
from tests.conditions import soon, until
from tests.world import World

LEAVING = 200
POST = """mutation ($input: PublishGroupPostInput!) { publishGroupPost(input: $input) { userErrors { code } } }"""


async def test_a_client_that_leaves_in_the_middle_of_a_mutation_harms_nobody(world: World) -> None:
    """Cancelled at random instants: nothing is stuck, nothing half written, and the next write works at once."""
    dice = random.Random(5)
    group = await world.group()

    async def post(number: int) -> None:
        async def work(changes: Changes) -> None:
            post = await GroupPost.create(group=group, title=f"{number}", body="Text", published_at=now())
            await models.Group.filter(id=group.id).update(active_at=now())
            changes.tell(GroupPostPublished(group.id, post.id))

        await world.services.outbox.write(work)

    async def leave(number: int) -> None:
        client = asyncio.create_task(post(number))
        if dice.random() < 0.5:
            for _step in range(dice.randrange(40)):
                await asyncio.sleep(0)
        else:
            await asyncio.sleep(dice.random() * 0.01)
        client.cancel()
        with suppress(asyncio.CancelledError):
            await client

    for start in range(0, LEAVING, 10):
        await soon(asyncio.gather(*(leave(number) for number in range(start, start + 10))))
    await soon(post(LEAVING))
    await soon(world.services.outbox.drain())
    posts = await GroupPost.all().order_by("id").values_list("id", flat=True)
    told = [row.facts["post_id"] for row in await world.told()]
    assert sorted(told) == posts
    assert await GroupPost.filter(title=f"{LEAVING}").count() == 1
    await until(lambda: world.services.hub.position.seq == len(told))


async def test_a_client_that_leaves_a_mutation_of_the_api_harms_nobody(world: World) -> None:
    dice = random.Random(6)
    leader = await world.member()
    group = await world.group(coordinator=leader)
    context = await world.context(leader)
    variables: dict[str, Any] = {"input": {"groupId": global_id("Group", group.id), "title": "Neues", "body": "Text"}}

    async def leave() -> None:
        client = asyncio.create_task(world.ask(POST, context, **variables))
        await asyncio.sleep(dice.random() * 0.02)
        client.cancel()
        with suppress(asyncio.CancelledError):
            await client

    for _turn in range(5):
        await soon(asyncio.gather(*(leave() for _number in range(8))))
    assert (await soon(world.data(POST, leader, **variables)))["publishGroupPost"]["userErrors"] == []
    await soon(world.services.outbox.drain())
    assert await GroupPost.all().count() == len(await world.told())


async def test_what_is_raised_rolls_back_and_tells_nothing(world: World) -> None:
    async def work(changes: Changes) -> None:
        await world.member("Erika")
        changes.tell(GroupPostPublished(1, 1))
        raise LookupError

    with suppress(LookupError):
        await world.services.outbox.write(work)
    assert await models.Member.all().count() == 0
    assert await world.told() == []


async def test_what_nobody_waits_for_is_written_all_the_same_and_its_error_is_nobody_s(world: World) -> None:
    async def work(changes: Changes) -> None:
        await world.member("Erika")

    async def fail(changes: Changes) -> None:
        await world.member("Frieda")
        raise LookupError

    for one in (work, fail):
        world.services.outbox.begin(one)
    await soon(world.services.outbox.drain())
    assert [member.name for member in await models.Member.all()] == ["Erika"]
