"""What is hidden, and what is withheld with its owner, leaves no trace: every field that could show it, asked by all.

The questions are made of the schema: each root, and each relation of everything beside what is hidden.
"""

from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type, is_non_null_type

from models import (
    Account,
    Event,
    Group,
    GroupPost,
    Mail,
    Member,
    Offer,
    OfferDirection,
    OfferResponse,
    Registration,
)
from resolvers.search.indexing import index_row
from schema.declare.ids import global_id
from subscriptions import changes
from tests.conditions import soon
from tests.dump import dump
from tests.web.http.feeds.reading import get
from tests.world import SCHEMA, Answer, World

HIDE = 'mutation($id: ID!) { it: hide(id: $id, reason: "Verleumdung") { node { id } userErrors { code } } }'
UNHIDE = "mutation($id: ID!) { it: unhide(id: $id) { node { id } userErrors { code } } }"
SUSPEND = 'mutation($id: ID!) { it: suspendMember(id: $id, reason: "Grund") { userErrors { code } } }'
REINSTATE = "mutation($id: ID!) { it: reinstateMember(id: $id) { userErrors { code } } }"
# In the name of each row that is going to be out of sight: no other text has it.
WORD = "Quittengelee"
NOUNS = ("member", "group", "post", "event", "offer")
SHOWING = ("Member", "Group", "GroupPost", "Event", "Offer")


def gid(row: Any) -> str:
    """The opaque id of a row."""
    return global_id(type(row).__name__, row.pk)


