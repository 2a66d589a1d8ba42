"""Members: what the API does with them."""

from resolvers.members.caretakers import Caretaker, host_caretaker, member_caretaker, owner_caretaker
from resolvers.members.read import (
    member,
    member_email,
    member_email_audience,
    member_groups,
    member_offers,
    member_phone,
    member_phone_audience,
    member_representatives,
    member_status_reason,
    member_url,
    member_viewer_can_update,
    member_viewer_can_update_reason,
    members,
    members_by_id,
)
from resolvers.members.representatives import add_representative, remove_representative
from resolvers.members.transitions import approve_member, decline_member, reinstate_member, suspend_member
from resolvers.members.write import create_organisation, update_member

__all__ = [
    "Caretaker",
    "add_representative",
    "approve_member",
    "create_organisation",
    "decline_member",
    "host_caretaker",
    "member",
    "member_caretaker",
    "member_email",
    "member_email_audience",
    "member_groups",
    "member_offers",
    "member_phone",
    "member_phone_audience",
    "member_representatives",
    "member_status_reason",
    "member_url",
    "member_viewer_can_update",
    "member_viewer_can_update_reason",
    "members",
    "members_by_id",
    "owner_caretaker",
    "reinstate_member",
    "remove_representative",
    "suspend_member",
    "update_member",
]
