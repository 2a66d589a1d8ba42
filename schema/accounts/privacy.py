"""Leaving and being erased, as the API says it."""

from typing import Annotated

import strawberry

from resolvers import privacy
from schema.declare.ids import global_id
from schema.declare.info import Info
from schema.declare.inputs import key_or_nobody
from schema.declare.mutations import mutation, user_errors
from schema.declare.prices import HASHING
from schema.members.mutations import MemberId, MemberPayload, shown
from schema.user_errors import UserError


@strawberry.type(description="What became of a member that was to be erased.")
class EraseMemberPayload:
    erased_id: strawberry.ID | None = strawberry.field(
        default=None, description="For a client's cache: what is gone. Null with `userErrors`."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type
class PrivacyMutations:
    @mutation(
        MemberPayload,
        "Leaves the network for good: LEFT. Entries are withdrawn; registrations, memberships, sessions and keys end, "
        "and whoever waits moves up. Events and posts stay. Organisations that nobody represents any more are taken "
        "care of by the office. For oneself, and for whom one acts for. WRONG_STATE for who has left already.",
    )
    async def leave_network(
        self,
        info: Info,
        member_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Who leaves; left out: the viewer's own member.")
        ] = strawberry.UNSET,
    ) -> MemberPayload | None:
        key = key_or_nobody("Member", member_id) if isinstance(member_id, str) else None
        return shown(await privacy.leave_network(info.context, key))

    @mutation(
        EraseMemberPayload,
        "Erases a member, for a person itself and for the office: nothing that is stored names it any more. What "
        "others wrote stays, and counts stay true. It can't be undone. WRONG_STATE for who was erased already.",
        price=HASHING,
    )
    async def erase_member(
        self,
        info: Info,
        id: MemberId,
        password: Annotated[
            str | None,
            strawberry.argument(
                description="Of the viewer's account, where it is their own member: REQUIRED unless they signed in "
                "just now, INVALID_CREDENTIALS where it is wrong. Not looked at for the office, which erases others."
            ),
        ] = strawberry.UNSET,
    ) -> EraseMemberPayload | None:
        key = await privacy.erase_member(info.context, key_or_nobody("Member", id), password or None)
        return EraseMemberPayload(erased_id=strawberry.ID(global_id("Member", key)))
