"""Who is asking, as the database has it: by a sign-in session, and by a calendar's address; and what they must be."""

import uuid
from datetime import timedelta

import pytest

from auth.refusals import (
    Forbidden,
    KeyOver,
    NotFound,
    RateLimited,
    Refusal,
    SecondFactorMissing,
    TokenOver,
    TooComplex,
    Unauthenticated,
)
from auth.viewer import GUEST, SYSTEM, Viewer, load_calendar_viewer, load_key_viewer, load_viewer
from models import (
    Account,
    ApiKey,
    ApiKeyScope,
    Group,
    GroupRole,
    Member,
    MembershipStatus,
    MemberStatus,
    NetworkRole,
    SignInSession,
    now,
)
from tests.statements import statements
from tests.world import World

pytestmark = pytest.mark.walk

ACTIVE, LEFT = MemberStatus.ACTIVE, MemberStatus.LEFT


async def session(account: Account, hours: float = 1, *, ended: bool = False) -> uuid.UUID:
    """A session that is over in so many hours."""
    made = await SignInSession.create(
        id=uuid.uuid4(),
        account=account,
        expires_at=now() + timedelta(hours=hours),
        ended_at=now() if ended else None,
    )
    return made.id


def test_a_refusal_says_what_it_is_said_to_or_what_its_kind_says() -> None:
    assert Forbidden().args == ("You may not do this.",)
    assert Forbidden("Not {}.", 7).args == ("Not {}.", 7)
    assert TokenOver().code == Unauthenticated.code
    assert Refusal().args == ("",)
    late, large = RateLimited("Wait {}.", 7, retry_after=1.5), TooComplex("Less.", requested=9, limit=5)
    assert (late.args, late.retry_after) == (("Wait {}.", 7), 1.5)
    assert (large.args, large.requested, large.limit) == (("Less.",), 9, 5)
    assert (RateLimited().args, RateLimited().retry_after) == ((RateLimited.message,), None)
    assert (TooComplex().args, TooComplex().requested, TooComplex().limit) == ((TooComplex.message,), None, None)


# ---------------------------------------------------------------- by a session


async def test_the_viewer_of_a_session_is_its_account_and_what_belongs_to_it(world: World) -> None:
    person = await world.member("Person")
    account = await world.account(person)
    clubs = {status: await world.organisation(status, person, status) for status in MemberStatus}
    await world.organisation("Fremd", await world.member("Fremd"))
    key = await session(account)
    with statements() as sent:
        viewer = await load_viewer(key)
    assert len(sent) == 1
    assert (viewer.account, viewer.member, viewer.session_id) == (account, person, key)
    assert viewer.member
    assert viewer.member.name == "Person"
    assert viewer.organisations == {club.id: status for status, club in clubs.items() if status is not LEFT}
    assert viewer.coordinated_groups == frozenset()
    assert not viewer.is_system


async def test_an_account_of_the_office_may_be_nobody_s(world: World) -> None:
    account = await world.office()
    viewer = await load_viewer(await session(account))
    assert (viewer.account, viewer.member, viewer.organisations) == (account, None, {})
    assert viewer.account
    assert viewer.account.role is NetworkRole.OFFICE


async def test_a_session_that_has_ended_or_never_was_is_nobody_s(world: World) -> None:
    account, other = await world.account(await world.member()), await world.account(await world.member())
    await session(other)
    for key in (await session(account, -0.001), await session(account, ended=True), uuid.uuid4()):
        with pytest.raises(Unauthenticated, match="session"):
            await load_viewer(key)
    assert (await load_viewer(await session(account, 0.1))).account == account


@pytest.mark.parametrize("status", MemberStatus)
async def test_whoever_has_left_is_signed_out_and_nobody_else(world: World, status: MemberStatus) -> None:
    person = await world.member("Person", status)
    key = await session(await world.account(person))
    if status is LEFT:
        with pytest.raises(Unauthenticated):
            await load_viewer(key)
    else:
        assert (await load_viewer(key)).member == person


