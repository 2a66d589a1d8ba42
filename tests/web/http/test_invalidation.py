"""After every kind of change every list is what it is afresh: by every sort and every filter that the schema has.

`test_remembered.py` tries what happens at random; here each kind of change happens where it shows.
"""

import random
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, get_named_type, is_list_type, is_non_null_type

import models
from models import Event, Group, Member, Offer, OfferStatus, now
from resolvers.context import system_context
from resolvers.matches.found import find_matches
from resolvers.network.reference_data import store_town
from resolvers.offers.expiry import expire_due
from resolvers.search.indexing import index_pending, index_row, rebuild
from subscriptions.changes import Change
from tests.web.caching import processes
from tests.web.http.test_response_cache import differences, head_of
from tests.web.mutating import Town, gid
from tests.world import SCHEMA, World

# ---------------------------------------------------------------- what is asked

QUERY: Any = SCHEMA._schema.query_type
TOPIC = "sport"
TEXTS = {"topics": f'["{TOPIC}"]', "districts": '["ehmen"]', "languages": '["pl"]', "text": '"fest"'}
# Guests, who alone are answered from memory, may not ask for it.
REFUSED = {"withoutResponses"}
NUMBERS = {"age": "16", "maxHoursPerWeek": "3.5"}
BOUNDS = "{southWest: {latitude: 52.3, longitude: 10.6}, northEast: {latitude: 52.5, longitude: 10.9}}"
NEAR = "{latitude: 52.42, longitude: 10.78, radiusKm: 50}"


async def ids() -> dict[str, str]:
    """One of each noun, for filters by id."""
    found = {"groupId": Group, "ownerId": Member, "hostId": Member}
    return {name: f'"{gid(await model.all().order_by("id").first())}"' for name, model in found.items()}


def values_of(name: str, kind: Any, known: dict[str, str]) -> list[str]:
    """Every value that a field of a filter may have, as far as they can be counted; else one."""
    named = get_named_type(kind)
    if isinstance(named, GraphQLEnumType):
        inner = kind.of_type if is_non_null_type(kind) else kind
        return [f"[{one}]" if is_list_type(inner) else one for one in named.values]
    if named.name == "Boolean":
        return ["true", "false"]
    if named.name in ("DateTime", "Date"):
        instant = now() + timedelta(days=8)
        return [f'"{instant.isoformat() if named.name == "DateTime" else instant.date()}"']
    return [{"near": NEAR, "bounds": BOUNDS, **TEXTS, **NUMBERS, **known}[name]]


def questions(known: dict[str, str]) -> Iterator[str]:
    """Each list of the root by each sort, and by each value of each field of its filter."""
    for name, one in QUERY.fields.items():
        if "filter" not in one.args or "sort" not in one.args:
            continue
        shown = "{ totalCount nodes { id } }"
        filter: Any = get_named_type(one.args["filter"].type)
        assert isinstance(filter, GraphQLInputObjectType)
        for field, kind in filter.fields.items():
            for value in [] if field in REFUSED else values_of(field, kind.type, known):
                yield f"{{ {name}(filter: {{{field}: {value}}}) {shown} }}"
        for sort in get_named_type(one.args["sort"].type).values:
            needs = {"RELEVANCE": ', filter: {text: "fest"}', "DISTANCE": f", filter: {{near: {NEAR}}}"}.get(sort, "")
            yield f"{{ {name}(sort: {sort}{needs}) {shown} }}"


# ---------------------------------------------------------------- what happens


