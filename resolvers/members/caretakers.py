"""In whose care a member is: who acts for it, reads and decides what is sent to it, and gets its mail."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from auth.access.members import cared_for, sees_inside
from models import Member
from resolvers.context import Context


class Caretaker(StrEnum):
    SELF = "SELF"
    OFFICE = "OFFICE"


async def member_caretaker(ctx: Context, parents: Sequence[Member], columns: frozenset[str]) -> list[Caretaker | None]:
    """Who takes care of each, for its own side and the office."""
    return await _caretakers(ctx, [parent.id for parent in parents])


async def owner_caretaker(ctx: Context, parents: Sequence[Any], columns: frozenset[str]) -> list[Caretaker | None]:
    """Who takes care of the owner of the entry that each payload shows."""
    return await _caretakers(ctx, [parent.offer and parent.offer.owner_id for parent in parents])


async def host_caretaker(ctx: Context, parents: Sequence[Any], columns: frozenset[str]) -> list[Caretaker | None]:
    """Who takes care of the host of the event that each payload shows."""
    return await _caretakers(ctx, [parent.event and parent.event.host_id for parent in parents])


async def _caretakers(ctx: Context, keys: Iterable[int | None]) -> list[Caretaker | None]:
    keys = list(keys)
    cared = await cared_for(ctx.viewer, keys)
    return [_caretaker(ctx, key, cared) for key in keys]


def _caretaker(ctx: Context, key: int | None, cared: set[int]) -> Caretaker | None:
    if key is None or not sees_inside(ctx.viewer, key):
        return None
    return Caretaker.OFFICE if key in cared else Caretaker.SELF
