"""A member is erased: everything that is stored anywhere is read, and nothing names them any more.

The world is made of the declaration: whatever `models.privacy` says that erasing takes has a value before.
"""

import asyncio
import sqlite3
import uuid
from contextlib import aclosing, closing
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from redis.asyncio import Redis
from tortoise.queryset import QuerySet

from auth.passwords import Passwords
from auth.viewer import load_viewer
from models import (
    Account,
    AccountLink,
    ApiKey,
    Application,
    AuditEntry,
    AuditPersonal,
    Change,
    DataExport,
    Erasure,
    Event,
    EventStatus,
    GroupMembership,
    GroupPost,
    InterestProfile,
    LinkPurpose,
    Mail,
    Member,
    MemberStatus,
    MemberTopic,
    Offer,
    OfferResponse,
    OfferStatus,
    ProviderIdentity,
    ProviderSignIn,
    Registration,
    RegistrationStatus,
    Report,
    ReportReason,
    Representation,
    RepresentativeInvitation,
    ResponseStatus,
    SavedSearch,
    SecondFactor,
    SignInSession,
    SignUp,
    Topic,
    now,
)
from models.privacy.declaration import Erased
from models.privacy.personal_data import PERSONAL
from models.sql.statements import connection
from resolvers.context import Context, system_context
from resolvers.privacy import emptying
from resolvers.privacy.rows import owner_of, rows_of
from resolvers.privacy.sweeping import sweep_erased
from resolvers.search.indexing import index_row
from schema.declare.ids import global_id
from tests.conditions import soon, until
from tests.dump import dump
from tests.world import Answer, World

ERASE = "mutation($id: ID!, $p: String) { it: eraseMember(id: $id, password: $p) { erasedId userErrors { code } } }"
NAME, EMAIL, PHONE = "Quendolina Zwiebelhuber", "quendolina@zwiebelhuber.example", "+4953619876543"
PASSWORD = "ein langes Passwort"
# Whatever they typed besides has this in it.
WORD = "Xylografenmeisterin"
# That their drafts alone have.
OF_DRAFTS = "Zymbelkratzerei"
TRACES = ("quendolina", "zwiebelhuber", "19876543", WORD.lower(), OF_DRAFTS.lower())
SAID = f"{WORD}. Viele Grüße, {NAME}, {EMAIL}"


def gid(row: Any) -> str:
    """The opaque id of a row."""
    return global_id(type(row).__name__, row.pk)


