"""What people report to the coordination office, as the API says it."""

from datetime import datetime
from typing import Annotated

import strawberry

import models
from models import ReportReason, ReportStatus
from resolvers import moderation
from schema.declare.arguments import PAGE, argument
from schema.declare.enums import describe
from schema.declare.fields import plain, relation, root
from schema.declare.ids import key_of, read_global_id
from schema.declare.info import Info
from schema.declare.inputs import given, optional
from schema.declare.mutations import mutation, user_errors
from schema.declare.prices import COUNT
from schema.declare.seen_by import SeenBy
from schema.events import Event
from schema.groups import Group, GroupPost
from schema.members import Member
from schema.nodes import Node, PageInfo, node
from schema.offers import Offer
from schema.user_errors import UserError

describe(
    ReportReason,
    "What is wrong with something. Grows: a client needs a branch for what it doesn't know.",
    SPAM="It is said again and again, or to everybody.",
    INSULT="It insults or defames somebody.",
    DISCRIMINATION="It puts people down for what they are.",
    PERSONAL_DATA="It shows what is somebody's own business.",
    DANGER_TO_MINORS="It is a danger to children or young people.",
    FRAUD="It deceives, or takes money by a pretence.",
    COMMERCIAL="It is trade, not engagement.",
    OTHER="Anything else: `message` says what.",
)
describe(
    ReportStatus,
    "Where a report stands.",
    OPEN="The coordination office has not decided yet.",
    UPHELD="The office agrees.",
    DISMISSED="The office sees no reason to do anything.",
)

ReportTarget = Annotated[
    Member | Group | GroupPost | Event | Offer,
    strawberry.union("ReportTarget", description="What can be reported. Grows."),
]


@node(
    models.Report,
    moderation.reports_by_id,
    "Somebody's word that something shouldn't be there. Seen by who made it, and the coordination office.",
    "report",
)
class Report(Node):
    status: ReportStatus = plain("Where it stands.")
    reason: ReportReason = plain("What is wrong.")
    message: str | None = plain("What else was said, plain text of at most 2000 characters.")
    target: ReportTarget | None = relation(
        moderation.report_target,
        "What it is about. Null where that has gone.",
        seen_by=SeenBy.TARGET,
        needs=["target_type", "target_key"],
        depends_on=(),
    )
    reporter: Member | None = relation(
        moderation.report_reporter,
        "Who made it. Null where that was a guest or has gone.",
        seen_by=SeenBy.TARGET,
        depends_on=(),
    )
    note: str | None = plain("What the office said when it decided.")
    created_at: datetime = plain("When it was made.")
    decided_at: datetime | None = plain("When the office decided; null where it hasn't.")


@strawberry.type(description="A page of the office's reports.")
class ReportConnection:
    edges: list["ReportEdge"] = plain("The reports of the page with their cursors.")
    nodes: list[Report] = plain("The reports of the page.")
    page_info: PageInfo = plain("Where the page lies in the list.")
    total_count: int = plain("How many reports the whole list holds.", price=COUNT)


@strawberry.type(description="A report in the list.")
class ReportEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.")
    node: Report = plain("The report.")


@strawberry.type
class ReportQueries:
    reports: ReportConnection | None = root(
        moderation.reports,
        "For the office: what was reported, the oldest first. Null for others.",
        depends_on=(),
        arguments={
            **PAGE,
            "statuses": argument(
                list[ReportStatus] | None, "Only those in one of these states. Left out, null or empty: all."
            ),
        },
    )


@strawberry.input(description="What somebody reports.")
class ReportInput:
    target_id: strawberry.ID = strawberry.field(description="A member, a group, a post, an event or an entry.")
    reason: ReportReason = strawberry.field(description="What is wrong.")
    message: str | None = optional("What else there is to say, plain text of at most 2000 characters.")


@strawberry.type(description="What became of a report.")
class ReportPayload:
    report: Report | None = strawberry.field(default=None, description="It as it is now. Null with `userErrors`.")
    user_errors: list[UserError] = user_errors()


@strawberry.type
class ReportMutations:
    @mutation(
        ReportPayload,
        "Tells the coordination office that something shouldn't be there: by anyone who sees it, guests too. TAKEN "
        "where the viewer has reported it and the office hasn't decided yet; LIMIT_REACHED where many have.",
    )
    async def report(
        self, info: Info, input: Annotated[ReportInput, strawberry.argument(description="What is reported.")]
    ) -> ReportPayload | None:
        values = given(input)
        type_name, key = read_global_id(values["target_id"]) or ("", None)
        return ReportPayload(report=await moderation.report(info.context, type_name, key, values))  # type: ignore[arg-type]

    @mutation(
        ReportPayload,
        "The coordination office decides a report. Who made it learns so by mail, and, where the office agrees, the "
        "side of what was reported, but not who did. Hiding that is another step: `hide`.",
    )
    async def decide_report(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The report.")],
        uphold: Annotated[bool, strawberry.argument(description="True: the office agrees. False: it doesn't.")],
        note: Annotated[
            str | None, strawberry.argument(description="What both sides are told, at most 1000 characters.")
        ] = strawberry.UNSET,
    ) -> ReportPayload | None:
        key = key_of("Report", id)
        return ReportPayload(report=await moderation.decide_report(info.context, key, uphold, note or None))  # type: ignore[arg-type]
