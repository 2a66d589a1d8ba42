"""Members, as the API says them."""

from schema.members.invitations import InvitationMutations
from schema.members.mutations import MemberMutations
from schema.members.queries import MemberQueries
from schema.members.types import Member

__all__ = ["InvitationMutations", "Member", "MemberMutations", "MemberQueries"]
