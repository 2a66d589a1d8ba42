"""Who sees which groups, posts and memberships; who may act in a group."""

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from auth.access.rows import EVERYTHING, in_sight, locked
from auth.refusals import Forbidden, NotFound
from auth.viewer import Viewer, Visibility
from models import Group, GroupMembership, GroupPost, Member, MembershipStatus, MemberStatus, PostAudience
from models.filters.groups import GroupFilter, matching_groups
from models.sql.compile import QuerySpec


def visible_groups(viewer: Viewer | Visibility) -> Q:
    """Everyone sees all groups but hidden ones; those their coordinators and the office."""
    if viewer.is_office:
        return EVERYTHING
    return in_sight() | Q(id__in=list(viewer.coordinated_groups))


def list_groups(filter: GroupFilter, viewer: Viewer) -> QuerySpec[Group]:
    """What a list of groups holds: those that pass the filter, as far as the viewer may see them."""
    return QuerySpec(Group, _list_groups, (filter.stated, viewer.visibility), viewer.visibility, late=filter.late)


def _list_groups(filter: GroupFilter, visibility: Visibility) -> QuerySet[Group]:
    return matching_groups(filter).filter(visible_groups(visibility))


def visible_posts(viewer: Viewer | Visibility) -> Q:
    """Everyone sees all posts for everyone, who takes part in a group those for the group, but for withheld ones.

    Those their author's side, the group's coordinators and the office see.
    """
    if viewer.is_office:
        return EVERYTHING
    seen = in_sight()
    if viewer.own_ids:
        # What is of a hidden group is withheld with it: its author doesn't see that group.
        seen |= Q(author_id__in=list(viewer.own_ids)) & in_sight("group__")
    return (seen & posts_for(viewer)) | Q(group_id__in=list(viewer.coordinated_groups))


def posts_for(viewer: Viewer | Visibility) -> Q:
    """The posts that are meant for the viewer, withheld ones too. Who has left the group reads not even their own."""
    if viewer.is_office:
        return EVERYTHING
    everyone = Q(audience=PostAudience.EVERYONE)
    return everyone | Q(group_id__in=list(viewer.joined_groups)) if viewer.joined_groups else everyone


def is_meant_for(viewer: Viewer, group_id: int, audience: PostAudience) -> bool:
    """The same, of one post that is gone by now."""
    return viewer.is_office or audience is PostAudience.EVERYONE or group_id in viewer.joined_groups


def finds_unlisted_posts(viewer: Viewer) -> bool:
    """Whether a search may find posts that not everybody finds: for who takes part in a group, and the office."""
    return viewer.is_office or bool(viewer.joined_groups)


def may_update_post(viewer: Viewer, post: GroupPost) -> bool:
    """Who wrote it, or acts for whom wrote it; the group's coordinators, the office. Not a key."""
    return viewer.key is None and (viewer.may_act_for(post.author_id) or coordinates(viewer, post.group_id))


def coordinates(viewer: Viewer, group_id: int | None) -> bool:
    """Whether the viewer acts as coordinator of the group; the office does in all."""
    return viewer.is_office or (group_id is not None and group_id in viewer.coordinated_groups)


def active_memberships() -> Q:
    """Active memberships of active members: those that count."""
    return Q(status=MembershipStatus.ACTIVE, member__status=MemberStatus.ACTIVE)


def visible_memberships(viewer: Viewer | Visibility) -> Q:
    """Active ones of active members for everyone; others for the member's side, the coordinators and the office.

    Nobody sees a membership of a member, or in a group, that they may not see: to coordinators those of a suspended one
    are hidden, to who takes part those in a group that the office hid.
    """
    if viewer.is_office:
        return EVERYTHING
    public = Q(status=MembershipStatus.ACTIVE) & in_sight("member__")
    coordinated = Q(group_id__in=list(viewer.coordinated_groups)) & in_sight("member__")
    return (public | Q(member_id__in=list(viewer.own_ids)) | coordinated) & _group_seen(viewer)


def _group_seen(viewer: Viewer | Visibility) -> Q:
    """What is of a group that the viewer sees."""
    return in_sight("group__") | Q(group_id__in=list(viewer.coordinated_groups))


def must_be_able_to_found_groups(viewer: Viewer) -> None:
    """Raises `Unauthenticated` and `Forbidden` for who takes no part in the network."""
    viewer.must_be_active()


def founder_of_groups(viewer: Viewer) -> Member | None:
    """Who coordinates the groups that the viewer founds: the own member; nobody where the office has none that may."""
    return viewer.member if viewer.member_id in viewer.acting_ids else None


def may_reopen(viewer: Viewer) -> bool:
    """Whether the viewer may take up a closed group again: the office."""
    return viewer.is_office


async def group_to_change(viewer: Viewer, key: int | None) -> Group:
    """The group, locked, for its coordinators and the office. Raises `Unauthenticated`, `Forbidden`, `NotFound`."""
    group = await group_to_enter(viewer, key)
    if not coordinates(viewer, group.id):
        raise Forbidden
    return group


async def group_to_enter(viewer: Viewer, key: int | None) -> Group:
    """The group, locked, for whoever takes part in the network: all that changes who is in a group holds its lock.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`.
    """
    viewer.must_be_active()
    return await locked(Group, visible_groups(viewer), key)


async def membership_to_change(viewer: Viewer, key: int) -> tuple[Group, GroupMembership]:
    """The membership, and its group: both locked, for the group's coordinators and the office.

    Raises `Unauthenticated`, `NotFound`, `Forbidden`.
    """
    group, membership = await _with_group(viewer, key)
    if not coordinates(viewer, group.id):
        raise Forbidden
    return group, membership


async def membership_to_answer(viewer: Viewer, key: int) -> tuple[Group, GroupMembership]:
    """The membership, and its group: both locked, for the member's side and the office.

    Raises `Unauthenticated`, `NotFound`, `Forbidden`.
    """
    group, membership = await _with_group(viewer, key)
    if not viewer.may_act_for(membership.member_id):
        raise Forbidden
    return group, membership


async def _with_group(viewer: Viewer, key: int) -> tuple[Group, GroupMembership]:
    viewer.must_be_active()
    visible = visible_memberships(viewer)
    seen = await GroupMembership.filter(visible, id=key).first()
    if seen is None:
        raise NotFound
    # The group first, as everywhere: so the membership is read as the last one who held the lock left it.
    group = await locked(Group, visible_groups(viewer), seen.group_id)
    return group, await locked(GroupMembership, visible, key)


async def post_to_change(viewer: Viewer, key: int | None) -> GroupPost:
    """The post, locked, for its author's side, the group's coordinators and the office.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`.
    """
    viewer.must_be_active()
    post = await locked(GroupPost, visible_posts(viewer), key)
    if not may_update_post(viewer, post):
        raise Forbidden
    return post


async def posting_member(viewer: Viewer, group_id: int) -> int | None:
    """In whose name the viewer writes in the group: the own member if it takes part, else an organisation that does.

    The office writes everywhere, in the name of its own member or of none. Raises `Forbidden`.
    """
    if viewer.is_office:
        return viewer.member_id
    taking_part = await GroupMembership.filter(
        active_memberships(), group_id=group_id, member_id__in=list(viewer.acting_ids)
    ).order_by("member_id")
    ids = [membership.member_id for membership in taking_part]
    if not ids:
        raise Forbidden
    return viewer.member_id if viewer.member_id in ids else ids[0]