class Scene:
    """A town, and each thing done by the office."""

    def __init__(self, world: World, town: Town) -> None:
        self.world, self.town = world, town

    async def do(self, mutation: str, **arguments: Any) -> None:
        fields: Any = SCHEMA._schema.mutation_type.fields[mutation].args  # type: ignore[union-attr]
        declared = ", ".join(f"${key}: {fields[key].type}" for key in arguments)
        given = ", ".join(f"{key}: ${key}" for key in arguments)
        document = f"mutation ({declared}) {{ it: {mutation}({given}) {{ userErrors {{ code path message }} }} }}"
        assert await self.world.data(document, self.town.office, **arguments) == {"it": {"userErrors": []}}

    async def change(self, mutation: str, row: Any, **values: Any) -> None:
        await self.do(mutation, input={"id": gid(row), **values})

    async def quiet_group(self) -> Group:
        """The group in which nothing has happened for longest: what happens in it moves it."""
        return (await Group.filter(status="ACTIVE", join_policy="OPEN").order_by("active_at", "id"))[0]

    async def person(self) -> Member:
        """Somebody who is in no group yet and has published before."""
        member = await self.world.member("Neu hier")
        await self.world.offer("Früher", member, OfferStatus.WITHDRAWN)
        return member

    async def offer(
        self, status: OfferStatus = OfferStatus.PUBLISHED, title: str = "Sommerfest", **columns: Any
    ) -> Offer:
        return await self.world.offer(title, await self.person(), status, **columns)

    async def event(self, **columns: Any) -> Event:
        return await self.world.event("Sommerfest", await self.person(), **columns)


# What makes ready yields, then goes on to what happens.
Happens = Callable[[Scene], AsyncGenerator[None, None]]
KINDS: dict[str, Happens] = {}


def happens(*kinds: str) -> Callable[[Happens], Happens]:
    """Registers how changes of these kinds come about."""

    def register(work: Happens) -> Happens:
        KINDS.update(dict.fromkeys(kinds, work))
        return work

    return register


@happens("MemberChanged")
async def member_changed(scene: Scene) -> AsyncGenerator[None, None]:
    """What it offers and hosts is found by its name."""
    member = await scene.person()
    await scene.world.offer("Suppe", member)
    await scene.world.event("Treffen", member)
    yield
    await scene.change("updateMember", member, name="Fest", topics=[TOPIC], district="ehmen")


@happens("MemberErased")
async def member_erased(scene: Scene) -> AsyncGenerator[None, None]:
    """What it wrote for others stays, and names it no more."""
    member, group = await scene.person(), await scene.world.group()
    await scene.world.offer("Suppe", member)
    await scene.world.event("Treffen", member)
    await models.GroupPost.create(group=group, author=member, title=member.name, body="Text")
    yield
    await scene.do("eraseMember", id=gid(member))


@happens("GroupCreated")
async def group_created(scene: Scene) -> AsyncGenerator[None, None]:
    yield
    await scene.do("createGroup", input={"name": "Neues Fest", "purpose": "Gutes tun", "topics": [TOPIC]})


@happens("GroupDetailsChanged")
async def group_changed(scene: Scene) -> AsyncGenerator[None, None]:
    """What takes place in it is found by its name."""
    group = await scene.quiet_group()
    await scene.offer(title="Suppe", group=group)
    yield
    await scene.change("updateGroup", group, name="Fest am See", topics=[TOPIC])


@happens("GroupMemberJoined")
async def joined(scene: Scene) -> AsyncGenerator[None, None]:
    group, member = await scene.quiet_group(), await scene.person()
    yield
    await scene.do("joinGroup", id=gid(group), memberId=gid(member))


@happens("GroupRoleChanged")
async def role_changed(scene: Scene) -> AsyncGenerator[None, None]:
    membership = await scene.world.membership(await scene.quiet_group(), await scene.person())
    yield
    await scene.do("changeGroupRole", membershipId=gid(membership), role="COORDINATOR")


@happens("GroupMemberLeft")
async def left(scene: Scene) -> AsyncGenerator[None, None]:
    group, member = await scene.quiet_group(), await scene.person()
    await scene.world.membership(group, member)
    yield
    await scene.do("leaveGroup", id=gid(group), memberId=gid(member))


