"""Groups: what the API does with them."""

from collections.abc import Sequence
from typing import Any

from models import Group, GroupMembership, GroupPost
from models.paging import PageArguments
from resolvers.context import Context


async def groups_by_id(ctx: Context, keys: Sequence[int]) -> dict[int, Group]:
    """The rows of these keys that the viewer may see, by key."""
    raise NotImplementedError


async def group_member_count(ctx: Context, parents: Sequence[Group], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def group_members(
    ctx: Context, parents: Sequence[Group], columns: frozenset[str], page: PageArguments
) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def group_memberships(
    ctx: Context, parents: Sequence[Group], columns: frozenset[str], page: PageArguments
) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def group_posts(
    ctx: Context, parents: Sequence[Group], columns: frozenset[str], page: PageArguments
) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def group_events(
    ctx: Context, parents: Sequence[Group], columns: frozenset[str], page: PageArguments
) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def group_offers(
    ctx: Context, parents: Sequence[Group], columns: frozenset[str], page: PageArguments
) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def group_viewer_membership(ctx: Context, parents: Sequence[Group], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def group_url(ctx: Context, parents: Sequence[Group], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def group_viewer_can_update(ctx: Context, parents: Sequence[Group], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def group_memberships_by_id(ctx: Context, keys: Sequence[int]) -> dict[int, GroupMembership]:
    """The rows of these keys that the viewer may see, by key."""
    raise NotImplementedError


async def group_membership_group(
    ctx: Context, parents: Sequence[GroupMembership], columns: frozenset[str]
) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def group_membership_member(
    ctx: Context, parents: Sequence[GroupMembership], columns: frozenset[str]
) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def group_posts_by_id(ctx: Context, keys: Sequence[int]) -> dict[int, GroupPost]:
    """The rows of these keys that the viewer may see, by key."""
    raise NotImplementedError


async def group_post_group(ctx: Context, parents: Sequence[GroupPost], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def group_post_author(ctx: Context, parents: Sequence[GroupPost], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError
