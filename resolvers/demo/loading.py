"""Makes rows of the demonstration's texts, each kind in one statement: runs within a transaction."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from tortoise.models import Model

from models import (
    Account,
    Application,
    Audience,
    District,
    Group,
    GroupMembership,
    GroupPost,
    GroupRole,
    GroupStatus,
    GroupTopic,
    Member,
    MemberKind,
    MembershipStatus,
    MemberStatus,
    MemberTopic,
    Representation,
    RepresentativeInvitation,
    Topic,
    now,
)
from models.sql.slugs import slugify
from resolvers.demo.accounts import ACCOUNTS, INVITATIONS
from resolvers.demo.board import Board
from resolvers.demo.calendar import Calendar
from resolvers.demo.events import FOUNDING, FOUNDING_ABSENT
from resolvers.demo.gatherings import Gatherings
from resolvers.demo.groups import GROUPS
from resolvers.demo.members import APPLICANTS, APPLICATION_MESSAGE, APPLIED_ORGANISATION, ORGANISATIONS, PERSONS
from resolvers.demo.rows import Keys, links
from resolvers.demo.shapes import Organisation, Person, Post, WorkingGroup, prose
from resolvers.mail.codes import hashed
from resolvers.network.reference_data import add_districts, add_topics
from resolvers.network.town_file import wolfsburg
from resolvers.search.indexing import index_all

# In the order in which they are stored.
_ACTIVE: tuple[Organisation | Person, ...] = (*ORGANISATIONS, *PERSONS)
_APPLIED: tuple[Organisation | Person, ...] = (*APPLICANTS, APPLIED_ORGANISATION)

_INVITATION_LIFETIME = timedelta(days=14)
_LANDLINE = "+493023125"
_MOBILE = "+4917139200"


class Loading:
    """One run: the keys of what has been stored so far, by the short keys of the texts."""

    def __init__(self, calendar: Calendar, offer_lifetime: timedelta) -> None:
        self.calendar = calendar
        self.offer_lifetime = offer_lifetime
        self.founded = calendar.at(FOUNDING.begins)
        self.keys = Keys()

    async def run(self, password_hash: str) -> None:
        """Store everything."""
        town = wolfsburg()  # what the network has of another town stays beside it
        await add_topics(town.topics)
        await add_districts(town.districts)
        self.keys.topics, self.keys.districts = await _keys(Topic, "slug"), await _keys(District, "slug")
        await self._members()
        await self._accounts(password_hash)
        await self._groups()
        await Gatherings(self.calendar, self.keys).store()
        await Board(self.calendar, self.keys, self.offer_lifetime).store()
        await index_all()

    # ------------------------------------------------------------ members

    async def _members(self) -> None:
        active = [self._active(text, number) for number, text in enumerate(_ACTIVE)]
        applied = [self._applied(text, number) for number, text in enumerate(_APPLIED)]
        await Member.bulk_create([*active, *applied])
        by_name = await _keys(Member, "name")
        everybody = (*_ACTIVE, *_APPLIED)
        self.keys.members = {
            (text.key if isinstance(text, Organisation) else text.name): by_name[text.name] for text in everybody
        }
        await MemberTopic.bulk_create(
            link
            for text in everybody
            for link in links(MemberTopic, "member_id", by_name[text.name], text.topics, self.keys)
        )
        await self._representations(active)
        (applicant,) = APPLIED_ORGANISATION.represented_by
        await Application.create(
            person_id=self.keys.members[applicant],
            organisation_id=self.keys.members[APPLIED_ORGANISATION.key],
            message=APPLICATION_MESSAGE,
            created_at=self.calendar.ago(3),
        )

    async def _representations(self, active: Iterable[Member]) -> None:
        since = {member.name: member.joined_at for member in active}
        await Representation.bulk_create(
            Representation(
                organisation_id=self.keys.members[text.key],
                person_id=self.keys.members[name],
                since=since.get(text.name) or self.calendar.ago(2),
            )
            for text in (*ORGANISATIONS, APPLIED_ORGANISATION)
            for name in text.represented_by
        )

    def _active(self, text: Organisation | Person, number: int) -> Member:
        joined = self.calendar.ago(98 + number * 17 % 45, number)
        return self._member(text, MemberStatus.ACTIVE, joined - timedelta(days=2 + number % 5), joined)

    def _applied(self, text: Organisation | Person, number: int) -> Member:
        return self._member(text, MemberStatus.APPLIED, self.calendar.ago(2 + number, number), None)

    def _member(
        self, text: Organisation | Person, status: MemberStatus, created: datetime, joined: datetime | None
    ) -> Member:
        kind = MemberKind.ORGANISATION if isinstance(text, Organisation) else MemberKind.PERSON
        member = Member(
            slug=slugify(text.name),
            kind=kind,
            status=status,
            name=text.name,
            about=prose(text.about) if text.about else None,
            district_id=self.keys.districts[text.district] if text.district else None,
            email_audience=text.email_audience,
            joined_at=joined,
            created_at=created,
            updated_at=joined or created,
            **_reach(text),
        )
        return member.derive()

    async def _accounts(self, password_hash: str) -> None:
        there = await _keys(Account, "email")
        await Account.bulk_create(
            Account(
                email=email,
                password_hash=password_hash,
                role=role,
                member_id=self.keys.members[name] if name else None,
                created_at=self.calendar.ago(7),
            )
            for email, (role, name) in ACCOUNTS.items()
            if email not in there
        )
        await RepresentativeInvitation.bulk_create([self._invitation(*one) for one in INVITATIONS])

    def _invitation(self, organisation: str, email: str, name: str, code: str) -> RepresentativeInvitation:
        _role, person = ACCOUNTS.get(email, (None, None))
        return RepresentativeInvitation(
            organisation_id=self.keys.members[organisation],
            person_id=self.keys.members[person] if person else None,
            email=email,
            name=name,
            token_hash=hashed(code),
            created_at=self.calendar.ago(1),
            expires_at=now() + _INVITATION_LIFETIME,
        )

    # ------------------------------------------------------------ groups

    async def _groups(self) -> None:
        await Group.bulk_create([self._group(text) for text in GROUPS])
        by_name = await _keys(Group, "name")
        self.keys.groups = {text.key: by_name[text.name] for text in GROUPS}
        await GroupTopic.bulk_create(
            link
            for text in GROUPS
            for link in links(GroupTopic, "group_id", self.keys.groups[text.key], text.topics, self.keys)
        )
        await GroupMembership.bulk_create(one for text in GROUPS for one in self._memberships(text))
        await GroupPost.bulk_create(one for text in GROUPS for one in self._posts(text))

    def _group(self, text: WorkingGroup) -> Group:
        latest = [self._joined(text, name) for name in (*text.coordinators, *text.members)]
        latest += [self._published(post, number) for number, post in enumerate(text.posts)]
        group = Group(
            slug=slugify(text.name),
            name=text.name,
            purpose=prose(text.purpose),
            status=GroupStatus.ACTIVE,
            join_policy=text.join_policy,
            active_at=max(latest),
            created_at=self.founded,
            updated_at=self.founded,
        )
        return group.derive()

    def _joined(self, text: WorkingGroup, name: str) -> datetime:
        """At the founding, in the order of the list; who wasn't there, some days later."""
        place = (*text.coordinators, *text.members).index(name)
        late = timedelta(days=9 + place % 5) if name in FOUNDING_ABSENT else timedelta()
        return self.founded + late + timedelta(hours=5, minutes=place)

    def _memberships(self, text: WorkingGroup) -> list[GroupMembership]:
        rows = []
        for name in (*text.coordinators, *text.members):
            role = GroupRole.COORDINATOR if name in text.coordinators else GroupRole.MEMBER
            joined = self._joined(text, name)
            rows.append(self._membership(text, name, MembershipStatus.ACTIVE, joined, role=role, joined_at=joined))
        for number, name in enumerate(text.requested):
            rows.append(self._membership(text, name, MembershipStatus.REQUESTED, self.calendar.ago(1 + number, number)))
        for number, name in enumerate(text.invited):
            rows.append(self._membership(text, name, MembershipStatus.INVITED, self.calendar.ago(3 + number, number)))
        return rows

    def _membership(
        self, text: WorkingGroup, name: str, status: MembershipStatus, since: datetime, **columns: Any
    ) -> GroupMembership:
        return GroupMembership(
            group_id=self.keys.groups[text.key],
            member_id=self.keys.members[name],
            status=status,
            created_at=since,
            updated_at=since,
            **columns,
        )

    def _published(self, post: Post, number: int) -> datetime:
        return self.calendar.ago(post.days, number + 1)

    def _posts(self, text: WorkingGroup) -> list[GroupPost]:
        rows = []
        for number, post in enumerate(text.posts):
            instant = self._published(post, number)
            rows.append(
                GroupPost(
                    group_id=self.keys.groups[text.key],
                    author_id=self.keys.members[post.author],
                    title=post.title,
                    body=prose(post.body),
                    kind=post.kind,
                    audience=post.audience,
                    published_at=instant,
                    updated_at=instant,
                )
            )
        return rows


def _reach(text: Organisation | Person) -> dict[str, Any]:
    """How to reach a member: addresses in reserved domains, numbers that the Bundesnetzagentur gives to nobody."""
    if isinstance(text, Organisation):
        reach = {
            "email": f"kontakt@{text.domain}",
            "website": f"https://www.{text.domain}" if text.has_website else None,
            "phone": f"{_LANDLINE}{text.phone}" if text.phone else None,
        }
    else:
        reach = {
            "email": f"{slugify(text.name).replace('-', '.')}@post.example",
            "website": None,
            "phone": f"{_MOBILE}{text.phone}" if text.phone else None,
        }
    return {**reach, "phone_audience": text.phone_audience if text.phone else Audience.NOBODY}


async def _keys(model: type[Model], column: str) -> dict[str, int]:
    return dict(cast("list[tuple[str, int]]", await model.all().values_list(column, "id")))
