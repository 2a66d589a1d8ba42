"""Members of the network, and who represents whom."""

from enum import StrEnum
from typing import Self

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.fields import Hideable, InstantField, SortKeyField, check, now, one_of
from models.places import District, Topic
from models.text.folding import sort_key


class MemberKind(StrEnum):
    PERSON = "PERSON"
    ORGANISATION = "ORGANISATION"


class MemberStatus(StrEnum):
    APPLIED = "APPLIED"
    ACTIVE = "ACTIVE"
    DECLINED = "DECLINED"
    SUSPENDED = "SUSPENDED"
    LEFT = "LEFT"


class Audience(StrEnum):
    EVERYONE = "EVERYONE"
    MEMBERS = "MEMBERS"
    GROUPS = "GROUPS"
    NOBODY = "NOBODY"


class Member(Model, Hideable):
    """A person or an organisation that takes part."""

    id = fields.IntField(primary_key=True)
    slug = fields.CharField(max_length=100, unique=True)
    kind = fields.CharEnumField(MemberKind, max_length=20)
    status = fields.CharEnumField(MemberStatus, max_length=20)
    status_reason = fields.CharField(max_length=1000, null=True)
    name = fields.CharField(max_length=200)
    name_key = SortKeyField(max_length=200)
    about = fields.TextField(null=True)
    district: fields.ForeignKeyNullableRelation[District] = fields.ForeignKeyField(
        "models.District", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    district_id: int | None
    website = fields.CharField(max_length=500, null=True)
    email = fields.CharField(max_length=320, null=True)
    email_audience = fields.CharEnumField(Audience, max_length=20, default=Audience.NOBODY)
    phone = fields.CharField(max_length=32, null=True)
    phone_audience = fields.CharEnumField(Audience, max_length=20, default=Audience.NOBODY)
    # By the office's word it takes care of this organisation; where nobody represents one, it does without.
    office_cares = fields.BooleanField(default=False, db_default=False)
    joined_at = InstantField(null=True)
    version = fields.IntField(default=1)
    created_at = InstantField(default=now)
    updated_at = InstantField(default=now)

    def derive(self) -> Self:
        """Fill the columns that follow from others: what it sorts by."""
        self.name_key = sort_key(self.name)
        return self

    class Meta:
        table = "member"
        indexes = (
            Index(fields=("name_key", "id")),
            Index(fields=("created_at", "id")),
            Index(fields=("status", "name_key", "id")),
            Index(fields=("status", "kind", "name_key", "id")),
            Index(fields=("status", "created_at", "id")),
            Index(fields=("district_id",)),
        )
        constraints = (
            one_of("kind", MemberKind, "member"),
            one_of("status", MemberStatus, "member"),
            one_of("email_audience", Audience, "member"),
            one_of("phone_audience", Audience, "member"),
            check("member_version_positive", "version >= 1"),
            check("member_active_has_joined", "status <> 'ACTIVE' OR joined_at IS NOT NULL"),
        )


class MemberTopic(Model):
    """A topic of a member, in the member's own order."""

    id = fields.IntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    topic: fields.ForeignKeyRelation[Topic] = fields.ForeignKeyField(
        "models.Topic", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    topic_id: int
    position = fields.IntField()

    class Meta:
        table = "member_topic"
        unique_together = (("member", "topic"),)


class Representation(Model):
    """A person acts for an organisation."""

    id = fields.IntField(primary_key=True)
    organisation: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name=False, on_delete=fields.CASCADE
    )
    organisation_id: int
    person: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name=False, on_delete=fields.CASCADE
    )
    person_id: int
    since = InstantField(default=now)

    class Meta:
        table = "representation"
        indexes = (Index(fields=("person_id",)),)
        unique_together = (("organisation", "person"),)
        constraints = (check("representation_of_another", "organisation_id <> person_id"),)


class RepresentativeInvitation(Model):
    """Somebody was asked to act for an organisation, by mail, and hasn't answered: of the code only the hash is stored.

    Whoever has the code has the mailbox of `email`. With a `person`, a member was asked, at the address of their
    account, which nobody else is told; without one no mail could be sent.
    """

    id = fields.IntField(primary_key=True)
    organisation: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name=False, on_delete=fields.CASCADE
    )
    organisation_id: int
    person: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name=False, null=True, on_delete=fields.CASCADE, db_index=True
    )
    person_id: int | None
    email = fields.CharField(max_length=320, null=True)
    # How who asked calls them.
    name = fields.CharField(max_length=200, null=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    created_at = InstantField(default=now)
    expires_at = InstantField(db_index=True)

    class Meta:
        table = "representative_invitation"
        unique_together = (("organisation", "person"),)
        constraints = (check("representative_invitation_of_somebody", "email IS NOT NULL OR person_id IS NOT NULL"),)
