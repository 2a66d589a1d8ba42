"""Contact data by their audience: each role finds those that are meant for it, in every channel, and no other.

What is asked is made of the schema: whatever leads to a member is followed, and every text on the way is looked at.
What mails, the outbox and the log hold is looked at where every role does everything (`test_permissions`).
"""

import io
import zipfile
from dataclasses import dataclass, field, replace
from functools import cache

import pytest
from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
)

from models import (
    Account,
    ApiKey,
    Audience,
    Event,
    Group,
    GroupPost,
    Member,
    MemberStatus,
    Offer,
    OfferResponse,
    Registration,
    ResponseStatus,
)
from resolvers.privacy.rows import owner_of
from resolvers.privacy.take_out import take_out
from schema.declare.ids import global_id
from subscriptions import changes
from tests.conditions import until
from tests.web.http.feeds.reading import get
from tests.web.http.feeds.test_registrations import address
from tests.web.live.test_fan_out import Listener, listening, tell
from tests.world import SCHEMA, World

pytestmark = pytest.mark.walk

E, M, G, N = Audience
# Whose contact data each role sees, by their audience. All that ties people: `tests.auth.access.test_relations`.
SEEN: dict[str, tuple[Audience, ...]] = {
    "guest": (E,),
    "applicant": (E,),
    "suspended": (E,),
    "a club's key": (E,),
    "member": (E, M),
    "in a group with them": (E, M, G),
    "accepted by them": (E, M, G, N),
    "represents them": (E, M, G, N),
    "office": (E, M, G, N),
}
# The address of an account is shown to nobody else, and contact data of their own to those alone.
LOGIN, OWN = "anmeldung@kontakt.example", "olga@kontakt.example"
By = Member | Account | ApiKey | None


def addresses(*audiences: Audience) -> set[str]:
    """The addresses that are for these."""
    return {f"{audience.lower()}@kontakt.example" for audience in audiences}


def numbers(*audiences: Audience) -> set[str]:
    """The telephone numbers that are for these."""
    return {f"+4953619800{list(Audience).index(audience)}" for audience in audiences}


MARKS = addresses(*Audience) | numbers(*Audience) | {LOGIN, OWN}


def marks_in(text: str) -> set[str]:
    """Which contact data stand in it."""
    return {mark for mark in MARKS if mark in text}


@dataclass
class Scene:
    """Organisations with contact data for every audience, whom Olga represents, and everybody who may look for them."""

    world: World
    olga: Member
    group: Group
    clubs: list[Member] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    askers: dict[str, By] = field(default_factory=dict)

    @classmethod
    async def made(cls, world: World) -> "Scene":
        """All of them, tied to one another by whatever leads from one to another."""
        olga = await world.member("Olga", email=OWN)
        await Account.create(email=LOGIN, password_hash="!", member=olga)
        scene = cls(world, olga, await world.group("AG", coordinator=olga))
        office = await world.office()
        # As two audiences of one member differ: each field goes by its own.
        for audience, other in zip(Audience, reversed(Audience), strict=True):
            club = await world.organisation(f"Verein {audience}", by=olga)
            (email,), (phone,) = addresses(audience), numbers(other)
            contact = {"email": email, "emailAudience": audience, "phone": phone, "phoneAudience": other}
            done = await world.data(UPDATE, office, input={"id": global_id("Member", club.id), **contact})
            assert done == {"it": {"userErrors": []}}
            await world.membership(scene.group, club)
            scene.clubs.append(club)
            scene.offers.append(await world.offer(f"Angebot {audience}", club, group=scene.group))
            scene.events.append(await world.event(f"Fest {audience}", club, group=scene.group))
            await GroupPost.create(group=scene.group, author=club, title="Neues", body="Text")
        scene.askers = {who: await scene.asker(who) for who in SEEN}
        for number, by in enumerate(scene.askers.values()):
            if isinstance(by, Member):
                for event in scene.events:
                    await Registration.create(event=event, member=by, status="CONFIRMED", queue_number=number)
        return scene

    async def asker(self, who: str) -> By:
        """Somebody who stands so to all of the organisations."""
        world = self.world
        if who == "guest":
            return None
        if who == "represents them":
            return self.olga
        if who == "office":
            return await world.office()
        if who == "a club's key":
            return await world.key(await world.organisation("Club", by=await world.member("Kai")))
        status = {"applicant": MemberStatus.APPLIED, "suspended": MemberStatus.SUSPENDED}.get(who, MemberStatus.ACTIVE)
        one = await world.member(who, status)
        if who in ("suspended", "in a group with them"):
            await world.membership(self.group, one)
        if who == "accepted by them":
            for offer in self.offers:
                accepted = ResponseStatus.ACCEPTED
                await OfferResponse.create(offer=offer, member=one, message="Gern.", status=accepted)
        return one

    def expected(self, who: str) -> set[str]:
        """What they see of it wherever contact data are shown."""
        more = {"represents them": {OWN}, "office": {OWN}}.get(who, set())
        return addresses(*SEEN[who]) | numbers(*SEEN[who]) | more


