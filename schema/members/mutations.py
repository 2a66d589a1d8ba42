"""What can be done with members."""

from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from models import Audience
from resolvers import members
from schema.care import Caretaker
from schema.declare.info import Info
from schema.declare.inputs import given, key_or_nobody
from schema.declare.mutations import mutation, user_errors
from schema.declare.scalars import URL, EmailAddress, PhoneNumber
from schema.members.types import Member
from schema.user_errors import UserError

if TYPE_CHECKING:
    pass


@strawberry.input(
    description="What to change of a member: what is left out stays, null empties it, a list is replaced as a whole."
)
class UpdateMemberInput:
    id: strawberry.ID = strawberry.field(description="The member.")
    if_version: int | None = strawberry.field(
        description="The version that was read: CONFLICT if the object has another. Left out: overwrite.",
        default=strawberry.UNSET,
    )
    name: strawberry.Maybe[str | None] = strawberry.field(
        description="What it is called, 1 to 200 characters on one line."
    )
    about: strawberry.Maybe[str | None] = strawberry.field(
        description="What it says of itself: plain text of at most 5000 characters, blank lines make paragraphs."
    )
    topics: strawberry.Maybe[list[str] | None] = strawberry.field(
        description="Slugs of its fields of engagement, at most 10, in the order in which to show them."
    )
    district: strawberry.Maybe[str | None] = strawberry.field(description="The slug of the part of the town.")
    website: strawberry.Maybe[URL | None] = strawberry.field(description="Its own website.")
    email: strawberry.Maybe[EmailAddress | None] = strawberry.field(
        description="Where to reach it. Doesn't change where the account signs in."
    )
    email_audience: strawberry.Maybe[Audience | None] = strawberry.field(
        description="Who may see `email`. Can't be emptied."
    )
    phone: strawberry.Maybe[PhoneNumber | None] = strawberry.field(description="Where to call it.")
    phone_audience: strawberry.Maybe[Audience | None] = strawberry.field(
        description="Who may see `phone`. Can't be emptied."
    )


@strawberry.input(description="A new organisation. Its contact data are seen by nobody else until it says who may.")
class CreateOrganisationInput:
    name: str = strawberry.field(description="What it is called, 1 to 200 characters on one line.")
    about: str | None = strawberry.field(
        description="What it says of itself: plain text of at most 5000 characters, blank lines make paragraphs.",
        default=strawberry.UNSET,
    )
    topics: list[str] | None = strawberry.field(
        description="Slugs of its fields of engagement, at most 10, in the order in which to show them.",
        default=strawberry.UNSET,
    )
    district: str | None = strawberry.field(description="The slug of the part of the town.", default=strawberry.UNSET)
    website: URL | None = strawberry.field(description="Its own website.", default=strawberry.UNSET)
    email: EmailAddress | None = strawberry.field(description="Where to reach it.", default=strawberry.UNSET)
    phone: PhoneNumber | None = strawberry.field(description="Where to call it.", default=strawberry.UNSET)


@strawberry.type(description="What became of a member.")
class MemberPayload:
    member: "Member | None" = strawberry.field(
        default=None, description="The member as it is now. Null with `userErrors`, but for CONFLICT."
    )
    user_errors: list[UserError] = user_errors()


OrganisationId = Annotated[strawberry.ID, strawberry.argument(description="The organisation.")]


PersonId = Annotated[strawberry.ID, strawberry.argument(description="The person, a member of the network.")]


MemberId = Annotated[strawberry.ID, strawberry.argument(description="The member.")]


Reason = Annotated[
    str, strawberry.argument(description="Why: at most 1000 characters, shown to the member's side and sent by mail.")
]