class Scene:
    """Two of each noun: one is the club's or in its group, and beside it one of somebody else, tied to the first."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows: dict[str, Any] = {}
        self.beside: list[Any] = []
        self.office: Any = None
        self.person: Any = None
        self.stranger: Any = None

    @classmethod
    async def made(cls, world: World, noun: str) -> "Scene":
        """`noun`: what is named by the word; "all" of them, or what is the club's "own"."""
        scene = cls(world)
        scene.office, scene.person = await world.office(), await world.member("Person")
        scene.stranger = await world.member("Fremd")
        for one in (scene.person, scene.stranger):  # to be written to
            await world.account(one)
        named = {"all": NOUNS, "own": [one for one in NOUNS if one != "group"]}.get(noun, [noun])
        name = {one: WORD if one in named else "Verein" for one in NOUNS}
        club = await world.organisation(name["member"], scene.person, about="Wir sind da.")
        group = await world.group(name["group"], scene.person)
        place: dict[str, Any] = {"venue_name": "Halle", "point_latitude": 52.42, "point_longitude": 10.78}
        event = await world.event(name["event"], club, capacity=5, confirmed_count=1, queue_number=1, **place)
        offer = await world.offer(name["offer"], club, **place)
        post = await GroupPost.create(group=group, author=club, title=name["post"], body="Text")
        await index_row(post, new=True)
        await world.membership(group, club)
        scene.rows = dict(zip(NOUNS, (club, group, post, event, offer), strict=True))
        await scene._beside(club, group, event, offer)
        return scene

    async def _beside(self, club: Member, group: Group, event: Event, offer: Offer) -> None:
        world = self.world
        other, elsewhere = await world.organisation("Andere", self.stranger), await world.group("Runde", self.stranger)
        await world.membership(group, self.stranger)
        await world.membership(elsewhere, club)
        session = await world.event("Teil", other, parent=event, group=group)
        around = await world.event("Rahmen", other, group=group)
        own = await world.offer(f"{WORD[:5]} bieten", other, direction=OfferDirection.PROVIDE, group=group, event=event)
        answer = await OfferResponse.create(offer=offer, member=self.stranger, message="Gern.")
        seat = await Registration.create(event=event, member=self.stranger, status="CONFIRMED", queue_number=1)
        posted = await GroupPost.create(group=group, author=self.stranger, title="Eigenes", body="Text")
        self.beside = [other, elsewhere, session, around, own, answer, seat, posted, self.stranger]

    async def do(self, document: str, row: Any) -> None:
        """The office does it, and nothing is wrong."""
        done = await self.world.data(document, self.office, id=gid(row))
        assert done["it"]["userErrors"] == []

    async def shown(self, by: Member | Account | None) -> set[str]:
        """The questions by whose answers somebody learns the word, or the id of the row that it names."""
        context = await self.world.context(by)
        marked = [row for row in self.rows.values() if WORD in (getattr(row, "name", ""), getattr(row, "title", ""))]
        marks = [WORD, *(gid(row) for row in marked)]
        found = set()
        for label, document in self.questions():
            answer: Answer = await self.world.ask(document, context)
            assert not {"INTERNAL", "BAD_REQUEST", "TOO_COMPLEX"} & set(answer.codes), (document, answer.errors)
            if any(mark in str(answer.data) for mark in marks):
                found.add(label)
        return found | await self._fed()

    async def _fed(self) -> set[str]:
        slugs = {"event": self.rows["event"].slug, "group": self.rows["group"].slug}
        paths = ("events.ics", "offers.atom", f"events/{slugs['event']}.ics", f"groups/{slugs['group']}/events.ics")
        answers = {path: (await get(self.world, f"/feeds/{path}")).text for path in paths}
        return {path for path, text in answers.items() if WORD in text}

    def questions(self) -> Iterator[tuple[str, str]]:
        """Each root with what it needs, and each relation of each row that is there."""
        query: Any = SCHEMA._schema.query_type
        known: dict[str, list[str]] = {
            "slug": [f'"{row.slug}"' for row in self.rows.values() if hasattr(row, "slug")],
            "id": [f'"{gid(row)}"' for row in self.rows.values()],
            "ids": [f"[{', '.join(chr(34) + gid(row) + chr(34) for row in self.rows.values())}]"],
            "text": [f'"{WORD}"', f'"{WORD[:5]}"'],
            "bounds": ["{southWest: {latitude: 52, longitude: 10}, northEast: {latitude: 53, longitude: 11}}"],
            "zoom": ["9"],
        }
        for name, field in query.fields.items():
            needed = [one for one, argument in field.args.items() if is_non_null_type(argument.type)]
            if not set(needed) <= set(known):
                continue
            for value in known[needed[0]] if needed else [""]:
                given = "".join(f"({needed[0]}: {value}" if needed else "")
                given += "".join(f", {more}: {known[more][0]}" for more in needed[1:]) + (")" if needed else "")
                if name == "search":
                    given = given[:-1] + ", types: [MEMBER, GROUP, EVENT, OFFER, GROUP_POST])"
                yield name, f"{{ {name}{given} {selection(field.type)} }}"
        for row in self.beside:
            kind: Any = SCHEMA._schema.type_map[type(row).__name__]
            for name, field in kind.fields.items():
                if not is_leaf_type(get_named_type(field.type)):
                    asked = f"{name} {selection(field.type)}"
                    yield f"{kind.name}.{name}", f'{{ node(id: "{gid(row)}") {{ ... on {kind.name} {{ {asked} }} }} }}'
        viewer: Any = SCHEMA._schema.type_map["Viewer"]
        for name, field in viewer.fields.items():
            if not is_leaf_type(get_named_type(field.type)) and not any(map(is_needed, field.args.values())):
                yield f"Viewer.{name}", f"{{ viewer {{ {name} {selection(field.type)} }} }}"


def is_needed(argument: Any) -> bool:
    """Whether it has to be given."""
    return is_non_null_type(argument.type)


def selection(kind: Any, depth: int = 0) -> str:
    """What an object is called, and what a list holds; of what isn't called anything, all that is plain in it."""
    named: Any = get_named_type(kind)
    if is_leaf_type(named):
        return ""
    if not isinstance(named, GraphQLObjectType):
        possible = SCHEMA._schema.get_possible_types(named)
        shown = [one for one in possible if one.name in SHOWING]
        return "{ __typename " + " ".join(f"... on {one.name} {{ {named_by(one)} }}" for one in shown) + " }"
    parts = [
        name
        for name, field in named.fields.items()
        if is_leaf_type(get_named_type(field.type))
        and not any(map(is_needed, field.args.values()))
        and (named.name not in SHOWING or name in ("id", "name", "title"))
    ]
    if depth < 3:
        wanted = ("nodes", "node", "offer", "event", "group", "member", "organisation", "person", "suggestions")
        parts += [f"{name} {selection(named.fields[name].type, depth + 1)}" for name in wanted if name in named.fields]
    return "{ __typename " + " ".join(parts) + " }"


