"""Who signs in: accounts, their sessions, sign-ups that wait for their mail to be answered, and links sent by mail."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.fields import InstantField, check, now, one_of
from models.members import Member, RepresentativeInvitation

# Of the version of the network's terms, in characters.
LONGEST_TERMS_VERSION = 40


# In place of a hash: no password is that of the account.
NO_PASSWORD = "!"


class NetworkRole(StrEnum):
    MEMBER = "MEMBER"
    OFFICE = "OFFICE"
    ADMIN = "ADMIN"


class Account(Model):
    """Signs in with `email`, which is folded to lower case. May belong to one member, a person."""

    id = fields.IntField(primary_key=True)
    email = fields.CharField(max_length=320, unique=True)
    password_hash = fields.CharField(max_length=300)
    role = fields.CharEnumField(NetworkRole, max_length=20, default=NetworkRole.MEMBER)
    member: fields.OneToOneNullableRelation[Member] = fields.OneToOneField(
        "models.Member", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    member_id: int | None
    # Rises when the address of the account's calendar is made anew: those of older generations lead nowhere.
    calendar_generation = fields.IntField(default=1, db_default=1)
    # Which version of the network's terms was accepted last, and when; null: none yet.
    accepted_terms_version = fields.CharField(max_length=LONGEST_TERMS_VERSION, null=True)
    accepted_terms_at = InstantField(null=True)
    # Since when signing in asks for a code of its `SecondFactor`; null where it doesn't.
    second_factor_since = InstantField(null=True)
    # When somebody signed in, or their session went on, last: to the day. It isn't written more often.
    last_used_at = InstantField(null=True, default=now, db_index=True)
    # From when on it goes because nobody uses it, as its owner was told; null where they weren't, or came back.
    erased_from = InstantField(null=True)
    # The kinds of mails that it gets none of, by name; null: it gets all.
    unwanted_mails: fields.Field[list[str] | None] = fields.JSONField(null=True)
    created_at = InstantField(default=now)

    class Meta:
        table = "account"
        constraints = (
            one_of("role", NetworkRole, "account"),
            check("account_email_folded", "email = lower(email)"),
            check("account_member_or_office", "role <> 'MEMBER' OR member_id IS NOT NULL"),
        )


class SecondFactor(Model):
    """The secret of an account's second factor, which is on once the account says since when.

    It is stored encrypted (`auth.second_factor`), and of recovery codes that are left only the hashes are.
    """

    id = fields.IntField(primary_key=True)
    account: fields.OneToOneRelation[Account] = fields.OneToOneField(
        "models.Account", related_name=False, on_delete=fields.CASCADE
    )
    account_id: int
    secret = fields.CharField(max_length=200)
    recovery_hashes: fields.Field[list[str]] = fields.JSONField(default=list)
    # The step of time whose code was used last: older ones are over, and so is that.
    last_step = fields.BigIntField(default=0)
    created_at = InstantField(default=now)

    class Meta:
        table = "second_factor"


class SignInSession(Model):
    """A sign-in: one browser, one device.

    A refresh token carries the session's id and the `generation` that it was made for. The one of the present
    generation is exchanged for the next, an older one was used already, and ends the session.
    """

    id = fields.UUIDField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    account_id: int
    generation = fields.IntField(default=1)
    # What the browser, or the program, said that it is, when the session was used last.
    user_agent = fields.CharField(max_length=200, null=True)
    created_at = InstantField(default=now)
    last_used_at = InstantField(default=now)
    expires_at = InstantField()
    ended_at = InstantField(null=True)

    class Meta:
        table = "sign_in_session"


class SignUp(Model):
    """A sign-up whose mail has not been answered yet, becomes an account and a member when it is."""

    id = fields.IntField(primary_key=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=200)
    email = fields.CharField(max_length=320, db_index=True)
    password_hash = fields.CharField(max_length=300)
    # Which version of the network's terms was accepted with it.
    accepted_terms_version = fields.CharField(max_length=LONGEST_TERMS_VERSION, null=True)
    # Begun to answer this invitation, which is accepted when the mail is answered.
    invitation: fields.ForeignKeyNullableRelation[RepresentativeInvitation] = fields.ForeignKeyField(
        "models.RepresentativeInvitation", related_name=False, null=True, on_delete=fields.SET_NULL, db_index=True
    )
    invitation_id: int | None
    # The organisation for which they apply as well, with what the office should know, and its first entry: as
    # `resolvers.members.applications` reads it.
    application: fields.Field[dict[str, Any] | None] = fields.JSONField(null=True)
    created_at = InstantField(default=now)
    expires_at = InstantField(db_index=True)

    class Meta:
        table = "sign_up"


class ProviderIdentity(Model):
    """Whose account somebody's is that the city's own provider knows: by issuer and subject, never by an address."""

    id = fields.IntField(primary_key=True)
    issuer = fields.CharField(max_length=500)
    subject = fields.CharField(max_length=255)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    account_id: int
    # Whether the account is of the office for as long as the provider says so.
    gives_office = fields.BooleanField(default=False)
    created_at = InstantField(default=now)

    class Meta:
        table = "provider_identity"
        unique_together = (("issuer", "subject"),)


class ProviderSignIn(Model):
    """Who came back from the provider, until the page that began it signs in: `challenge` is the hash of its secret."""

    id = fields.IntField(primary_key=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    challenge = fields.CharField(max_length=64)
    issuer = fields.CharField(max_length=500)
    subject = fields.CharField(max_length=255)
    email = fields.CharField(max_length=320)
    name = fields.CharField(max_length=200)
    claims_office = fields.BooleanField(default=False)
    created_at = InstantField(default=now)
    expires_at = InstantField(db_index=True)

    class Meta:
        table = "provider_sign_in"


class LinkPurpose(StrEnum):
    RESET_PASSWORD = "RESET_PASSWORD"
    SIGN_IN = "SIGN_IN"
    CHANGE_EMAIL = "CHANGE_EMAIL"


class AccountLink(Model):
    """A link that was sent by mail, good for one time: of its token only the hash is stored.

    Whoever has it has the mailbox of `email`. One without an account was asked for with an address that has none: it
    stands in no mail, and is there so that asking costs the same.
    """

    id = fields.IntField(primary_key=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    purpose = fields.CharEnumField(LinkPurpose, max_length=20)
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name=False, null=True, on_delete=fields.CASCADE, db_index=True
    )
    account_id: int | None
    # Where it was sent; of CHANGE_EMAIL, the address that the account gets by it.
    email = fields.CharField(max_length=320)
    created_at = InstantField(default=now)
    expires_at = InstantField(db_index=True)

    class Meta:
        table = "account_link"
        constraints = (one_of("purpose", LinkPurpose, "account_link"),)
