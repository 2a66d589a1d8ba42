"""What can be done with offers."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models import Commitment, OfferCategory, OfferDirection
from resolvers import offers
from resolvers.members import owner_caretaker
from schema.care import Caretaker
from schema.declare.fields import relation
from schema.declare.ids import key_of
from schema.declare.info import Info
from schema.declare.inputs import given, optional
from schema.declare.mutations import mutation, user_errors
from schema.deletions import DeletePayload, deleted
from schema.offers.types import Offer, OfferResponse
from schema.places import VenueInput
from schema.user_errors import UserError
from schema.weekly_times import WeeklyTimeInput

if TYPE_CHECKING:
    pass


@strawberry.input(description="A new entry of the board.")
class CreateOfferInput:
    direction: OfferDirection = strawberry.field(description="Whether it seeks or provides.")
    category: OfferCategory = strawberry.field(description="What it is about.")
    title: str = strawberry.field(description="Its title, 3 to 200 characters.")
    description: str = strawberry.field(description="Its text, at most 10000 characters, plain text.")
    topics: list[str] | None = optional("Its fields of engagement by their slugs, at most 10, in this order.")
    district: str | None = optional("The slug of the part of the town that it is for.")
    venue: VenueInput | None = optional("Where it takes place.")
    remote: bool = strawberry.field(description="Whether it can be done from anywhere.", default=False)
    minimum_age: int | None = optional("Lowest age of a helper, 0 to 99.")
    languages: list[str] | None = optional("Spoken or needed, as BCP 47 tags such as de, tr or pt-BR, at most 10.")
    hours_per_week: float | None = optional("Hours a week, more than 0, at most 80.")
    available_from: date | None = optional("The first day.")
    available_until: date | None = optional("The last day, not before the first one.")
    times: list[WeeklyTimeInput] | None = optional(
        "When in a week it takes place, or is possible, at most 21 times; left out: to be agreed."
    )
    commitment: Commitment | None = optional("For how long one binds oneself.")
    owner_id: strawberry.ID | None = optional(
        "The viewer by default, or a member that the viewer acts for. An account of the office that is nobody's has to "
        "name one."
    )
    group_id: strawberry.ID | None = optional(
        "The group that it belongs to: one in which the owner takes part or that the viewer coordinates; for the "
        "office any."
    )
    event_id: strawberry.ID | None = optional("The event that it is for.")
    publish: bool = strawberry.field(
        description="Publish at once instead of keeping a draft; an owner's first entry goes to review.", default=False
    )


@strawberry.input(description="What is to change of an entry. What is left out stays, null empties it.")
class UpdateOfferInput:
    id: strawberry.ID = strawberry.field(description="The entry.")
    if_version: int | None = optional(
        "The version that was read: CONFLICT if the object has another. Left out: overwrite."
    )
    category: strawberry.Maybe[OfferCategory | None] = strawberry.field(description="What it is about; never empty.")
    title: strawberry.Maybe[str | None] = strawberry.field(description="Its title, 3 to 200 characters; never empty.")
    description: strawberry.Maybe[str | None] = strawberry.field(
        description="Its text, at most 10000 characters, plain text; never empty."
    )
    topics: strawberry.Maybe[list[str] | None] = strawberry.field(
        description="Its fields of engagement by their slugs, at most 10, in this order; replaced as a whole."
    )
    district: strawberry.Maybe[str | None] = strawberry.field(
        description="The slug of the part of the town that it is for."
    )
    venue: strawberry.Maybe[VenueInput | None] = strawberry.field(
        description="Where it takes place; replaced as a whole."
    )
    remote: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether it can be done from anywhere; never empty."
    )
    minimum_age: strawberry.Maybe[int | None] = strawberry.field(description="Lowest age of a helper, 0 to 99.")
    languages: strawberry.Maybe[list[str] | None] = strawberry.field(
        description="Spoken or needed, as BCP 47 tags, at most 10; replaced as a whole."
    )
    hours_per_week: strawberry.Maybe[float | None] = strawberry.field(
        description="Hours a week, more than 0, at most 80."
    )
    available_from: strawberry.Maybe[date | None] = strawberry.field(description="The first day.")
    available_until: strawberry.Maybe[date | None] = strawberry.field(
        description="The last day, not before the first one; of an entry on the board not over yet. Moves `expiresAt`."
    )
    times: strawberry.Maybe[list[WeeklyTimeInput] | None] = strawberry.field(
        description="When in a week it takes place, or is possible, at most 21 times; replaced as a whole."
    )
    commitment: strawberry.Maybe[Commitment | None] = strawberry.field(description="For how long one binds oneself.")


@strawberry.input(description="An answer to an entry.")
class RespondToOfferInput:
    offer_id: strawberry.ID = strawberry.field(description="The entry, which is on the board and not one's own.")
    message: str = strawberry.field(
        description="What to tell the owner's side, at most 5000 characters, plain text. It reaches them by mail too."
    )
    member_id: strawberry.ID | None = optional("The viewer by default, or a member that the viewer acts for.")


@strawberry.type(description="What became of an entry.")
class OfferPayload:
    offer: "Offer | None" = strawberry.field(
        default=None, description="The entry as it is now. Null with `userErrors`, but for CONFLICT."
    )
    caretaker: Caretaker | None = relation(
        owner_caretaker,
        "Who reads and decides the responses to it: OFFICE where nobody represents its owner. Null without an entry.",
        depends_on=(),
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="What became of a response.")
class OfferResponsePayload:
    response: "OfferResponse | None" = strawberry.field(
        default=None, description="The response as it is now. Null with `userErrors`."
    )
    user_errors: list[UserError] = user_errors()


_OfferId = Annotated[strawberry.ID, strawberry.argument(description="The entry.")]


_ResponseId = Annotated[strawberry.ID, strawberry.argument(description="The response.")]


def _offer(row: Any) -> OfferPayload:
    return OfferPayload(offer=row)


def _response(row: Any) -> OfferResponsePayload:
    return OfferResponsePayload(response=row)


@strawberry.type
class OfferMutations:
    @mutation(OfferPayload, "Makes an entry of the board, in the name of the viewer or of a member they act for.")
    async def create_offer(
        self, info: Info, input: Annotated[CreateOfferInput, strawberry.argument(description="The new entry.")]
    ) -> OfferPayload | None:
        values = given(input, owner_id="Member", group_id="Group", event_id="Event")
        return _offer(await offers.create_offer(info.context, values))

    @mutation(
        OfferPayload,
        "Changes fields of an entry that has not ended, by its owner's side or the office.",
    )
    async def update_offer(
        self, info: Info, input: Annotated[UpdateOfferInput, strawberry.argument(description="What is to change.")]
    ) -> OfferPayload | None:
        return _offer(await offers.update_offer(info.context, given(input, id="Offer")))

    @mutation(
        OfferPayload,
        "Puts a draft onto the board, takes up a paused entry, renews an expired one. An owner's first entry goes to "
        "the coordination office for review. By the owner's side or the office.",
    )
    async def publish_offer(self, info: Info, id: _OfferId) -> OfferPayload | None:
        return _offer(await offers.publish_offer(info.context, key_of("Offer", id)))

    @mutation(OfferPayload, "Takes an entry off the board for a while, by the owner's side or the office.")
    async def pause_offer(self, info: Info, id: _OfferId) -> OfferPayload | None:
        return _offer(await offers.pause_offer(info.context, key_of("Offer", id)))

    @mutation(
        OfferPayload,
        "Takes an entry back for good, by the owner's side or the office. What the office withdraws its owner's side "
        "learns by mail.",
    )
    async def withdraw_offer(
        self,
        info: Info,
        id: _OfferId,
        reason: Annotated[
            str | None,
            strawberry.argument(description="Why, at most 1000 characters; its owner's side reads it."),
        ] = strawberry.UNSET,
    ) -> OfferPayload | None:
        return _offer(await offers.withdraw_offer(info.context, key_of("Offer", id), reason or None))

    @mutation(
        DeletePayload,
        "Deletes a draft that was never published, for good, by the owner's side or the office: WRONG_STATE for any "
        "other entry.",
    )
    async def delete_offer_draft(self, info: Info, id: _OfferId) -> DeletePayload | None:
        return deleted("Offer", await offers.delete_offer_draft(info.context, key_of("Offer", id)))

    @mutation(
        OfferPayload,
        "By the coordination office: lets an entry that waits for review onto the board, or sends it back as a draft "
        "with a reason. The owner's side learns it by mail.",
    )
    async def review_offer(
        self,
        info: Info,
        id: _OfferId,
        accept: Annotated[bool, strawberry.argument(description="True: onto the board. False: back as a draft.")],
        reason: Annotated[
            str | None,
            strawberry.argument(
                description="Why it is sent back, at most 1000 characters: REQUIRED then. Not kept on acceptance."
            ),
        ] = strawberry.UNSET,
    ) -> OfferPayload | None:
        text = reason or None
        return _offer(await offers.review_offer(info.context, key_of("Offer", id), accept, text))

    @mutation(
        OfferPayload,
        "Ends an entry that found what it looked for, or gave what it had, by the owner's side or the office.",
    )
    async def fulfil_offer(self, info: Info, id: _OfferId) -> OfferPayload | None:
        return _offer(await offers.fulfil_offer(info.context, key_of("Offer", id)))

    @mutation(
        OfferResponsePayload,
        "Answers an entry that is on the board, in the name of the viewer or of a member they act for. TAKEN where an "
        "answer of the same member is SENT or ACCEPTED.",
    )
    async def respond_to_offer(
        self, info: Info, input: Annotated[RespondToOfferInput, strawberry.argument(description="The answer.")]
    ) -> OfferResponsePayload | None:
        values = given(input, offer_id="Offer", member_id="Member")
        return _response(await offers.respond_to_offer(info.context, values))

    @mutation(
        OfferResponsePayload,
        "Accepts or declines a response that is SENT, by the owner's side of its entry. Once it is accepted both sides "
        "see each other's contact data. The sender's side learns it by mail.",
    )
    async def decide_response(
        self,
        info: Info,
        id: _ResponseId,
        accept: Annotated[bool, strawberry.argument(description="True: accepted. False: declined.")],
    ) -> OfferResponsePayload | None:
        key = key_of("OfferResponse", id)
        return _response(await offers.decide_response(info.context, key, accept))

    @mutation(OfferResponsePayload, "Takes back a response that is SENT or ACCEPTED, by its sender's side.")
    async def withdraw_response(self, info: Info, id: _ResponseId) -> OfferResponsePayload | None:
        return _response(await offers.withdraw_response(info.context, key_of("OfferResponse", id)))
