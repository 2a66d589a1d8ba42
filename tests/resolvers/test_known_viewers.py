"""Who asks is known for a moment, and no longer than nothing is heard that may have changed it."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest

from auth.keys import new_key
from auth.refusals import Unauthenticated
from auth.tokens import derive_key
from auth.viewer import Viewer
from models import Account, Member, MemberStatus, SignInSession, now
from resolvers.context import Services, context_for
from subscriptions import pipeline
from subscriptions.changes import KeyRevoked, MemberChanged, OfferUpdated, SessionEnded
from subscriptions.cursors import Cursors
from subscriptions.known_viewers import KnownViewers
from subscriptions.outbox import Changes
from subscriptions.ring import Ring
from tests.conditions import until
from tests.statements import statements
from tests.web.listening import UPDATE, served, staged
from tests.world import SECRET, World

LONG = 600.0


@asynccontextmanager
async def process(world: World, redis_url: str, seconds: float = LONG) -> AsyncIterator[Services]:
    """What a process beside others has, that knows for so many seconds who asks."""
    cursors = Cursors(derive_key(SECRET, "live cursor"))
    async with pipeline.running(redis_url, cursors, viewer_seconds=seconds) as live:
        yield replace(world.services, outbox=live.outbox, hub=live.hub, viewers=live.viewers)


async def signed_in(world: World, member: Member) -> tuple[SignInSession, str]:
    """A session, and what a request of it says in `Authorization`."""
    account = await Account.get_or_none(member_id=member.id) or await world.account(member)
    session = await SignInSession.create(id=uuid.uuid4(), account=account, expires_at=now() + timedelta(days=1))
    return session, f"Bearer {world.services.tokens.make_access(session.id)[0]}"


async def viewer(services: Services, authorization: str) -> Viewer:
    """Who asks, as a query is told."""
    return (await context_for(services, authorization, "en", may_be_known=True)).viewer


async def test_who_asks_is_read_once_and_anew_before_a_change(world: World, redis_url: str) -> None:
    _session, authorization = await signed_in(world, await world.member())
    made = new_key()
    await world.key(await world.organisation("Bund", by=await world.member("Cem")), made=made)
    async with process(world, redis_url) as services:
        for one in (authorization, f"Bearer {made.text}"):
            first = await viewer(services, one)
            with statements() as sent:
                ctx = await context_for(services, one, "en", may_be_known=True)
                assert (ctx.viewer, ctx.is_known, sent) == (first, True, [])
                await ctx.must_be_fresh()
                await ctx.must_be_fresh()
                assert (ctx.viewer == first, ctx.is_known, len(sent)) == (True, False, 1)
                await context_for(services, one, "en")
                assert len(sent) == 2, "who doesn't say that it may be known has it read"


async def test_what_this_process_commits_is_known_at_once(world: World, redis_url: str) -> None:
    member = await world.member()
    session, authorization = await signed_in(world, member)
    async with process(world, redis_url) as services:

        async def suspend(changes: Changes) -> None:
            await Member.filter(id=member.id).update(status=MemberStatus.SUSPENDED)
            changes.tell(MemberChanged(member.id))

        async def rename(_changes: Changes) -> None:
            await Account.filter(member_id=member.id).update(email="new@example.org")

        async def touch(changes: Changes) -> None:
            changes.tell(OfferUpdated(1))

        async def fail(_changes: Changes) -> None:
            raise RuntimeError

        async def end(changes: Changes) -> None:
            await SignInSession.filter(id=session.id).update(ended_at=now())
            changes.tell(SessionEnded(str(session.id)))

        before = await viewer(services, authorization)
        await services.outbox.write(touch)
        assert await viewer(services, authorization) is before, "an entry on the board is nobody's right"
        await services.outbox.write(suspend)
        after = await viewer(services, authorization)
        assert (before.is_active, after.is_active) == (True, False)
        await services.outbox.write(rename)
        found = (await viewer(services, authorization)).account
        assert found is not None
        assert found.email == "new@example.org", "told of nothing"
        with pytest.raises(RuntimeError):
            await services.outbox.write(fail)
        assert len(services.viewers or ()) == 0, "what failed may have been committed"
        await viewer(services, authorization)
        await services.outbox.write(end)
        with pytest.raises(Unauthenticated):
            await viewer(services, authorization)


async def test_what_other_processes_commit_is_known_once_the_log_tells_it(world: World, redis_url: str) -> None:
    session, authorization = await signed_in(world, await world.member())
    made = new_key()
    key = await world.key(await world.organisation("Bund", by=await world.member("Cem")), made=made)
    async with process(world, redis_url) as services:
        for one in (authorization, f"Bearer {made.text}"):
            await viewer(services, one)

        async def end(changes: Changes) -> None:
            await SignInSession.filter(id=session.id).update(ended_at=now())
            key.revoked_at = now()
            await key.save()
            changes.tell(SessionEnded(str(session.id)), KeyRevoked(key.id))

        await world.services.outbox.write(end)

        async def is_refused(one: str) -> bool:
            try:
                await viewer(services, one)
            except Unauthenticated:
                return True
            return False

        for one in (authorization, f"Bearer {made.text}"):
            await until(partial(is_refused, one))


async def test_what_nobody_tells_of_is_known_after_so_many_seconds(world: World, redis_url: str) -> None:
    member = await world.member()
    _session, authorization = await signed_in(world, member)
    async with process(world, redis_url, 0.05) as services:
        await viewer(services, authorization)
        await Account.filter(member_id=member.id).update(email="new@example.org")

        async def is_told() -> bool:
            found = (await viewer(services, authorization)).account
            return found is not None and found.email == "new@example.org"

        await until(is_told)
    async with process(world, redis_url, 0) as services:
        await viewer(services, authorization)
        assert len(services.viewers or ()) == 0


async def test_what_was_begun_before_a_commit_is_not_kept() -> None:
    viewers = KnownViewers(Ring(), LONG)
    goes_on = asyncio.Event()

    async def load() -> Viewer:
        await goes_on.wait()
        return Viewer()

    reading = asyncio.create_task(viewers.read("session", load))
    await asyncio.sleep(0)
    viewers.committed([MemberChanged(1)])
    goes_on.set()
    assert await reading == Viewer()
    assert viewers.get("session") is None
    found = await viewers.read("session", load)
    assert viewers.get("session") is found


async def test_so_many_are_known_at_most() -> None:
    viewers = KnownViewers(Ring(), LONG)

    async def load() -> Viewer:
        return Viewer()

    for number in range(1100):
        await viewers.read(number, load)
    assert len(viewers) == 1000
    assert viewers.get(99) is None
    assert viewers.get(100) is not None


async def test_who_is_known_changes_nothing_once_the_session_is_over(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    """Ended past the API, and told by nobody: a query may not know, a mutation does."""
    async with staged(database_url) as stage, served(stage, tmp_path, redis_url, VIEWER_SECONDS=60) as servers:
        await servers.start()
        (url,) = servers.urls()
        headers = {"Authorization": f"Bearer {stage.token}"}
        mutation = {"query": UPDATE, "variables": {"input": {"id": stage.offer_id, "title": "Umsonst"}}}
        async with httpx.AsyncClient(base_url=url, headers=headers) as client:

            async def ask(body: object) -> httpx.Response:
                return await client.post("/graphql", json=body)

            async def is_known() -> bool:
                """Jobs of the server's own tell of nothing now and then: then it is read again."""
                await SignInSession.all().update(ended_at=None)
                await ask({"query": "{ viewer { id } }"})
                await SignInSession.all().update(ended_at=now())
                found = (await ask({"query": "{ viewer { id } }"})).json()
                return "errors" not in found and found["data"]["viewer"] is not None

            await until(is_known)
            (error,) = (await ask(mutation)).json()["errors"]
            assert error["extensions"]["code"] == "UNAUTHENTICATED"
            await stage.offer.refresh_from_db()
            assert stage.offer.title != "Umsonst"