@happens("GroupPostPublished")
async def posted(scene: Scene) -> AsyncGenerator[None, None]:
    group = await scene.quiet_group()
    yield
    await scene.do("publishGroupPost", input={"groupId": gid(group), "title": "Neues", "body": "Viel."})


@happens("GroupPostUpdated", "GroupPostNarrowed", "GroupPostDeleted")
async def post_changed(scene: Scene) -> AsyncGenerator[None, None]:
    group = await scene.quiet_group()
    first, second = [await models.GroupPost.create(group=group, title="Fest", body="Text") for _number in range(2)]
    yield
    await scene.do("updateGroupPost", id=gid(first), title="Feier")
    await scene.do("updateGroupPost", id=gid(first), audience="GROUP")
    await scene.do("deleteGroupPost", id=gid(second))


@happens("EventDeleted", "OfferDeleted")
async def drafts_deleted(scene: Scene) -> AsyncGenerator[None, None]:
    event, offer = await scene.event(status="DRAFT"), await scene.offer(OfferStatus.DRAFT)
    yield
    await scene.do("deleteEventDraft", id=gid(event))
    await scene.do("deleteOfferDraft", id=gid(offer))


@happens("EventPublished", "GroupEventScheduled")
async def event_published(scene: Scene) -> AsyncGenerator[None, None]:
    event = await scene.event(status="DRAFT", group=await scene.quiet_group())
    yield
    await scene.do("publishEvent", id=gid(event))


@happens("EventUpdated")
async def event_updated(scene: Scene) -> AsyncGenerator[None, None]:
    """What is sought for it is found by its title."""
    event = await scene.event()
    await Event.filter(id=event.id).update(title="Treffen")
    await scene.offer(title="Suppe", event=event)
    yield
    later = (now() + timedelta(days=50)).isoformat()
    await scene.change("updateEvent", event, title="Fest am See", topics=[TOPIC], endsAt=later)


@happens("EventSeatsChanged")
async def seat_taken(scene: Scene) -> AsyncGenerator[None, None]:
    event, member = await scene.event(capacity=1), await scene.person()
    yield
    await scene.do("registerForEvent", id=gid(event), memberId=gid(member))


@happens("EventCancelled")
async def event_cancelled(scene: Scene) -> AsyncGenerator[None, None]:
    event = await scene.event()
    yield
    await scene.do("cancelEvent", id=gid(event), reason="Sturm")


@happens("OfferDrafted")
async def drafted(scene: Scene) -> AsyncGenerator[None, None]:
    owner = gid(await scene.person())
    yield
    fields = {"direction": "SEEK", "category": "ROOM", "title": "Fest", "description": "Gern.", "ownerId": owner}
    await scene.do("createOffer", input=fields)


@happens("OfferSubmitted")
async def submitted(scene: Scene) -> AsyncGenerator[None, None]:
    newcomer = await scene.world.member("Ganz neu")
    offer = await scene.world.offer("Erstes Fest", newcomer, OfferStatus.DRAFT)
    yield
    document = "mutation ($id: ID!) { publishOffer(id: $id) { offer { status } } }"
    done = await scene.world.data(document, newcomer, id=gid(offer))
    assert done["publishOffer"]["offer"]["status"] == "IN_REVIEW"


@happens("OfferSentBack")
async def sent_back(scene: Scene) -> AsyncGenerator[None, None]:
    offer = await scene.offer(OfferStatus.IN_REVIEW)
    yield
    await scene.do("reviewOffer", id=gid(offer), accept=False, reason="Zu kurz")


@happens("OfferPublished", "GroupOfferPublished")
async def offer_published(scene: Scene) -> AsyncGenerator[None, None]:
    offer = await scene.offer(OfferStatus.DRAFT, group=await scene.quiet_group())
    yield
    await scene.do("publishOffer", id=gid(offer))


