"""Offers: what the API does with them."""

from collections.abc import Sequence
from typing import Any

from models import Offer, OfferResponse
from models.paging import PageArguments
from resolvers.context import Context


async def offers_by_id(ctx: Context, keys: Sequence[int]) -> dict[int, Offer]:
    """The rows of these keys that the viewer may see, by key."""
    raise NotImplementedError


async def offer_owner(ctx: Context, parents: Sequence[Offer], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def offer_group(ctx: Context, parents: Sequence[Offer], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def offer_event(ctx: Context, parents: Sequence[Offer], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def offer_matches(
    ctx: Context, parents: Sequence[Offer], columns: frozenset[str], page: PageArguments
) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def offer_responses(
    ctx: Context, parents: Sequence[Offer], columns: frozenset[str], page: PageArguments
) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def offer_viewer_response(ctx: Context, parents: Sequence[Offer], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def offer_status_reason(ctx: Context, parents: Sequence[Offer], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def offer_url(ctx: Context, parents: Sequence[Offer], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def offer_viewer_can_update(ctx: Context, parents: Sequence[Offer], columns: frozenset[str]) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def offer_responses_by_id(ctx: Context, keys: Sequence[int]) -> dict[int, OfferResponse]:
    """The rows of these keys that the viewer may see, by key."""
    raise NotImplementedError


async def offer_response_offer(
    ctx: Context, parents: Sequence[OfferResponse], columns: frozenset[str]
) -> Sequence[Any]:
    """?"""
    raise NotImplementedError


async def offer_response_member(
    ctx: Context, parents: Sequence[OfferResponse], columns: frozenset[str]
) -> Sequence[Any]:
    """?"""
    raise NotImplementedError
