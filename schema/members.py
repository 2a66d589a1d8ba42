"""Members, as the API says them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from models import Audience, MemberKind, MemberStatus
from models.filters.members import MemberSort
from resolvers import members, places
from schema.errors import UserError
from schema.fields import PAGE, PUBLIC, VIEWER, argument, describe, plain, relation, user_errors
from schema.nodes import Node, PageInfo, live_cursor, node
from schema.places import District, Topic
from schema.scalars import URL, EmailAddress, PhoneNumber

if TYPE_CHECKING:
    from schema.groups import MemberGroupConnection
    from schema.offers import OfferConnection, OfferFilter


describe(
    MemberKind,
    "?",
    PERSON="?",
    ORGANISATION="A club, association, initiative, school, authority or company.",
)

describe(
    MemberStatus,
    "?",
    APPLIED="Has applied; the coordination office has not decided yet.",
    ACTIVE="?",
    DECLINED="The office refused the application.",
    SUSPENDED="?",
    LEFT="?",
)

describe(
    Audience,
    "Who may see a member's e-mail address or telephone number, besides the member and the office.",
    EVERYONE="?",
    MEMBERS="?",
    GROUPS="Members who share a group with them.",
    NOBODY="?",
)

describe(
    MemberSort,
    "?",
    NAME="?",
    NEWEST="?",
)


@node(
    models.Member,
    members.members_by_id,
    "Someone who takes part in the network (Mitwirkende): a person or an organisation.",
)
class Member(Node):
    slug: str = plain("?")
    kind: MemberKind = plain("?")
    status: MemberStatus = plain("?")
    name: str = plain("?")
    about: str | None = plain("?")
    topics: list[Topic] = relation(
        places.topics,
        "Its fields of engagement, in its own order.",
        audience=PUBLIC,
        link=models.MemberTopic,
        by="member_id",
    )
    district: District | None = relation(places.districts, "The part of the town.", audience=PUBLIC)
    website: URL | None = plain("?")
    email: EmailAddress | None = relation(
        members.member_email,
        "Where to reach the member, not where the account signs in. Null unless the viewer may see it.",
    )
    email_audience: Audience | None = relation(
        members.member_email_audience, "Null unless the viewer may edit the member."
    )
    phone: PhoneNumber | None = relation(members.member_phone, "Null unless the viewer may see it.")
    phone_audience: Audience | None = relation(
        members.member_phone_audience, "Null unless the viewer may edit the member."
    )
    joined_at: datetime | None = plain("?")
    groups: Annotated["MemberGroupConnection", strawberry.lazy("schema.groups")] | None = relation(
        members.member_groups, "Null unless the viewer may see them.", arguments=PAGE
    )
    offers: Annotated["OfferConnection", strawberry.lazy("schema.offers")] = relation(
        members.member_offers,
        "?",
        arguments={**PAGE, "filter": argument(Annotated["OfferFilter", strawberry.lazy("schema.offers")] | None, "?")},
    )
    representatives: "RepresentativeConnection | None" = relation(
        members.member_representatives,
        "Organisations: the persons who act for it; null unless the viewer may see them. Persons: empty.",
        arguments=PAGE,
    )
    status_reason: str | None = relation(
        members.member_status_reason, "Why it was suspended; null unless the viewer may see it."
    )
    url: URL | None = relation(members.member_url, "Its page on the network's website; null where there is none.")
    version: int = plain("Rises whenever a field of the object itself changes, not its counts and lists.")
    viewer_can_update: bool = relation(members.member_viewer_can_update, "?")
    created_at: datetime = plain("?")
    updated_at: datetime = plain("?")


@strawberry.type(description="?")
class MemberConnection:
    edges: list["MemberEdge"] = plain("?", audience=VIEWER)
    nodes: list["Member"] = plain("?", audience=VIEWER)
    page_info: PageInfo = plain("?", audience=VIEWER)
    total_count: int = plain("?", audience=VIEWER)
    live_cursor: str = live_cursor()


@strawberry.type(description="?")
class MemberEdge:
    cursor: str = plain("?", audience=VIEWER)
    node: "Member" = plain("?", audience=VIEWER)


@strawberry.type(description="?")
class RepresentativeConnection:
    edges: list["RepresentativeEdge"] = plain("?", audience=VIEWER)
    nodes: list["Member"] = plain("?", audience=VIEWER)
    page_info: PageInfo = plain("?", audience=VIEWER)
    total_count: int = plain("?", audience=VIEWER)


@strawberry.type(description="?")
class RepresentativeEdge:
    cursor: str = plain("?", audience=VIEWER)
    since: datetime = plain("?", audience=VIEWER)
    node: "Member" = plain("?", audience=VIEWER)


@strawberry.input(description="?")
class MemberFilter:
    kinds: list[MemberKind] | None = strawberry.field(description="?", default=strawberry.UNSET)
    statuses: list[MemberStatus] | None = strawberry.field(
        description="Left out: ACTIVE. Others only as far as the viewer may see them: the office's list of applicants.",
        default=strawberry.UNSET,
    )
    topics: list[str] | None = strawberry.field(description="?", default=strawberry.UNSET)
    districts: list[str] | None = strawberry.field(description="?", default=strawberry.UNSET)
    text: str | None = strawberry.field(description="?", default=strawberry.UNSET)


@strawberry.input(description="?")
class UpdateMemberInput:
    id: strawberry.ID = strawberry.field(description="?")
    if_version: int | None = strawberry.field(
        description="The version that was read: CONFLICT if there is a newer one. Left out: overwrite.",
        default=strawberry.UNSET,
    )
    name: strawberry.Maybe[str | None] = strawberry.field(description="?")
    about: strawberry.Maybe[str | None] = strawberry.field(description="?")
    topics: strawberry.Maybe[list[str] | None] = strawberry.field(description="?")
    district: strawberry.Maybe[str | None] = strawberry.field(description="?")
    website: strawberry.Maybe[URL | None] = strawberry.field(description="?")
    email: strawberry.Maybe[EmailAddress | None] = strawberry.field(description="?")
    email_audience: strawberry.Maybe[Audience | None] = strawberry.field(description="?")
    phone: strawberry.Maybe[PhoneNumber | None] = strawberry.field(description="?")
    phone_audience: strawberry.Maybe[Audience | None] = strawberry.field(description="?")


@strawberry.input(description="?")
class CreateOrganisationInput:
    name: str = strawberry.field(description="?")
    about: str | None = strawberry.field(description="?", default=strawberry.UNSET)
    topics: list[str] | None = strawberry.field(description="?", default=strawberry.UNSET)
    district: str | None = strawberry.field(description="?", default=strawberry.UNSET)
    website: URL | None = strawberry.field(description="?", default=strawberry.UNSET)
    email: EmailAddress | None = strawberry.field(description="?", default=strawberry.UNSET)
    phone: PhoneNumber | None = strawberry.field(description="?", default=strawberry.UNSET)


@strawberry.type(description="?")
class MemberPayload:
    member: "Member | None" = strawberry.field(default=None, description="?")
    user_errors: list[UserError] = user_errors()
