"""In whose name a mutation acts."""

from auth.access.members import member_to_act_for
from auth.refusals import NotFound
from models import Member, MemberStatus
from resolvers.context import Context
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse


async def acting_member(ctx: Context, member_id: int | None, *path: str) -> Member:
    """The member in whose name something is done: the one that the argument at `path` names, else the viewer's own.

    It is ACTIVE, and the viewer may act for it. Raises `Forbidden` for a member that the viewer sees but doesn't act
    for, `UserErrors` at `path` for one that they don't see or that isn't active, and where an account of the office
    that is nobody's names none.
    """
    key = ctx.viewer.member_id if member_id is None else member_id
    if key is None:
        raise refuse(path, UserErrorCode.REQUIRED, _("Please say for which member."))
    try:
        member = await member_to_act_for(ctx.viewer, key)
    except NotFound:
        raise refuse(path, UserErrorCode.NOT_FOUND, _("There is no such member.")) from None
    if member.status is not MemberStatus.ACTIVE:
        raise refuse(path, UserErrorCode.WRONG_STATE, _("This member is not active."))
    return member
