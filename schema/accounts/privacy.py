"""Leaving and being erased, as the API says it."""

from datetime import datetime
from typing import Annotated

import strawberry

import models
from resolvers import privacy
from schema.declare.enums import describe
from schema.declare.fields import BY_CLOCK, plain, relation
from schema.declare.ids import global_id
from schema.declare.info import Info
from schema.declare.inputs import key_or_nobody
from schema.declare.mutations import mutation, user_errors
from schema.declare.prices import HASHING, VALUE
from schema.declare.scalars import URL
from schema.members.mutations import MemberId, MemberPayload, shown
from schema.nodes import Node, node
from schema.user_errors import UserError

describe(
    models.DataExportStatus,
    "Where a take-out is.",
    PREPARING="It is being prepared; a mail tells when it is ready.",
    READY="It can be fetched.",
    EXPIRED="It is gone: ask for another one.",
)


@node(
    models.DataExport,
    privacy.data_exports_by_id,
    "Everything that the network knows about a person, as a ZIP of JSON and CSV. Seen by whoever is signed in by that "
    "account.",
    "take-out",
)
class DataExport(Node):
    status: models.DataExportStatus = plain("Where it is.")
    url: URL | None = relation(
        privacy.data_export_url,
        "Where it can be fetched by whoever knows this secret address. Null unless it is READY.",
        depends_on=BY_CLOCK,
        needs=["id", "mark", "status", "expires_at"],
        price=VALUE,
    )
    requested_at: datetime = plain("When it was asked for.")
    expires_at: datetime | None = plain("Until when it can be fetched; null while it is prepared.")


@strawberry.type(description="What became of the take-out that was asked for.")
class DataExportPayload:
    data_export: DataExport | None = strawberry.field(
        default=None, description="It as it is now. Null with `userErrors`."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="What became of a member that was to be erased.")
class EraseMemberPayload:
    erased_id: strawberry.ID | None = strawberry.field(
        default=None, description="For a client's cache: what is gone. Null with `userErrors`."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type
class PrivacyMutations:
    @mutation(
        DataExportPayload,
        "Asks for a take-out of all that is stored about the viewer. It is prepared soon, and a mail tells when it is "
        "ready. WRONG_STATE while one is being prepared, LIMIT_REACHED where there were too many in a day.",
    )
    async def request_data_export(self, info: Info) -> DataExportPayload | None:
        return DataExportPayload(data_export=await privacy.request_data_export(info.context))  # type: ignore[arg-type]

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
