"""Events: what the API does with them."""

from collections.abc import Sequence
from typing import Any

from models import Event, Registration
from models.paging import PageArguments
from resolvers.context import Context


async def events_by_id(ctx: Context, keys: Sequence[int]) -> dict[int, Event]:
    """The rows of these keys that the viewer may see, by key."""
    raise NotImplementedError


async def event_host(ctx: Context, parents: Sequence[Event], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def event_group(ctx: Context, parents: Sequence[Event], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def event_parent(ctx: Context, parents: Sequence[Event], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def event_sessions(
    ctx: Context, parents: Sequence[Event], columns: frozenset[str], page: PageArguments
) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def event_remaining_seats(ctx: Context, parents: Sequence[Event], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def event_registrations(
    ctx: Context, parents: Sequence[Event], columns: frozenset[str], page: PageArguments
) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def event_viewer_registration(ctx: Context, parents: Sequence[Event], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def event_ical_url(ctx: Context, parents: Sequence[Event], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def event_url(ctx: Context, parents: Sequence[Event], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def event_viewer_can_update(ctx: Context, parents: Sequence[Event], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def registrations_by_id(ctx: Context, keys: Sequence[int]) -> dict[int, Registration]:
    """The rows of these keys that the viewer may see, by key."""
    raise NotImplementedError


async def registration_event(ctx: Context, parents: Sequence[Registration], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def registration_member(ctx: Context, parents: Sequence[Registration], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def registration_waitlist_position(
    ctx: Context, parents: Sequence[Registration], columns: frozenset[str]
) -> Sequence[Any]:
    """?"""
    raise NotImplementedError
