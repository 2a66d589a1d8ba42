"""Who sees which members, and their contact data; who may change them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Literal

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from auth.access.rows import EVERYTHING, by_keys, in_sight, locked, subquery
from auth.refusals import Forbidden, NotFound, Obstacle
from auth.viewer import Viewer, Visibility
from models import (
    Application,
    Audience,
    GroupMembership,
    Member,
    MemberKind,
    MembershipStatus,
    MemberStatus,
    OfferResponse,
    Representation,
    ResponseStatus,
)
from models.filters.members import MemberFilter, member_rows
from models.sql.compile import QuerySpec
from models.sql.statements import Statement

_LOCK = Statement("SELECT id FROM member WHERE id = ? {for_no_key_update}")
Contact = Literal["email", "phone"]


def visible_members(viewer: Viewer | Visibility) -> Q:
    """Active members that aren't hidden; the viewer's own and represented ones in any case; all for the office."""
    if viewer.is_office:
        return EVERYTHING
    return in_sight() | Q(id__in=list(viewer.own_ids))


def list_members(filter: MemberFilter, viewer: Viewer) -> QuerySpec[Member]:
    """What a list of members holds: those that pass the filter, as far as the viewer may see them."""
    return QuerySpec(Member, _list_members, (filter.stated, viewer.visibility), viewer.visibility, late=filter.late)


def _list_members(filter: MemberFilter, visibility: Visibility) -> QuerySet[Member]:
    return member_rows(filter, visible_members(visibility))


# ---------------------------------------------------------------- what is shown of a member


async def contact_seen(viewer: Viewer, members: Sequence[Member], contact: Contact) -> set[int]:
    """The keys of those of `members` whose e-mail address, or telephone number, the viewer may see.

    The member's own side and the office; whom the audience names; and, whatever it says, who has an ACCEPTED response
    in common with the member on an entry of either. A key is of no audience but EVERYONE. One statement at most, none
    where the rows at hand tell.
    """
    seen: set[int] = set()
    asked: list[int] = []
    for member in members:
        if getattr(member, contact) is None:
            continue
        audience = getattr(member, f"{contact}_audience")
        known = viewer.sees_affairs_of(member.id) or audience is Audience.EVERYONE
        if known or (audience is Audience.MEMBERS and viewer.is_active):
            seen.add(member.id)
        elif viewer.acting_ids:
            asked.append(member.id)
    if asked:
        known_by = _agreed(viewer)
        if viewer.key is None:
            known_by |= _shares_group(viewer, f"{contact}_audience")
        shared = Member.filter(known_by, id__in=asked)
        seen.update(member.id for member in await shared.only("id"))
    return seen


def _shares_group(viewer: Viewer, audience: str) -> Q:
    """Members for their groups' eyes who take part in a group in which the viewer's own member does."""
    active: dict[str, Any] = {"status": MembershipStatus.ACTIVE}
    own = GroupMembership.filter(**active, member_id=viewer.member_id)
    others = GroupMembership.filter(**active, group_id__in=subquery(own, "group_id"))
    return Q(**{audience: Audience.GROUPS}, id__in=subquery(others, "member_id"))


def _agreed(viewer: Viewer) -> Q:
    """Members that have accepted a response of those the viewer acts for, or whose response these have accepted."""
    accepted = OfferResponse.filter(status=ResponseStatus.ACCEPTED)
    acting = list(viewer.acting_ids)
    owners = accepted.filter(member_id__in=acting)
    senders = accepted.filter(offer__owner_id__in=acting)
    return Q(id__in=subquery(owners, "offer__owner_id")) | Q(id__in=subquery(senders, "member_id"))


def sees_inside(viewer: Viewer, member_id: int) -> bool:
    """Whether the viewer sees who acts for the member, and why it was suspended: its own side, the office."""
    return viewer.sees_affairs_of(member_id)


def visible_representations(viewer: Viewer | Visibility) -> Q:
    """Those of the organisations that the viewer represents, as far as the persons can be seen; all for the office."""
    if viewer.is_office:
        return EVERYTHING
    persons = Member.filter(visible_members(viewer))
    return Q(organisation_id__in=list(viewer.own_ids), person_id__in=subquery(persons, "id"))


# ---------------------------------------------------------------- in whose care a member is


def in_the_office_s_care() -> QuerySet[Member]:
    """Organisations whose side the office is: by its own word, or as no active person represents them.

    Of who has left nobody is the side.
    """
    acting = Representation.filter(person__status=MemberStatus.ACTIVE)
    cared_for = Q(office_cares=True) | ~Q(id__in=subquery(acting, "organisation_id"))
    return Member.filter(cared_for, kind=MemberKind.ORGANISATION).exclude(status=MemberStatus.LEFT)


async def cared_for(viewer: Viewer, keys: Iterable[int | None]) -> set[int]:
    """Those of these members that are in the viewer's care: where it is the office. One statement at most."""
    wanted = {key for key in keys if key is not None}
    if not viewer.is_office or not wanted:
        return set()
    return {member.id for member in await in_the_office_s_care().filter(id__in=list(wanted)).only("id")}


async def known_in_care(viewer: Viewer, keys: Iterable[int | None]) -> set[int]:
    """Those of these members of which the viewer knows that they are in the office's care: of its own side, all for it.

    One statement at most.
    """
    wanted = {key for key in keys if key is not None}
    return (wanted & viewer.entrusted_ids) | await cared_for(viewer, wanted)


# ---------------------------------------------------------------- who may change a member