class Scene:
    """Somebody with a row of whatever there is, and others who have to do with them."""

    person: Member
    account: Account
    friend: Member

    @classmethod
    async def made(cls, world: World) -> "Scene":
        """All of it."""
        scene = cls()
        scene.friend = await world.member("Ben Vogel")
        await world.account(scene.friend)
        contact: dict[str, Any] = {"email": EMAIL, "phone": PHONE, "website": "https://zwiebelhuber.example"}
        said: dict[str, Any] = {"about": SAID, "status_reason": SAID, "hidden_reason": SAID}
        scene.person = await world.member(NAME, **said, **contact)
        await index_row(scene.person)
        hashed = await Passwords(time_cost=1, memory_kib=64).hash(PASSWORD)
        scene.account = await Account.create(
            email=EMAIL, password_hash=hashed, member=scene.person, unwanted_mails=["GROUP_REQUEST"]
        )
        await scene._of_the_account()
        await scene._among_others(world)
        await scene._on_the_board(world)
        return scene

    async def _of_the_account(self) -> None:
        account, soon_over = self.account, now() + timedelta(hours=1)
        await SignInSession.create(
            id=uuid.uuid4(),
            account=account,
            user_agent=f"{WORD}/1.0",
            created_at=now() - timedelta(days=1),
            expires_at=soon_over,
        )
        await SignUp.create(
            token_hash="s",
            name=NAME,
            email=EMAIL,
            password_hash="!",
            application={"message": SAID},
            expires_at=soon_over,
        )
        await Application.create(person=self.person, organisation=self.friend, message=SAID)
        await AccountLink.create(
            token_hash="l", purpose=LinkPurpose.SIGN_IN, account=account, email=EMAIL, expires_at=soon_over
        )
        await InterestProfile.create(
            account=account,
            topics=[1],
            categories=["ROOM"],
            districts=[1],
            times=[{"weekday": "MONDAY", "from": None, "until": None}],
            languages=["de"],
        )
        await SavedSearch.create(account=account, name=SAID, criteria={"text": NAME})
        await Mail.create(recipient=EMAIL, subject=f"Hallo {NAME}", body=SAID)
        await Mail.create(recipient="ben@example.org", subject="Neue Antwort", body=f"{NAME} antwortet", sent_at=now())
        await RepresentativeInvitation.create(
            organisation=self.friend, person=self.person, email=EMAIL, name=NAME, token_hash="i", expires_at=soon_over
        )
        await SecondFactor.create(account=account, secret="sealed", recovery_hashes=["one"])
        await ProviderIdentity.create(account=account, issuer="https://id.example.org", subject=WORD)
        back: dict[str, Any] = {"issuer": "https://id.example.org", "subject": WORD, "email": EMAIL, "name": NAME}
        await ProviderSignIn.create(**back, token_hash="p", challenge="c", expires_at=soon_over)
        # As an organisation has them.
        await ApiKey.create(organisation=self.person, name=SAID, prefix=WORD[:20], secret_hash="k")
        await DataExport.create(account=account, mark=1, content=SAID.encode())
        who = self.person.id
        entry = await AuditEntry.create(action="CHANGED", operation="updateMember", changed=["about"], actor_id=who)
        await AuditPersonal.create(entry_id=entry.id, member_id=who, field="about", before=SAID, after=NAME)

    async def _among_others(self, world: World) -> None:
        person, friend = self.person, self.friend
        topic = await Topic.create(slug="holz", name="Holz", name_key="holz")
        await MemberTopic.create(member=person, topic=topic, position=0)
        self.club = await world.organisation("Schnitzverein", by=person, email=EMAIL, phone=PHONE)
        entry = await AuditEntry.create(action="CHANGED", operation="updateMember", changed=["email", "phone"])
        for field, before in (("email", EMAIL), ("phone", PHONE), ("reason", f"Anruf bei {NAME}")):
            await AuditPersonal.create(entry_id=entry.id, member_id=self.club.id, field=field, before=before)
        self.group = await world.group("AG Holz", coordinator=friend)
        self.membership = await world.membership(self.group, person)
        await GroupMembership.filter(id=self.membership.id).update(status_reason=SAID)
        self.post = await GroupPost.create(
            group=self.group,
            author=person,
            title=f"Protokoll von {NAME}",
            body=f"Es war schön. {NAME}, {EMAIL}",
            hidden_reason=NAME,
        )
        await index_row(self.post)
        place: dict[str, Any] = {
            "venue_name": WORD,
            "venue_street": WORD,
            "venue_postal_code": "38440",
            "venue_city": WORD,
        }
        place |= {"venue_accessibility_note": WORD, "venue_latitude": 52.1, "venue_longitude": 10.1}
        self.place: dict[str, Any] = {**place, "venue_accessibility": ["WHEELCHAIR"]}
        self.hosted = await world.event(
            f"Schnitzen bei {NAME}",
            host=person,
            online_url="https://zwiebelhuber.example",
            **self.place,
            status_reason=NAME,
            hidden_reason=NAME,
        )
        await Event.filter(id=self.hosted.id).update(description=f"Mit {NAME}.")
        await index_row(self.hosted)
        self.seat = await Registration.create(
            event=self.hosted, member=friend, status=RegistrationStatus.CONFIRMED, queue_number=1
        )
        self.full = await world.event("Messe", capacity=1, confirmed_count=1, waitlisted_count=1, queue_number=2)
        for number, (who, status) in enumerate(((person, "CONFIRMED"), (friend, "WAITLISTED")), 1):
            await Registration.create(event=self.full, member=who, status=status, queue_number=number)
        self.report = await Report.create(
            reason=ReportReason.SPAM,
            message=f"Das stört mich, {NAME}",
            note=f"Anruf bei {NAME}",
            reporter=person,
            target_type="Offer",
            target_key=1,
        )
        # Others' about them, and about what they wrote.
        for kind, key in (("Member", person.id), ("Offer", 1)):
            await Report.create(reason=ReportReason.SPAM, message=NAME, target_type=kind, target_key=key)

    async def _on_the_board(self, world: World) -> None:
        person, friend = self.person, self.friend
        self.offer = await world.offer(
            f"{WORD} hilft",
            owner=person,
            languages=["de"],
            times=[{"weekday": "MONDAY", "from": None, "until": None}],
            **self.place,
            status_reason=NAME,
            hidden_reason=NAME,
        )
        await Offer.filter(id=self.offer.id).update(description=SAID)
        await index_row(self.offer)
        await world.offer(f"Entwurf {OF_DRAFTS}", owner=person, status=OfferStatus.DRAFT)
        draft = await world.event(f"{OF_DRAFTS}streffen", host=person, status=EventStatus.DRAFT)
        await world.event(f"{OF_DRAFTS}skurs", host=person, parent=draft, status=EventStatus.DRAFT)
        self.answer = await OfferResponse.create(offer=self.offer, member=friend, message="Ich komme gern.")
        self.other = await world.offer("Bank", owner=friend)
        await OfferResponse.create(offer=self.other, member=person, message=SAID)


