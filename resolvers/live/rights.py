"""Changes that may have changed what a viewer may see."""

from auth.viewer import Viewer
from subscriptions.changes import Change, GroupMemberJoined, GroupMemberLeft, GroupRoleChanged, MemberChanged

_ABOUT_MEMBERS = (MemberChanged, GroupMemberJoined, GroupMemberLeft, GroupRoleChanged)


def may_change_rights(change: Change, viewer: Viewer) -> bool:
    """Whether the change is about the viewer, or about somebody they act for.

    Who begins or ceases to represent an organisation has changed as a member, too.
    """
    return isinstance(change, _ABOUT_MEMBERS) and (
        change.member_id == viewer.member_id or change.member_id in viewer.organisations
    )


def rights(viewer: Viewer) -> object:
    """What of the viewer decides what they may see and do, to be compared."""
    role = viewer.account.role if viewer.account else None
    status = viewer.member.status if viewer.member else None
    return role, viewer.member_id, status, viewer.organisations, viewer.coordinated_groups