@strawberry.type
class MemberMutations:
    @mutation(
        MemberPayload,
        "Changes a member: by the member itself, by who acts for it, by the coordination office. Applicants may change "
        "themselves while they wait.",
    )
    async def update_member(
        self,
        info: Info,
        input: Annotated[UpdateMemberInput, strawberry.argument(description="Which member, and what to change.")],
    ) -> MemberPayload | None:
        values = given(input, id="Member")
        return shown(await members.update_member(info.context, values.pop("id"), values))

    @mutation(
        MemberPayload,
        "Enters an organisation. Asked for by an active person, it has applied, and that person acts for it. Entered "
        "by the coordination office, it is active at once, and `addRepresentative` says who acts for it.",
    )
    async def create_organisation(
        self,
        info: Info,
        input: Annotated[CreateOrganisationInput, strawberry.argument(description="The organisation.")],
    ) -> MemberPayload | None:
        return shown(await members.create_organisation(info.context, given(input)))

    @mutation(
        MemberPayload,
        "Lets an active person act for an organisation. By those who act for it already: the person is asked by mail, "
        "and acts for it once they have agreed (`acceptInvitation`, `Member.askedRepresentatives`). By the "
        "coordination office, at once: it has asked them. WRONG_STATE for who acts for it already. By mail, also those "
        "who have no account: `inviteRepresentative`.",
    )
    async def add_representative(
        self, info: Info, organisation_id: OrganisationId, member_id: PersonId
    ) -> MemberPayload | None:
        keys = key_or_nobody("Member", organisation_id), key_or_nobody("Member", member_id)
        return shown(await members.add_representative(info.context, *keys))

    @mutation(
        MemberPayload,
        "Lets a person no longer act for an organisation, or asks them no longer to: by those who act for it, also for "
        "themselves, and the coordination office. The last one who is active can only be taken away by the office: "
        "WRONG_STATE.",
    )
    async def remove_representative(
        self, info: Info, organisation_id: OrganisationId, member_id: PersonId
    ) -> MemberPayload | None:
        keys = key_or_nobody("Member", organisation_id), key_or_nobody("Member", member_id)
        return shown(await members.remove_representative(info.context, *keys))

    @mutation(
        MemberPayload,
        "The coordination office lets an applicant into the network, or one that it had declined: ACTIVE from now on. "
        "Who has applied together (`Member.application`) is let in together, whichever of both is named.",
    )
    async def approve_member(self, info: Info, id: MemberId) -> MemberPayload | None:
        return shown(await members.approve_member(info.context, key_or_nobody("Member", id)))

    @mutation(
        MemberPayload,
        "The coordination office refuses an applicant: DECLINED. Who has applied together is refused together.",
    )
    async def decline_member(self, info: Info, id: MemberId, reason: Reason) -> MemberPayload | None:
        return shown(await members.decline_member(info.context, key_or_nobody("Member", id), reason))

    @mutation(
        MemberPayload,
        "The coordination office takes an active member out of the network for now: SUSPENDED, and seen by its own "
        "side and the office only.",
    )
    async def suspend_member(self, info: Info, id: MemberId, reason: Reason) -> MemberPayload | None:
        return shown(await members.suspend_member(info.context, key_or_nobody("Member", id), reason))

    @mutation(
        MemberPayload,
        "The coordination office takes care of an organisation: it reads and decides the responses to its entries, and "
        "gets its mail, and nobody else does, until it leaves that to those who act for it again (SELF). They are told "
        "by mail. WRONG_STATE for SELF where nobody active acts for it: then it is the office's anyway.",
    )
    async def set_caretaker(
        self,
        info: Info,
        member_id: Annotated[strawberry.ID, strawberry.argument(description="The organisation.")],
        caretaker: Annotated[Caretaker, strawberry.argument(description="Who takes care of it.")],
    ) -> MemberPayload | None:
        key = key_or_nobody("Member", member_id)
        return shown(await members.set_caretaker(info.context, key, caretaker))

    @mutation(MemberPayload, "The coordination office lets a suspended member take part again: ACTIVE.")
    async def reinstate_member(self, info: Info, id: MemberId) -> MemberPayload | None:
        return shown(await members.reinstate_member(info.context, key_or_nobody("Member", id)))


def shown(member: models.Member) -> MemberPayload:
    """The payload of a member."""
    return MemberPayload(member=member)  # type: ignore[arg-type]
