"""Accounts and who is asking, as the API says them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

import auth.viewer
import models
from models import GroupRole, MembershipStatus, RegistrationStatus, ResponseStatus
from resolvers import accounts, notifications, privacy, profiles, saved_searches
from schema.accounts.notifications import NotificationSetting, NotificationSettingInput
from schema.accounts.privacy import DataExport
from schema.declare.arguments import FORWARDS, PAGE, argument
from schema.declare.enums import describe
from schema.declare.fields import BY_CLOCK, computed, plain, relation, root
from schema.declare.ids import global_id, read_uuid
from schema.declare.info import Info
from schema.declare.inputs import given, optional
from schema.declare.mutations import mutation, user_errors
from schema.declare.prices import HASHING, LENGTH, MOST_SAVED, SUGGESTIONS, VALUE
from schema.declare.scalars import URL, EmailAddress
from schema.declare.seen_by import SeenBy
from schema.events import RegistrationConnection
from schema.groups import GroupMembershipConnection
from schema.matching.profiles import InterestProfile, InterestProfileInput
from schema.matching.saved_searches import SavedSearch
from schema.members import Member
from schema.network import Terms
from schema.nodes import Node, node, row_type
from schema.offers import OfferMatchConnection, OfferResponseConnection
from schema.user_errors import UserError

describe(
    auth.viewer.ViewerRole,
    "What who asks is to the network, whatever member they belong to. Grows.",
    named="NetworkRole",
    MEMBER="Acts for its own member, and for the organisations that this one represents.",
    OFFICE="Works in the coordination office (Koordinierungsstelle): approves, moderates, acts for others.",
    ADMIN="Looks after the server; in this API the same as OFFICE.",
    PARTNER="A program that asks by a key, for its organisation: what it may do is said by the key's scopes.",
)

_MEMBER: Any = argument(
    strawberry.ID | None, "Only of this member; left out: of all that the list holds. Of any other it holds none."
)


@node(
    models.SignInSession,
    accounts.sessions_by_id,
    "A sign-in of the viewer's account: one browser, one device. Not to be confused with a session of an event. Seen "
    "by whoever is signed in by that account.",
    "session",
    by_uuid=True,
)
class SignInSession(Node):
    current: bool = relation(
        accounts.session_is_current,
        "Whether it is the one by which the viewer asks.",
        depends_on=(),
        needs=(),
        seen_by=SeenBy.VIEWER,
        price=VALUE,
    )
    user_agent: str | None = plain(
        "As the browser, or the program, named itself (`User-Agent`) when the session was used last, up to 200 "
        "characters; null where it didn't."
    )
    created_at: datetime = plain("When it began.")
    last_used_at: datetime = plain(
        "When it was used last, to within the lifetime of an access token: its newest `refreshSession`, or when it "
        "began."
    )
    expires_at: datetime = plain("When it ends by itself.")


@row_type(
    auth.viewer.Viewer,
    "Who is asking: an account, and the member that it belongs to; or a key, and its organisation. Everything here is "
    "shown to who asks by that only.",
)
class Viewer:
    @computed("Opaque; stays the same for as long as the account, or the key, exists. No id of a Node.")
    def id(self: Any) -> strawberry.ID:
        return strawberry.ID(global_id("Viewer", self.account.id if self.key is None else self.caller))

    member: Member | None = plain(
        "The person that the account belongs to; of a key its organisation. Null for accounts of the office that are "
        "nobody's in the network.",
    )

    @computed(
        "Where the account signs in, which nobody else is told; null where it has none, as with a partner's key.",
    )
    def email(self: Any) -> EmailAddress | None:
        return None if self.account is None else self.account.email

    @computed("What the account, or the key, is to the network.")
    def role(self: Any) -> auth.viewer.ViewerRole:
        return self.role

    @computed("Since when signing in asks for a code of the account's second factor; null where it doesn't.")
    def second_factor_since(self: Any) -> datetime | None:
        return None if self.account is None else self.account.second_factor_since

    @computed(
        "Whether the account has to switch its second factor on before anything else: until then it sees what guests "
        "see, and looks after itself alone. So it may be with accounts of the office."
    )
    def needs_second_factor(self: Any) -> bool:
        return self.needs_second_factor

    acts_for: list[Member] = relation(
        accounts.viewer_acts_for,
        "Organisations that the viewer may act for, by name: those it represents that are active. The office, which "
        "may act for all, has here only those that it represents.",
        depends_on=(),
        size=LENGTH,
    )
    registrations: RegistrationConnection = relation(
        accounts.viewer_registrations,
        "The viewer's own and those of the organisations that they act for, the newest first.",
        depends_on=(),
        arguments={
            **PAGE,
            "event_id": argument(strawberry.ID | None, "Only for this event; left out: for all."),
            "member_id": _MEMBER,
            "statuses": argument(list[RegistrationStatus] | None, "Only those in one of these states; left out: all."),
        },
        ids={"event_id": "Event", "member_id": "Member"},
    )
    registrations_ical_url: URL | None = relation(
        accounts.viewer_registrations_ical_url,
        "A secret address of these registrations as iCalendar (RFC 5545), for a calendar application to subscribe to: "
        "who knows it sees them. It stays the same until `renewRegistrationsIcalUrl`. Null while the account's member "
        "is not active.",
        depends_on=(),
    )
    responses: OfferResponseConnection = relation(
        accounts.viewer_responses,
        "The viewer's own and those of the organisations that they act for, the newest first.",
        depends_on=(),
        arguments={
            **PAGE,
            "offer_id": argument(strawberry.ID | None, "Only to this entry; left out: to all."),
            "member_id": _MEMBER,
            "statuses": argument(list[ResponseStatus] | None, "Only those in one of these states; left out: all."),
        },
        ids={"offer_id": "Offer", "member_id": "Member"},
    )
    memberships: GroupMembershipConnection = relation(
        accounts.viewer_memberships,
        "The viewer's own and those of the organisations that they act for, the newest first: requests, invitations "
        "and past ones too.",
        depends_on=(),
        arguments={
            **PAGE,
            "group_id": argument(strawberry.ID | None, "Only in this group; left out: in all."),
            "member_id": _MEMBER,
            "statuses": argument(list[MembershipStatus] | None, "Only those in one of these states; left out: all."),
            "role": argument(GroupRole | None, "Only in this role; left out: in both."),
        },
        ids={"group_id": "Group", "member_id": "Member"},
    )
    saved_searches: list[SavedSearch] = relation(
        saved_searches.viewer_saved_searches,
        "The searches of the board that the account keeps, the oldest first. None where a key asks.",
        depends_on=(),
        size=MOST_SAVED,
    )
    profile: InterestProfile | None = relation(
        profiles.viewer_profile, "What they would like to do, as `setProfile` was told; null before.", depends_on=()
    )
    suggestions: OfferMatchConnection = relation(
        profiles.viewer_suggestions,
        "Entries that seek what the profile has to give, best first; none without a profile. Neither those of their "
        "own side nor what that has answered.",
        depends_on=(),
        price=SUGGESTIONS,
        arguments=FORWARDS,
    )
    sessions: list[SignInSession] = relation(
        accounts.viewer_sessions,
        "The sign-ins of the viewer's account that go on, those first that were used last. Of a key none.",
        depends_on=BY_CLOCK,
        size=accounts.MOST_SESSIONS,
    )
    data_exports: list[DataExport] = relation(
        privacy.viewer_data_exports,
        "The take-outs that the account asked for, the newest first. Of a key none.",
        depends_on=BY_CLOCK,
        size=privacy.MOST_EXPORTS,
    )
    notification_settings: list[NotificationSetting] = relation(
        notifications.viewer_notification_settings,
        "Which mails the account gets of those that one can do without, by kind; all others it gets. Of a key none.",
        depends_on=(),
        price=VALUE,
        size=len(models.NotificationKind),
    )
    terms_to_accept: Terms | None = relation(
        accounts.viewer_terms_to_accept,
        "The network's present terms, until the account has accepted them: by `acceptTerms`, or as it signed up. Null "
        "afterwards, where there are none, and where a key asks.",
        depends_on=(),
        price=VALUE,
    )


@strawberry.type
class AccountQueries:
    viewer: Viewer | None = root(accounts.viewer, "Who is asking. Null for guests.", depends_on=())


# ---------------------------------------------------------------- signing up and in


@strawberry.input(description="A person who wants to take part.")
class SignUpInput:
    name: str = strawberry.field(description="The person's name, 1 to 200 characters on one line.")
    email: EmailAddress = strawberry.field(
        description="Where the account signs in. The member's contact address begins as the same, seen by nobody else."
    )
    password: str = strawberry.field(description="10 to 200 characters, of any kind.")
    accepted_terms_version: str | None = strawberry.field(
        description="The version of `network.terms` that was shown and is accepted. Where the network insists on it, "
        "REQUIRED where it is left out, CONFLICT where the terms have changed meanwhile.",
        default=strawberry.UNSET,
    )
    invitation_token: str | None = optional(
        "The code of a mail that asks to act for an organisation: accepted when the address is confirmed. EXPIRED "
        "where it is over."
    )


@strawberry.input(description="What an account signs in with.")
class SignInInput:
    email: EmailAddress = strawberry.field(description="The address of the account, in any case.")
    password: str = strawberry.field(description="Its password.")
    code: str | None = optional("Where it has a second factor: the app's code of now, or a recovery code.")


@strawberry.type(description="The same whether or not the address has an account already.")
class SignUpPayload:
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="What became of an account.")
class AccountPayload:
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="A session. Keep both tokens secret.")
class SignInPayload:
    access_token: str | None = strawberry.field(
        default=None,
        description="For the header `Authorization: Bearer TOKEN`, and the payload of `connection_init`. Null with "
        "`userErrors`.",
    )
    expires_at: datetime | None = strawberry.field(
        default=None, description="When the access token ends: `refreshSession` in time. Null with `userErrors`."
    )
    refresh_token: str | None = strawberry.field(
        default=None, description="For `refreshSession`, good for one time. Null with `userErrors`."
    )
    viewer: Viewer | None = strawberry.field(default=None, description="Who is signed in now. Null with `userErrors`.")
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="What became of the session.")
class SignOutPayload:
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="What became of sessions of the viewer's account.")
class EndSessionPayload:
    ended_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="The ids of those that have ended by it. Empty with `userErrors`."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="What became of the viewer.")
class ViewerPayload:
    viewer: Viewer | None = strawberry.field(
        default=None, description="Who asks, as they are now. Null with `userErrors`."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="What became of the secret address of the viewer's calendar.")
class RegistrationsIcalUrlPayload:
    viewer: Viewer | None = strawberry.field(
        default=None, description="Whose address it is, with the new one. Null with `userErrors`."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type
class AccountMutations:
    @mutation(
        SignUpPayload,
        "Begins an account. The same answer whether or not the address has one already; a mail tells its owner how to "
        "go on.",
        price=HASHING,
    )
    async def sign_up(
        self, info: Info, input: Annotated[SignUpInput, strawberry.argument(description="Who wants to take part.")]
    ) -> SignUpPayload | None:
        await accounts.sign_up(info.context, given(input))
        return SignUpPayload()

    @mutation(
        AccountPayload,
        "Makes the account, by the link in that mail: from now on it can sign in, and its member has applied. By the "
        "link of `requestEmailChange` gives the account its new address. EXPIRED where the link is over or was used.",
    )
    async def confirm_email(
        self,
        info: Info,
        token: Annotated[str, strawberry.argument(description="What stands in the link as `token`, and in the mail.")],
    ) -> AccountPayload | None:
        await accounts.confirm_email(info.context, token)
        return AccountPayload()

    @mutation(
        SignInPayload,
        "Begins a session. INVALID_CREDENTIALS where address or password is wrong, never which of them. Where the "
        "account has a second factor, SECOND_FACTOR_REQUIRED at `code` while that is missing. Declined and suspended "
        "members may sign in, and see their own affairs.",
        price=HASHING,
    )
    async def sign_in(
        self, info: Info, input: Annotated[SignInInput, strawberry.argument(description="Address and password.")]
    ) -> SignInPayload | None:
        return session_payload(await accounts.sign_in(info.context, given(input)))

    @mutation(
        SignInPayload,
        "Exchanges a refresh token for new tokens. Each is good for one time: EXPIRED where it was used already, which "
        "ends its session, or is over.",
    )
    async def refresh_session(
        self,
        info: Info,
        refresh_token: Annotated[
            str, strawberry.argument(description="The newest one, of `signIn` or `refreshSession`.")
        ],
    ) -> SignInPayload | None:
        return session_payload(await accounts.refresh_session(info.context, refresh_token))

    @mutation(SignOutPayload, "Ends the session of the access token, on this device only: both its tokens are over.")
    async def sign_out(self, info: Info) -> SignOutPayload | None:
        await accounts.sign_out(info.context)
        return SignOutPayload()

    @mutation(
        EndSessionPayload,
        "Ends a session of the viewer's account, on whatever device: its tokens are over, and what is open by it "
        "closes at once. The one by which is asked may be ended, too, as by `signOut`.",
    )
    async def end_session(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The session.")]
    ) -> EndSessionPayload | None:
        return _ended(await accounts.end_session(info.context, read_uuid("SignInSession", id)))

    @mutation(
        EndSessionPayload, "Ends all sessions of the viewer's account but the one by which is asked, as `endSession`."
    )
    async def end_other_sessions(self, info: Info) -> EndSessionPayload | None:
        return _ended(await accounts.end_other_sessions(info.context))

    @mutation(
        ViewerPayload,
        "Says what the viewer would like to do, in place of what they said before: `suggestions` goes by it. FORBIDDEN "
        "for keys.",
    )
    async def set_profile(
        self,
        info: Info,
        input: Annotated[InterestProfileInput, strawberry.argument(description="All of the profile.")],
    ) -> ViewerPayload | None:
        viewer = await profiles.set_profile(info.context, given(input))
        return ViewerPayload(viewer=viewer)  # type: ignore[arg-type]

    @mutation(
        ViewerPayload,
        "Switches mails of some kinds on or off for the viewer's account; of the others that stays as it is. Mails of "
        "these kinds hold a link that does so, too. FORBIDDEN for keys.",
    )
    async def set_notifications(
        self,
        info: Info,
        settings: Annotated[
            list[NotificationSettingInput],
            strawberry.argument(description="At most 50; of a kind that is named twice the last one counts."),
        ],
    ) -> ViewerPayload | None:
        viewer = await notifications.set_notifications(info.context, [given(one) for one in settings])
        return ViewerPayload(viewer=viewer)  # type: ignore[arg-type]

    @mutation(
        ViewerPayload,
        "Accepts the network's terms: what `termsToAccept` showed. CONFLICT where they have changed meanwhile. "
        "FORBIDDEN for keys.",
    )
    async def accept_terms(
        self,
        info: Info,
        version: Annotated[str, strawberry.argument(description="The version of the terms that was shown.")],
    ) -> ViewerPayload | None:
        viewer = await accounts.accept_terms(info.context, version)
        return ViewerPayload(viewer=viewer)  # type: ignore[arg-type]

    @mutation(
        RegistrationsIcalUrlPayload,
        "Makes the secret address `Viewer.registrationsIcalUrl` anew. The one before is revoked: whoever still asks "
        "there finds nothing. FORBIDDEN while the account's member is not active.",
    )
    async def renew_registrations_ical_url(self, info: Info) -> RegistrationsIcalUrlPayload | None:
        viewer = await accounts.renew_registrations_ical_url(info.context)
        return RegistrationsIcalUrlPayload(viewer=viewer)  # type: ignore[arg-type]


def session_payload(signed_in: accounts.SignedIn) -> SignInPayload:
    """What signing in answers, in whatever way."""
    return SignInPayload(
        access_token=signed_in.access_token,
        expires_at=signed_in.expires_at,
        refresh_token=signed_in.refresh_token,
        viewer=signed_in.viewer,  # type: ignore[arg-type]
    )


def _ended(keys: Iterable[UUID]) -> EndSessionPayload:
    return EndSessionPayload(ended_ids=[strawberry.ID(global_id("SignInSession", key)) for key in keys])