UPDATE = "mutation($input: UpdateMemberInput!) { it: updateMember(input: $input) { userErrors { code } } }"

# ---------------------------------------------------------------- what can be asked, by the schema

TEXTS = ("String", "EmailAddress", "PhoneNumber")
WITHOUT_TEXTS = ("PageInfo", "OfferFacets")
# What leads to nothing but what others lead to, or to numbers alone.
ELSEWHERE = {"node", "networkStatistics", "officeQueueChanged", "matchFound", "savedSearchHit"}


def asked(kind: GraphQLNamedType | None, steps: int, path: tuple[str, ...] = ()) -> str:
    """Selects of a type its texts, and what leads on, in so many steps from one thing that has a page to another."""
    if is_abstract_type(kind):
        left, types = steps - bool(path), SCHEMA._schema.get_possible_types(kind)
        some = {one.name: asked(one, left, (*path, "one of")) for one in types}
        return " ".join(f"... on {name} {{ {selected} }}" for name, selected in some.items() if selected)
    if not isinstance(kind, GraphQLObjectType):
        return ""
    fields = (_field(kind, name, one, steps, path) for name, one in kind.fields.items())
    return " ".join(one for one in fields if one)


def _field(parent: GraphQLObjectType, name: str, one: GraphQLField, steps: int, path: tuple[str, ...]) -> str:
    kind = get_named_type(one.type)
    if any(map(is_required_argument, one.args.values())) or name == "liveCursor" or kind.name in WITHOUT_TEXTS:
        return ""
    alias = f"{parent.name}_{name}: " if path[-1:] == ("one of",) else ""
    if is_leaf_type(kind):
        return f"{alias}{name}" if kind.name in TEXTS else ""
    left = steps - ("slug" in getattr(kind, "fields", ()))
    if left < 0 or kind.name in path or (name == "edges" and "nodes" in parent.fields):
        return ""
    selected = asked(kind, left, (*path, kind.name))
    return f"{alias}{name} {{ {selected} }}" if selected else ""


@cache
def documents(root: str) -> dict[str, str]:
    """A document for each field of a root that needs no argument but an id."""
    kind = SCHEMA._schema.type_map[root]
    assert isinstance(kind, GraphQLObjectType)
    found = {}
    for name, one in kind.fields.items():
        needs = {key for key, argument in one.args.items() if is_required_argument(argument)}
        selected = asked(get_named_type(one.type), 2) if needs <= {"id"} and name not in ELSEWHERE else ""
        if selected:
            variables, given = ("($id: ID!)", "(id: $id)") if needs else ("", "")
            found[name] = f"{root.lower()}{variables} {{ {name}{given} {{ {selected} }} }}"
    return found


