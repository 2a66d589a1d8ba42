"""A remembered answer equals a fresh one, whatever happened before, in every process that has heard of it."""

import random

import pytest

import models
from models import Offer, now
from resolvers.context import system_context
from resolvers.network.reference_data import store_town
from resolvers.offers.expiry import expire_due
from subscriptions import numbered_log as log
from tests.conditions import until
from tests.web.caching import Process, processes
from tests.web.mutating import MUTATIONS, Town
from tests.world import SCHEMA, World

# What only the person who sends it may do, or what no guest sees anything of.
_UNTRIED = {
    "report", "decideReport",
    "confirmEmail", "signUp", "signIn", "signOut", "refreshSession", "renewRegistrationsIcalUrl", "createApiKey",
    "revokeApiKey", "endSession", "endOtherSessions", "saveSearch", "markSavedSearchSeen", "deleteSavedSearch",
    "setProfile", "changePassword", "requestPasswordReset", "resetPassword", "requestSignInLink", "signInWithLink",
    "requestEmailChange", "acceptTerms", "inviteRepresentative", "withdrawInvitation", "acceptInvitation",
    "setNotifications", "enrolSecondFactor", "confirmSecondFactor", "disableSecondFactor",
    "leaveNetwork", "eraseMember",
    "applyAsOrganisation",
    "requestDataExport",
    "signInWithProvider",
}  # fmt: skip


async def head_of(process: Process) -> int:
    """The number of the newest change, once all have one."""

    async def numbered() -> bool:
        return not await models.Change.filter(seq__isnull=True).exists()

    process.live.relay.wake()
    await until(numbered)
    return (await log.head()).seq


async def differences(process: Process, questions: list[str]) -> list[str]:
    """The questions to which the process answers otherwise than afresh."""
    found = []
    for question in questions:
        response_cache = await process.ask(question)
        assert response_cache.status_code == 200, response_cache.text
        assert "TOO_COMPLEX" not in response_cache.text, question
        if response_cache.content != (await process.ask_afresh(question)).content:
            found.append(question)
    return found


async def live_through(world: World, redis_url: str, seed: int, steps: int) -> list[str]:
    """Things happen in three processes; the questions to which an answer was stale. Most answers come from memory."""
    dice = random.Random(seed)
    await store_town(world.services.outbox)
    town = await Town.built(world, dice)
    stale: list[str] = []
    async with processes(redis_url, world.services, 3) as three:
        asked = [await town.question() for _number in range(12)]
        for step in range(steps):
            for process in three:
                await process.ask(dice.choice(asked))
                await process.ask(dice.choice(asked))
            writer = dice.choice(three)
            if step % 10 == 9:  # the one writer that nobody asks
                await Offer.filter(status="PUBLISHED", id__lt=dice.randint(1, 9)).update(expires_at=now())
                await expire_due(system_context(writer.world.services))
            else:
                await town.happen(writer.world)
            # At once, where it happened; elsewhere as soon as it has been read.
            stale += await differences(writer, dice.sample(asked, 3))
            head = await head_of(writer)
            other = dice.choice(three)
            await other.has_read(head)
            stale += await differences(other, dice.sample(asked, 3))
            if stale:
                return stale
            asked[dice.randrange(len(asked))] = await town.question()
        head = await head_of(three[0])
        for process in three:
            await process.has_read(head)
            # In short one of the three is asked everything.
            everything = await town.questions() if process is three[0] or steps > 100 else []
            stale += await differences(process, [*asked, *everything])
        if not stale:
            assert sum(process.response_cache.memory.hits for process in three) > steps
    return stale


@pytest.mark.long
@pytest.mark.parametrize("seed", [2])
@pytest.mark.walk
async def test_a_remembered_answer_equals_a_fresh_one(world: World, redis_url: str, seed: int) -> None:
    assert await live_through(world, redis_url, seed, steps=11) == []


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, *range(3, 23)])
async def test_a_remembered_answer_equals_a_fresh_one_after_much(world: World, redis_url: str, seed: int) -> None:
    assert await live_through(world, redis_url, seed, steps=300) == []


@pytest.mark.walk
async def test_without_dropping_answers_get_stale(
    world: World, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: it shows that the test above would notice."""
    monkeypatch.setattr("subscriptions.response_cache.memory.tags_of", lambda change: ())
    assert await live_through(world, redis_url, 1, steps=40) != []


def test_everything_is_tried_that_can_happen() -> None:
    mutations = SCHEMA._schema.mutation_type
    assert mutations is not None
    assert {*MUTATIONS} | _UNTRIED == {*mutations.fields}
