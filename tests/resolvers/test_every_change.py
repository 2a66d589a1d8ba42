"""Every kind of change is told to somebody, by names that the schema has; which aren't, stands here with the reason."""

from contextlib import aclosing
from dataclasses import fields
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType
from tortoise.models import Model

import models
from auth.tokens import derive_key
from resolvers.field_names import field_of
from resolvers.live.groups import _FIELDS
from schema.declare.ids import global_id
from schema.roots import build
from subscriptions import changes
from subscriptions.changes import Change, UnknownChange
from subscriptions.cursors import Cursors
from tests.conditions import soon
from tests.world import SECRET, World

pytestmark = pytest.mark.walk

GROUPS = "subscription ($after: String) { groupUpdated(after: $after) { change { __typename } } }"
EVENTS = "subscription ($after: String) { eventChanged(after: $after) { change } }"
OFFERS = "subscription ($after: String, $id: ID!) { offerChanged(after: $after, id: $id) { change } }"
TELLING: dict[type[Change], str] = {
    changes.GroupChange: GROUPS,
    changes.EventChange: EVENTS,
    changes.OfferChange: OFFERS,
}

# What no subscription tells as an update of its own.
UNTOLD: dict[type[Change], str] = {
    changes.DemonstrationLoaded: "nobody had seen any of it; the network's figures are counted again",
    changes.TopicSaved: "no subscription is to the town's words; live lists are read afresh",
    changes.DistrictSaved: "no subscription is to the town's words; live lists are read afresh",
    changes.SearchIndexed: "what is found by a text is asked for anew; nothing that is shown has changed",
    changes.SynonymsChanged: "nothing else was written; whoever searches again finds by them",
    changes.MemberChanged: "no subscription is to members; live lists, figures and rights are read afresh",
    changes.MemberErased: "no subscription is to members; what was theirs is told of by itself",
    changes.SessionEnded: "it ends what runs in that session, by a refusal",
    changes.KeyRevoked: "it ends what runs by that key, by a refusal",
    changes.MatchFound: "`matchFound` tells of it, to the sides of the two owners alone",
    changes.ReportFiled: "`officeQueueChanged` counts it, for the office alone",
    changes.ReportDecided: "`officeQueueChanged` counts it, for the office alone",
    changes.SavedSearchesChanged: "`savedSearchHit` reads them afresh, for their account alone",
    changes.EventDeleted: "a draft, of which nobody was told; who follows that one event is told that it is gone",
    changes.OfferDrafted: "a draft is no news to anybody but who wrote it; lists of the own side read afresh",
}

# Columns that the schema shows under no name of their own, of what can be changed by members.
UNSHOWN: dict[type[Model], dict[str, str]] = {
    models.Group: {
        "name_key": "what it is sorted by",
        "active_at": "what it is sorted by, too",
        "hidden_at": "that it is hidden says why it is",
        "withheld_at": "the same as it is kept for lists",
    },
}
# Of kinds that name the fields of what they are about: what that is.
NAMING: dict[type[Change], type[Model]] = {changes.GroupDetailsChanged: models.Group}
ABSTRACT = {
    *(changes.CredentialEnded, changes.ReportChange, changes.TownChange, UnknownChange),
    *(changes.GroupChange, changes.GroupPostChange, changes.EventChange, changes.OfferChange),
}
KINDS = [kind for kind in Change.kinds.values() if kind not in ABSTRACT]


def type_of(model: type[Model]) -> GraphQLObjectType:
    """The GraphQL type of a model."""
    found = build()._schema.type_map[model.__name__]
    assert isinstance(found, GraphQLObjectType)
    return found


