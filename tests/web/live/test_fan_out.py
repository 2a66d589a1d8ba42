"""Subscriptions that ask the same are executed together, and nobody can tell."""

import asyncio
import contextvars
import json
import random
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from auth.refusals import KeyOver, Unauthenticated
from models import Account, ApiKey, Audience, Member, Offer, OfferStatus, SignInSession, now
from resolvers.context import Context
from schema.declare.ids import global_id
from schema.operations.error_masking import presentable
from subscriptions import changes
from subscriptions import numbered_log as log
from subscriptions.changes import Change
from subscriptions.hub import Stopping
from subscriptions.outbox import Changes
from subscriptions.shared_subscriptions import MOST_BEHIND, SharedUpdate
from tests.conditions import until
from tests.statements import statements
from tests.world import SCHEMA, World
from web.live.asked import Asked
from web.live.fan_out import FanOut

pytestmark = pytest.mark.walk

PUBLISHED = """subscription ($filter: OfferFilter, $after: String) { offerPublished(filter: $filter, after: $after) {
  cursor occurredAt offer { title viewerCanUpdate owner { name email } } } }"""
CHANGED = """subscription ($id: ID!, $after: String) { offerChanged(id: $id, after: $after) {
  change offerId offer { title viewerCanUpdate statusReason owner { name } } } }"""
GROUPS = """subscription ($after: String) { groupUpdated(after: $after) { groupId group { viewerCanUpdate name }
  change { __typename ... on GroupMemberJoined { role member { email name } } } } }"""
EVENTS = """subscription ($after: String) { eventChanged(after: $after) { change event { title viewerCanUpdate } } }"""
FIGURES = "subscription { networkStatistics { seekingOfferCount memberCount } }"
LIST = """subscription { liveOffers(first: 3) { __typename ... on LiveUpdate { cursor }
  ... on OffersSnapshot { totalCount offers { title viewerCanUpdate } }
  ... on OffersPatch { totalCount steps { __typename ... on OfferEntered { index offer { title } } } } } }"""


class Listener:
    """One subscription, and what came on it, as the text of payloads."""

    def __init__(self, fan_out: FanOut, context: Context, document: str, variables: dict[str, Any]) -> None:
        self.context = context
        self.shared: list[SharedUpdate] = []
        self.heard: list[str] = []
        # Taken before each update: nobody reads while it is closed.
        self.gate = asyncio.Event()
        self.gate.set()
        self.task = asyncio.create_task(self._listen(fan_out, document, variables))

    async def _listen(self, fan_out: FanOut, document: str, variables: dict[str, Any]) -> None:
        await self.context.renew()
        async with aclosing(fan_out.stream(Asked(document, variables), self.context)) as results:
            async for result in results:
                if isinstance(result, SharedUpdate):
                    self.shared.append(result)
                    self.heard.append(result.payload.decode())
                else:
                    payload: dict[str, Any] = {"data": result.data}
                    if result.errors:
                        language = self.context.language
                        payload["errors"] = [dict(presentable(one, language, "").formatted) for one in result.errors]
                    if result.extensions:
                        payload["extensions"] = result.extensions
                    self.heard.append(json.dumps(payload))
                await self.gate.wait()

    @property
    def updates(self) -> list[Any]:
        return [json.loads(one)["data"] for one in self.heard]

    @property
    def titles(self) -> list[str]:
        return [update["offerPublished"]["offer"]["title"] for update in self.updates]

    @property
    def codes(self) -> list[str]:
        errors = [error for one in self.heard for error in json.loads(one).get("errors", ())]
        return [error["extensions"]["code"] for error in errors]


