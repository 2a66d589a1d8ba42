"""What is declared the same for everybody is so, and nothing else: whoever turns one of these marks fails here."""

from dataclasses import dataclass
from typing import Any

import pytest

from models import MemberStatus, OfferDirection, OfferStatus, SavedSearch
from resolvers.context import Context
from schema.declare.ids import global_id
from schema.operations.operation import Operation
from schema.operations.sharing_key import Sharing
from subscriptions.changes import Change, EventUpdated, GroupMemberLeft, MatchFound, OfferPublished, OfferUpdated
from subscriptions.outbox import Changes
from tests.conditions import soon
from tests.world import SCHEMA, Answer, World

ROOTS: dict[str, Any] = SCHEMA._schema.subscription_type.fields  # type: ignore[union-attr]


@dataclass
class Case:
    """A subscription, two who ask for it, and what happens: of which they are told the same, or not."""

    document: str
    changes: list[Change]
    variables: dict[str, Any]
    askers: tuple[Context, Context]
    after: str


# Each has an execution of its own: what it tells depends on what it told before.
UNSHARED = ("liveOffers", "officeQueueChanged")


async def case_of(world: World, name: str) -> Case:
    """Of each subscription the most that may differ between two viewers, by what is read from rows alone."""
    person, gone = await world.member(), await world.member("Fort", MemberStatus.SUSPENDED)
    group = await world.group()
    draft = await world.offer("Entwurf", person, OfferStatus.DRAFT)
    withdrawn = await world.offer("Zurück", person, OfferStatus.WITHDRAWN)
    shown = await world.offer("Gezeigt", person)
    other = await world.member("Andere")
    sought = await world.offer("Klavier gesucht", person)
    provided = await world.offer("Klavier", other, direction=OfferDirection.PROVIDE)
    hidden, event = await world.event("Geheim", person, status="DRAFT"), await world.event("Fest", person)
    cases: dict[str, tuple[str, dict[str, Any], list[Change]]] = {
        "offerPublished": (
            "subscription ($after: String, $filter: OfferFilter) {"
            " offerPublished(after: $after, filter: $filter) { offer { title } } }",
            {"filter": {"statuses": ["WITHDRAWN", "PUBLISHED"]}},
            [OfferPublished(withdrawn.id), OfferPublished(shown.id)],
        ),
        "offerChanged": (
            "subscription ($after: String, $id: ID!) { offerChanged(after: $after, id: $id) { change } }",
            {"id": global_id("Offer", draft.id)},
            [OfferUpdated(draft.id)],
        ),
        "groupUpdated": (
            "subscription ($after: String) { groupUpdated(after: $after) {"
            " change { ... on GroupMemberLeft { member { name } } } } }",
            {},
            [GroupMemberLeft(group.id, gone.id)],
        ),
        "eventChanged": (
            "subscription ($after: String) { eventChanged(after: $after) { event { title } } }",
            {},
            [EventUpdated(hidden.id), EventUpdated(event.id)],
        ),
        "matchFound": (
            "subscription ($after: String) { matchFound(after: $after) { own { title } match { title } } }",
            {},
            [MatchFound(sought.id, provided.id, sought.owner_id, provided.owner_id)],
        ),
        "savedSearchHit": (
            "subscription ($after: String) { savedSearchHit(after: $after) { savedSearch { name } } }",
            {},
            [OfferPublished(shown.id)],
        ),
        "networkStatistics": ("subscription { networkStatistics { memberCount seekingOfferCount } }", {}, []),
    }
    document, variables, changes = cases[name]
    asker = await world.context(await world.office() if name == "groupUpdated" else person)
    for one in (person, other):
        await SavedSearch.create(account=await world.account(one), name=f"Von {one.name}")
    askers = (asker, await world.context(other))
    return Case(document, changes, variables, askers, await world.services.hub.cursor())


async def first_told(world: World, case: Case, asker: Context) -> Answer:
    variables = dict(case.variables, after=case.after) if "$after" in case.document else case.variables
    updates = world.subscribe(case.document, asker, **variables)
    answer = await soon(anext(updates))
    await updates.aclose()
    return Answer(answer.data, [{"code": code} for code in answer.codes])


async def is_right(world: World, case: Case) -> bool:
    """Whether the two are served together just where they are told the same."""
    sharing = sharing_of(case.document)
    keys = {sharing.key(case.variables, asker.viewer, "en") for asker in case.askers}
    one, two = [await first_told(world, case, asker) for asker in case.askers]
    return (len(keys) == 1) == (one == two)


def sharing_of(document: str) -> Sharing:
    sharing = Operation.parsed(SCHEMA, document, None).sharing
    assert sharing is not None
    return sharing


def turn(monkeypatch: pytest.MonkeyPatch, name: str, mark: bool | None = None) -> None:
    """Declare a subscription as the opposite of what it is, or as said."""
    definition = ROOTS[name].extensions["strawberry-definition"]
    opposite = not definition.metadata["for_everyone"]
    metadata = {**definition.metadata, "for_everyone": opposite if mark is None else mark}
    monkeypatch.setattr(definition, "metadata", metadata)


@pytest.mark.walk
@pytest.mark.parametrize("name", [name for name in ROOTS if name not in UNSHARED])
async def test_a_subscription_is_declared_as_it_is(world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = await case_of(world, name)

    async def tell(changes: Changes) -> None:
        changes.tell(*case.changes)

    await world.services.outbox.write(tell)
    assert await is_right(world, case)
    turn(monkeypatch, name)
    assert not await is_right(world, case)


def test_a_list_that_keeps_itself_true_is_each_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    document = "subscription { liveOffers(sort: NEWEST, first: 3) { ... on OffersSnapshot { totalCount } } }"
    for mark in (False, True):
        turn(monkeypatch, "liveOffers", mark)
        assert Operation.parsed(SCHEMA, document, None).sharing is None


@pytest.mark.parametrize(
    ("selected", "same"),
    [
        ("offer { title }", True),
        ("occurredAt offer { ... on Node { id } __typename }", True),
        ("offer { viewerResponse { id } }", False),
        ("offer { owner { name } }", False),
        ("offer { ...F } } } fragment F on Offer { owner { name }", False),
    ],
)
def test_what_is_not_read_from_the_row_alone_is_never_the_same_for_everybody(
    monkeypatch: pytest.MonkeyPatch, selected: str, same: bool
) -> None:
    document = f"subscription {{ offerPublished {{ {selected} }} }}"
    if "fragment" in selected:
        document = document.removesuffix(" } }") + " }"
    assert not sharing_of(document).is_for_everyone
    turn(monkeypatch, "offerPublished")
    assert sharing_of(document).is_for_everyone is same
