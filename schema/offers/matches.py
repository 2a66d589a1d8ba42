"""What can be done about matches."""

from typing import Annotated

import strawberry

from resolvers import matches
from schema.declare.ids import key_of
from schema.declare.info import Info
from schema.declare.mutations import mutation, user_errors
from schema.offers.types import Offer
from schema.user_errors import UserError


@strawberry.type(description="What became of the matches of an entry.")
class DismissMatchPayload:
    offer: Offer | None = strawberry.field(
        default=None, description="The entry whose match was dismissed. Null with `userErrors`."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type
class MatchMutations:
    @mutation(
        DismissMatchPayload,
        "Leaves an entry out of the matches of another one for good, for its owner's side: it isn't among `matches` "
        "for them, and `matchFound` doesn't tell of it.",
    )
    async def dismiss_match(
        self,
        info: Info,
        own_id: Annotated[strawberry.ID, strawberry.argument(description="The entry of the viewer's side.")],
        match_id: Annotated[strawberry.ID, strawberry.argument(description="The one that is no match for it.")],
    ) -> DismissMatchPayload | None:
        own = await matches.dismiss_match(info.context, key_of("Offer", own_id), key_of("Offer", match_id))
        return DismissMatchPayload(offer=own)  # type: ignore[arg-type]