class Listening:
    """Subscriptions to one server's API."""

    def __init__(self, world: World, *, shares: bool = True) -> None:
        self.world = world
        self.fan_out = FanOut(SCHEMA, world.services, shares=shares)
        self.all: list[Listener] = []

    async def to(
        self, document: str, by: Member | Account | Context | None = None, language: str = "en", **variables: Any
    ) -> Listener:
        context = replace(by) if isinstance(by, Context) else await self.world.context(by, language)
        self.all.append(Listener(self.fan_out, context, document, variables))
        return self.all[-1]

    async def leave(self, *some: Listener) -> None:
        for one in some:
            one.task.cancel()
            self.all.remove(one)
        await asyncio.gather(*(one.task for one in some), return_exceptions=True)

    async def subscribed(self, *sizes: int) -> None:
        """Wait until there are groups with so many waiting for news in each."""

        def are_subscribed() -> bool:
            return sorted(self.fan_out.shared.waiting) == sorted(sizes)

        await until(are_subscribed)
        await until(lambda: self.world.services.hub.waiting >= len(sizes))


@asynccontextmanager
async def listening(world: World, *, shares: bool = True) -> AsyncIterator[Listening]:
    found = Listening(world, shares=shares)
    try:
        yield found
    finally:
        await found.leave(*found.all)
        assert len(found.fan_out.shared) == 0


async def tell(world: World, *logged: Change) -> None:
    async def work(changes: Changes) -> None:
        changes.tell(*logged)

    await world.services.outbox.write(work)


async def publish(world: World, title: str, owner: Member | None = None) -> Offer:
    offer = await world.offer(title, owner)
    await tell(world, changes.OfferPublished(offer.id))
    return offer


# ---------------------------------------------------------------- once for all


@pytest.mark.parametrize("members", [1, 10, 200, pytest.param(1000, marks=pytest.mark.soak)])
async def test_a_change_is_executed_once_for_all_who_ask_the_same(world: World, members: int) -> None:
    owner = await world.member()
    outside = contextvars.copy_context()
    async with listening(world) as to:
        with statements() as sent:
            for number in range(members):
                # Where they begin, how the document is laid out, and what it doesn't declare make no difference.
                after = None if number % 2 else await world.services.hub.cursor()
                await to.to(PUBLISHED + " " * (number % 3), after=after, unknown=number)
            await to.subscribed(members)
            for title in ("Eins", "Zwei"):
                sent.clear()
                await asyncio.create_task(publish(world, title, owner), context=outside)
                await until(lambda: all(one.heard and title in one.heard[-1] for one in to.all))  # noqa: B023
                assert len(sent) == 2, sent  # the entry, and its owner
    assert all(one.titles == ["Eins", "Zwei"] for one in to.all)
    assert len({id(one.shared[-1]) for one in to.all}) <= 1


async def test_different_filters_and_languages_are_different_groups(world: World) -> None:
    async with listening(world) as to:
        for language in ("de", "en"):
            for categories in (["ROOM"], ["MATERIAL"], ["ROOM"]):
                await to.to(PUBLISHED, language=language, filter={"categories": categories})
        await to.subscribed(2, 2, 1, 1)


async def test_everybody_shares_the_figures(world: World) -> None:
    office, member = await world.office(), await world.member()
    async with listening(world) as to:
        for viewer in (None, office, member):
            await to.to(FIGURES, viewer)
        await to.subscribed(3)
        await until(lambda: all(len(one.heard) == 1 for one in to.all))
        await publish(world, "Eins")
        await until(lambda: all(len(one.heard) == 2 for one in to.all))
        late = await to.to(FIGURES)
        await to.subscribed(4)
        assert [one.updates[-1]["networkStatistics"]["seekingOfferCount"] for one in to.all] == [1] * 4
        assert len(late.heard) == 1


# ---------------------------------------------------------------- the same answers


async def _happen(world: World, group: Any, event: Any, offer: Offer, member: Member) -> AsyncIterator[None]:
    """Something of each kind, one after the other; an object goes out of sight at the end."""
    await publish(world, "Neues", member)
    yield
    await tell(world, changes.OfferUpdated(offer.id), changes.GroupDetailsChanged(group.id, ["name"]))
    yield
    await tell(world, changes.GroupMemberJoined(group.id, member.id, "MEMBER"), changes.EventUpdated(event.id))
    yield
    await Offer.filter(id=offer.id).update(status=OfferStatus.DRAFT)
    await tell(world, changes.OfferSentBack(offer.id), changes.EventSeatsChanged(event.id))