async def stored() -> dict[str, str]:
    """Every row of every table as text, the planner's samples too."""
    database = connection()
    if database.capabilities.dialect == "sqlite":
        names = await database.execute_query_dict("SELECT name FROM sqlite_master WHERE type = 'table'")
        rows = {one["name"]: await database.execute_query_dict(f'SELECT * FROM "{one["name"]}"') for one in names}
    else:
        names = await database.execute_query_dict("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
        rows = {one["name"]: await database.execute_query_dict(f'SELECT * FROM "{one["name"]}"') for one in names}
        rows["pg_stats"] = await database.execute_query_dict("SELECT s::text FROM pg_stats AS s")
    return {
        name: "\n".join(
            value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
            for row in some
            for value in dict(row).values()
        ).lower()
        for name, some in rows.items()
    }


async def in_redis(url: str) -> str:
    """Every key of Redis with all that it holds."""
    found: list[object] = []
    async with Redis.from_url(url) as redis:
        async for key in redis.scan_iter():
            kind = cast("bytes", await redis.type(key)).decode()
            read: Any = {
                "string": redis.get,
                "hash": redis.hgetall,
                "set": redis.smembers,
                "list": lambda one: redis.lrange(one, 0, -1),
                "zset": lambda one: redis.zrange(one, 0, -1),
                "stream": redis.xrange,
            }[kind]
            found += [key, await read(key)]
    return str(found).lower()


def traces(text: str) -> list[str]:
    """What of the person stands in it."""
    return [one for one in TRACES if one in text]


async def must_have_something_to_erase(scene: Scene) -> None:
    """Each column that erasing empties, or deletes, holds something of the person."""
    owner = await owner_of(scene.person, scene.account)
    for table in PERSONAL:
        rows = rows_of(table, owner)
        if rows is None or table.model is Erasure:
            continue
        found = await rows
        for column in table.columns:
            if column.erased in (Erased.KEPT, Erased.DERIVED) or column.name.endswith("district_id"):
                continue
            values = [getattr(row, column.name) for row in found]
            empty: tuple[Any, ...] = (None, "", [], {}, column.becomes)
            assert any(value not in empty for value in values), f"Seed a value of {table.name}.{column.name} in Scene."
            if column.erased is Erased.REDACTED:
                assert any(traces(str(value).lower()) for value in values), f"{table.name}.{column.name}"


async def erase(world: World, scene: Scene, by: Any, password: str | None = None) -> Answer:
    """Ask for it."""
    return await world.ask(ERASE, by, id=gid(scene.person), p=password)


async def test_nothing_that_is_stored_names_who_was_erased(world: World, redis_url: str) -> None:
    scene = await Scene.made(world)
    await must_have_something_to_erase(scene)
    assert all(traces("".join((await stored()).values())))
    members = await Member.all().count()
    assert (await erase(world, scene, await world.office())).data == {
        "it": {"erasedId": gid(scene.person), "userErrors": []}
    }
    done = await AuditEntry.get(operation="eraseMember")
    assert (done.target_type, done.target_key, done.changed) == ("Member", scene.person.id, [])
    assert {name: traces(text) for name, text in (await stored()).items() if name != "pg_stats" and traces(text)} == {}
    forgotten: list[str] = []

    async def forget(callers: Any) -> None:
        forgotten.extend(callers)

    assert await sweep_erased(system_context(world.services), forget) == 1
    assert await sweep_erased(system_context(world.services), forget) == 0
    assert forgotten == [f"account:{scene.account.id}"]
    assert {name: traces(text) for name, text in (await stored()).items() if traces(text)} == {}
    assert traces(await in_redis(redis_url)) == []
    database: Any = connection()
    if database.capabilities.dialect == "sqlite":
        for file in Path(database.filename).parent.glob(Path(database.filename).name + "*"):
            content = file.read_bytes().decode("latin-1").lower()
            assert traces(content) == [], file
            assert "zwiebelhuber".encode("utf-16-le").decode("latin-1") not in content
        with closing(sqlite3.connect(database.filename)) as whole:
            assert whole.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    await must_have_left_the_rest(scene, members)


async def must_have_left_the_rest(scene: Scene, members: int) -> None:
    """Counts are true, others' texts stay, and what was the person's is somebody else's now."""
    assert await Member.all().count() == members
    person = await Member.get(id=scene.person.id)
    assert (person.status, person.name) == (MemberStatus.LEFT, "Gelöscht")
    assert not await Account.exists(id=scene.account.id)
    assert not await GroupMembership.exists(member_id=person.id)
    post = await GroupPost.get(id=scene.post.id)
    assert (post.author_id, post.title, post.body) == (None, "Protokoll von […]", "Es war schön. […], […]")
    event = await Event.get(id=scene.hosted.id)
    assert (event.host_id, event.title, event.status) == (None, "Schnitzen bei […]", EventStatus.CANCELLED)
    assert await Mail.exists(recipient=(await Account.get(member=scene.friend)).email, subject__startswith="Fällt aus")
    full = await Event.get(id=scene.full.id)
    assert (full.confirmed_count, full.waitlisted_count) == (1, 0)
    assert (await Registration.get(event=full, member=scene.friend)).status is RegistrationStatus.CONFIRMED
    assert await Registration.filter(event=full).count() == 2
    offers = await Offer.filter(id__in=[scene.offer.id, scene.other.id]).order_by("id")
    assert [(one.status, one.title) for one in offers] == [(OfferStatus.WITHDRAWN, "Gelöscht"), ("PUBLISHED", "Bank")]
    assert await Offer.all().count() == 2
    assert sorted(one.message for one in await OfferResponse.all()) == ["", "Ich komme gern."]
    club = await Member.get(id=scene.club.id)
    assert (club.email, club.phone) == (None, None)
    assert not await Representation.exists()
    assert await Report.filter(reporter_id__isnull=True).count() == 3


BOARD = "subscription($a: String, $id: ID!) { offerChanged(after: $a, id: $id) { change offer { title } } }"


async def test_who_looks_on_is_told_and_who_comes_back_with_a_cursor_gets_nothing_back(world: World) -> None:
    scene = await Scene.made(world)
    await Offer.filter(id=scene.offer.id).update(hidden_reason=None, status_reason=None)
    before = (await world.data("{ liveCursor }"))["liveCursor"]
    async with aclosing(world.subscribe(BOARD, a=before, id=gid(scene.offer))) as updates:
        first = asyncio.ensure_future(anext(updates))
        assert (await erase(world, scene, await world.office())).data["it"]["userErrors"] == []  # type: ignore[index]
        told = await soon(first)
    assert told.data == {"offerChanged": {"change": "WITHDRAWN", "offer": None}}
    async with aclosing(world.subscribe(BOARD, a=before, id=gid(scene.offer))) as again:
        assert traces(str((await soon(anext(again))).data).lower()) == []
    assert traces(str(await Change.all().values_list("facts", flat=True)).lower()) == []
    for question in ("Quendolina", "Zwiebelhuber", WORD):
        found = await world.data(SEARCH, text=question)
        assert (found["search"]["totalCount"], found["suggest"]) == (0, []), question


SEARCH = "query($text: String!) { search(text: $text) { totalCount } suggest(text: $text) { text } }"


async def test_a_person_proves_that_it_is_they_who_ask(world: World) -> None:
    scene = await Scene.made(world)
    stale = Context(world.services, await load_viewer((await SignInSession.get(account=scene.account)).id))
    for password, code in ((None, "REQUIRED"), ("falsch", "INVALID_CREDENTIALS")):
        before = await dump()
        answer = await erase(world, scene, stale, password)
        assert answer.data == {"it": {"erasedId": None, "userErrors": [{"code": code}]}}
        assert await dump() == before
    assert (await erase(world, scene, stale, PASSWORD)).data == {
        "it": {"erasedId": gid(scene.person), "userErrors": []}
    }
    assert stale.viewer.is_guest
    assert (await erase(world, scene, await world.office())).data["it"] == {  # type: ignore[index]
        "erasedId": None,
        "userErrors": [{"code": "WRONG_STATE"}],
    }


async def test_who_signed_in_just_now_needs_no_password(world: World) -> None:
    scene = await Scene.made(world)
    assert (await erase(world, scene, scene.person)).data == {"it": {"erasedId": gid(scene.person), "userErrors": []}}


POSTS = "query($slug: String!) { group(slug: $slug) { posts(first: 50) { nodes { title author { name } } } } }"


async def written_much(world: World, scene: Scene) -> None:
    """Rows of each kind that is emptied ahead of an erasure."""
    person, past = scene.person, {"starts_at": now() - timedelta(days=2), "ends_at": now() - timedelta(days=1)}
    for number in range(9):
        post = await GroupPost.create(group=scene.group, author=person, title=f"{number} von {NAME}", body=NAME)
        await index_row(post)
    for number in range(3):
        event = await world.event(f"{number} mit {NAME}", host=person, **past)
        await Registration.create(event=event, member=person, status=RegistrationStatus.CONFIRMED, queue_number=1)
        offer = await world.offer(f"{WORD}bank {number}", owner=person, status=OfferStatus.EXPIRED)
        await OfferResponse.create(offer=offer, member=person, message=SAID, status=ResponseStatus.DECLINED)
        await Report.create(reason=ReportReason.SPAM, message=NAME, reporter=person, target_type="Offer", target_key=1)


async def test_an_erasure_is_no_single_transaction_and_may_stop_between(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emptying, "AT_ONCE", 1)
    scene = await Scene.made(world)
    await written_much(world, scene)
    stale = Context(world.services, await load_viewer((await SignInSession.get(account=scene.account)).id))
    office, friend = await world.context(await world.office()), await world.context(scene.friend)
    before = await dump()
    assert (await erase(world, scene, stale, "falsch")).data["it"]["erasedId"] is None  # type: ignore[index]
    assert (await erase(world, scene, None)).codes == ["UNAUTHENTICATED"]
    assert (await erase(world, scene, friend)).codes == ["FORBIDDEN"]
    assert await dump() == before

    own = GroupPost.filter(author_id=scene.person.id)
    stopped = asyncio.ensure_future(erase(world, scene, office))
    await until(lambda: _fewer_than(own, 8))
    stopped.cancel()
    await world.services.outbox.drain()
    left = await own.count()
    assert 0 < left < 8
    posts = (await world.data(POSTS, friend, slug=scene.group.slug))["group"]["posts"]["nodes"]
    assert sorted(bool(traces(str(one).lower())) for one in posts) == [False] * (10 - left) + [True] * left
    assert (await Member.get(id=scene.person.id)).status is MemberStatus.ACTIVE
    done = AuditEntry.filter(operation="eraseMember", succeeded=True)
    assert not await done.exists()

    assert (await erase(world, scene, office)).data == {"it": {"erasedId": gid(scene.person), "userErrors": []}}
    assert await done.count() == 1
    assert {name: traces(text) for name, text in (await stored()).items() if name != "pg_stats" and traces(text)} == {}


async def _fewer_than(rows: QuerySet[Any], number: int) -> bool:
    return await rows.count() < number
