"""The network itself, and its figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auth.access.offers import on_the_board
from auth.access.rows import in_sight
from models import (
    Event,
    EventStatus,
    Group,
    GroupStatus,
    Member,
    MemberKind,
    Offer,
    OfferDirection,
    now,
)
from resolvers.context import Context
from resolvers.terms import Terms


@dataclass(frozen=True)
class Network:
    """The one network of this server."""

    name: str
    about: str
    terms: Terms | None = None
    sign_in_provider: "SignInProvider | None" = None


@dataclass(frozen=True)
class SignInProvider:
    """The city's own sign-in: what it is called, and where it begins."""

    name: str
    url: str


@dataclass(frozen=True)
class NetworkStatistics:
    """The network's figures at an instant."""

    member_count: int
    organisation_count: int
    group_count: int
    upcoming_event_count: int
    seeking_offer_count: int
    providing_offer_count: int
    as_of: datetime


async def network(ctx: Context, columns: frozenset[str]) -> Network:
    """The network."""
    rules = ctx.rules
    provider = None
    if rules.sign_in_provider is not None:
        provider = SignInProvider(rules.sign_in_provider, f"{rules.public_url}/sign-in/start")
    return Network(rules.network_name, rules.network_about, rules.terms, provider)


async def statistics(ctx: Context, parents: Sequence[Any], columns: frozenset[str]) -> list[NetworkStatistics]:
    """The figures of the network: what everybody may see, counted."""
    figures = await count()
    return [figures for _parent in parents]


async def count() -> NetworkStatistics:
    """Count now: active members, groups that aren't closed, events to come, entries on the board. Nothing withheld."""
    instant = now()
    active = Member.filter(in_sight())  # that are ACTIVE
    board = Offer.filter(on_the_board())
    return NetworkStatistics(
        member_count=await active.count(),
        organisation_count=await active.filter(kind=MemberKind.ORGANISATION).count(),
        group_count=await Group.filter(in_sight()).exclude(status=GroupStatus.CLOSED).count(),
        upcoming_event_count=await Event.filter(
            in_sight(), status=EventStatus.PUBLISHED, ends_at__gt=instant, parent_id__isnull=True
        ).count(),
        seeking_offer_count=await board.filter(direction=OfferDirection.SEEK).count(),
        providing_offer_count=await board.filter(direction=OfferDirection.PROVIDE).count(),
        as_of=instant,
    )