@pytest.mark.parametrize("document", [PUBLISHED, CHANGED, GROUPS, EVENTS, FIGURES, LIST])
async def test_what_is_sent_is_what_each_alone_would_get(world: World, document: str) -> None:
    owner = await world.member("Besitz", email="b@example.org", email_audience=Audience.MEMBERS)
    offer = await world.offer("Erstes", owner)
    group, event = await world.group(), await world.event(host=owner)
    viewers = [None, owner, await world.member("Andere"), await world.office()]
    async with listening(world) as together, listening(world, shares=False) as alone:
        for to in (together, alone):
            for viewer in viewers:
                await to.to(document, viewer, id=global_id("Offer", offer.id))
        # Those who listen together wait in groups, those alone each by themselves.
        groups = 1 if document is FIGURES else len(viewers)
        sessions = 0 if document is LIST else 1  # who watches for the end of sessions
        hub, listeners = world.services.hub, groups + len(viewers) + sessions

        async def settled() -> bool:
            return hub.position.seq == len(await world.told()) and hub.waiting == listeners

        await until(settled)
        expected = {PUBLISHED: 1, CHANGED: 2, GROUPS: 2, EVENTS: 2, FIGURES: 2, LIST: 2}[document]
        async for _step in _happen(world, group, event, offer, owner):
            # Each reads what is there when it sends: let all of them send before there is something else.
            await until(settled)
        await until(lambda: _same(together, alone, expected))
        if document is not LIST:
            assert all(one.shared for one in together.all)
        if document is PUBLISHED:  # each with other rights: no text is that of another
            assert len({one.heard[0] for one in together.all}) >= 3
            assert len({id(one.shared[0]) for one in together.all}) == 4


def _same(together: Listening, alone: Listening, expected: int) -> bool:
    """Whether both have heard the same, their keys in the same order, and enough."""

    def plain(one: Listener) -> list[str]:
        return [json.dumps(json.loads(text)) for text in one.heard]

    pairs = list(zip(together.all, alone.all, strict=True))
    return all(plain(one) == plain(other) and len(one.heard) >= expected for one, other in pairs)


async def test_what_is_refused_is_refused_each_alone(world: World) -> None:
    async with listening(world) as to:
        refused: list[tuple[str, dict[str, Any], str]] = [
            (CHANGED, {"id": global_id("Offer", 999)}, "NOT_FOUND"),
            (PUBLISHED, {"after": "x"}, "BAD_REQUEST"),
            ("subscription { offerPublished { nothing } }", {}, "BAD_REQUEST"),
            ("subscription {", {}, "BAD_REQUEST"),
        ]
        for document, variables, code in refused:
            one = await to.to(document, **variables)
            await until(one.task.done)
            assert one.codes == [code]
        assert len(to.fan_out.shared) == 0


# ---------------------------------------------------------------- coming and going


async def test_the_first_who_leaves_ends_nothing_for_the_others_and_the_last_ends_the_group(world: World) -> None:
    tasks = len(asyncio.all_tasks())
    async with listening(world) as to:
        first, second, third = [await to.to(PUBLISHED) for _number in range(3)]
        await to.subscribed(3)
        await to.leave(first)
        await publish(world, "Eins")
        await until(lambda: second.titles == third.titles == ["Eins"])
        await to.leave(second, third)
        assert len(to.fan_out.shared) == 0
        await until(lambda: len(asyncio.all_tasks()) <= tasks)
        again = await to.to(PUBLISHED)
        await to.subscribed(1)
        await publish(world, "Zwei")
        await until(lambda: again.titles == ["Zwei"])


