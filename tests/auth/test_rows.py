"""Fetching through the gate with a lock."""

import pytest
from tortoise.transactions import in_transaction  # noqa: TID251

from auth.access.groups import visible_memberships
from auth.access.rows import locked
from auth.refusals import NotFound
from auth.viewer import GUEST
from models import GroupMembership, MembershipStatus
from tests.statements import statements
from tests.world import World


async def test_a_row_is_locked_whose_condition_joins_other_tables(world: World) -> None:
    group = await world.group()
    seen = await world.membership(group, await world.member())
    unseen = await world.membership(group, await world.member(), MembershipStatus.REQUESTED)
    async with in_transaction():
        assert await locked(GroupMembership, visible_memberships(GUEST), seen.id) == seen
    with pytest.raises(NotFound):
        async with in_transaction():
            await locked(GroupMembership, visible_memberships(GUEST), unseen.id)


async def test_of_no_key_no_row_is_looked_for(world: World) -> None:
    await world.membership(await world.group(), await world.member())
    with statements() as sent, pytest.raises(NotFound):
        await locked(GroupMembership, visible_memberships(GUEST), None)
    assert sent == []