def named_by(kind: Any) -> str:
    """What tells an object from others: by an alias each, for they differ in whether it may be null."""
    return " ".join(f"{kind.name}_{name}: {name}" for name in ("id", "name", "title") if name in kind.fields)


@pytest.mark.walk(every=2)
@pytest.mark.parametrize("noun", NOUNS)
async def test_nobody_finds_a_trace_of_what_is_hidden(world: World, noun: str) -> None:
    """But its own side and the office: they see it, and why."""
    scene = await Scene.made(world, noun)
    row = scene.rows[noun]
    before = {by: await scene.shown(by) for by in (None, scene.stranger)}
    assert {"node", "nodes", "search"} <= before[None], "there is something to be hidden"
    await scene.do(HIDE, row)
    assert {by: await scene.shown(by) for by in before} == {None: set(), scene.stranger: set()}
    why = f"query($id: ID!) {{ node(id: $id) {{ ... on {type(row).__name__} {{ hiddenReason }} }} }}"
    for own in (scene.person, scene.office):
        assert await world.data(why, own, id=gid(row)) == {"node": {"hiddenReason": "Verleumdung"}}
    mails = [(mail.subject, mail.body) for mail in await Mail.all().order_by("id")]
    assert any(WORD in subject and "Verleumdung" in body for subject, body in mails), "its side is written to"
    await scene.do(UNHIDE, row)
    assert await scene.shown(None) == before[None]


async def test_what_is_a_suspended_member_s_is_out_of_sight_until_that_ends(world: World) -> None:
    """All of it, and those registered are told, then and afterwards."""
    scene = await Scene.made(world, "own")
    before = {by: await scene.shown(by) for by in (None, scene.stranger)}
    await scene.do(SUSPEND, scene.rows["member"])
    assert {by: await scene.shown(by) for by in before} == {None: set(), scene.stranger: set()}
    told = await Mail.filter(recipient=(await world.account(scene.stranger)).email)
    assert [mail.subject for mail in told] == [f"Vorerst nicht zu sehen: {WORD} / For now out of sight: {WORD}"]
    await scene.do(REINSTATE, scene.rows["member"])
    assert await scene.shown(None) == before[None]
    told = await Mail.filter(recipient=(await world.account(scene.stranger)).email).order_by("id")
    assert told[-1].subject == f"Wieder zu sehen: {WORD} / Back again: {WORD}"


async def test_two_reasons_to_be_out_of_sight_end_one_by_one(world: World) -> None:
    """Hidden by itself, by the event around it, and with its host: it is back when none of them holds any more."""
    scene = await Scene.made(world, "event")
    host, event = scene.rows["member"], scene.rows["event"]
    part = await Event.get(title="Teil")
    for hidden, document in ((event, HIDE), (part, HIDE), (host, SUSPEND)):
        await scene.do(document, hidden)
    for document, row, out in (
        (UNHIDE, event, [event, part]),
        (REINSTATE, host, [part]),
        (UNHIDE, part, []),
    ):
        await scene.do(document, row)
        found = await Event.filter(withheld_at__isnull=False).order_by("id")
        assert [one.id for one in found] == [one.id for one in out], document


# ---------------------------------------------------------------- live

GROUPS = """subscription($after: String) { groupUpdated(after: $after) { group { id } change { __typename
  ... on GroupPostRemoved { postId } ... on GroupRemoved { groupId } ... on GroupPostPublished { post { id } } } } }"""
