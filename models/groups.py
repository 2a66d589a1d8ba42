"""Groups, who belongs to them, and their posts."""

from enum import StrEnum
from typing import Self

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.fields import Hideable, InstantField, SortKeyField, check, now, one_of
from models.members import Member
from models.places import Topic
from models.text.folding import sort_key


class GroupPostKind(StrEnum):
    ANNOUNCEMENT = "ANNOUNCEMENT"
    MINUTES = "MINUTES"
    DECISION = "DECISION"


class PostAudience(StrEnum):
    EVERYONE = "EVERYONE"
    GROUP = "GROUP"


class GroupStatus(StrEnum):
    FORMING = "FORMING"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    CLOSED = "CLOSED"


class JoinPolicy(StrEnum):
    OPEN = "OPEN"
    ON_REQUEST = "ON_REQUEST"
    INVITATION = "INVITATION"


class GroupRole(StrEnum):
    COORDINATOR = "COORDINATOR"
    MEMBER = "MEMBER"


class MembershipStatus(StrEnum):
    REQUESTED = "REQUESTED"
    INVITED = "INVITED"
    ACTIVE = "ACTIVE"
    DECLINED = "DECLINED"
    LEFT = "LEFT"
    REMOVED = "REMOVED"


# States of which a member has at most one in a group: a partial unique index says so too.
OPEN_MEMBERSHIPS = (MembershipStatus.REQUESTED, MembershipStatus.INVITED, MembershipStatus.ACTIVE)


class Group(Model, Hideable):
    """A working group or project."""

    id = fields.IntField(primary_key=True)
    slug = fields.CharField(max_length=100, unique=True)
    name = fields.CharField(max_length=200)
    name_key = SortKeyField(max_length=200)
    purpose = fields.TextField()
    status = fields.CharEnumField(GroupStatus, max_length=20, default=GroupStatus.FORMING)
    join_policy = fields.CharEnumField(JoinPolicy, max_length=20, default=JoinPolicy.OPEN)
    # Latest post, event or member; GroupSort.RECENTLY_ACTIVE sorts by it.
    active_at = InstantField(default=now)
    version = fields.IntField(default=1)
    created_at = InstantField(default=now)
    updated_at = InstantField(default=now)

    def derive(self) -> Self:
        """Fill the columns that follow from others: what it sorts by."""
        self.name_key = sort_key(self.name)
        return self

    class Meta:
        table = "working_group"
        indexes = (
            Index(fields=("name_key", "id")),
            Index(fields=("status", "name_key", "id")),
            Index(fields=("created_at", "id")),
            Index(fields=("active_at", "id")),
        )
        constraints = (
            one_of("status", GroupStatus, "working_group"),
            one_of("join_policy", JoinPolicy, "working_group"),
            check("working_group_version_positive", "version >= 1"),
        )


class GroupTopic(Model):
    """A topic of a group, in the group's own order."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name=False, on_delete=fields.CASCADE
    )
    group_id: int
    topic: fields.ForeignKeyRelation[Topic] = fields.ForeignKeyField(
        "models.Topic", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    topic_id: int
    position = fields.IntField()

    class Meta:
        table = "group_topic"
        unique_together = (("group", "topic"),)


class GroupMembership(Model):
    """A member's place in a group, past ones included: at most one of a member and a group is open."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name=False, on_delete=fields.CASCADE
    )
    group_id: int
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    role = fields.CharEnumField(GroupRole, max_length=20, default=GroupRole.MEMBER)
    status = fields.CharEnumField(MembershipStatus, max_length=20)
    status_reason = fields.CharField(max_length=1000, null=True)
    joined_at = InstantField(null=True)
    created_at = InstantField(default=now)
    updated_at = InstantField(default=now)

    class Meta:
        table = "group_membership"
        indexes = (
            Index(fields=("group_id", "id")),
            Index(fields=("group_id", "status", "joined_at", "id")),
            Index(fields=("group_id", "status", "role", "joined_at", "id")),
            Index(fields=("member_id", "status", "id")),
        )
        constraints = (
            one_of("role", GroupRole, "group_membership"),
            one_of("status", MembershipStatus, "group_membership"),
            check("group_membership_active_has_joined", "status <> 'ACTIVE' OR joined_at IS NOT NULL"),
        )


class GroupPost(Model, Hideable):
    """News from a group."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name=False, on_delete=fields.CASCADE
    )
    group_id: int
    author: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name=False, null=True, on_delete=fields.SET_NULL, db_index=True
    )
    author_id: int | None
    title = fields.CharField(max_length=200)
    body = fields.TextField()
    kind = fields.CharEnumField(
        GroupPostKind, max_length=20, default=GroupPostKind.ANNOUNCEMENT, db_default=GroupPostKind.ANNOUNCEMENT
    )
    # Who reads it, as far as nobody has taken it out of sight.
    audience = fields.CharEnumField(
        PostAudience, max_length=20, default=PostAudience.EVERYONE, db_default=PostAudience.EVERYONE
    )
    version = fields.IntField(default=1, db_default=1)
    published_at = InstantField(default=now)
    updated_at = InstantField(default=now)

    def derive(self) -> Self:
        """Nothing follows from its columns: it is found by the search index alone."""
        return self

    class Meta:
        table = "group_post"
        indexes = (Index(fields=("group_id", "published_at", "id")),)
        constraints = (
            one_of("kind", GroupPostKind, "group_post"),
            one_of("audience", PostAudience, "group_post"),
            check("group_post_version_positive", "version >= 1"),
        )
