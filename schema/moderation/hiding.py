"""What the office takes out of everybody's sight, as the API says it."""

from typing import Annotated, Any

import strawberry

from resolvers import moderation
from schema.declare.ids import read_global_id
from schema.declare.info import Info
from schema.declare.mutations import mutation, user_errors
from schema.nodes import Node
from schema.user_errors import UserError

HideableId = Annotated[
    strawberry.ID, strawberry.argument(description="A member, a group, a post, an event or an entry.")
]


@strawberry.type(description="What became of something that was hidden, or is no more.")
class HidePayload:
    node: Node | None = strawberry.field(
        default=None,
        description="It as it is now. Null with `userErrors`, and to those who may not see what is hidden.",
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type
class ModerationMutations:
    @mutation(
        HidePayload,
        "The coordination office takes something out of everybody's sight: whatever belongs to it goes along, as a "
        "group's posts, an event's sessions, and all that is a member's. Its own side still sees it, reads why as "
        "`hiddenReason`, and is written to. WRONG_STATE where it is hidden already.",
    )
    async def hide(
        self,
        info: Info,
        id: HideableId,
        reason: Annotated[str, strawberry.argument(description="Why, at most 1000 characters.")],
    ) -> HidePayload | None:
        return HidePayload(node=await moderation.hide(info.context, *_named(id), reason))

    @mutation(
        HidePayload,
        "The coordination office no longer hides something. What is out of sight for another reason, too, stays so. "
        "WRONG_STATE where it isn't hidden.",
    )
    async def unhide(self, info: Info, id: HideableId) -> HidePayload | None:
        return HidePayload(node=await moderation.unhide(info.context, *_named(id)))


def _named(id: str) -> tuple[str, Any]:
    """Type and key of an opaque id; of nothing where it is none."""
    return read_global_id(id) or ("", None)
