"""Anything that can happen, at random, through the API; and questions that show everything that guests can see."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from graphql import GraphQLObjectType, get_named_type, is_interface_type, is_leaf_type, is_union_type

import models
from models import (
    Event,
    Group,
    GroupMembership,
    Member,
    MemberStatus,
    Offer,
    OfferResponse,
    Registration,
    SynonymGroup,
    now,
)
from schema.declare.fields import Uncacheable
from schema.declare.ids import global_id
from schema.operations.cache_dependencies import dependencies_of_field
from tests.world import SCHEMA, World

ERRORS = "userErrors { code }"
_TITLES = ("Hilfe beim Fest", "Räume für Proben", "Ein Rad", "Nachhilfe", "Suppe")


def gid(row: Any) -> str:
    """The opaque id of a row."""
    return global_id(type(row).__name__, row.pk)


# ---------------------------------------------------------------- questions


def selection(type_: Any, depth: int) -> str:
    """All of a type that may be remembered, so many objects deep."""
    if is_union_type(type_) or is_interface_type(type_):
        parts = [f"... on {one.name} {selection(one, depth)}" for one in SCHEMA._schema.get_possible_types(type_)]
        return "{ __typename " + " ".join(parts) + " }"
    parts = ["__typename"]
    assert isinstance(type_, GraphQLObjectType)
    for name, one in type_.fields.items():
        if isinstance(dependencies_of_field(one), Uncacheable):
            continue
        inner: Any = get_named_type(one.type)
        alias = f"{type_.name}_{name}: {name}"  # in a union the same name may be of another type
        if is_leaf_type(inner):
            parts.append(alias)
        elif depth and inner.name != "PageInfo":
            parts.append(f"{alias} {selection(inner, depth - 1)}")
        elif inner.name == "PageInfo":
            parts.append(f"{alias} {{ hasNextPage hasPreviousPage startCursor endCursor }}")
    return "{ " + " ".join(parts) + " }"


def _list(call: str, type_name: str, depth: int = 1) -> str:
    inner = selection(SCHEMA._schema.get_type(type_name), depth)
    return f"{{ {call} {{ totalCount nodes {inner} edges {{ cursor }} pageInfo {{ endCursor hasNextPage }} }} }}"


LISTS = (
    _list("members", "Member"),
    _list("members(sort: NEWEST, first: 2)", "Member", 0),
    _list('members(filter: {kinds: [ORGANISATION], text: "a"})', "Member", 0),
    _list("groups", "Group"),
    _list("groups(sort: RECENTLY_ACTIVE)", "Group", 0),
    _list("groups(filter: {statuses: [ACTIVE, FORMING]}, last: 2)", "Group", 0),
    _list("events", "Event"),
    _list('events(filter: {sessions: false, endsAfter: "2027-01-01T00:00:00Z"}, sort: NEWEST)', "Event", 0),
    _list("offers", "Offer"),
    _list("offers(sort: EXPIRING, filter: {direction: SEEK})", "Offer", 0),
    _list('offers(filter: {text: "fest"}, sort: RELEVANCE, first: 1)', "Offer", 0),
    _list('groups(filter: {text: "fest"}, sort: RELEVANCE, first: 1)', "Group", 0),
    f'{{ search(text: "e") {selection(SCHEMA._schema.get_type("SearchConnection"), 3)} }}',
    "{ synonyms { id words narrower } }",
    '{ suggest(text: "fe") { text node { id } } }',
    "{ network { name topics { name } districts { slug } statistics { memberCount organisationCount groupCount "
    "seekingOfferCount providingOfferCount } } }",
    "{ offers { nodes { owner { name groups { nodes { name memberCount posts { nodes { title author { name } } } } } } "
    "matches { nodes { title } edges { score reasons } } event { title confirmedCount remainingSeats } } } }",
    "{ groups { nodes { members { totalCount edges { role joinedAt node { name } membership { id role } } } } } }",
    "{ viewer { id } events { nodes { title host { name } registrations { totalCount } sessions { totalCount } } } }",
)
_BY_SLUG = {name: selection(SCHEMA._schema.get_type(name), 1) for name in ("Member", "Group", "Event", "Offer")}
_NODE = selection(SCHEMA._schema.get_type("Node"), 0)


# ---------------------------------------------------------------- what happens


@dataclass
class Town:
    """A small network in which things happen, by the dice."""

    dice: random.Random
    office: models.Account
    done: dict[str, int] = field(default_factory=dict)

    @classmethod
    async def built(cls, world: World, dice: random.Random) -> "Town":
        """A few of everything."""
        ada, ben, cem = [await world.member(name, email=f"{name}@example.org") for name in ("Ada", "Ben", "Cem")]
        await world.member("Dora", MemberStatus.APPLIED)
        club = await world.organisation("Club", by=ada)
        groups = [await world.group("AG Schule", ada), await world.group("AG Fest", ben, join_policy="ON_REQUEST")]
        await world.membership(groups[0], cem)
        fair = await world.event("Markt", host=club, capacity=1, group=groups[0])
        await world.event("Vortrag", host=club, parent=fair)
        await world.event("Entwurf", host=ben, status=models.EventStatus.DRAFT)
        await world.offer("Hilfe beim Sommerfest", owner=ada, group=groups[0], event=fair)
        await world.offer("Räume", owner=club, direction=models.OfferDirection.PROVIDE)
        await world.offer("Entwurf", owner=ben, status=models.OfferStatus.DRAFT)
        return cls(dice, await world.office())

    async def question(self) -> str:
        """A question: a list, or an object that there is or was, by its slug or its id."""
        if self.dice.random() < 0.5:
            return self.dice.choice(LISTS)
        model: Any = self.dice.choice((Member, Group, Event, Offer))
        row = await self.any(model)
        if self.dice.random() < 0.4:
            some = [gid(row), gid(await self.any(self.dice.choice((Member, Group, Event, Offer, GroupMembership))))]
            return f'{{ nodes(ids: ["{some[0]}", "{some[1]}"]) {_NODE} node(id: "{some[0]}") {{ id }} }}'
        name = model.__name__
        other = await self.any(model)
        return (
            f'{{ {name.lower()}(slug: "{row.slug}") {_BY_SLUG[name]} '
            f'other: {name.lower()}(slug: "{other.slug}") {{ id version }} '
            f'none: {name.lower()}(slug: "{row.slug}-{self.dice.randint(1, 3)}") {{ version }} }}'
        )

    async def questions(self) -> list[str]:
        """All lists, and each object by its slug."""
        rows = [row for model in (Member, Group, Event, Offer) for row in await model.all()]
        one = [f'{{ {type(row).__name__.lower()}(slug: "{row.slug}") {_BY_SLUG[type(row).__name__]} }}' for row in rows]
        return [*LISTS, *one]

    async def any(self, model: Any, **columns: Any) -> Any:
        """Any row."""
        rows = await model.filter(**columns).order_by("id") or await model.all().order_by("id")
        return self.dice.choice(rows) if rows else None

    async def happen(self, world: World) -> str:
        """Something happens through the API of `world`, or is refused; what."""
        name = self.dice.choice(sorted(MUTATIONS))
        arguments = await MUTATIONS[name](self)
        by: Any = self.office
        if arguments is None:
            return name
        if self.dice.random() < 0.5:
            by = await self.any(Member, status=MemberStatus.ACTIVE)
        fields = SCHEMA._schema.mutation_type.fields[name].args  # type: ignore[union-attr]
        declared = ", ".join(f"${key}: {fields[key].type}" for key in arguments)
        given = ", ".join(f"{key}: ${key}" for key in arguments)
        document = f"mutation ({declared}) {{ it: {name}({given}) {{ {ERRORS} }} }}"
        answer = await world.ask(document, by, **arguments)
        assert {*answer.codes} <= {"FORBIDDEN", "NOT_FOUND"}, answer.errors
        if answer.data and answer.data["it"] == {"userErrors": []}:
            self.done[name] = self.done.get(name, 0) + 1
        return name

    def title(self) -> str:
        """Some title."""
        return f"{self.dice.choice(_TITLES)} {self.dice.randint(1, 9)}"


Arguments = dict[str, Any] | None
MUTATIONS: dict[str, Callable[[Town], Any]] = {}


def _mutation(work: Callable[[Town], Any]) -> Callable[[Town], Any]:
    MUTATIONS["".join(part.title() if number else part for number, part in enumerate(work.__name__.split("_")))] = work
    return work


def _about(model: Any, name: str = "id", more: Callable[[Town], dict[str, Any]] = lambda town: {}) -> Any:
    async def arguments(town: Town) -> Arguments:
        row = await town.any(model)
        return None if row is None else {name: gid(row), **more(town)}

    return arguments


def _reason(town: Town) -> dict[str, Any]:
    return {"reason": "Es geht nicht anders."}


def _accept(town: Town) -> dict[str, Any]:
    return {"accept": town.dice.random() < 0.7}


MUTATIONS |= {
    "approveMember": _about(Member),
    "declineMember": _about(Member, more=_reason),
    "suspendMember": _about(Member, more=_reason),
    "reinstateMember": _about(Member),
    "cancelEvent": _about(Event, more=_reason),
    "publishEvent": _about(Event),
    "registerForEvent": _about(Event),
    "cancelRegistration": _about(Registration),
    "recordAttendance": _about(Registration, "registrationId", lambda town: {"attended": True}),
    "joinGroup": _about(Group),
    "leaveGroup": _about(Group),
    "answerGroupInvitation": _about(GroupMembership, "membershipId", _accept),
    "decideJoinRequest": _about(GroupMembership, "membershipId", _accept),
    "removeFromGroup": _about(GroupMembership, "membershipId", _reason),
    "changeGroupRole": _about(
        GroupMembership, "membershipId", lambda town: {"role": town.dice.choice(("MEMBER", "COORDINATOR"))}
    ),
    "hide": _about(Event, more=_reason),
    "unhide": _about(Event),
    "deleteGroupPost": _about(models.GroupPost),
    "deleteEventDraft": _about(Event),
    "deleteOfferDraft": _about(Offer),
    "publishOffer": _about(Offer),
    "pauseOffer": _about(Offer),
    "fulfilOffer": _about(Offer),
    "withdrawOffer": _about(Offer),
    "decideResponse": _about(OfferResponse, more=_accept),
    "withdrawResponse": _about(OfferResponse),
    "reviewOffer": _about(Offer, more=lambda town: {**_accept(town), **_reason(town)}),
}


@_mutation
async def add_representative(town: Town) -> Arguments:
    organisation = await town.any(Member, kind=models.MemberKind.ORGANISATION)
    return {"organisationId": gid(organisation), "memberId": gid(await town.any(Member))}


@_mutation
async def remove_representative(town: Town) -> Arguments:
    organisation = await town.any(Member, kind=models.MemberKind.ORGANISATION)
    return {"organisationId": gid(organisation), "memberId": gid(await town.any(Member))}


@_mutation
async def set_caretaker(town: Town) -> Arguments:
    organisation = await town.any(Member, kind=models.MemberKind.ORGANISATION)
    return {"memberId": gid(organisation), "caretaker": town.dice.choice(("SELF", "OFFICE"))}


@_mutation
async def invite_to_group(town: Town) -> Arguments:
    return {"id": gid(await town.any(Group)), "memberId": gid(await town.any(Member))}


@_mutation
async def create_organisation(town: Town) -> Arguments:
    return {"input": {"name": town.title(), "topics": [town.dice.choice(("sport", "kultur"))]}}


@_mutation
async def update_member(town: Town) -> Arguments:
    audience = town.dice.choice(("EVERYONE", "NOBODY"))
    about = {"about": town.title(), "topics": [town.dice.choice(("sport", "kultur"))], "emailAudience": audience}
    return {"input": {"id": gid(await town.any(Member)), **about}}


@_mutation
async def create_group(town: Town) -> Arguments:
    return {"input": {"name": town.title(), "purpose": "Wir tun etwas."}}


@_mutation
async def update_group(town: Town) -> Arguments:
    status = town.dice.choice(("ACTIVE", "PAUSED", "CLOSED"))
    values = {"name": town.title(), "topics": ["kultur"], "status": status, "joinPolicy": "OPEN"}
    return {"input": {"id": gid(await town.any(Group)), **values}}


@_mutation
async def publish_group_post(town: Town) -> Arguments:
    audience = town.dice.choice(("EVERYONE", "GROUP"))
    values = {"title": town.title(), "body": "Neues.", "audience": audience}
    return {"input": {"groupId": gid(await town.any(Group)), **values}}


@_mutation
async def update_group_post(town: Town) -> Arguments:
    post = await town.any(models.GroupPost)
    audience = town.dice.choice(("EVERYONE", "GROUP"))
    return None if post is None else {"id": gid(post), "title": town.title(), "audience": audience}


@_mutation
async def create_event(town: Town) -> Arguments:
    begins = now() + timedelta(days=town.dice.randint(1, 100))
    times = {"startsAt": begins.isoformat(), "endsAt": (begins + timedelta(hours=1)).isoformat()}
    group = await town.any(Group)
    host = {"hostId": gid(await town.any(Member, status=MemberStatus.ACTIVE)), "groupId": gid(group)}
    return {"input": {"title": town.title(), "description": "Alle sind willkommen.", "kind": "FAIR", **times, **host}}


@_mutation
async def update_event(town: Town) -> Arguments:
    values = {"title": town.title(), "capacity": town.dice.choice((1, 2, 3, None)), "topics": ["sport"]}
    return {"input": {"id": gid(await town.any(Event)), **values}}


@_mutation
async def create_offer(town: Town) -> Arguments:
    owner = await town.any(Member, status=MemberStatus.ACTIVE)
    values = {"direction": town.dice.choice(("SEEK", "PROVIDE")), "category": "HELPING_HANDS", "topics": ["sport"]}
    rest = {"title": town.title(), "description": "Gern.", "ownerId": gid(owner), "publish": town.dice.random() < 0.8}
    return {"input": {**values, **rest}}


@_mutation
async def update_offer(town: Town) -> Arguments:
    values = {"title": town.title(), "topics": [town.dice.choice(("sport", "kultur"))], "district": "ehmen"}
    return {"input": {"id": gid(await town.any(Offer)), **values}}


@_mutation
async def dismiss_match(town: Town) -> Arguments:
    return {"ownId": gid(await town.any(Offer)), "matchId": gid(await town.any(Offer))}


@_mutation
async def save_topic(town: Town) -> Arguments:
    topic = await town.any(models.Topic)
    return {"input": {"id": gid(topic), "name": f"{topic.slug} {town.dice.randint(1, 3)}", "synonyms": [town.title()]}}


@_mutation
async def save_district(town: Town) -> Arguments:
    district, parent = await town.any(models.District), await town.any(models.District, parent_id=None)
    place = {"latitude": 52.3 + town.dice.random() / 5, "longitude": 10.7 + town.dice.random() / 5}
    values = {"name": f"{district.slug} {town.dice.randint(1, 3)}", "location": town.dice.choice((place, None))}
    if district.parent_id is None and parent.id != district.id and town.dice.random() < 0.5:
        values["parentId"] = gid(parent)
    return {"input": {"id": gid(district), **values}}


@_mutation
async def respond_to_offer(town: Town) -> Arguments:
    member = await town.any(Member, status=MemberStatus.ACTIVE)
    return {"input": {"offerId": gid(await town.any(Offer)), "memberId": gid(member), "message": "Ich helfe."}}


@_mutation
async def save_synonyms(town: Town) -> Arguments:
    known = await town.any(SynonymGroup) if town.dice.random() < 0.5 else None
    words = [town.title() for _number in range(town.dice.choice((0, 2, 3)))]
    return {"words": words, **({} if known is None else {"id": global_id("Synonyms", known.id)})}
