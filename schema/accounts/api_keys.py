"""Partners' keys, as the API says them."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

import models
from models import ApiKeyScope
from resolvers import api_keys
from schema.declare.enums import describe
from schema.declare.fields import computed, plain, relation, root
from schema.declare.ids import key_of
from schema.declare.info import Info
from schema.declare.inputs import given, optional
from schema.declare.mutations import mutation, user_errors
from schema.members import Member
from schema.nodes import Node, node
from schema.user_errors import UserError

describe(
    ApiKeyScope,
    "What may be done by a key. Grows.",
    READ="Read what guests read, at a partner's rate, and what is of the organisation's side.",
    WRITE_BOARD="READ, and publish and manage the organisation's entries of the board, as its representatives do.",
)


@node(
    models.ApiKey,
    api_keys.api_keys_by_id,
    "A key by which a program of an organisation asks, instead of an account. Seen by the coordination office.",
    "key",
)
class ApiKey(Node):
    name: str = plain("What the office calls it: for which program it is.")
    organisation: Member = relation(api_keys.api_key_organisation, "For whom the program asks.", depends_on=())
    prefix: str = plain("The part by which it is recognised; the secret itself is shown once.")

    @computed("What may be done by it.", needs=["scopes"])
    def scopes(self: Any) -> list[ApiKeyScope]:
        return [ApiKeyScope(name) for name in self.scopes]

    created_at: datetime = plain("When it was made.")
    expires_at: datetime | None = plain("When it ends by itself; null where it doesn't.")
    last_used_at: datetime | None = plain("When it was used last, to the hour; null where it never was.")
    revoked_at: datetime | None = plain("When the office ended it; null where it didn't.")


@strawberry.type
class ApiKeyQueries:
    api_keys: list[ApiKey] | None = root(
        api_keys.api_keys,
        "For the office: all keys, the newest first; those that are over stay for a year. Null for others.",
        depends_on=(),
        size=100,
    )


@strawberry.input(description="A key for a program of an organisation.")
class CreateApiKeyInput:
    name: str = strawberry.field(description="For which program it is, 1 to 200 characters on one line.")
    scopes: list[ApiKeyScope] = strawberry.field(
        description="What may be done by it, at least one; READ comes with every other."
    )
    expires_at: datetime | None = optional("When it ends by itself, in the future; left out: not before it is revoked.")
    organisation_id: strawberry.ID | None = optional(
        "The active organisation for which the program asks: REQUIRED. LIMIT_REACHED where it has as many keys as are "
        "allowed."
    )


@strawberry.type(description="What became of a key.")
class ApiKeyPayload:
    api_key: ApiKey | None = strawberry.field(default=None, description="The key as it is now. Null with `userErrors`.")
    secret: str | None = strawberry.field(
        default=None,
        description="By `createApiKey` only, and never again: what the program sends as `Authorization: Bearer "
        "SECRET`.",
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type
class ApiKeyMutations:
    @mutation(
        ApiKeyPayload,
        "The coordination office makes a key for a program of an organisation. Its secret is in this answer, and "
        "nowhere else.",
    )
    async def create_api_key(
        self, info: Info, input: Annotated[CreateApiKeyInput, strawberry.argument(description="The key.")]
    ) -> ApiKeyPayload | None:
        made = await api_keys.create_api_key(info.context, given(input, organisation_id="Member"))
        return ApiKeyPayload(api_key=made.row, secret=made.secret)  # type: ignore[arg-type]

    @mutation(
        ApiKeyPayload,
        "The coordination office ends a key for good: requests by it are refused, and its sockets and streams end. "
        "WRONG_STATE where it was revoked before.",
    )
    async def revoke_api_key(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The key.")]
    ) -> ApiKeyPayload | None:
        return ApiKeyPayload(api_key=await api_keys.revoke_api_key(info.context, key_of("ApiKey", id)))  # type: ignore[arg-type]