async def test_a_group_is_coordinated_by_an_active_coordinator_for_whom_an_active_person_acts(world: World) -> None:
    """Every status of the membership, its role, and of the member that has it: the person, or an organisation."""
    person = await world.member("Person")
    expected, joined = set(), set()
    for number, (role, status) in enumerate((role, status) for role in GroupRole for status in MembershipStatus):
        for kind in ("person", *MemberStatus):
            group = await world.group(f"AG {number} {kind}")
            member = person if kind == "person" else await world.organisation(f"V {number}", person, MemberStatus(kind))
            await world.membership(group, member, status, role)
            if status is MembershipStatus.ACTIVE and kind in ("person", ACTIVE):
                joined.add(group.id)
                if role is GroupRole.COORDINATOR:
                    expected.add(group.id)
    await world.group("Fremd", await world.member("Fremd"))
    key = await session(await world.account(person))
    found = await load_viewer(key)
    assert found.coordinated_groups == expected
    assert found.joined_groups == joined
    assert (len(expected), len(joined)) == (2, 4)
    await Member.filter(id=person.id).update(status=MemberStatus.SUSPENDED)
    found = await load_viewer(key)
    assert found.coordinated_groups == found.joined_groups == frozenset()
    assert await Group.all().count() > len(expected)


async def test_responses_to_what_is_entrusted_to_the_office_are_not_the_side_s(world: World) -> None:
    person = await world.member("Person")
    club = await world.organisation("Verein", person)
    entrusted = await world.organisation("Anvertraut", person, office_cares=True)
    await world.organisation("Fremd", await world.member(), office_cares=True)
    found = await load_viewer(await session(await world.account(person)))
    assert found.entrusted_ids == found.visibility.entrusted_ids == {entrusted.id}
    assert found.own_ids == {person.id, club.id, entrusted.id}


@pytest.mark.parametrize("role", NetworkRole)
@pytest.mark.parametrize("has_factor", [False, True])
async def test_the_office_does_nothing_before_it_has_the_second_factor_that_is_asked_for(
    world: World, role: NetworkRole, has_factor: bool
) -> None:
    account = await world.account(await world.member(), role)
    if has_factor:
        await Account.filter(id=account.id).update(second_factor_since=now())
    key = await session(account)
    whole, held = await load_viewer(key), await load_viewer(key, office_needs_two=True)
    assert not whole.needs_second_factor
    if has_factor or role is NetworkRole.MEMBER:
        assert held == whole
        return
    assert held == Viewer(account=account, session_id=key, needs_second_factor=True)
    assert held.visibility == GUEST.visibility
    assert refusal(held.must_be_active) is refusal(held.must_be_office) is SecondFactorMissing
    assert refusal(held.must_be_signed_in) is None


# ---------------------------------------------------------------- by a key


@pytest.mark.parametrize("status", MemberStatus)
async def test_the_viewer_of_a_key_is_its_organisation_while_both_are_good(world: World, status: MemberStatus) -> None:
    club = await world.organisation("Verein", status=status)
    entrusted = await world.organisation("Anvertraut", status=status, office_cares=True)
    for one, expires_at in ((club, None), (entrusted, now() + timedelta(hours=1))):
        key = await world.key(one, expires_at=expires_at)
        if status is LEFT:
            with pytest.raises(KeyOver):
                await load_key_viewer(key.secret_hash)
        else:
            found = await load_key_viewer(key.secret_hash)
            assert found == Viewer(member=one, key=key, entrusted_ids=frozenset({one.id} if one == entrusted else ()))
        for columns in ({"expires_at": now()}, {"revoked_at": now()}):
            await ApiKey.filter(id=key.id).update(expires_at=None, revoked_at=None)
            await ApiKey.filter(id=key.id).update(**columns)
            with pytest.raises(KeyOver):
                await load_key_viewer(key.secret_hash)
    with pytest.raises(KeyOver):
        await load_key_viewer("none")


# ---------------------------------------------------------------- by a calendar


@pytest.mark.parametrize("status", [None, *MemberStatus])
async def test_a_calendar_s_address_is_good_for_its_generation_and_an_active_member(
    world: World, status: MemberStatus | None
) -> None:
    person = await world.member("Person", status) if status else None
    account = await world.account(person) if person else await world.office()
    await Account.filter(id=account.id).update(calendar_generation=3)
    club = await world.organisation("Verein", person) if person else None
    if status in (None, ACTIVE):
        with statements() as sent:
            viewer = await load_calendar_viewer(account.id, 3)
        assert len(sent) == 1
        assert (viewer.account, viewer.member, viewer.session_id) == (account, person, None)
        assert viewer.organisations == ({club.id: ACTIVE} if club else {})
    else:
        with pytest.raises(NotFound):
            await load_calendar_viewer(account.id, 3)
    for key, generation in ((account.id, 2), (account.id, 4), (account.id + 1, 3)):
        with pytest.raises(NotFound):
            await load_calendar_viewer(key, generation)


# ---------------------------------------------------------------- what they must be


def viewer(status: MemberStatus | None, role: NetworkRole = NetworkRole.MEMBER, **more: object) -> Viewer:
    """A viewer in memory: a member 7 of this status, of an account of this role."""
    member = Member(id=7, status=status) if status else None
    return Viewer(account=Account(id=1, role=role), member=member, **more)  # type: ignore[arg-type]


def refusal(must: object) -> type[Refusal] | None:
    try:
        must()  # type: ignore[operator]
    except Refusal as error:
        return type(error)
    return None


OFFICE, ADMIN = viewer(None, NetworkRole.OFFICE), viewer(MemberStatus.SUSPENDED, NetworkRole.ADMIN)


def test_what_is_asked_of_everybody_is_asked_in_one_order() -> None:
    table = {
        "guest": (GUEST, Unauthenticated, Unauthenticated, Unauthenticated),
        "system": (SYSTEM, None, None, None),
        "office": (OFFICE, None, None, None),
        "admin": (ADMIN, None, None, None),
        "active": (viewer(ACTIVE), None, None, Forbidden),
        "nobody's": (viewer(None), None, Forbidden, Forbidden),
    } | {status: (viewer(status), None, Forbidden, Forbidden) for status in MemberStatus if status is not ACTIVE}
    for name, (one, signed_in, active, office) in table.items():
        found = tuple(refusal(must) for must in (one.must_be_signed_in, one.must_be_active, one.must_be_office))
        assert found == (signed_in, active, office), name


def test_what_a_key_may_is_what_its_scopes_name() -> None:
    for status in MemberStatus:
        for scopes in ([], ["READ"], ["READ", "WRITE_BOARD"], ["WRITE_BOARD"]):
            one = Viewer(member=Member(id=7, status=status), key=ApiKey(id=3, scopes=scopes))
            assert [scope for scope in ApiKeyScope if one.has_scope(scope)] == scopes
            writes = "WRITE_BOARD" in scopes and status is ACTIVE
            assert refusal(one.must_write_the_board) is (None if writes else Forbidden)
            assert refusal(one.must_be_active) is refusal(one.must_be_no_key) is Forbidden
            assert refusal(one.must_be_signed_in) is None
    people: tuple[tuple[Viewer, type[Refusal] | None], ...] = (
        (GUEST, Unauthenticated), (SYSTEM, None), (OFFICE, None), (ADMIN, None), (viewer(ACTIVE), None),
        (viewer(None), Forbidden), (viewer(MemberStatus.SUSPENDED), Forbidden),
    )  # fmt: skip
    for one, refused in people:
        assert refusal(one.must_write_the_board) is refused
        assert refusal(one.must_be_no_key) is None
        assert not any(one.has_scope(scope) for scope in ApiKeyScope)
        assert one.before_second_factor().needs_second_factor is (one is OFFICE or one is ADMIN)


def test_whom_what_happens_to_a_member_concerns() -> None:
    clubs = dict(enumerate(MemberStatus, start=20))
    for status in MemberStatus:
        one = viewer(status, organisations=clubs)
        assert {key for key in (7, *clubs, 99, 0, None) if one.is_concerned_by(key)} == {7, *clubs}
    for one in (GUEST, SYSTEM, viewer(None)):
        assert not any(one.is_concerned_by(key) for key in (7, 0, None))


def test_in_whose_name_and_whose_affairs() -> None:
    """By member: the own one, organisations of every status, a foreign one, none at all."""
    clubs = dict(enumerate(MemberStatus, start=20))
    (active_club,) = [key for key, status in clubs.items() if status is ACTIVE]
    keys = [7, *clubs, 99, None, 0]
    for status in MemberStatus:
        one = viewer(status, organisations=clubs, coordinated_groups=frozenset({5}))
        acting = {7, active_club} if status is ACTIVE else set()
        own = {7, *clubs} if status is ACTIVE else {7}
        assert {key for key in keys if one.may_act_for(key)} == acting == one.acting_ids
        assert {key for key in keys if one.sees_affairs_of(key)} == own == one.own_ids
        shown = one.visibility
        assert (shown.is_office, shown.is_active, shown.member_id) == (False, status is ACTIVE, 7)
        assert [shown.own_ids, shown.acting_ids, shown.coordinated_groups] == [own, acting, {5}]
    for one in (OFFICE, ADMIN, SYSTEM):
        assert all(one.may_act_for(key) and one.sees_affairs_of(key) for key in keys)
        assert one.visibility.is_office
    assert not any(GUEST.may_act_for(key) or GUEST.sees_affairs_of(key) for key in keys)