EVENTS = "subscription($after: String) { eventChanged(after: $after) { change eventId event { title } } }"
OFFER = "subscription($id: ID!, $after: String) { offerChanged(id: $id, after: $after) { change offer { title } } }"


async def take(updates: Any) -> Any:
    """The next update."""
    answer = await soon(anext(updates))
    assert not answer.errors, answer.errors
    ((update,),) = [answer.data.values()]
    return update


async def tell(world: World, *told: changes.Change) -> str:
    """Tell of something, so that who subscribes behind the cursor hears it first."""
    cursor = await world.services.hub.cursor()

    async def work(outbox: Any) -> None:
        outbox.tell(*told)

    await world.services.outbox.write(work)
    return cursor


async def test_logs_tell_what_is_hidden_as_removed(world: World) -> None:
    scene = await Scene.made(world, "all")
    group, post, event, offer = (scene.rows[one] for one in NOUNS[1:])
    known = (changes.GroupDetailsChanged(group.id, ["name"]), changes.EventUpdated(event.id))
    cursor = await tell(world, *known, changes.OfferUpdated(offer.id))
    async with (
        aclosing(world.subscribe(GROUPS, scene.stranger, after=cursor)) as groups,
        aclosing(world.subscribe(EVENTS, after=cursor)) as events,
        aclosing(world.subscribe(OFFER, id=gid(offer), after=cursor)) as offers,
    ):
        for updates in (groups, events, offers):
            await take(updates)
        await scene.do(HIDE, post)
        removed = {"__typename": "GroupPostRemoved", "postId": gid(post)}
        assert await take(groups) == {"group": {"id": gid(group)}, "change": removed}
        await scene.do(UNHIDE, post)
        assert (await take(groups))["change"] == {"__typename": "GroupPostPublished", "post": {"id": gid(post)}}
        await scene.do(HIDE, group)
        gone = {"__typename": "GroupRemoved", "groupId": gid(group)}
        assert await take(groups) == {"group": None, "change": gone}
        await scene.do(HIDE, event)
        assert await take(events) == {"change": "REMOVED", "eventId": gid(event), "event": None}
        await scene.do(HIDE, offer)
        assert await take(offers) == {"change": "REMOVED", "offer": None}
        with pytest.raises(StopAsyncIteration):
            await soon(anext(offers))


async def test_a_withdrawn_entry_is_told_as_that_and_then_read_by_its_own_side_and_who_answered_it(
    world: World,
) -> None:
    scene = await Scene.made(world, "offer")
    offer = scene.rows["offer"]
    cursor = await tell(world, changes.OfferUpdated(offer.id))
    async with aclosing(world.subscribe(OFFER, id=gid(offer), after=cursor)) as updates:
        await take(updates)
        await world.data("mutation($id: ID!) { withdrawOffer(id: $id) { offer { id } } }", scene.person, id=gid(offer))
        assert await take(updates) == {"change": "WITHDRAWN", "offer": None}
    seen = "query($id: ID!) { node(id: $id) { ... on Offer { status } } }"
    passer_by = await world.member("Passantin")
    found = {
        name: (await world.data(seen, by, id=gid(offer)))["node"]
        for name, by in {
            "guest": None,
            "member": passer_by,
            "who answered": scene.stranger,
            "own": scene.person,
            "office": scene.office,
        }.items()
    }
    shown = {"status": "WITHDRAWN"}
    assert found == {"guest": None, "member": None, "who answered": shown, "own": shown, "office": shown}


async def test_what_is_refused_changes_nothing(world: World) -> None:
    scene = await Scene.made(world, "offer")
    offer, session = scene.rows["offer"], global_id("Topic", 1)
    office = await world.context(scene.office)
    await scene.do(HIDE, offer)
    before = await dump()
    again = (await world.data(HIDE, office, id=gid(offer)))["it"]
    assert again == {"node": None, "userErrors": [{"code": "WRONG_STATE"}]}
    for id in ("nothing", session):  # of no type, of one that nothing hides
        assert (await world.ask(HIDE, office, id=id)).codes == ["NOT_FOUND"]
    assert await dump() == before