def may_update_member(viewer: Viewer, member: Member) -> bool:
    """Whoever acts for it, the office, and, while it waits for the office's decision, its own side.

    Nobody where it has left: what remains of it is empty for good. Nor does a key.
    """
    if member.status is MemberStatus.LEFT or viewer.key is not None:
        return False
    applied = member.status is MemberStatus.APPLIED and viewer.sees_affairs_of(member.id)
    return viewer.may_act_for(member.id) or applied


def must_be_active_or_applied(viewer: Viewer) -> None:
    """Raises `Unauthenticated` for guests, `Forbidden` for declined and suspended members, and for keys."""
    viewer.must_be_signed_in()
    viewer.must_be_no_key()
    if not viewer.is_active and (viewer.member is None or viewer.member.status is not MemberStatus.APPLIED):
        raise Forbidden


def must_be_able_to_enter_organisations(viewer: Viewer) -> None:
    """Raises `Unauthenticated` and `Forbidden` for who takes no part in the network."""
    viewer.must_be_active()


def enters_organisations_at_once(viewer: Viewer) -> bool:
    """Whether an organisation that the viewer enters is ACTIVE at once; else it applies."""
    return viewer.is_office


async def member_to_act_for(viewer: Viewer, key: int) -> Member:
    """The member, of any status, for something to be done in its name. Raises `NotFound`, `Forbidden`."""
    member = viewer.member if viewer.member is not None and key == viewer.member_id else None
    member = member or (await by_keys(Member, visible_members(viewer), [key])).get(key)
    if member is None:
        raise NotFound
    if not viewer.may_act_for(key):
        raise Forbidden
    return member


def has_quotas(viewer: Viewer) -> bool:
    """Whether there are bounds to how much the viewer begins: not for the office."""
    return not viewer.is_office


def obstacle_by_right(viewer: Viewer) -> Obstacle:
    """Why the viewer may not do what others may."""
    if viewer.is_guest:
        return Obstacle.UNAUTHENTICATED
    return Obstacle.FORBIDDEN if viewer.is_active or viewer.key is not None else Obstacle.NOT_ACTIVE


async def obstacle_to_take_part(viewer: Viewer, key: int | None) -> Obstacle | None:
    """Why the viewer can't take part in anything in the name of this member, the own one by default; None: they can."""
    if not viewer.is_active:
        return obstacle_by_right(viewer)
    key = viewer.member_id if key is None else key
    if key is None:
        return Obstacle.NO_MEMBER
    if key in viewer.acting_ids:
        return None
    if not viewer.sees_affairs_of(key):
        return Obstacle.FORBIDDEN
    member = await Member.get_or_none(id=key)
    if member is None:
        return Obstacle.FORBIDDEN
    return None if member.status is MemberStatus.ACTIVE else Obstacle.NOT_ACTIVE


async def hold_for_quota(viewer: Viewer, key: int | None) -> None:
    """Lock the member in whose name the viewer acts, the own one by default, so that what is counted of it stays true.

    Before anything else is locked: members come first. Nothing is locked for whom nothing is counted.
    """
    key = viewer.member_id if key is None else key
    if key is not None and has_quotas(viewer) and viewer.may_act_for(key):
        await _LOCK.lock(key)


async def member_to_update(viewer: Viewer, key: int | None) -> Member:
    """The member, locked, for its fields to be changed. Raises `Unauthenticated`, `Forbidden`, `NotFound`."""
    must_be_active_or_applied(viewer)
    member = await locked(Member, visible_members(viewer), key)
    if not may_update_member(viewer, member):
        raise Forbidden
    return member


async def member_to_represent(viewer: Viewer, key: int | None) -> Member:
    """The member, locked, for it to be said who acts for it: by those who do now, and the office.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`.
    """
    viewer.must_be_active()
    return _represented(viewer, await locked(Member, visible_members(viewer), key))


async def member_that_is_represented(viewer: Viewer, key: int) -> Member:
    """As `member_to_represent`, not locked: for what is looked at before a transaction begins."""
    viewer.must_be_active()
    member = (await by_keys(Member, visible_members(viewer), [key])).get(key)
    if member is None:
        raise NotFound
    return _represented(viewer, member)


def _represented(viewer: Viewer, member: Member) -> Member:
    if not viewer.may_act_for(member.id):
        raise Forbidden
    return member


def may_leave_unrepresented(viewer: Viewer) -> bool:
    """Whether the viewer may take an organisation its last active representative: it is in the office's care then."""
    return viewer.is_office


def applications_of(keys: Collection[int]) -> Q:
    """The applications of these members, whether as persons or as organisations."""
    return Q(person_id__in=list(keys)) | Q(organisation_id__in=list(keys))


async def members_to_decide(viewer: Viewer, key: int | None) -> list[Member]:
    """The member, locked, for the office to decide about, and behind it the one with which it has applied together.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`.
    """
    viewer.must_be_office()
    together = await Application.filter(applications_of([] if key is None else [key])).first()
    keys = {key} if together is None else {key, together.person_id, together.organisation_id}
    # In one order, whichever of both the office names.
    rows = [await locked(Member, visible_members(viewer), one) for one in sorted(keys, key=lambda one: one or 0)]
    return sorted(rows, key=lambda row: row.id != key)


async def member_to_decide(viewer: Viewer, key: int | None) -> Member:
    """The member, locked, for the office to decide about. Raises `Unauthenticated`, `Forbidden`, `NotFound`."""
    viewer.must_be_office()
    return await locked(Member, visible_members(viewer), key)
