"""What is of an account and of nobody else: sessions, searches, take-outs; and who is asked to act for whom."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tortoise.transactions import in_transaction  # noqa: TID251

from auth.access import accounts, invitations, privacy, saved_searches
from auth.refusals import NotFound
from auth.viewer import Viewer
from models import (
    Account,
    DataExport,
    Member,
    MemberStatus,
    RepresentativeInvitation,
    SavedSearch,
    SignInSession,
    now,
)
from tests.auth.access.scene import WHO, Scene, Who, outcome
from tests.auth.access.test_given import taking_part
from tests.world import World

pytestmark = pytest.mark.walk

LEFT = MemberStatus.LEFT


async def given(asking: Awaitable[Any]) -> Any:
    """The row that is given, or the code of the refusal."""
    async with in_transaction():
        return await outcome(asking, lambda found: found)


def by_account(viewer: Viewer) -> str | None:
    """The refusal of who has no account: a guest, a key, the server itself."""
    if viewer.account is not None:
        return None
    return "UNAUTHENTICATED" if viewer.is_guest else "FORBIDDEN"


async def everybody(world: World, scene: Scene) -> dict[str, Viewer]:
    """Those of the scene, and a key."""
    key = await world.key(scene.members["club"])
    return scene.viewers | {"key": (await world.context(key)).viewer}


async def test_the_own_account_and_what_hangs_on_it(world: World) -> None:
    scene = await Scene.made(world)
    viewers = await everybody(world, scene)
    other = (await world.account(scene.members["ben"])).id
    for asked in await Account.all():
        await SavedSearch.create(account=asked, name="Suche")
        await DataExport.create(account=asked, mark=asked.id)
        for ended, hours in ((None, -1), (now(), 1)):
            await SignInSession.create(
                id=uuid4(), account=asked, ended_at=ended, expires_at=now() + timedelta(hours=hours)
            )
    of_account: tuple[tuple[Any, Callable[[Viewer], Any], Callable[[Any], bool]], ...] = (
        (SignInSession, accounts.own_sessions, lambda row: row.ended_at is None and row.expires_at > now()),
        (SavedSearch, saved_searches.own_searches, lambda _row: True),
        (DataExport, privacy.own_data_exports, lambda _row: True),
    )
    to_change: dict[Any, Callable[[Viewer, Any], Awaitable[Any]]] = {
        SignInSession: accounts.own_session,
        SavedSearch: saved_searches.search_to_change,
    }
    for name, viewer in viewers.items():
        own = viewer.account.id if viewer.account else None
        for ask in (accounts.own_account, privacy.account_to_take_out, saved_searches.account_to_keep_for):
            assert await given(ask(viewer)) == (by_account(viewer) or viewer.account), (name, ask)
        for model, condition, holds in of_account:
            rows = await model.all()
            expected = {row.id for row in rows if row.account_id == own and holds(row)}
            assert len(expected) == (1 if own else 0)
            assert {row.id for row in await model.filter(condition(viewer))} == expected, (name, model)
            some = [row for row in rows if row.account_id in (own, other)]
            for row in [*some, None] if model in to_change else ():
                should = row if row is not None and row.id in expected else "NOT_FOUND"
                found = await given(to_change[model](viewer, row and row.id))
                assert found == (by_account(viewer) or should), (name, row)
    assert {row.account_id for row in await SignInSession.filter(accounts.sessions_that_go_on(None))} == set()


async def test_an_account_of_which_one_has_more_than_the_right(world: World) -> None:
    """The password that was looked at, a link, an address, what an address names."""
    scene = await Scene.made(world)
    for name in ("gone", "dead"):
        await world.account(scene.members[name])
    await Account.filter(member_id=scene.members["ben"].id).update(password_hash="another")
    rows = await Account.all().select_related("member")
    for row in rows:
        left = row.member is not None and row.member.status is LEFT
        assert accounts.may_sign_in(row) is not left
        for ask in (accounts.account_of_link(row.id), accounts.account_at(row.email)):
            assert await given(ask) == ("NOT_FOUND" if left else row), row.email
        assert await given(accounts.account_as_it_was(row)) == row
        row.password_hash = "?"
        assert await given(accounts.account_as_it_was(row)) == "NOT_FOUND"
    for ask in (accounts.account_of_link(None), accounts.account_of_link(10**9), accounts.account_at("x@example.org")):
        assert await given(ask) == "NOT_FOUND"
    exports = [await DataExport.create(account=rows[0], mark=mark) for mark in (7, 8)]
    for one in exports:
        assert await privacy.data_export_at(one.id, one.mark) == one
    for key, mark in ((exports[0].id, 8), (exports[1].id, 7), (10**9, 7)):
        with pytest.raises(NotFound):
            await privacy.data_export_at(key, mark)


async def test_who_leaves_and_whom_one_erases(world: World) -> None:
    scene = await Scene.made(world)
    viewers = await everybody(world, scene)
    account_of = {one.member_id: one for one in await Account.filter(member_id__not_isnull=True)}
    rows = await Member.all()
    for name, viewer in viewers.items():
        who = WHO.get(name, Who())
        office = who.office
        for row in [*rows, None]:
            own = row is not None and row.id == viewer.member_id
            seen = row is not None and (office or row.status is MemberStatus.ACTIVE or scene.name_of(row.id) in who.own)
            acts = row is not None and scene.name_of(row.id) in who.acting
            for ask, may in (
                (privacy.member_to_leave, office or own or acts),
                (privacy.member_to_erase, office or own),
            ):
                should: Any = (account_of.get(row.id), row) if row is not None else None
                if name in ("guest", "key"):
                    should = "UNAUTHENTICATED" if name == "guest" else "FORBIDDEN"
                elif not seen or row is None:
                    should = "NOT_FOUND"
                elif not (office or may):
                    should = "FORBIDDEN"
                found = await given(ask(viewer, row.id if row is not None else 10**9))
                assert found == should, (name, row and row.name, ask)
        nobody = {"guest": "UNAUTHENTICATED", "key": "FORBIDDEN"}.get(name, "NOT_FOUND")
        itself: Any = nobody if viewer.member is None or name == "key" else (viewer.account, viewer.member)
        if name == "office and ben":
            itself = (account_of[viewer.member_id], viewer.member)
        assert await given(privacy.member_to_leave(viewer, None)) == itself, name
        assert await given(privacy.member_to_erase(viewer, None)) == nobody, name


async def invited(scene: Scene) -> list[RepresentativeInvitation]:
    """To act for each organisation: by mail and as a member, what waits and what is over."""
    made = []
    for name in ("club", "shut", "orphan", "alone"):
        for person, hours in ((None, 1), ("ben", 1), (None, -1), ("susi", -1)):
            made.append(
                await RepresentativeInvitation.create(
                    organisation=scene.members[name],
                    person=scene.members[person] if person else None,
                    email=None if person else f"{name}@example.org",
                    token_hash=f"{name} {person} {hours}",
                    expires_at=now() + timedelta(hours=hours),
                )
            )
    return made


async def test_who_sees_and_takes_back_that_somebody_was_asked(world: World) -> None:
    scene = await Scene.made(world)
    rows = await invited(scene)

    def waits(who: Who, row: RepresentativeInvitation) -> bool:
        own = who.active and scene.name_of(row.organisation_id) in who.own
        return row.expires_at > now() and (who.office or own)

    def by_mail(who: Who, row: RepresentativeInvitation) -> bool:
        return waits(who, row) and row.person_id is None

    def withdraw(who: Who, row: RepresentativeInvitation | None) -> str | None:
        if taking_part(who) or row is None:
            return taking_part(who)
        if not by_mail(who, row):
            return "NOT_FOUND"
        return None if who.office or scene.name_of(row.organisation_id) in who.acting else "FORBIDDEN"

    await scene.shows(RepresentativeInvitation, invitations.visible_invitations, by_mail)
    await scene.shows(
        RepresentativeInvitation,
        invitations.asked_members,
        lambda who, row: waits(who, row) and row.person_id is not None,
    )
    await scene.gives(invitations.invitation_to_withdraw, rows, withdraw)
    key = (await world.context(await world.key(scene.members["club"]))).viewer
    for condition in (invitations.visible_invitations(key), invitations.asked_members(key.visibility)):
        assert await RepresentativeInvitation.filter(condition).count() == 0


async def test_who_accepts_and_for_whom(world: World) -> None:
    scene = await Scene.made(world)
    ben = scene.members["ben"]
    account = await world.account(ben)
    by_mail, known, asked = [
        await RepresentativeInvitation.create(
            organisation=scene.members["club"], person=person, email=email, token_hash=email or "-", expires_at=now()
        )
        for email, person in (("new@example.org", None), (account.email, None), (None, ben))
    ]
    for name, viewer in scene.viewers.items():
        for one, guest in ((by_mail, None), (known, ben), (asked, ben)):
            expected: Any = viewer.member or guest
            if one is asked and viewer.member is not None and viewer.member != ben:
                expected = "NOT_FOUND"
            assert await given(invitations.who_accepts(viewer, one)) == expected, (name, one.email)
    office = await world.office()
    nobody_s = await RepresentativeInvitation.create(
        organisation=scene.members["club"], email=office.email, token_hash="office", expires_at=now()
    )
    assert await invitations.who_accepts(scene.viewers["guest"], nobody_s) is None
    for name in ("club", "shut", "orphan", "dead"):
        one = RepresentativeInvitation(organisation_id=scene.members[name].id)
        expected = "NOT_FOUND" if name == "dead" else scene.members[name]
        assert await given(invitations.organisation_of(one)) == expected, name
