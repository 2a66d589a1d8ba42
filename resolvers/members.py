"""Members: what the API does with them."""

from collections.abc import Sequence
from typing import Any

from models import Member
from models.paging import PageArguments
from resolvers.context import Context


async def members_by_id(ctx: Context, keys: Sequence[int]) -> dict[int, Member]:
    """The rows of these keys that the viewer may see, by key."""
    raise NotImplementedError


async def member_email(ctx: Context, parents: Sequence[Member], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def member_email_audience(ctx: Context, parents: Sequence[Member], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def member_phone(ctx: Context, parents: Sequence[Member], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def member_phone_audience(ctx: Context, parents: Sequence[Member], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def member_groups(
    ctx: Context, parents: Sequence[Member], columns: frozenset[str], page: PageArguments
) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def member_offers(
    ctx: Context, parents: Sequence[Member], columns: frozenset[str], page: PageArguments
) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def member_representatives(
    ctx: Context, parents: Sequence[Member], columns: frozenset[str], page: PageArguments
) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def member_status_reason(ctx: Context, parents: Sequence[Member], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def member_url(ctx: Context, parents: Sequence[Member], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def member_viewer_can_update(ctx: Context, parents: Sequence[Member], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError
