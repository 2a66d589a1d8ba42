"""Who may do what, where no row need be read: each right as a table, by everybody who may ask."""

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any
from uuid import uuid4

from tortoise.models import Model

from auth.access import (
    accounts,
    api_keys,
    audit,
    events,
    groups,
    invitations,
    members,
    moderation,
    offers,
    privacy,
    reports,
    rows,
    saved_searches,
)
from auth.access.offers import Side
from auth.refusals import Obstacle, Refusal
from auth.viewer import GUEST, SYSTEM, Viewer
from models import (
    Account,
    ApiKey,
    Event,
    Group,
    GroupPost,
    Member,
    MemberStatus,
    NetworkRole,
    Offer,
    OfferStatus,
    PostAudience,
    now,
)
from models.filters.events import EventFilter
from models.filters.groups import GroupFilter
from models.filters.members import MemberFilter
from models.filters.offers import OfferFilter
from models.sql.compile import QuerySpec

A, S = MemberStatus.ACTIVE, MemberStatus.SUSPENDED
SESSION = uuid4()
# 7 is one's own member; 20 an organisation that is active, 21 one that is suspended; 5 a group that is led, 6 a joined.
OWN, CLUB, SHUT, OTHER = 7, 20, 21, 99
LED, JOINED, ELSEWHERE = 5, 6, 8
SIDES = (OWN, CLUB, SHUT, OTHER, None)

OFFICE = {"system", "office", "office and member", "admin"}
TAKING_PART = {*OFFICE, "member"}
KEYS = {"key", "writing key", "shut key"}
ACTING = {"member": {OWN, CLUB}, "office and member": {OWN}, "key": {CLUB}, "writing key": {CLUB}}
SEEN = ACTING | {"member": {OWN, CLUB, SHUT}, "admin": {OWN}, "applied": {OWN}, "suspended": {OWN}, "shut key": {CLUB}}


def account(role: NetworkRole, status: MemberStatus | None = None, **more: Any) -> Viewer:
    """Who has signed in."""
    member = Member(id=OWN, status=status) if status else None
    return Viewer(account=Account(id=1, role=role), session_id=SESSION, member=member, **more)


def key(status: MemberStatus, *scopes: str) -> Viewer:
    """A program of an organisation."""
    return Viewer(member=Member(id=CLUB, status=status), key=ApiKey(id=3, scopes=["READ", *scopes]))


def everybody() -> dict[str, Viewer]:
    """Who may ask, by what they are."""
    member = account(
        NetworkRole.MEMBER,
        A,
        organisations={CLUB: A, SHUT: S},
        coordinated_groups=frozenset({LED}),
        joined_groups=frozenset({LED, JOINED}),
    )
    return {
        "guest": GUEST,
        "system": SYSTEM,
        "office": account(NetworkRole.OFFICE),
        "office and member": account(NetworkRole.OFFICE, A),
        "admin": account(NetworkRole.ADMIN, S),
        "without the second": account(NetworkRole.OFFICE, needs_second_factor=True),
        "member": member,
        "applied": account(NetworkRole.MEMBER, MemberStatus.APPLIED),
        "suspended": account(NetworkRole.MEMBER, S),
        "nobody's": account(NetworkRole.MEMBER),
        "key": key(A),
        "writing key": key(A, "WRITE_BOARD"),
        "shut key": key(S, "WRITE_BOARD"),
    }


def row(model: type[Model], **columns: Any) -> Any:
    """A row that no database has, with these columns."""
    made = model(id=1)
    for name, value in columns.items():
        setattr(made, name, value)
    return made


def refusal(must: Callable[[Viewer], Any], viewer: Viewer) -> Any:
    """The code with which the viewer is refused, or what they are given."""
    try:
        return must(viewer)
    except Refusal as error:
        return error.code


def test_what_the_office_alone_may() -> None:
    rights: tuple[Callable[[Viewer], bool], ...] = (
        api_keys.sees_keys, audit.sees_audit, groups.may_reopen, invitations.may_make_representatives,
        members.enters_organisations_at_once, members.may_leave_unrepresented, moderation.finds_what_is_hidden,
        offers.needs_no_review, reports.sees_reports,
    )  # fmt: skip
    for name, viewer in everybody().items():
        assert [right(viewer) for right in rights] == [name in OFFICE] * len(rights), name
        assert members.has_quotas(viewer) is (name not in OFFICE)
        assert events.may_leave_out_host(viewer) is (name in {"system", "office"})


def test_what_is_asked_of_whom() -> None:
    by_office = (api_keys.must_be_able_to_make_keys, moderation.must_be_able_to_hide, reports.must_see_the_queue)
    by_active = (
        events.must_be_able_to_create_events, groups.must_be_able_to_found_groups,
        members.must_be_able_to_enter_organisations,
    )  # fmt: skip
    by_no_key = (accounts.must_be_able_to_sign_in, reports.must_be_able_to_report)
    table: tuple[tuple[tuple[Callable[[Viewer], Any], ...], set[str]], ...] = (
        (by_office, OFFICE),
        (by_active, TAKING_PART),
        ((offers.must_be_able_to_create_offers,), {*TAKING_PART, "writing key"}),
        ((members.must_be_active_or_applied,), {*TAKING_PART, "applied"}),
    )
    for name, viewer in everybody().items():
        refused = "UNAUTHENTICATED" if name == "guest" else "FORBIDDEN"
        for musts, some in table:
            for must in musts:
                assert refusal(must, viewer) == (None if name in some else refused), (name, must)
        for must in by_no_key:
            assert refusal(must, viewer) == ("FORBIDDEN" if name in KEYS else None), (name, must)
        has_session = name not in {"guest", "system", *KEYS}
        assert refusal(accounts.session_to_end, viewer) == (SESSION if has_session else refused), name
        assert refusal(accounts.must_have_a_session, viewer) == (None if has_session else refused), name
        assert refusal(saved_searches.must_have_an_account, viewer) == (viewer.account if has_session else refused)


