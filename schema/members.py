"""Members, as the API says them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from models import Audience, MemberKind, MemberStatus
from models.filters import members as filters
from models.filters.members import MemberSort
from resolvers import members, places
from schema.care import Caretaker
from schema.declare.fields import (
    PAGE,
    Info,
    argument,
    defaulted,
    describe,
    given,
    key_or_nobody,
    mutation,
    of_row,
    one_of,
    plain,
    relation,
    required,
    restrictions,
    root,
    user_errors,
)
from schema.declare.scalars import URL, EmailAddress, PhoneNumber
from schema.declare.seen_by import SeenBy
from schema.errors import UserError
from schema.nodes import Node, PageInfo, live_cursor, node
from schema.places import District, Topic
from subscriptions.changes import Noun

if TYPE_CHECKING:
    from schema.groups import MemberGroupConnection
    from schema.offers import OfferConnection, OfferFilter


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
    about: str | None = plain("What it says of itself: plain text, blank lines make paragraphs.")
    topics: list[Topic] = relation(
        places.topics,
        "Its fields of engagement, in its own order.",
        needs=["id"],
        depends_on=(),
        link=models.MemberTopic,
        by="member_id",
    )
    district: District | None = relation(places.districts, "The part of the town it belongs to.", depends_on=())
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
    caretaker: Caretaker | None = relation(
        members.member_caretaker,
        "Who reads and decides what is sent to it, and gets its mail.",
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
    url: URL | None = relation(
        members.member_url, "Its page on the network's website; null where there is none.", needs=[], depends_on=()
    )
    version: int = plain("Rises whenever a field of the object itself changes, not its counts and lists.")
    viewer_can_update: bool = relation(
        members.member_viewer_can_update,
        "Whether the viewer may call `updateMember` for it.",
        seen_by=SeenBy.VIEWER,
        needs=["id", "status"],
        depends_on=(),
    )
    created_at: datetime = plain("When it applied, or was entered.")
    updated_at: datetime = plain("When a field of it was last changed.")


@strawberry.type(description="A list of members, page by page (Relay).")
class MemberConnection:
    edges: list["MemberEdge"] = plain("The members of this page, each with its cursor.")
    nodes: list["Member"] = plain("The members of this page, without cursors.")
    page_info: PageInfo = plain("Where this page lies in the list.")
    total_count: int = plain("How many members the viewer may see in the whole list.")
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
    total_count: int = plain("How many of them the viewer may see.")


@strawberry.type(description="A person who acts for an organisation.")
class RepresentativeEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.")
    since: datetime = of_row("since", "Since when the person acts for the organisation.")
    node: "Member" = plain("The person.")


@strawberry.input(description="Which members a list holds. What is left out, null or [] doesn't restrict.")
class MemberFilter:
    kinds: list[MemberKind] | None = strawberry.field(
        description="Only persons, or only organisations.", default=strawberry.UNSET
    )
    statuses: list[MemberStatus] | None = strawberry.field(
        description="Left out: ACTIVE. Others only as far as the viewer may see them: the office's list of applicants.",
        default=strawberry.UNSET,
    )
    topics: list[str] | None = strawberry.field(
        description="Slugs of topics, of which the member has at least one.", default=strawberry.UNSET
    )
    districts: list[str] | None = strawberry.field(
        description="Slugs of districts, in one of which the member is.", default=strawberry.UNSET
    )
    text: str | None = strawberry.field(
        description="Words, each of which is found in the name or in `about`, also inside longer words; case and "
        "diacritics make no difference.",
        default=strawberry.UNSET,
    )

    def plain(self) -> filters.MemberFilter:
        """The filter of `models.filters`."""
        return filters.MemberFilter(**restrictions(self))


@strawberry.input(
    description="What to change of a member: what is left out stays, null empties it, a list is replaced as a whole."
)
class UpdateMemberInput:
    id: strawberry.ID = strawberry.field(description="The member.")
    if_version: int | None = strawberry.field(
        description="The version that was read: CONFLICT if the object has another. Left out: overwrite.",
        default=strawberry.UNSET,
    )
    name: strawberry.Maybe[str | None] = strawberry.field(
        description="What it is called, 1 to 200 characters on one line."
    )
    about: strawberry.Maybe[str | None] = strawberry.field(
        description="What it says of itself: plain text of at most 5000 characters, blank lines make paragraphs."
    )
    topics: strawberry.Maybe[list[str] | None] = strawberry.field(
        description="Slugs of its fields of engagement, at most 10, in the order in which to show them."
    )
    district: strawberry.Maybe[str | None] = strawberry.field(description="The slug of the part of the town.")
    website: strawberry.Maybe[URL | None] = strawberry.field(description="Its own website.")
    email: strawberry.Maybe[EmailAddress | None] = strawberry.field(
        description="Where to reach it. Doesn't change where the account signs in."
    )
    email_audience: strawberry.Maybe[Audience | None] = strawberry.field(
        description="Who may see `email`. Can't be emptied."
    )
    phone: strawberry.Maybe[PhoneNumber | None] = strawberry.field(description="Where to call it.")
    phone_audience: strawberry.Maybe[Audience | None] = strawberry.field(
        description="Who may see `phone`. Can't be emptied."
    )


@strawberry.input(description="A new organisation. Its contact data are seen by nobody else until it says who may.")
class CreateOrganisationInput:
    name: str = strawberry.field(description="What it is called, 1 to 200 characters on one line.")
    about: str | None = strawberry.field(
        description="What it says of itself: plain text of at most 5000 characters, blank lines make paragraphs.",
        default=strawberry.UNSET,
    )
    topics: list[str] | None = strawberry.field(
        description="Slugs of its fields of engagement, at most 10, in the order in which to show them.",
        default=strawberry.UNSET,
    )
    district: str | None = strawberry.field(description="The slug of the part of the town.", default=strawberry.UNSET)
    website: URL | None = strawberry.field(description="Its own website.", default=strawberry.UNSET)
    email: EmailAddress | None = strawberry.field(description="Where to reach it.", default=strawberry.UNSET)
    phone: PhoneNumber | None = strawberry.field(description="Where to call it.", default=strawberry.UNSET)


@strawberry.type(description="What became of a member.")
class MemberPayload:
    member: "Member | None" = strawberry.field(
        default=None, description="The member as it is now. Null with `userErrors`, but for CONFLICT."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type
class MemberQueries:
    member: Member | None = root(
        members.member,
        "A member by its slug; null where there is none that the viewer may see.",
        depends_on={Noun.MEMBER},
        shows=one_of(Noun.MEMBER),
        arguments={"slug": required(str, "Its readable key.")},
    )
    members: MemberConnection | None = root(
        members.members,
        "The members of the network that pass the filter, as far as the viewer may see them; without a filter the "
        "active ones.",
        depends_on={Noun.MEMBER},
        arguments={
            **PAGE,
            "filter": argument(MemberFilter | None, "Only members for which all of this holds."),
            "sort": defaulted(MemberSort, "In which order.", MemberSort.NAME),
        },
    )


OrganisationId = Annotated[strawberry.ID, strawberry.argument(description="The organisation.")]
PersonId = Annotated[strawberry.ID, strawberry.argument(description="The person, a member of the network.")]
MemberId = Annotated[strawberry.ID, strawberry.argument(description="The member.")]
Reason = Annotated[
    str, strawberry.argument(description="Why: at most 1000 characters, shown to the member's side and sent by mail.")
]


@strawberry.type
class MemberMutations:
    @mutation(
        MemberPayload,
        "Changes a member: by the member itself, by who acts for it, by the coordination office. Applicants may change "
        "themselves while they wait.",
    )
    async def update_member(
        self,
        info: Info,
        input: Annotated[UpdateMemberInput, strawberry.argument(description="Which member, and what to change.")],
    ) -> MemberPayload | None:
        values = given(input, id="Member")
        return shown(await members.update_member(info.context, values.pop("id"), values))

    @mutation(
        MemberPayload,
        "Enters an organisation. Asked for by an active person, it has applied, and that person acts for it. Entered "
        "by the coordination office, it is active at once, and `addRepresentative` says who acts for it.",
    )
    async def create_organisation(
        self,
        info: Info,
        input: Annotated[CreateOrganisationInput, strawberry.argument(description="The organisation.")],
    ) -> MemberPayload | None:
        return shown(await members.create_organisation(info.context, given(input)))

    @mutation(
        MemberPayload,
        "Lets an active person act for an organisation: by those who act for it already, and the coordination office. "
        "WRONG_STATE for who acts for it already.",
    )
    async def add_representative(
        self, info: Info, organisation_id: OrganisationId, member_id: PersonId
    ) -> MemberPayload | None:
        keys = key_or_nobody("Member", organisation_id), key_or_nobody("Member", member_id)
        return shown(await members.add_representative(info.context, *keys))

    @mutation(
        MemberPayload,
        "Lets a person no longer act for an organisation: by those who act for it, also for themselves, and the "
        "coordination office. The last one who is active can only be taken away by the office: WRONG_STATE.",
    )
    async def remove_representative(
        self, info: Info, organisation_id: OrganisationId, member_id: PersonId
    ) -> MemberPayload | None:
        keys = key_or_nobody("Member", organisation_id), key_or_nobody("Member", member_id)
        return shown(await members.remove_representative(info.context, *keys))

    @mutation(
        MemberPayload,
        "The coordination office lets an applicant into the network, or one that it had declined: ACTIVE from now on.",
    )
    async def approve_member(self, info: Info, id: MemberId) -> MemberPayload | None:
        return shown(await members.approve_member(info.context, key_or_nobody("Member", id)))

    @mutation(MemberPayload, "The coordination office refuses an applicant: DECLINED.")
    async def decline_member(self, info: Info, id: MemberId, reason: Reason) -> MemberPayload | None:
        return shown(await members.decline_member(info.context, key_or_nobody("Member", id), reason))

    @mutation(
        MemberPayload,
        "The coordination office takes an active member out of the network for now: SUSPENDED, and seen by its own "
        "side and the office only.",
    )
    async def suspend_member(self, info: Info, id: MemberId, reason: Reason) -> MemberPayload | None:
        return shown(await members.suspend_member(info.context, key_or_nobody("Member", id), reason))

    @mutation(MemberPayload, "The coordination office lets a suspended member take part again: ACTIVE.")
    async def reinstate_member(self, info: Info, id: MemberId) -> MemberPayload | None:
        return shown(await members.reinstate_member(info.context, key_or_nobody("Member", id)))


def shown(member: models.Member) -> MemberPayload:
    """The payload of a member."""
    return MemberPayload(member=member)  # type: ignore[arg-type]