@happens("OfferUpdated")
async def offer_updated(scene: Scene) -> AsyncGenerator[None, None]:
    """Two, of which one gets by what it is found, and the other one what it is found without no more."""
    offer = await scene.offer(title="Nachbarn")
    other = await scene.offer(title="Nachbarinnen", hours_per_week=2)
    yield
    await scene.change("updateOffer", offer, title="Fest", topics=[TOPIC], district="ehmen", category="ROOM")
    times = [{"weekday": "MONDAY", "from": "18:00", "until": "20:00"}]
    bounds = {"minimumAge": 18, "hoursPerWeek": 5, "languages": ["de"], "times": times, "commitment": "ONCE"}
    await scene.change("updateOffer", other, district="ehmen", **bounds)


@happens("OfferExpired")
async def expired(scene: Scene) -> AsyncGenerator[None, None]:
    await scene.offer(expires_at=now())
    yield
    await expire_due(system_context(scene.world.services))


@happens("OfferPaused")
async def paused(scene: Scene) -> AsyncGenerator[None, None]:
    offer = await scene.offer()
    yield
    await scene.do("pauseOffer", id=gid(offer))


@happens("OfferFulfilled")
async def fulfilled(scene: Scene) -> AsyncGenerator[None, None]:
    offer = await scene.offer()
    yield
    await scene.do("fulfilOffer", id=gid(offer))


@happens("OfferWithdrawn")
async def withdrawn(scene: Scene) -> AsyncGenerator[None, None]:
    offer = await scene.offer()
    yield
    await scene.do("withdrawOffer", id=gid(offer))


@happens("OfferWithheld")
async def withheld(scene: Scene) -> AsyncGenerator[None, None]:
    offer = await scene.offer()
    yield
    await scene.do("suspendMember", id=gid(await Member.get(id=offer.owner_id)), reason="Grund")


@happens("OfferReturned")
async def returned(scene: Scene) -> AsyncGenerator[None, None]:
    offer = await scene.offer()
    owner = await Member.get(id=offer.owner_id)
    await scene.do("suspendMember", id=gid(owner), reason="Grund")
    yield
    await scene.do("reinstateMember", id=gid(owner))


@happens("EventWithheld", "GroupHidden", "GroupPostWithheld")
async def hidden(scene: Scene) -> AsyncGenerator[None, None]:
    """What is of the group, or for the event, is found by their names."""
    group, event = await scene.quiet_group(), await scene.event()
    await Group.filter(id=group.id).update(name="Fest")
    await index_row(await Group.get(id=group.id))
    await models.GroupPost.create(group=group, title="Fest", body="Text")
    await scene.offer(title="Suppe", group=await Group.get(id=group.id), event=event)
    yield
    await scene.do("hide", id=gid(group), reason="Grund")
    await scene.do("hide", id=gid(event), reason="Grund")


@happens("EventReturned", "GroupReturned", "GroupPostReturned")
async def shown_again(scene: Scene) -> AsyncGenerator[None, None]:
    group, event = await scene.quiet_group(), await scene.event()
    await models.GroupPost.create(group=group, title="Fest", body="Text")
    await scene.offer(title="Suppe", group=group, event=event)
    for one in (group, event):
        await scene.do("hide", id=gid(one), reason="Grund")
    yield
    for one in (group, event):
        await scene.do("unhide", id=gid(one))


@happens("ReportFiled", "ReportDecided")
async def reported(scene: Scene) -> AsyncGenerator[None, None]:
    offer = await scene.offer()
    yield
    await scene.do("report", input={"targetId": gid(offer), "reason": "SPAM"})
    await scene.do("decideReport", id=gid(await models.Report.get(target_key=offer.id)), uphold=True)


@happens("SessionEnded")
async def signed_out(scene: Scene) -> AsyncGenerator[None, None]:
    person = await scene.person()
    yield
    await scene.world.data("mutation { signOut { userErrors { code } } }", person)