def test_who_acts_for_an_event() -> None:
    for (name, viewer), host, group in product(everybody().items(), SIDES, (LED, JOINED, None)):
        event = row(Event, host_id=host, group_id=group)
        own = host in ACTING.get(name, set()) or (name == "member" and group == LED)
        acts = own or name in OFFICE
        place = (name, host, group)
        assert events.acts_for_event(viewer, event) is acts, place
        assert events.is_another_s(viewer, event) is not own, place
        assert events.may_update_event(viewer, event) is (acts and name not in KEYS), place


def test_what_one_may_in_a_group() -> None:
    for name, viewer in everybody().items():
        for group, author in product((LED, JOINED, ELSEWHERE), SIDES):
            leads = name in OFFICE or (name == "member" and group == LED)
            wrote = name not in KEYS and author in ACTING.get(name, set())
            post = row(GroupPost, group_id=group, author_id=author)
            assert groups.may_update_post(viewer, post) is (leads or wrote), (name, group, author)
            assert groups.coordinates(viewer, group) is leads
        joins = name in OFFICE or name == "member"
        for group, audience in product((LED, JOINED, ELSEWHERE), PostAudience):
            meant = name in OFFICE or audience is PostAudience.EVERYONE or (joins and group != ELSEWHERE)
            assert groups.is_meant_for(viewer, group, audience) is meant, (name, group, audience)
        assert groups.finds_unlisted_posts(viewer) is joins, name
        assert groups.coordinates(viewer, None) is (name in OFFICE)
        founds = viewer.member if ACTING.get(name) else None
        assert groups.founder_of_groups(viewer) is founds, name


def test_what_one_may_with_a_member() -> None:
    for name, viewer in everybody().items():
        acting, seen = ACTING.get(name, set[int]()), SEEN.get(name, set[int]())
        for one, status in product(SIDES[:-1], MemberStatus):
            assert one is not None
            applies = status is MemberStatus.APPLIED and one in seen
            may = status is not MemberStatus.LEFT and (name in OFFICE or one in acting or applies)
            found = members.may_update_member(viewer, Member(id=one, status=status))
            assert found is (may and name not in KEYS), (name, one, status)
            assert members.sees_inside(viewer, one) is (name in OFFICE or one in seen)
            invites = name in OFFICE or (name == "member" and one in acting)
            assert invitations.sees_invitations(viewer, one) is invites, (name, one)
            oneself = one == OWN == viewer.member_id
            assert privacy.is_oneself(viewer, one) is oneself, (name, one)
        assert not privacy.is_oneself(viewer, None)
        why = Obstacle.FORBIDDEN if name in {*TAKING_PART, *KEYS} else Obstacle.NOT_ACTIVE
        assert members.obstacle_by_right(viewer) is (Obstacle.UNAUTHENTICATED if name == "guest" else why), name


def test_what_one_is_to_an_entry() -> None:
    for name, viewer in everybody().items():
        acting, seen = ACTING.get(name, set[int]()), SEEN.get(name, set[int]())
        assert offers.finds_withheld_offers(viewer) is (name in OFFICE or bool(seen)), name
        assert offers.finds_withheld_offers(viewer.visibility) is (name in OFFICE or bool(seen)), name
        for owner, status, withheld in product(SIDES, OfferStatus, (None, now())):
            offer = row(Offer, owner_id=owner, status=status, withheld_at=withheld)
            owns = owner in acting and name != "key"
            sides = {
                Side.OWNER: owns,
                Side.OFFICE: name in OFFICE,
                Side.SYSTEM: name == "system",
            }
            place = (name, owner, status, withheld)
            assert offers.sides(viewer, offer) == {side for side, holds in sides.items() if holds}, place
            assert offers.acts_for_offer(viewer, offer) is (owns or name in OFFICE), place
            assert offers.is_another_s(viewer, offer) is not owns, place
            assert offers.is_own_offer(viewer, offer) is (owner in acting), place
            assert offers.is_of_own_side(viewer, offer) is offers.is_of_side(viewer, owner) is (owner in seen), place
            assert offers.sees_why_sent_back(viewer, offer) is (name in OFFICE or owner in seen), place
            public = status is OfferStatus.PUBLISHED and withheld is None
            assert offers.is_in_lists(viewer, offer) is (public or name in OFFICE or owner in seen), place


def test_a_listing_is_of_its_noun_and_of_who_asks() -> None:
    table: tuple[tuple[type[Model], Callable[[Viewer], QuerySpec[Any]]], ...] = (
        (Member, partial(members.list_members, MemberFilter())),
        (Group, partial(groups.list_groups, GroupFilter())),
        (Event, partial(events.list_events, EventFilter())),
        (Offer, partial(offers.list_offers, OfferFilter())),
        (Member, partial(rows.seen, Member, members.visible_members)),
    )
    for viewer in everybody().values():
        for model, list_of in table:
            found = list_of(viewer)
            assert (found.model, found.visibility, found.keys_first) == (model, viewer.visibility, False)
            assert found == list_of(viewer), "equal listings have equal statements"