async def test_every_change_is_told_by_the_subscription_to_what_it_is_about(world: World) -> None:
    owner, member = await world.member("Leitung"), await world.member("Neu")
    group = await world.group(coordinator=owner)
    event, offer = await world.event(host=owner, group=group), await world.offer(owner=owner, group=group)
    post = await models.GroupPost.create(group=group, author=owner, title="Neues", body="Text")
    facts: dict[str, Any] = {
        "group_id": group.id,
        "member_id": member.id,
        "event_id": event.id,
        "offer_id": offer.id,
        "post_id": post.id,
        "session_id": "another's",
        "key_id": 0,
        "seek_id": 0,
        "provide_id": 0,
        "seek_owner_id": None,
        "provide_owner_id": None,
        "account_id": 0,
        "report_id": 0,
        "topic_id": 0,
        "district_id": 0,
        "synonyms_id": 0,
        "role": "MEMBER",
        "audience": "EVERYONE",
        "fields": ["name"],
    }
    kinds = [*KINDS, changes.GroupPostPublished, changes.EventUpdated, changes.OfferUpdated]
    cursor = await world.services.hub.cursor()

    async def work(told: Any) -> None:
        told.tell(*(kind(**{one.name: facts[one.name] for one in fields(kind)}) for kind in kinds))

    await world.services.outbox.write(work)
    heard: dict[type[Change], set[int]] = {}
    for document, about in (
        (GROUPS, changes.GroupChange),
        (EVENTS, changes.EventChange),
        (OFFERS, changes.OfferChange),
    ):
        last = max(place for place, kind in enumerate(kinds) if issubclass(kind, about))
        heard[about] = await places_told(world, owner, document, cursor, offer.id, last)
    for place, kind in enumerate(kinds):
        telling = [about for about, told in heard.items() if place in told]
        assert telling == [about for about in heard if issubclass(kind, about) and kind not in UNTOLD], kind
    assert set(UNTOLD) <= set(KINDS)
    assert all(kind in UNTOLD or issubclass(kind, tuple(heard)) for kind in KINDS)


async def places_told(world: World, by: Any, document: str, cursor: str, offer: int, last: int) -> set[int]:
    """Which of the changes behind a cursor are told, up to one that is."""
    cursors, found = Cursors(derive_key(SECRET, "live cursor")), set()
    more = {"id": global_id("Offer", offer)} if "$id" in document else {}
    async with aclosing(world.subscribe(document, by, after=cursor, **more)) as updates:
        while last not in found:
            answer = await soon(anext(updates))
            assert not answer.errors, answer.errors
            found.add(cursors.read(answer.extensions["cursor"]).seq - 1)
    return found


def test_kinds_that_name_fields_say_of_what() -> None:
    assert {kind for kind in KINDS if "fields" in {one.name for one in fields(kind)}} == set(NAMING)


@pytest.mark.parametrize("model", NAMING.values())
def test_every_column_is_told_by_the_name_that_the_schema_has(world: World, model: type[Model]) -> None:
    shown = set(type_of(model).fields)
    unshown = UNSHOWN[model]
    for column in model._meta.fields_db_projection:
        assert (field_of(model, column) in shown) is (column not in unshown), column


@pytest.mark.parametrize("model", [models.Member, models.Event, models.Offer, models.GroupPost])
def test_what_refers_to_another_row_is_told_by_what_the_schema_calls_that_row(world: World, model: type[Model]) -> None:
    # A venue is shown as an object of its own: nothing names what is in it.
    columns = [
        name for name in model._meta.fields_db_projection if name.endswith("_id") and name != "venue_district_id"
    ]
    told = [field_of(model, column) for column in columns]
    assert told, "it would show nothing"
    assert [name for name in told if name.endswith("Id") or name not in type_of(model).fields] == []


@pytest.mark.parametrize("kind", NAMING)
async def test_what_can_be_changed_is_told_by_names_of_the_schema(world: World, kind: type[Change]) -> None:
    """All of the input at once."""
    shown = type_of(NAMING[kind]).fields
    assert set(_FIELDS) <= set(shown)
    topic = await models.Topic.create(slug="sport", name="Sport", name_key="sport")
    owner = await world.member("Leitung")
    group = await world.group(coordinator=owner)
    given: dict[str, Any] = {"name": "AG Anders", "purpose": "Anderes", "status": "CLOSED", "joinPolicy": "INVITATION"}
    given["topics"] = [topic.slug]
    schema_input = build()._schema.type_map[f"Update{NAMING[kind].__name__}Input"]
    assert isinstance(schema_input, GraphQLInputObjectType)
    assert {"id", "ifVersion", *given} == set(schema_input.fields)
    update = "mutation ($input: UpdateGroupInput!) { updateGroup(input: $input) { userErrors { path code } } }"
    answer = await world.data(update, owner, input={"id": global_id("Group", group.id), **given})
    assert answer == {"updateGroup": {"userErrors": []}}
    (told,) = [row.facts["fields"] for row in await world.told() if row.kind == kind.__name__]
    assert sorted(told) == sorted(given)
    assert set(told) <= set(shown)
