"""What a mutation answers that deletes something."""

import strawberry

from schema.declare.ids import global_id
from schema.declare.mutations import user_errors
from schema.user_errors import UserError


@strawberry.type(description="What was deleted.")
class DeletePayload:
    deleted_id: strawberry.ID | None = strawberry.field(
        default=None, description="The id of what is gone, for a client's cache. Null with `userErrors`."
    )
    user_errors: list[UserError] = user_errors()


def deleted(type_name: str, key: int) -> DeletePayload:
    """That the object of this type and key is gone."""
    return DeletePayload(deleted_id=strawberry.ID(global_id(type_name, key)))