@pytest.fixture(autouse=True)
def whatever_it_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of this may be asked at once."""
    bounds = replace(SCHEMA.operations.bounds, cost_limit=10**9, document_tokens=5000, document_aliases=500)
    monkeypatch.setattr(SCHEMA.operations, "bounds", bounds)


# ---------------------------------------------------------------- the walk


async def in_queries(scene: Scene, by: By) -> str:
    """What whoever asks for everything is answered."""
    context, found = await scene.world.context(by), []
    for name, document in documents("Query").items():
        answer = await scene.world.ask(document, context)
        assert set(answer.codes) <= {"UNAUTHENTICATED", "FORBIDDEN"}, (name, answer.errors)
        found.append(str(answer.data))
    return " ".join(found)


async def in_take_out(scene: Scene, by: By) -> str:
    """What a person takes with them."""
    if not isinstance(by, Member):
        return ""
    owner = await owner_of(by, await scene.world.account(by))
    archive = zipfile.ZipFile(io.BytesIO(await take_out(scene.world.services.rules, owner)))
    return " ".join(archive.read(name).decode() for name in archive.namelist())


async def in_calendar(scene: Scene, by: By) -> str:
    """What the calendar of their registrations holds."""
    if not isinstance(by, Member) or by.status is not MemberStatus.ACTIVE:
        return ""
    return await feed(scene.world, await address(scene.world, by))


async def feed(world: World, path: str) -> str:
    """The lines of a feed that is there."""
    answer = await get(world, path)
    assert answer.status_code == 200
    return answer.text.replace("\r\n ", "")


async def test_each_role_is_shown_what_is_meant_for_it(world: World) -> None:
    scene = await Scene.made(world)
    for who, by in scene.askers.items():
        own = {LOGIN} if by is scene.olga else set()
        assert marks_in(await in_queries(scene, by)) == scene.expected(who) | own, who
        assert marks_in(await in_take_out(scene, by)) == ({LOGIN, OWN} if own else set()), who
        # A calendar may be given away: it holds what everybody may see.
        assert marks_in(calendar := await in_calendar(scene, by)) == (addresses(E) if calendar else set()), who
    for path in ("events.ics", f"groups/{scene.group.slug}.ics", f"events/{scene.events[0].slug}.ics"):
        assert marks_in(await feed(world, f"/feeds/{path}")) == addresses(E), path
    for path in ("offers.atom", *(f"events/{event.slug}.ics" for event in scene.events[1:])):
        assert marks_in(await feed(world, f"/feeds/{path}")) == set(), path


async def test_each_role_is_told_what_is_meant_for_it(world: World) -> None:
    scene = await Scene.made(world)
    some = documents("Subscription")
    offer, event, members = scene.offers[-1], scene.events[-1], (*scene.clubs, scene.olga)
    updates = {"liveOffers": 1, "offerPublished": 1, "offerChanged": 1, "eventChanged": 1, "groupUpdated": len(members)}
    assert some.keys() == updates.keys()
    async with listening(world) as to:
        heard: dict[str, dict[str, Listener]] = {who: {} for who in SEEN}
        for who, by in scene.askers.items():
            context = await world.context(by)
            for name, document in some.items():
                heard[who][name] = await to.to(document, context, id=global_id("Offer", offer.id))
        shared = len(SEEN) * (len(some) - 1)  # each has a live list of their own
        await until(lambda: sum(to.fan_out.shared.waiting) == shared)
        await tell(world, changes.OfferPublished(offer.id), changes.EventUpdated(event.id))
        await tell(world, *(changes.GroupMemberJoined(scene.group.id, one.id, "MEMBER") for one in members))
        await until(lambda: all(len(one.heard) >= updates[name] for of in heard.values() for name, one in of.items()))
        for who, listeners in heard.items():
            assert not any(one.codes for one in listeners.values()), who
            told = " ".join(text for one in listeners.values() for text in one.heard)
            assert marks_in(told) == scene.expected(who), who
