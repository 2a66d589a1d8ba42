"""The audit, as the API says it: who did what to whom, when and why."""

from datetime import datetime
from typing import Any

import strawberry

import models
from models import AuditAction
from models.sql.paging import Page
from resolvers import audit
from resolvers.context import Context
from schema.declare.arguments import PAGE, argument
from schema.declare.enums import describe
from schema.declare.fields import computed, plain, relation, root
from schema.declare.ids import global_id, read_global_id
from schema.declare.inputs import key_or_nobody
from schema.declare.prices import COUNT
from schema.declare.seen_by import SeenBy
from schema.members import Member
from schema.nodes import Node, PageInfo, node

describe(
    AuditAction,
    "What was done. Grows: a client needs a branch for what it doesn't know.",
    CREATED="There is something that there wasn't.",
    CHANGED="Something is otherwise than before.",
    DECIDED="The office, or who may, decided something: an application, a request, an entry, a report.",
    HIDDEN="The office took something out of everybody's sight, or gave it back.",
    ERASED="Something is gone for good.",
    SIGNED_IN="Somebody proved who they are, or failed to.",
    SENT="Something was sent to many, or by a job that tells somebody of what is to come.",
)


@node(
    models.AuditEntry,
    audit.audit_entries_by_id,
    "Something that was done. Seen by the coordination office.",
    "entry",
)
class AuditEntry(Node):
    action: AuditAction = plain("What was done.")
    operation: str = plain("The name of the mutation, of the command, or of the job.")
    succeeded: bool = plain("False where it was tried and refused: of signing in alone.")
    actor: Member | None = relation(
        audit.audit_actor,
        "Who did it; of a key, its organisation. Null where that is no member: a guest, the server itself, or somebody "
        "of the office who is none.",
        seen_by=SeenBy.TARGET,
        depends_on=(),
    )

    @computed(
        "The account by which it was done, also where it is gone; null of guests, keys and the server itself.",
        needs=["account_id"],
    )
    def actor_account_id(self: Any) -> strawberry.ID | None:
        return None if self.account_id is None else strawberry.ID(global_id("Account", self.account_id))

    @computed("The object's id, also where it is gone.", needs=["target_type", "target_key"])
    def target_id(self: Any) -> strawberry.ID | None:
        return None if self.target_key is None else strawberry.ID(global_id(self.target_type, self.target_key))

    @computed("The fields that are otherwise than before, by their names.", needs=["changed"])
    def fields(self: Any) -> list[str]:
        return list(self.changed)

    reason: str | None = relation(
        audit.audit_reason,
        "Why, in the words of who did it. Forgotten after a while, and with whom it is about.",
        needs=["id"],
        depends_on=(),
    )
    occurred_at: datetime = plain("When it was done.")


@strawberry.type(description="A page of what was done.")
class AuditEntryConnection:
    edges: list["AuditEntryEdge"] = plain("The entries of the page with their cursors.")
    nodes: list[AuditEntry] = plain("The entries of the page.")
    page_info: PageInfo = plain("Where the page lies in the list.")
    total_count: int = plain("How many entries the whole list holds.", price=COUNT)


@strawberry.type(description="An entry in the list.")
class AuditEntryEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.")
    node: AuditEntry = plain("The entry.")


def _target(value: str) -> tuple[str, int]:
    """Type and key of an opaque id; nobody's where it is none, or names what no type is called."""
    named = read_global_id(value)
    return named if named is not None and named[0].isidentifier() else ("", -1)


async def audit_log(
    ctx: Context, columns: frozenset[str], target_id: str | None = None, actor_id: str | None = None, **given: Any
) -> Page[models.AuditEntry] | None:
    """As `resolvers.audit.audit_log`, by opaque ids; one that is none is nobody's."""
    target = None if target_id is None else _target(target_id)
    actor = None if actor_id is None else key_or_nobody("Member", actor_id)
    return await audit.audit_log(ctx, columns, target=target, actor_id=actor, **given)


@strawberry.type
class AuditQueries:
    audit_log: AuditEntryConnection | None = root(
        audit_log,
        "For the office: what was done, the newest first. Null for others.",
        depends_on=(),
        arguments={
            **PAGE,
            "target_id": argument(strawberry.ID | None, "Only what was done to this object."),
            "actor_id": argument(strawberry.ID | None, "Only what this member did."),
            "since": argument(datetime | None, "Only what was done at this instant or later."),
        },
    )
