"""Members: the types, and the lists they come in."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from models import Audience, MemberKind, MemberStatus
from models.filters.members import MemberSort
from resolvers import members, places
from schema.care import Caretaker
from schema.declare.arguments import PAGE, argument
from schema.declare.enums import describe
from schema.declare.fields import BY_CLOCK, computed, of_row, plain, relation
from schema.declare.prices import COUNT, TEXT_OF_PAGES, TOPICS, VALUE
from schema.declare.scalars import URL, EmailAddress, PhoneNumber
from schema.declare.seen_by import SeenBy
from schema.nodes import Node, PageInfo, live_cursor, node, row_type
from schema.obstacles import Obstacle
from schema.places import District, Topic
from subscriptions.changes import Noun

if TYPE_CHECKING:
    from schema.groups import Group, MemberGroupConnection
    from schema.offers import Offer, OfferConnection, OfferFilter


describe(
    MemberKind,
    "Whether a member is one human being or a body of several.",
    PERSON="A human being.",
    ORGANISATION="A club, association, initiative, school, authority or company.",
)


describe(
    MemberStatus,
    "Where a member stands with the network.",
    APPLIED="Has applied; the coordination office has not decided yet. Seen by its own side and the office only.",
    ACTIVE="Takes part. Seen by everyone.",
    DECLINED="The office refused the application. Seen by its own side and the office only.",
    SUSPENDED="The office has taken it out of the network for now. Seen by its own side and the office only.",
    LEFT="Has gone for good; what remains is an emptied row, so that counts stay true. Seen by the office only.",
)


describe(
    Audience,
    "Who may see a member's e-mail address or telephone number, besides the member, the office, and those with whom "
    "the member has agreed on an entry of the board.",
    EVERYONE="Everyone, guests included.",
    MEMBERS="Active members who are signed in.",
    GROUPS="Members who share a group with them.",
    NOBODY="Nobody else.",
)


describe(
    MemberSort,
    "In which order members are listed.",
    NAME="By name as in a German dictionary: ä beside a, ß as ss.",
    NEWEST="Those who applied last come first.",
    RELEVANCE="Who answers `text` best first, then the newest. Needs `text` in the filter, else BAD_REQUEST.",
)


@node(
    models.Member,
    members.members_by_id,
    "Someone who takes part in the network (Mitwirkende): a person or an organisation. Active ones are seen by "
    "everyone, others by themselves, their representatives and the coordination office.",
    "member",
)
class Member(Node):
    slug: str = plain("Its readable key, as in addresses; never changes, whatever the name does.")
    kind: MemberKind = plain("A person or an organisation; never changes.")
    status: MemberStatus = plain("Where it stands with the network. Only ACTIVE members take part.")
    name: str = plain("What it is called.")
    about: str | None = plain("What it says of itself: plain text, blank lines make paragraphs.", price=TEXT_OF_PAGES)
    topics: list[Topic] = relation(
        places.topics,
        "Its fields of engagement, in its own order.",
        needs=["id"],
        depends_on={Noun.TOWN},
        size=TOPICS,
        link=models.MemberTopic,
        by="member_id",
    )
    district: District | None = relation(
        places.districts, "The part of the town it belongs to.", depends_on={Noun.TOWN}
    )
    website: URL | None = plain("Its own website.")
    email: EmailAddress | None = relation(
        members.member_email,
        "Where to reach the member, not where the account signs in.",
        seen_by=SeenBy.CONTACT,
        needs=["id", "email", "email_audience"],
        depends_on=(),
    )
    email_audience: Audience | None = relation(
        members.member_email_audience,
        "Who may see `email`.",
        seen_by=SeenBy.EDITORS,
        needs=["id", "status", "email_audience"],
        depends_on=(),
    )
    phone: PhoneNumber | None = relation(
        members.member_phone,
        "Where to call the member.",
        seen_by=SeenBy.CONTACT,
        needs=["id", "phone", "phone_audience"],
        depends_on=(),
    )
    phone_audience: Audience | None = relation(
        members.member_phone_audience,
        "Who may see `phone`.",
        seen_by=SeenBy.EDITORS,
        needs=["id", "status", "phone_audience"],
        depends_on=(),
    )
    joined_at: datetime | None = plain("When the office approved it; null before.")
    groups: Annotated["MemberGroupConnection", strawberry.lazy("schema.groups")] | None = relation(
        members.member_groups,
        "The groups in which it takes part, the one joined first first.",
        seen_by=SeenBy.EACH,
        needs=["id"],
        depends_on={Noun.MEMBER, Noun.GROUP, Noun.MEMBERSHIP},
        arguments=PAGE,
    )
    offers: Annotated["OfferConnection", strawberry.lazy("schema.offers")] = relation(
        members.member_offers,
        "Its entries on the board, newest first. Its own side and the office ask for those off the board by the "
        "filter's `statuses`.",
        seen_by=SeenBy.EACH,
        needs=["id"],
        depends_on={Noun.OFFER},
        arguments={
            **PAGE,
            "filter": argument(
                Annotated["OfferFilter", strawberry.lazy("schema.offers")] | None,
                "Only entries for which all of this holds.",
            ),
        },
    )
    representatives: "RepresentativeConnection | None" = relation(
        members.member_representatives,
        "Organisations: the persons who act for it, the longest-serving first. Persons: empty, for everyone.",
        seen_by=SeenBy.OWN_SIDE,
        needs=["id", "kind"],
        depends_on=(),
        arguments=PAGE,
    )
    invitations: list["Invitation"] | None = relation(
        members.member_invitations,
        "Organisations: who was asked by mail to act for it and hasn't answered, the first first.",
        seen_by=SeenBy.EDITORS,
        needs=["id"],
        depends_on=BY_CLOCK,
        size=members.MOST_INVITATIONS,
    )
    asked_representatives: list["Member"] | None = relation(
        members.member_asked_representatives,
        "Organisations: members of the network who were asked by `addRepresentative` to act for it and haven't "
        "answered, the first first. `removeRepresentative` asks them no longer.",
        seen_by=SeenBy.EDITORS,
        needs=["id"],
        depends_on=BY_CLOCK,
        size=members.MOST_INVITATIONS,
    )
    caretaker: Caretaker | None = relation(
        members.member_caretaker,
        "Who reads and decides what is sent to it, and gets its mail.",
        seen_by=SeenBy.OWN_SIDE,
        needs=["id"],
        depends_on=(),
    )
    application: "Application | None" = relation(
        members.member_application,
        "With whom it has applied together, and what the office should know; null where it did so alone, and once it "
        "was let in.",
        seen_by=SeenBy.OWN_SIDE,
        needs=["id"],
        depends_on=(),
    )
    status_reason: str | None = relation(
        members.member_status_reason,
        "Why it was declined or suspended; null where it wasn't.",
        seen_by=SeenBy.OWN_SIDE,
        needs=["id", "status_reason"],
        depends_on=(),
    )
    hidden_reason: str | None = plain(
        "Why the coordination office hid it; null where it didn't.", seen_by=SeenBy.OWN_SIDE
    )
    url: URL | None = relation(
        members.member_url,
        "Its page on the network's website; null where there is none.",
        price=VALUE,
        needs=["slug"],
        depends_on=(),
    )
    version: int = plain("Rises whenever a field of the object itself changes, not its counts and lists.")
    viewer_can_update: bool = relation(
        members.member_viewer_can_update,
        "Whether the viewer may call `updateMember` for it.",
        seen_by=SeenBy.VIEWER,
        needs=["id", "status"],
        depends_on=(),
    )
    viewer_can_update_reason: Obstacle | None = relation(
        members.member_viewer_can_update_reason,
        "Why `viewerCanUpdate` is false; null where it is true.",
        seen_by=SeenBy.VIEWER,
        needs=["id", "status"],
        depends_on=(),
    )
    created_at: datetime = plain("When it applied, or was entered.")
    updated_at: datetime = plain("When a field of it was last changed.")


@row_type(
    models.Application,
    "A person and the organisation that they enter, about whom the office decides at once. Seen by their own side and "
    "the office.",
)
class Application:
    person: Member | None = relation(
        members.application_person, "Who applies. Null where the viewer may not see them.", depends_on=()
    )
    organisation: Member | None = relation(
        members.application_organisation,
        "What they enter, and act for then. Null where the viewer may not see it: the person may once they are in.",
        depends_on=(),
    )
    offer: Annotated["Offer", strawberry.lazy("schema.offers")] | None = relation(
        members.application_offer,
        "The organisation's first entry, which waits with them. Null, too, where the viewer may not see it.",
        depends_on=(),
    )
    message: str | None = plain("What the office should know.", price=TEXT_OF_PAGES)
    created_at: datetime = plain("When they applied.")


@node(
    models.RepresentativeInvitation,
    members.invitations_by_id,
    "Somebody was asked by mail to act for an organisation, and hasn't answered. Seen by those who act for it and the "
    "coordination office.",
    "invitation",
)
class Invitation(Node):
    email: EmailAddress = plain("Where it was sent.")
    name: str | None = plain("How who asks calls them; null where they didn't say.")
    organisation: Member | None = relation(
        members.invitation_organisation, "For whom they are asked to act.", depends_on=(), seen_by=SeenBy.TARGET
    )

    @computed("Into which group they are asked: null, as by mail people are asked for organisations only.", needs=())
    def group(self) -> Annotated["Group", strawberry.lazy("schema.groups")] | None:
        return None

    expires_at: datetime = plain("When its code is over.")
    created_at: datetime = plain("When it was sent last.")


@strawberry.type(description="A list of members, page by page (Relay).")
class MemberConnection:
    edges: list["MemberEdge"] = plain("The members of this page, each with its cursor.")
    nodes: list["Member"] = plain("The members of this page, without cursors.")
    page_info: PageInfo = plain("Where this page lies in the list.")
    total_count: int = plain("How many members the viewer may see in the whole list.", price=COUNT)
    live_cursor: str = live_cursor()


@strawberry.type(description="A member in a list.")
class MemberEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.")
    node: "Member" = plain("The member.")


@strawberry.type(description="The persons who act for an organisation, page by page (Relay).")
class RepresentativeConnection:
    edges: list["RepresentativeEdge"] = plain("The persons of this page, each with its cursor.")
    nodes: list["Member"] = plain("The persons of this page, without cursors.")
    page_info: PageInfo = plain("Where this page lies in the list.")
    total_count: int = plain("How many of them the viewer may see.", price=COUNT)


@strawberry.type(description="A person who acts for an organisation.")
class RepresentativeEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.")
    since: datetime = of_row("since", "Since when the person acts for the organisation.")
    node: "Member" = plain("The person.")
