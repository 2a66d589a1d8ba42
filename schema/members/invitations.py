"""Who is asked to act for an organisation, as the API says it."""

from typing import Annotated

import strawberry

import models
from resolvers import members
from schema.declare.ids import key_of
from schema.declare.info import Info
from schema.declare.inputs import given, optional
from schema.declare.mutations import mutation, user_errors
from schema.declare.scalars import EmailAddress
from schema.members.types import Invitation
from schema.user_errors import UserError


@strawberry.input(description="Who is asked to act for which organisation.")
class InviteRepresentativeInput:
    organisation_id: strawberry.ID = strawberry.field(description="The organisation.")
    email: EmailAddress = strawberry.field(description="Where to send the mail.")
    name: str | None = optional(
        "How you call them, at most 200 characters on one line: for the list of invitations. It isn't in the mail."
    )


@strawberry.type(description="What became of an invitation.")
class InvitationPayload:
    invitation: Invitation | None = strawberry.field(
        default=None, description="The invitation as it is, or was before it ended. Null with `userErrors`."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type
class InvitationMutations:
    @mutation(
        InvitationPayload,
        "Asks somebody by mail to act for an organisation: by those who act for it, and the coordination office. The "
        "same answer whether or not the address has an account. Asked again, it sends a new code, and the one before "
        "is over. LIMIT_REACHED where too many wait for an answer.",
    )
    async def invite_representative(
        self,
        info: Info,
        input: Annotated[
            InviteRepresentativeInput, strawberry.argument(description="Who is asked, and for which organisation.")
        ],
    ) -> InvitationPayload | None:
        values = given(input, organisation_id="Member")
        return _shown(await members.invite_representative(info.context, values))

    @mutation(
        InvitationPayload,
        "Asks somebody no longer to act for an organisation: the code of the mail is over. By those who act for it, "
        "and the coordination office.",
    )
    async def withdraw_invitation(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The invitation.")]
    ) -> InvitationPayload | None:
        return _shown(await members.withdraw_invitation(info.context, key_of("Invitation", id)))

    @mutation(
        InvitationPayload,
        "Accepts to act for an organisation, by the code of the mail: the person who is signed in; else the one whose "
        "account has the address to which it was sent. NOT_FOUND where that has none yet: `signUp` takes the code, "
        "too. Who has applied acts once they are approved. EXPIRED where the code is over or was used.",
    )
    async def accept_invitation(
        self,
        info: Info,
        token: Annotated[str, strawberry.argument(description="The code, as it stands in the mail.")],
    ) -> InvitationPayload | None:
        return _shown(await members.accept_invitation(info.context, token))


def _shown(invitation: models.RepresentativeInvitation) -> InvitationPayload:
    return InvitationPayload(invitation=invitation)  # type: ignore[arg-type]