async def test_a_storm_of_joining_and_leaving_leaves_nothing_behind(world: World) -> None:
    chance, tasks = random.Random(7), len(asyncio.all_tasks())
    async with listening(world) as to:
        steady = await to.to(PUBLISHED)
        await to.subscribed(1)
        for number in range(200):
            some = [await to.to(PUBLISHED, filter=chance.choice([None, {}])) for _number in range(3)]
            for _turn in range(chance.randrange(12)):
                await asyncio.sleep(0)
            if number % 50 == 0:
                await publish(world, f"Nr. {number}")
            await to.leave(*some)
        await until(lambda: len(steady.titles) == 4)
        assert to.fan_out.shared.sizes == [1]
        assert to.fan_out.shared.waiting == [1]
    await until(lambda: len(asyncio.all_tasks()) <= tasks)


@pytest.mark.parametrize("seed", range(4))
async def test_who_joins_while_changes_are_written_misses_none_and_gets_none_twice(world: World, seed: int) -> None:
    chance = random.Random(seed)
    places = [await log.head()]  # a change has its number a little after its commit
    titles: list[str] = []
    written = asyncio.Event()

    async def write() -> None:
        for number in range(40):
            titles.append(f"Nr. {number}")
            await publish(world, titles[-1])
            places.append(await log.head())
            await asyncio.sleep(chance.choice([0, 0, 0.001, 0.005]))
        written.set()

    async with listening(world) as to:
        writing = asyncio.create_task(write())
        begun: dict[Listener, int] = {}
        while not written.is_set():
            if len(begun) >= 12:
                await asyncio.sleep(0.002)
                continue
            place = chance.choice(places)
            begun[await to.to(PUBLISHED, after=world.services.hub.cursor_of(place))] = place.seq
            await asyncio.sleep(chance.choice([0, 0.002, 0.02]))
            if chance.random() < 0.2:
                leaving = chance.choice(list(begun))
                del begun[leaving]
                await to.leave(leaving)
        await writing
        assert begun
        await until(lambda: all(len(one.titles) >= 40 - seq for one, seq in begun.items()))
        await to.subscribed(len(begun))
        for one, seq in begun.items():
            assert one.titles == titles[seq:]


async def test_who_falls_behind_catches_up_without_a_gap(world: World) -> None:
    offers = [await world.offer(f"Nr. {number}") for number in range(MOST_BEHIND + 20)]
    async with listening(world) as to:
        slow, quick = await to.to(PUBLISHED), await to.to(PUBLISHED)
        await to.subscribed(2)
        slow.gate.clear()
        for offer in offers:
            await tell(world, changes.OfferPublished(offer.id))
        await until(lambda: len(quick.heard) == len(offers))
        assert len(slow.heard) == 1
        slow.gate.set()
        await until(lambda: len(slow.heard) == len(offers))
        assert slow.titles == quick.titles
        assert [json.loads(one) for one in slow.heard] == [json.loads(one) for one in quick.heard]
        await to.subscribed(2)


async def test_what_a_client_was_told_is_known_and_never_falls(world: World) -> None:
    async with listening(world) as to:
        one = await to.to(PUBLISHED)
        await to.subscribed(1)
        before = one.context.progress.delivered  # type: ignore[union-attr]
        for number in range(3):
            await tell(world, changes.EventUpdated(1))  # nothing that it is sent
            await publish(world, "Neues")
            await until(lambda: len(one.heard) == number + 1)  # noqa: B023
            at = world.services.hub.position
            assert at > before
            await until(lambda: one.context.progress.delivered >= at)  # type: ignore[union-attr]  # noqa: B023
            assert one.context.progress.delivered > before  # type: ignore[union-attr]
            before = one.context.progress.delivered  # type: ignore[union-attr]


# ---------------------------------------------------------------- sessions


