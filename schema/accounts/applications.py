"""One step in for clubs, as the API says it."""

from typing import Annotated

import strawberry

from resolvers import accounts
from schema.accounts.viewer import SignUpInput, SignUpPayload
from schema.declare.info import Info
from schema.declare.inputs import given, optional
from schema.declare.mutations import mutation
from schema.declare.prices import HASHING
from schema.members.mutations import CreateOrganisationInput
from schema.offers.mutations import CreateOfferInput


@strawberry.input(
    description="An organisation and its first representative, in one application that the office decides at once."
)
class ApplyAsOrganisationInput:
    person: SignUpInput = strawberry.field(description="Who applies, and acts for the organisation then.")
    organisation: CreateOrganisationInput = strawberry.field(description="The organisation.")
    message: str | None = optional("What the office should know; at most 2000 characters.")
    accepted_terms_version: str = strawberry.field(
        description="The version of `network.terms` that was shown and is accepted; that of `person` doesn't count. "
        "Where the network insists on it, REQUIRED where it is empty, CONFLICT where the terms have changed meanwhile."
    )
    first_offer: CreateOfferInput | None = optional(
        "The organisation's first entry, which waits with the application as a draft. With `publish` it goes to review "
        "as soon as they are let in. Without `ownerId`, `groupId` and `eventId`: INVALID."
    )


@strawberry.type
class ApplicationMutations:
    @mutation(
        SignUpPayload,
        "Begins an account for a person, and applies for them and their organisation at once: both have applied when "
        "the address is confirmed (`confirmEmail`), and the office decides about both by one `approveMember` or "
        "`declineMember`. The same answer whether or not the address has an account already.",
        price=HASHING,
    )
    async def apply_as_organisation(
        self,
        info: Info,
        input: Annotated[ApplyAsOrganisationInput, strawberry.argument(description="Who applies.")],
    ) -> SignUpPayload | None:
        await accounts.apply_as_organisation(info.context, given(input))
        return SignUpPayload()
