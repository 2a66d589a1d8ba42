"""Changes that may have changed what a viewer may see."""

from auth.viewer import Viewer
from subscriptions.changes import Change, GroupMemberJoined, GroupMemberLeft, GroupRoleChanged, MemberChanged

_ABOUT_MEMBERS = (MemberChanged, GroupMemberJoined, GroupMemberLeft, GroupRoleChanged)


def may_change_rights(change: Change, viewer: Viewer) -> bool:
    """Whether the change is about the viewer, or about somebody they act for.

    Who begins or ceases to represent an organisation has changed as a member, too.
    """
    return isinstance(change, _ABOUT_MEMBERS) and viewer.is_concerned_by(change.member_id)