@pytest.mark.parametrize("document", [PUBLISHED, FIGURES])
async def test_a_session_that_ends_ends_its_subscriptions_and_nobody_elses(world: World, document: str) -> None:
    mine = await world.context(await world.member("Eine"))
    async with listening(world) as to:
        one, other = await to.to(document, mine), await to.to(document, await world.member("Andere"))
        await until(lambda: sum(to.fan_out.shared.sizes) == 2 and world.services.hub.waiting >= 2)
        await world.data("mutation { signOut { userErrors { code } } }", mine)
        await until(one.task.done)
        assert isinstance(one.task.exception(), Unauthenticated)
        assert not one.codes
        await publish(world, "Eins")
        await until(lambda: "Eins" in (other.heard or [""])[-1] or (document is FIGURES and len(other.heard) == 2))
        assert not other.codes


async def test_what_runs_by_one_key_is_executed_together_and_ends_with_it(world: World) -> None:
    club = await world.organisation()
    key, other_key = await world.key(club), await world.key(club)
    async with listening(world) as to:
        first, second, other = [await to.to(PUBLISHED, await world.context(one)) for one in (key, key, other_key)]
        await to.subscribed(2, 1)
        await ApiKey.filter(id=key.id).update(revoked_at=now())
        await tell(world, changes.KeyRevoked(key.id))
        await until(lambda: first.task.done() and second.task.done())
        for one in (first, second):
            assert isinstance(one.task.exception(), KeyOver)
            assert not one.codes
        await publish(world, "Eins")
        await until(lambda: other.titles == ["Eins"])


@pytest.mark.parametrize("document", [PUBLISHED, FIGURES, LIST])
async def test_a_server_that_stops_completes_nothing(world: World, document: str) -> None:
    async with listening(world) as to:
        some = [await to.to(document) for _number in range(3)]
        await until(lambda: world.services.hub.waiting and (document is PUBLISHED or all(one.heard for one in some)))
        before = [len(one.heard) for one in some]
        world.services.hub.stop()
        await until(lambda: all(one.task.done() for one in some))
        assert all(isinstance(one.task.exception(), Stopping) for one in some)
        assert [len(one.heard) for one in some] == before


async def test_a_right_that_is_revoked_counts_at_the_next_update_of_a_group(world: World) -> None:
    owner = await world.member()
    context = await world.context(owner)
    draft = await world.offer("Entwurf", owner, status=OfferStatus.DRAFT)
    async with listening(world) as to:
        some = [await to.to(CHANGED, context, id=global_id("Offer", draft.id)) for _number in range(3)]
        await to.subscribed(3)
        await tell(world, changes.OfferUpdated(draft.id))
        await until(lambda: all(len(one.heard) == 1 for one in some))
        await SignInSession.filter(id=context.viewer.session_id).update(ended_at=now())
        await tell(world, changes.OfferUpdated(draft.id))
        await until(lambda: all(one.task.done() for one in some))
        assert all(isinstance(one.task.exception(), Unauthenticated) for one in some)
        assert all(len(one.heard) == 1 and not one.codes for one in some)


# ---------------------------------------------------------------- what is found out of a document


def test_what_is_shared_by_everybody_is_found_out_of_all_that_is_selected() -> None:
    fragment = "subscription { ...F } fragment F on Subscription { networkStatistics { ... { memberCount } } }"
    for document, for_everyone in [(FIGURES, True), (fragment, True), (PUBLISHED, False), (EVENTS, False)]:
        sharing = SCHEMA.operations.of(document, None).sharing
        assert sharing is not None
        assert sharing.is_for_everyone is for_everyone
    assert SCHEMA.operations.of(LIST, None).sharing is None
    assert SCHEMA.operations.of("{ network { name } }", None).sharing is None


def test_only_what_says_where_to_begin_is_left_out_of_the_variables() -> None:
    sharing = SCHEMA.operations.of(PUBLISHED, None).sharing
    assert sharing is not None
    assert (sharing.variables, sharing.places) == (frozenset(("filter",)), frozenset(("after",)))
    twice = """subscription ($at: String) { offerPublished(after: $at) { offer { owner { offers(after: $at) {
      totalCount } } } } }"""
    sharing = SCHEMA.operations.of(twice, None).sharing
    assert sharing is not None
    assert (sharing.variables, sharing.places) == (frozenset(("at",)), frozenset())
