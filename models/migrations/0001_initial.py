from uuid import uuid4

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.accounts.accounts import NetworkRole
from models.events import EventKind, EventStatus, RegistrationStatus
from models.fields import InstantField, SortKeyField, now
from models.groups import GroupRole, GroupStatus, JoinPolicy, MembershipStatus
from models.members import Audience, MemberKind, MemberStatus
from models.offers import OfferCategory, OfferDirection, OfferStatus, ResponseStatus


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Change",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("seq", fields.BigIntField(null=True, unique=True)),
                ("kind", fields.CharField(max_length=50)),
                ("facts", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("occurred_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "change",
                "app": "models",
                "pk_attr": "id",
                "table_description": "One change. `seq` is null until the relay numbers it: 1, 2, 3 ... without a gap, never changed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ChangeLog",
            fields=[
                ("id", fields.CharField(primary_key=True, default="log", unique=True, db_index=True, max_length=3)),
                ("epoch", fields.IntField(default=1)),
                ("head", fields.BigIntField(default=0)),
                ("key_fingerprint", fields.CharField(null=True, max_length=64)),
            ],
            options={
                "table": "change_log",
                "app": "models",
                "pk_attr": "id",
                "table_description": "The one row, `log`, that says where the log stands. Who numbers changes holds its lock.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="District",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("slug", fields.CharField(unique=True, max_length=100)),
                ("name", fields.CharField(max_length=200)),
                ("name_key", SortKeyField(max_length=200)),
            ],
            options={"table": "district", "app": "models", "pk_attr": "id", "table_description": "A part of the town."},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Group",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("slug", fields.CharField(unique=True, max_length=100)),
                ("name", fields.CharField(max_length=200)),
                ("name_key", SortKeyField(max_length=200)),
                ("purpose", fields.TextField(unique=False)),
                ("search_text", fields.TextField(default="", unique=False)),
                (
                    "status",
                    fields.CharEnumField(
                        default=GroupStatus.FORMING,
                        description="FORMING: FORMING\nACTIVE: ACTIVE\nPAUSED: PAUSED\nCLOSED: CLOSED",
                        enum_type=GroupStatus,
                        max_length=20,
                    ),
                ),
                (
                    "join_policy",
                    fields.CharEnumField(
                        default=JoinPolicy.OPEN,
                        description="OPEN: OPEN\nON_REQUEST: ON_REQUEST\nINVITATION: INVITATION",
                        enum_type=JoinPolicy,
                        max_length=20,
                    ),
                ),
                ("active_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("version", fields.IntField(default=1)),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("updated_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "working_group",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A working group or project.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Mail",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("recipient", fields.CharField(max_length=320)),
                ("subject", fields.CharField(max_length=300)),
                ("body", fields.TextField(unique=False)),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("due_at", InstantField(default=now, db_index=True, auto_now=False, auto_now_add=False)),
                ("attempts", fields.IntField(default=0)),
                ("sent_at", InstantField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "mail",
                "app": "models",
                "pk_attr": "id",
                "table_description": "One mail to one address, plain text.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Member",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("slug", fields.CharField(unique=True, max_length=100)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="PERSON: PERSON\nORGANISATION: ORGANISATION", enum_type=MemberKind, max_length=20
                    ),
                ),
                (
                    "status",
                    fields.CharEnumField(
                        description="APPLIED: APPLIED\nACTIVE: ACTIVE\nDECLINED: DECLINED\nSUSPENDED: SUSPENDED\nLEFT: LEFT",
                        enum_type=MemberStatus,
                        max_length=20,
                    ),
                ),
                ("status_reason", fields.CharField(null=True, max_length=1000)),
                ("name", fields.CharField(max_length=200)),
                ("name_key", SortKeyField(max_length=200)),
                ("about", fields.TextField(null=True, unique=False)),
                ("search_text", fields.TextField(default="", unique=False)),
                (
                    "district",
                    fields.ForeignKeyField(
                        "models.District",
                        source_field="district_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("website", fields.CharField(null=True, max_length=500)),
                ("email", fields.CharField(null=True, max_length=320)),
                (
                    "email_audience",
                    fields.CharEnumField(
                        default=Audience.NOBODY,
                        description="EVERYONE: EVERYONE\nMEMBERS: MEMBERS\nGROUPS: GROUPS\nNOBODY: NOBODY",
                        enum_type=Audience,
                        max_length=20,
                    ),
                ),
                ("phone", fields.CharField(null=True, max_length=32)),
                (
                    "phone_audience",
                    fields.CharEnumField(
                        default=Audience.NOBODY,
                        description="EVERYONE: EVERYONE\nMEMBERS: MEMBERS\nGROUPS: GROUPS\nNOBODY: NOBODY",
                        enum_type=Audience,
                        max_length=20,
                    ),
                ),
                ("joined_at", InstantField(null=True, auto_now=False, auto_now_add=False)),
                ("version", fields.IntField(default=1)),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("updated_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "member",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A person or an organisation that takes part.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Account",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("email", fields.CharField(unique=True, max_length=320)),
                ("password_hash", fields.CharField(max_length=300)),
                (
                    "role",
                    fields.CharEnumField(
                        default=NetworkRole.MEMBER,
                        description="MEMBER: MEMBER\nOFFICE: OFFICE\nADMIN: ADMIN",
                        enum_type=NetworkRole,
                        max_length=20,
                    ),
                ),
                (
                    "member",
                    fields.OneToOneField(
                        "models.Member",
                        source_field="member_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "account",
                "app": "models",
                "pk_attr": "id",
                "table_description": "Signs in with `email`, which is folded to lower case. May belong to one member, a person.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Event",
            fields=[
                ("venue_name", fields.CharField(null=True, max_length=200)),
                ("venue_street", fields.CharField(null=True, max_length=200)),
                ("venue_postal_code", fields.CharField(null=True, max_length=20)),
                ("venue_city", fields.CharField(null=True, max_length=100)),
                (
                    "venue_district",
                    fields.ForeignKeyField(
                        "models.District",
                        source_field="venue_district_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("venue_latitude", fields.FloatField(null=True)),
                ("venue_longitude", fields.FloatField(null=True)),
                ("venue_accessibility", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("venue_accessibility_note", fields.CharField(null=True, max_length=1000)),
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("slug", fields.CharField(unique=True, max_length=100)),
                ("title", fields.CharField(max_length=200)),
                ("description", fields.TextField(unique=False)),
                ("search_text", fields.TextField(default="", unique=False)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="MEETING: MEETING\nWORKSHOP: WORKSHOP\nFAIR: FAIR\nTRAINING: TRAINING\nCEREMONY: CEREMONY\nOTHER: OTHER",
                        enum_type=EventKind,
                        max_length=20,
                    ),
                ),
                (
                    "status",
                    fields.CharEnumField(
                        default=EventStatus.DRAFT,
                        description="DRAFT: DRAFT\nPUBLISHED: PUBLISHED\nCANCELLED: CANCELLED",
                        enum_type=EventStatus,
                        max_length=20,
                    ),
                ),
                ("status_reason", fields.CharField(null=True, max_length=1000)),
                ("starts_at", InstantField(auto_now=False, auto_now_add=False)),
                ("ends_at", InstantField(auto_now=False, auto_now_add=False)),
                ("time_zone", fields.CharField(max_length=64)),
                ("online_url", fields.CharField(null=True, max_length=500)),
                (
                    "host",
                    fields.ForeignKeyField(
                        "models.Member",
                        source_field="host_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                (
                    "group",
                    fields.ForeignKeyField(
                        "models.Group",
                        source_field="group_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                (
                    "parent",
                    fields.ForeignKeyField(
                        "models.Event",
                        source_field="parent_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("capacity", fields.IntField(null=True)),
                ("confirmed_count", fields.IntField(default=0)),
                ("waitlisted_count", fields.IntField(default=0)),
                ("queue_number", fields.IntField(default=0)),
                ("version", fields.IntField(default=1)),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("updated_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "event",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A gathering, a session of `parent` where that is set.",
            },
            bases=["Located"],
        ),
        ops.CreateModel(
            name="GroupMembership",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "group",
                    fields.ForeignKeyField(
                        "models.Group",
                        source_field="group_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "member",
                    fields.ForeignKeyField(
                        "models.Member",
                        source_field="member_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "role",
                    fields.CharEnumField(
                        default=GroupRole.MEMBER,
                        description="COORDINATOR: COORDINATOR\nMEMBER: MEMBER",
                        enum_type=GroupRole,
                        max_length=20,
                    ),
                ),
                (
                    "status",
                    fields.CharEnumField(
                        description="REQUESTED: REQUESTED\nINVITED: INVITED\nACTIVE: ACTIVE\nDECLINED: DECLINED\nLEFT: LEFT\nREMOVED: REMOVED",
                        enum_type=MembershipStatus,
                        max_length=20,
                    ),
                ),
                ("status_reason", fields.CharField(null=True, max_length=1000)),
                ("joined_at", InstantField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("updated_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "group_membership",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A member's place in a group, past ones included: at most one of a member and a group is open.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="GroupPost",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "group",
                    fields.ForeignKeyField(
                        "models.Group",
                        source_field="group_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "author",
                    fields.ForeignKeyField(
                        "models.Member",
                        source_field="author_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("title", fields.CharField(max_length=200)),
                ("body", fields.TextField(unique=False)),
                ("published_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("updated_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "group_post",
                "app": "models",
                "pk_attr": "id",
                "table_description": "News from a group.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Offer",
            fields=[
                ("venue_name", fields.CharField(null=True, max_length=200)),
                ("venue_street", fields.CharField(null=True, max_length=200)),
                ("venue_postal_code", fields.CharField(null=True, max_length=20)),
                ("venue_city", fields.CharField(null=True, max_length=100)),
                (
                    "venue_district",
                    fields.ForeignKeyField(
                        "models.District",
                        source_field="venue_district_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("venue_latitude", fields.FloatField(null=True)),
                ("venue_longitude", fields.FloatField(null=True)),
                ("venue_accessibility", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("venue_accessibility_note", fields.CharField(null=True, max_length=1000)),
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("slug", fields.CharField(unique=True, max_length=100)),
                (
                    "direction",
                    fields.CharEnumField(
                        description="SEEK: SEEK\nPROVIDE: PROVIDE", enum_type=OfferDirection, max_length=20
                    ),
                ),
                (
                    "category",
                    fields.CharEnumField(
                        description="HELPING_HANDS: HELPING_HANDS\nEXPERTISE: EXPERTISE\nTRAINING: TRAINING\nROOM: ROOM\nMATERIAL: MATERIAL\nFUNDING: FUNDING\nCOOPERATION: COOPERATION\nOTHER: OTHER",
                        enum_type=OfferCategory,
                        max_length=20,
                    ),
                ),
                (
                    "status",
                    fields.CharEnumField(
                        default=OfferStatus.DRAFT,
                        description="DRAFT: DRAFT\nIN_REVIEW: IN_REVIEW\nPUBLISHED: PUBLISHED\nPAUSED: PAUSED\nFULFILLED: FULFILLED\nEXPIRED: EXPIRED\nWITHDRAWN: WITHDRAWN",
                        enum_type=OfferStatus,
                        max_length=20,
                    ),
                ),
                ("status_reason", fields.CharField(null=True, max_length=1000)),
                ("title", fields.CharField(max_length=200)),
                ("title_text", fields.CharField(default="", max_length=400)),
                ("description", fields.TextField(unique=False)),
                ("search_text", fields.TextField(default="", unique=False)),
                (
                    "district",
                    fields.ForeignKeyField(
                        "models.District",
                        source_field="district_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("remote", fields.BooleanField(default=False)),
                ("minimum_age", fields.IntField(null=True)),
                ("languages", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("hours_per_week", fields.FloatField(null=True)),
                ("available_from", fields.DateField(null=True)),
                ("available_until", fields.DateField(null=True)),
                (
                    "owner",
                    fields.ForeignKeyField(
                        "models.Member",
                        source_field="owner_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                (
                    "group",
                    fields.ForeignKeyField(
                        "models.Group",
                        source_field="group_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                (
                    "event",
                    fields.ForeignKeyField(
                        "models.Event",
                        source_field="event_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("published_at", InstantField(null=True, auto_now=False, auto_now_add=False)),
                ("newest_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("expires_at", InstantField(null=True, auto_now=False, auto_now_add=False)),
                ("version", fields.IntField(default=1)),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("updated_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "offer", "app": "models", "pk_attr": "id", "table_description": "An entry of the board."},
            bases=["Located"],
        ),
        ops.CreateModel(
            name="OfferResponse",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "offer",
                    fields.ForeignKeyField(
                        "models.Offer",
                        source_field="offer_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "member",
                    fields.ForeignKeyField(
                        "models.Member",
                        source_field="member_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("message", fields.TextField(unique=False)),
                (
                    "status",
                    fields.CharEnumField(
                        default=ResponseStatus.SENT,
                        description="SENT: SENT\nACCEPTED: ACCEPTED\nDECLINED: DECLINED\nWITHDRAWN: WITHDRAWN",
                        enum_type=ResponseStatus,
                        max_length=20,
                    ),
                ),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("decided_at", InstantField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "offer_response",
                "app": "models",
                "pk_attr": "id",
                "table_description": "Someone's answer to an entry, one of a member and an entry is SENT or ACCEPTED at most.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Registration",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "event",
                    fields.ForeignKeyField(
                        "models.Event",
                        source_field="event_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "member",
                    fields.ForeignKeyField(
                        "models.Member",
                        source_field="member_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                (
                    "status",
                    fields.CharEnumField(
                        description="CONFIRMED: CONFIRMED\nWAITLISTED: WAITLISTED\nCANCELLED: CANCELLED\nATTENDED: ATTENDED\nNO_SHOW: NO_SHOW",
                        enum_type=RegistrationStatus,
                        max_length=20,
                    ),
                ),
                ("queue_number", fields.IntField()),
                ("registered_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("updated_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "registration",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A member's seat or place on the waiting list: one row of a member and an event.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Representation",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "models.Member",
                        source_field="organisation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "models.Member",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("since", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "representation",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A person acts for an organisation.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SignInSession",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="account_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("generation", fields.IntField(default=1)),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("last_used_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("expires_at", InstantField(auto_now=False, auto_now_add=False)),
                ("ended_at", InstantField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "sign_in_session",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A sign-in: one browser, one device.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SignUp",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("name", fields.CharField(max_length=200)),
                ("email", fields.CharField(db_index=True, max_length=320)),
                ("password_hash", fields.CharField(max_length=300)),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("expires_at", InstantField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "sign_up",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A sign-up whose mail has not been answered yet, becomes an account and a member when it is.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Topic",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("slug", fields.CharField(unique=True, max_length=100)),
                ("name", fields.CharField(max_length=200)),
                ("name_key", SortKeyField(max_length=200)),
            ],
            options={"table": "topic", "app": "models", "pk_attr": "id", "table_description": "A field of engagement."},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="EventTopic",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "event",
                    fields.ForeignKeyField(
                        "models.Event",
                        source_field="event_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "topic",
                    fields.ForeignKeyField(
                        "models.Topic",
                        source_field="topic_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("position", fields.IntField()),
            ],
            options={
                "table": "event_topic",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A topic of an event, in the event's own order.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="GroupTopic",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "group",
                    fields.ForeignKeyField(
                        "models.Group",
                        source_field="group_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "topic",
                    fields.ForeignKeyField(
                        "models.Topic",
                        source_field="topic_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("position", fields.IntField()),
            ],
            options={
                "table": "group_topic",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A topic of a group, in the group's own order.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MemberTopic",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "member",
                    fields.ForeignKeyField(
                        "models.Member",
                        source_field="member_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "topic",
                    fields.ForeignKeyField(
                        "models.Topic",
                        source_field="topic_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("position", fields.IntField()),
            ],
            options={
                "table": "member_topic",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A topic of a member, in the member's own order.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OfferTopic",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "offer",
                    fields.ForeignKeyField(
                        "models.Offer",
                        source_field="offer_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "topic",
                    fields.ForeignKeyField(
                        "models.Topic",
                        source_field="topic_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("position", fields.IntField()),
            ],
            options={
                "table": "offer_topic",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A topic of an entry, in the entry's own order.",
            },
            bases=["Model"],
        ),
        # On SQLite a check constraint makes the table anew and loses its indexes: those come after.
        ops.AddConstraint(
            model_name="ChangeLog", constraint=CheckConstraint(check="id = 'log'", name="change_log_one_row")
        ),
        ops.AddConstraint(
            model_name="Group",
            constraint=CheckConstraint(
                check="status IN ('FORMING', 'ACTIVE', 'PAUSED', 'CLOSED')", name="working_group_status_known"
            ),
        ),
        ops.AddConstraint(
            model_name="Group",
            constraint=CheckConstraint(
                check="join_policy IN ('OPEN', 'ON_REQUEST', 'INVITATION')", name="working_group_join_policy_known"
            ),
        ),
        ops.AddConstraint(
            model_name="Group", constraint=CheckConstraint(check="version >= 1", name="working_group_version_positive")
        ),
        ops.AddConstraint(
            model_name="Member",
            constraint=CheckConstraint(check="kind IN ('PERSON', 'ORGANISATION')", name="member_kind_known"),
        ),
        ops.AddConstraint(
            model_name="Member",
            constraint=CheckConstraint(
                check="status IN ('APPLIED', 'ACTIVE', 'DECLINED', 'SUSPENDED', 'LEFT')", name="member_status_known"
            ),
        ),
        ops.AddConstraint(
            model_name="Member",
            constraint=CheckConstraint(
                check="email_audience IN ('EVERYONE', 'MEMBERS', 'GROUPS', 'NOBODY')",
                name="member_email_audience_known",
            ),
        ),
        ops.AddConstraint(
            model_name="Member",
            constraint=CheckConstraint(
                check="phone_audience IN ('EVERYONE', 'MEMBERS', 'GROUPS', 'NOBODY')",
                name="member_phone_audience_known",
            ),
        ),
        ops.AddConstraint(
            model_name="Member", constraint=CheckConstraint(check="version >= 1", name="member_version_positive")
        ),
        ops.AddConstraint(
            model_name="Member",
            constraint=CheckConstraint(
                check="status <> 'ACTIVE' OR joined_at IS NOT NULL", name="member_active_has_joined"
            ),
        ),
        ops.AddConstraint(
            model_name="Account",
            constraint=CheckConstraint(check="role IN ('MEMBER', 'OFFICE', 'ADMIN')", name="account_role_known"),
        ),
        ops.AddConstraint(
            model_name="Account", constraint=CheckConstraint(check="email = lower(email)", name="account_email_folded")
        ),
        ops.AddConstraint(
            model_name="Account",
            constraint=CheckConstraint(
                check="role <> 'MEMBER' OR member_id IS NOT NULL", name="account_member_or_office"
            ),
        ),
        ops.AddConstraint(
            model_name="Event",
            constraint=CheckConstraint(
                check="kind IN ('MEETING', 'WORKSHOP', 'FAIR', 'TRAINING', 'CEREMONY', 'OTHER')",
                name="event_kind_known",
            ),
        ),
        ops.AddConstraint(
            model_name="Event",
            constraint=CheckConstraint(
                check="status IN ('DRAFT', 'PUBLISHED', 'CANCELLED')", name="event_status_known"
            ),
        ),
        ops.AddConstraint(
            model_name="Event", constraint=CheckConstraint(check="ends_at > starts_at", name="event_ends_after_start")
        ),
        ops.AddConstraint(
            model_name="Event", constraint=CheckConstraint(check="capacity >= 0", name="event_capacity_not_negative")
        ),
        ops.AddConstraint(
            model_name="Event",
            constraint=CheckConstraint(
                check="confirmed_count >= 0 AND (capacity IS NULL OR confirmed_count <= capacity)",
                name="event_seats_kept",
            ),
        ),
        ops.AddConstraint(
            model_name="Event",
            constraint=CheckConstraint(check="waitlisted_count >= 0", name="event_waitlist_not_negative"),
        ),
        ops.AddConstraint(
            model_name="Event", constraint=CheckConstraint(check="parent_id <> id", name="event_not_its_own_session")
        ),
        ops.AddConstraint(
            model_name="Event", constraint=CheckConstraint(check="version >= 1", name="event_version_positive")
        ),
        ops.AddConstraint(
            model_name="GroupMembership",
            constraint=CheckConstraint(check="role IN ('COORDINATOR', 'MEMBER')", name="group_membership_role_known"),
        ),
        ops.AddConstraint(
            model_name="GroupMembership",
            constraint=CheckConstraint(
                check="status IN ('REQUESTED', 'INVITED', 'ACTIVE', 'DECLINED', 'LEFT', 'REMOVED')",
                name="group_membership_status_known",
            ),
        ),
        ops.AddConstraint(
            model_name="GroupMembership",
            constraint=CheckConstraint(
                check="status <> 'ACTIVE' OR joined_at IS NOT NULL", name="group_membership_active_has_joined"
            ),
        ),
        ops.AddConstraint(
            model_name="Offer",
            constraint=CheckConstraint(check="direction IN ('SEEK', 'PROVIDE')", name="offer_direction_known"),
        ),
        ops.AddConstraint(
            model_name="Offer",
            constraint=CheckConstraint(
                check="category IN ('HELPING_HANDS', 'EXPERTISE', 'TRAINING', 'ROOM', 'MATERIAL', 'FUNDING', 'COOPERATION', 'OTHER')",
                name="offer_category_known",
            ),
        ),
        ops.AddConstraint(
            model_name="Offer",
            constraint=CheckConstraint(
                check="status IN ('DRAFT', 'IN_REVIEW', 'PUBLISHED', 'PAUSED', 'FULFILLED', 'EXPIRED', 'WITHDRAWN')",
                name="offer_status_known",
            ),
        ),
        ops.AddConstraint(
            model_name="Offer",
            constraint=CheckConstraint(
                check="status <> 'PUBLISHED' OR (published_at IS NOT NULL AND expires_at IS NOT NULL)",
                name="offer_published_has_dates",
            ),
        ),
        ops.AddConstraint(
            model_name="Offer",
            constraint=CheckConstraint(check="available_until >= available_from", name="offer_available_in_order"),
        ),
        ops.AddConstraint(
            model_name="Offer",
            constraint=CheckConstraint(check="minimum_age BETWEEN 0 AND 120", name="offer_minimum_age_in_range"),
        ),
        ops.AddConstraint(
            model_name="Offer",
            constraint=CheckConstraint(
                check="hours_per_week > 0 AND hours_per_week <= 168", name="offer_hours_in_range"
            ),
        ),
        ops.AddConstraint(
            model_name="Offer", constraint=CheckConstraint(check="version >= 1", name="offer_version_positive")
        ),
        ops.AddConstraint(
            model_name="OfferResponse",
            constraint=CheckConstraint(
                check="status IN ('SENT', 'ACCEPTED', 'DECLINED', 'WITHDRAWN')", name="offer_response_status_known"
            ),
        ),
        ops.AddConstraint(
            model_name="Registration",
            constraint=CheckConstraint(
                check="status IN ('CONFIRMED', 'WAITLISTED', 'CANCELLED', 'ATTENDED', 'NO_SHOW')",
                name="registration_status_known",
            ),
        ),
        ops.AddConstraint(
            model_name="Representation",
            constraint=CheckConstraint(check="organisation_id <> person_id", name="representation_of_another"),
        ),
        ops.AddIndex(model_name="Change", index=Index(fields=["occurred_at"])),
        ops.AddIndex(model_name="Group", index=Index(fields=["name_key", "id"])),
        ops.AddIndex(model_name="Group", index=Index(fields=["created_at", "id"])),
        ops.AddIndex(model_name="Group", index=Index(fields=["active_at", "id"])),
        ops.AddIndex(model_name="Member", index=Index(fields=["status", "name_key", "id"])),
        ops.AddIndex(model_name="Member", index=Index(fields=["status", "created_at", "id"])),
        ops.AddIndex(model_name="Member", index=Index(fields=["district_id"])),
        ops.AddIndex(model_name="Event", index=Index(fields=["starts_at", "id"])),
        ops.AddIndex(model_name="Event", index=Index(fields=["created_at", "id"])),
        ops.AddIndex(model_name="Event", index=Index(fields=["ends_at", "id"])),
        ops.AddIndex(model_name="Event", index=Index(fields=["host_id", "starts_at", "id"])),
        ops.AddIndex(model_name="Event", index=Index(fields=["group_id", "starts_at", "id"])),
        ops.AddIndex(model_name="Event", index=Index(fields=["parent_id", "starts_at", "id"])),
        ops.AddIndex(model_name="Event", index=Index(fields=["venue_district_id"])),
        ops.AddIndex(model_name="GroupMembership", index=Index(fields=["group_id", "status", "joined_at", "id"])),
        ops.AddIndex(model_name="GroupMembership", index=Index(fields=["member_id", "status", "id"])),
        ops.AddIndex(model_name="GroupPost", index=Index(fields=["group_id", "published_at", "id"])),
        ops.AddIndex(model_name="Offer", index=Index(fields=["status", "newest_at", "id"])),
        ops.AddIndex(model_name="Offer", index=Index(fields=["status", "expires_at", "id"])),
        ops.AddIndex(model_name="Offer", index=Index(fields=["owner_id", "newest_at", "id"])),
        ops.AddIndex(model_name="Offer", index=Index(fields=["group_id", "newest_at", "id"])),
        ops.AddIndex(model_name="Offer", index=Index(fields=["event_id"])),
        ops.AddIndex(model_name="Offer", index=Index(fields=["district_id"])),
        ops.AddIndex(model_name="Offer", index=Index(fields=["venue_district_id"])),
        ops.AddIndex(model_name="OfferResponse", index=Index(fields=["offer_id", "created_at", "id"])),
        ops.AddIndex(model_name="OfferResponse", index=Index(fields=["member_id", "status", "id"])),
        ops.AddIndex(model_name="Registration", index=Index(fields=["event_id", "status", "queue_number"])),
        ops.AddIndex(model_name="Registration", index=Index(fields=["member_id", "registered_at", "id"])),
        ops.AddConstraint(model_name="Registration", constraint=UniqueConstraint(fields=("event", "member"))),
        ops.AddConstraint(model_name="Registration", constraint=UniqueConstraint(fields=("event", "queue_number"))),
        ops.AddIndex(model_name="Representation", index=Index(fields=["person_id"])),
        ops.AddConstraint(model_name="Representation", constraint=UniqueConstraint(fields=("organisation", "person"))),
        ops.AddConstraint(model_name="EventTopic", constraint=UniqueConstraint(fields=("event", "topic"))),
        ops.AddConstraint(model_name="GroupTopic", constraint=UniqueConstraint(fields=("group", "topic"))),
        ops.AddConstraint(model_name="MemberTopic", constraint=UniqueConstraint(fields=("member", "topic"))),
        ops.AddConstraint(model_name="OfferTopic", constraint=UniqueConstraint(fields=("offer", "topic"))),
        # Tortoise can't express partial unique indexes on SQLite: one open membership, one open response each.
        ops.RunSQL(
            sql="CREATE UNIQUE INDEX group_membership_one_open ON group_membership (group_id, member_id) "
            "WHERE status IN ('REQUESTED', 'INVITED', 'ACTIVE')",
            reverse_sql="DROP INDEX group_membership_one_open",
        ),
        ops.RunSQL(
            sql="CREATE UNIQUE INDEX offer_response_one_open ON offer_response (offer_id, member_id) "
            "WHERE status IN ('SENT', 'ACCEPTED')",
            reverse_sql="DROP INDEX offer_response_one_open",
        ),
        ops.RunSQL(
            sql="CREATE INDEX change_unnumbered ON change (id) WHERE seq IS NULL",
            reverse_sql="DROP INDEX change_unnumbered",
        ),
        ops.RunSQL(
            sql="INSERT INTO change_log (id, epoch, head) VALUES ('log', 1, 0)",
            reverse_sql="DELETE FROM change_log",
        ),
    ]