@happens("KeyRevoked")
async def revoked(scene: Scene) -> AsyncGenerator[None, None]:
    key = await scene.world.key(await scene.world.organisation())
    yield
    await scene.do("revokeApiKey", id=gid(key))


@happens("TopicSaved")
async def topic_renamed(scene: Scene) -> AsyncGenerator[None, None]:
    topic = await models.Topic.get(slug=TOPIC)
    yield
    await scene.do("saveTopic", input={"id": gid(topic), "name": "Leibesübungen", "synonyms": ["Fest"]})


@happens("DistrictSaved")
async def district_moved(scene: Scene) -> AsyncGenerator[None, None]:
    """What lies in it leaves every circle and rectangle, and comes into another district."""
    district, other = await models.District.get(slug="kreuzheide"), await models.District.get(slug="ehmen")
    await scene.offer(district=district)
    await scene.event(venue_name="Halle", venue_district=district)
    await models.Member.filter(name="Ada").update(district_id=district.id)
    yield
    place = {"latitude": 40.0, "longitude": 5.0}
    await scene.do(
        "saveDistrict", input={"id": gid(district), "name": "Neu", "parentId": gid(other), "location": place}
    )


@happens("SynonymsChanged")
async def synonyms_changed(scene: Scene) -> AsyncGenerator[None, None]:
    await scene.offer(title="Tombola")
    yield
    await scene.do("saveSynonyms", words=["Fest", "Tombola"])


@happens("SearchIndexed")
async def indexed(scene: Scene) -> AsyncGenerator[None, None]:
    offer = await scene.offer(title="Nachbarn")
    await Offer.filter(id=offer.id).update(title="Fest")
    yield
    await scene.world.services.outbox.write(lambda _changes: rebuild())
    await index_pending(system_context(scene.world.services))


@happens("MatchFound")
async def matched(scene: Scene) -> AsyncGenerator[None, None]:
    await scene.offer(title="Klavier gesucht")
    await scene.offer(title="Klavier", direction="PROVIDE")
    yield
    assert await find_matches(system_context(scene.world.services))


@happens("SavedSearchesChanged")
async def search_saved(scene: Scene) -> AsyncGenerator[None, None]:
    yield
    await scene.do("saveSearch", input={"name": "Feste", "filter": {"text": "Fest"}})


# Kinds that stand for others, or for all of it.
_NONE = {
    "TownChange",
    "CredentialEnded",
    "GroupChange",
    "GroupPostChange",
    "ReportChange",
    "EventChange",
    "OfferChange",
    "UnknownChange",
    "DemonstrationLoaded",
}


def test_every_kind_of_change_happens_here() -> None:
    assert set(KINDS) == set(Change.kinds) - _NONE


PARTS = 9


def parts() -> Iterator[Any]:
    """Each kind of change with each ninth of the lists. In short one of them, another one for each kind."""
    for number, work in enumerate(dict.fromkeys(KINDS.values())):
        for part in range(PARTS):
            marks = [] if part == number % PARTS else [pytest.mark.soak]
            yield pytest.param(work, part, marks=marks, id=f"{work.__name__}-{part}")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("work", "part"), list(parts()))
async def test_every_list_is_as_afresh_after_every_kind_of_change(
    world: World, redis_url: str, work: Happens, part: int
) -> None:
    await store_town(world.services.outbox)
    town = await Town.built(world, random.Random(1))
    async with processes(redis_url, world.services, 1) as (process,):
        happening = work(Scene(process.world, town))
        await anext(happening)
        asked = list(questions(await ids()))[part::PARTS]
        for question in asked:
            answer = await process.ask(question)
            assert "errors" not in answer.json(), question
        assert await process.hits(asked[-1])
        with suppress(StopAsyncIteration):
            await anext(happening)
        assert await differences(process, asked) == []
        await head_of(process)
        told = set(await models.Change.all().values_list("kind", flat=True))
        assert {kind for kind, one in KINDS.items() if one is work} <= told
