"""A network large enough that a planner of statements prefers indexes, with rare and common values in every column."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from tortoise.models import Model

import models
from models import (
    Account,
    AuditEntry,
    District,
    Event,
    EventKind,
    EventStatus,
    Group,
    GroupMembership,
    GroupPost,
    GroupRole,
    GroupStatus,
    Member,
    MemberKind,
    MembershipStatus,
    MemberStatus,
    Offer,
    OfferCategory,
    OfferDirection,
    OfferResponse,
    OfferStatus,
    Registration,
    RegistrationStatus,
    Topic,
)
from resolvers.search.indexing import index_all
from tests.world import World

Row = TypeVar("Row", bound=Model)

MEMBERS = 2500
GROUPS = 1500
EVENTS = 2500
OFFERS = 6000
# Of one event, one entry, one group: the lists that grow below one parent.
MANY = 2000

_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
RARE_WORD = "zauberwort"


@dataclass
class Grown:
    """The network, and those in it whose lists are long."""

    world: World
    office: Account
    # Owner of the entry with many responses, host of the event with many registrations, coordinator of the large group.
    member: Member
    group: Group
    event: Event
    offer: Offer


def _text(number: int) -> str:
    return f"{RARE_WORD} {number}" if number % 500 == 7 else f"garten und werkzeug {number}"


def _at(number: int) -> datetime:
    return _BEGINNING + timedelta(hours=number)


def _rare(number: int, values: list[Any], common: Any) -> Any:
    """One of `values` for each of them once in two hundred, else `common`."""
    place = (number - 2) % 200
    return values[place] if place < len(values) else common


def _venue(number: int) -> dict[str, Any]:
    """A place in a grid of some hundred kilometres."""
    return {
        "venue_name": "Treffpunkt",
        "venue_district_id": 1 + number % 25,
        "venue_latitude": 52.0 + number % 71 / 70,
        "venue_longitude": 10.0 + number % 73 / 70,
    }


async def grow(world: World) -> Grown:
    """Fill the empty network."""
    await _store(Topic, 17, lambda n: {"slug": f"topic-{n}", "name": f"Topic {n}", "name_key": f"topic {n}"})
    await _store(District, 40, lambda n: {"slug": f"district-{n}", "name": f"D {n}", "name_key": f"d {n}"})
    await _store(Member, MEMBERS, _member)
    await _store(Group, GROUPS, _group)
    await _store(Event, EVENTS, _event)
    await _store(Offer, OFFERS, _offer)
    await _store(AuditEntry, OFFERS, _audited)
    await _links()
    await _below()
    await index_all()
    connection = Member._meta.db
    # FULL: indexes that an earlier test filled are large, and planned for as such, though emptied.
    await connection.execute_script(
        "VACUUM FULL ANALYZE" if connection.capabilities.dialect == "postgres" else "ANALYZE"
    )
    member = await Member.get(id=1)
    return Grown(
        world, await world.office(), member, await Group.get(id=1), await Event.get(id=1), await Offer.get(id=1)
    )


async def _store(model: type[Row], count: int, columns: Callable[[int], dict[str, Any]]) -> None:
    await model.bulk_create([model(**columns(number)) for number in range(1, count + 1)], batch_size=200)


def _member(number: int) -> dict[str, Any]:
    status = _rare(number, [MemberStatus.APPLIED, MemberStatus.SUSPENDED, MemberStatus.LEFT], MemberStatus.ACTIVE)
    return {
        "slug": f"member-{number}",
        "kind": MemberKind.ORGANISATION if number % 50 == 9 else MemberKind.PERSON,
        "status": status,
        "name": f"Mitglied {number}",
        "name_key": f"mitglied {number:06}",
        "district_id": 1 + number % 25,
        "joined_at": _at(number),
        "created_at": _at(number * 7919 % MEMBERS),
    }


def _group(number: int) -> dict[str, Any]:
    return {
        "slug": f"group-{number}",
        "name": f"Gruppe {number}",
        "name_key": f"gruppe {number * 7919 % GROUPS:06}",
        "purpose": "Wir arbeiten zusammen. " * 30,
        "status": _rare(number, [GroupStatus.FORMING, GroupStatus.CLOSED], GroupStatus.ACTIVE),
        "active_at": _at(number * 31 % GROUPS),
        "created_at": _at(number),
    }


def _audited(number: int) -> dict[str, Any]:
    target = {"target_type": "Offer" if number % 7 else "Member", "target_key": 1 + number % 700}
    at = _BEGINNING + timedelta(hours=number)
    return {
        "action": "CHANGED",
        "operation": "updateOffer",
        "actor_id": 1 + number % 90,
        "changed": [],
        "occurred_at": at,
        **target,
    }


def _event(number: int) -> dict[str, Any]:
    """Spread over years: few are still to come."""
    starts_at = models.now() + timedelta(days=60 - number) if number > 1 else models.now() + timedelta(days=1)
    return {
        "slug": f"event-{number}",
        "title": f"Treffen {number}",
        "description": "Alle sind willkommen.",
        "kind": _rare(number, [EventKind.CEREMONY, EventKind.FAIR], EventKind.MEETING),
        "status": _rare(number, [EventStatus.DRAFT], EventStatus.PUBLISHED),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "time_zone": "Europe/Berlin",
        "host_id": 1 if number == 1 else 1 + number % MEMBERS,
        "group_id": 1 + number % GROUPS if number % 3 else None,
        "parent_id": number - 1 if number % 100 == 4 else None,
        "created_at": _at(number * 7919 % EVENTS),
        **_venue(number),
    }


def _offer(number: int) -> dict[str, Any]:
    others = [one for one in OfferStatus if one is not OfferStatus.PUBLISHED]
    shown = _rare(number, others, OfferStatus.PUBLISHED)
    published_at = _at(number) if shown not in (OfferStatus.DRAFT, OfferStatus.IN_REVIEW) else None
    return {
        "slug": f"offer-{number}",
        "direction": OfferDirection.SEEK if number % 100 != 17 else OfferDirection.PROVIDE,
        "category": _rare(number, [OfferCategory.FUNDING, OfferCategory.ROOM], OfferCategory.MATERIAL),
        "status": shown,
        "title": f"Eintrag {number}",
        "description": "Wir freuen uns.",
        "district_id": 1 + number % 25,
        "remote": number % 200 == 3,
        "owner_id": 1 if number == 1 else 2 + number % (MEMBERS - 1),
        "group_id": 1 + number % GROUPS,
        "published_at": published_at,
        "newest_at": _at(number),
        "expires_at": models.now() + timedelta(hours=1 + number * 7919 % OFFERS) if published_at else None,
        "created_at": _at(number),
        **_venue(number),
    }


async def _links() -> None:
    """A topic each, and one that not many have."""
    await _topics(models.MemberTopic, "member_id", MEMBERS)
    await _topics(models.GroupTopic, "group_id", GROUPS)
    await _topics(models.EventTopic, "event_id", EVENTS)
    await _topics(models.OfferTopic, "offer_id", OFFERS)


async def _topics(model: type[Model], column: str, count: int) -> None:
    await _store(model, count, lambda number: {column: number, "topic_id": 1 + number % 8, "position": 0})
    await _store(model, count // 20, lambda number: {column: number * 20, "topic_id": 17, "position": 1})


async def _below() -> None:
    await _store(GroupMembership, MANY, _large_group)
    await _store(GroupMembership, GROUPS - 1, lambda n: _membership(1 + n, 1 + n))
    await _store(
        GroupPost,
        MANY,
        lambda n: {"group_id": 1, "author_id": 1, "title": "Neues", "body": "Text", "published_at": _at(n)},
    )
    await _store(Registration, MANY, _registration)
    await _store(
        OfferResponse,
        MANY,
        lambda n: {"offer_id": 1 + n % 20, "member_id": 1 + n, "message": "Gern.", "created_at": _at(n * 7919 % MANY)},
    )


def _membership(group_id: int, member_id: int) -> dict[str, Any]:
    return {
        "group_id": group_id,
        "member_id": member_id,
        "status": MembershipStatus.ACTIVE,
        "joined_at": _at(member_id),
    }


def _large_group(number: int) -> dict[str, Any]:
    status = _rare(number, [MembershipStatus.REQUESTED], MembershipStatus.ACTIVE)
    return {
        **_membership(1, number),
        "role": GroupRole.COORDINATOR if number % 500 == 1 else GroupRole.MEMBER,
        "status": status,
    }


def _registration(number: int) -> dict[str, Any]:
    return {
        "event_id": 1,
        "member_id": number,
        "status": _rare(number, [RegistrationStatus.CANCELLED], RegistrationStatus.CONFIRMED),
        "queue_number": number,
        "registered_at": _at(number),
    }
