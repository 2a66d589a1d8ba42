"""Walks the whole table of docs/permissions.md: every role times every operation.

The table is the specification: a cell says what happens when this role asks for that operation. After a refusal nothing
has changed and nothing was told.
"""

import re
from asyncio import timeout
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyotp
import pytest
from structlog.testing import capture_logs

import models
from models import (
    Account,
    ApiKey,
    ApiKeyScope,
    Application,
    AuditEntry,
    DataExport,
    Event,
    Group,
    GroupPost,
    GroupRole,
    Mail,
    Member,
    MembershipStatus,
    MemberStatus,
    NetworkRole,
    Offer,
    OfferResponse,
    OfferStatus,
    PostAudience,
    Registration,
    Report,
    Representation,
    RepresentativeInvitation,
    ResponseStatus,
    SavedSearch,
    SecondFactor,
    SignInSession,
    SynonymGroup,
    now,
)
from resolvers.context import Context
from resolvers.terms import Terms
from schema.declare.ids import global_id, read_global_id
from schema.roots import build
from subscriptions.changes import Change, EventUpdated, GroupMemberLeft, OfferUpdated
from subscriptions.outbox import Changes
from tests.dump import dump
from tests.world import Answer, World

TABLE = Path(__file__).parents[2] / "docs/permissions.md"
SUSPENDED = "suspended organisation"
ROLES = (
    "guest", "applied", "suspended", "member", "own", "representative", SUSPENDED, "coordinator", "office", "admin",
    "reading key", "writing key",
)  # fmt: skip
# Who names the member in whose name they ask.
_NAMING = ("representative", SUSPENDED, "office", "admin")
KEYS: dict[str, tuple[ApiKeyScope, ...]] = {"reading key": (), "writing key": (ApiKeyScope.WRITE_BOARD,)}
OUTCOMES = {
    "yes": "allowed",
    "sign in": "UNAUTHENTICATED",
    "forbidden": "FORBIDDEN",
    "not found": "NOT_FOUND",
    "null": "null",
    "–": "doesn't arise",
}


def read_table() -> dict[str, dict[str, str]]:
    """The rows of the table: operation, then role, then outcome."""
    rows = {}
    for line in TABLE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == len(ROLES) + 1 and re.match(r"`", cells[0]):
            rows[cells[0].replace("`", "")] = dict(zip(ROLES, cells[1:], strict=True))
    return rows


@dataclass
class Cast:
    """Who is who in one cell: it is about the affairs of `owner`, in `group`, which the coordinator leads."""

    world: World
    role: str
    asker: Member | Account | ApiKey | None
    owner: Member
    person: Member
    group: Group
    stranger: Member

    async def event(self, **columns: Any) -> Event:
        """An event of the owner, in the group."""
        return await self.world.event("Fest", self.owner, group=self.group, **columns)

    async def membership(self, status: MembershipStatus, member: Member | None = None) -> str:
        """A membership in the group."""
        one = await self.world.membership(self.group, member or self.stranger, status)
        return global_id("GroupMembership", one.id)

    async def offer(self, status: OfferStatus = OfferStatus.PUBLISHED) -> str:
        """An entry of the owner, in the group; there was another one before, so this one needs no review."""
        await self.world.offer("Früher", self.owner, OfferStatus.WITHDRAWN)
        offer = await self.world.offer("Hilfe", self.owner, status, group=self.group)
        return global_id("Offer", offer.id)

    async def response(self, status: ResponseStatus = ResponseStatus.SENT, *, sent: bool = False) -> str:
        """A response to an entry of the owner; with `sent`, one of the owner's to somebody else's entry."""
        offer = await self.world.offer("Angebot", self.stranger if sent else self.owner, group=self.group)
        sender = self.owner if sent else self.stranger
        one = await OfferResponse.create(offer=offer, member=sender, message="Gern.", status=status)
        return global_id("OfferResponse", one.id)

    async def registration(self, member: Member | None = None, **columns: Any) -> str:
        """A confirmed registration for an event of the owner."""
        event = await self.event(capacity=5, confirmed_count=1, queue_number=1, **columns)
        one = await Registration.create(event=event, member=member or self.stranger, status="CONFIRMED", queue_number=1)
        return global_id("Registration", one.id)


Ask = tuple[str, dict[str, Any]]
OPERATIONS: dict[str, Callable[[Cast], Awaitable[Ask]]] = {}


def operation(name: str) -> Callable[[Callable[[Cast], Awaitable[Ask]]], Callable[[Cast], Awaitable[Ask]]]:
    """Registers how to ask for the operation of a row: a document with its variables."""

    def register(ask: Callable[[Cast], Awaitable[Ask]]) -> Callable[[Cast], Awaitable[Ask]]:
        OPERATIONS[name] = ask
        return ask

    return register


def call(name: str, arguments: str = "", declared: str = "", select: str = "", **variables: Any) -> Ask:
    """A mutation that selects its user errors, and what is given."""
    head = f"mutation({declared})" if declared else "mutation"
    arguments = f"({arguments})" if arguments else ""
    return f"{head} {{ it: {name}{arguments} {{ {select} userErrors {{ path code message }} }} }}", variables


def by_id(name: str, id: str, **rest: Any) -> Ask:
    """A mutation with an `id`, and further arguments written as they are."""
    more = "".join(f", {key}: {value}" for key, value in rest.items())
    return call(name, f"id: $id{more}", "$id: ID!", id=id)


def with_input(name: str, kind: str, /, **fields: Any) -> Ask:
    """A mutation with an `input`."""
    return call(name, "input: $input", f"$input: {kind}!", input=fields)


# ---------------------------------------------------------------- accounts


@operation("signUp")
async def _(cast: Cast) -> Ask:
    return with_input("signUp", "SignUpInput", name="Neu", email="neu@example.org", password="ein gutes Passwort")


@operation("applyAsOrganisation")
async def _(cast: Cast) -> Ask:
    person = {"name": "Neu", "email": "neu@example.org", "password": "ein gutes Passwort"}
    return with_input(
        "applyAsOrganisation",
        "ApplyAsOrganisationInput",
        person=person,
        organisation={"name": "Neuer Verein"},
        acceptedTermsVersion="1",
    )


@operation("signOut")
async def _(cast: Cast) -> Ask:
    return call("signOut")


_PASSWORD = "ein gutes Passwort"


async def _have_a_password(cast: Cast) -> None:
    """Every account, that of who asks among them."""
    if isinstance(cast.asker, Member):
        await cast.world.account(cast.asker)
    await Account.all().update(password_hash=await cast.world.services.passwords.hash(_PASSWORD))
    if isinstance(cast.asker, Account):
        await cast.asker.refresh_from_db()


@operation("requestPasswordReset")
async def _(cast: Cast) -> Ask:
    return call("requestPasswordReset", 'email: "neu@example.org"')


@operation("requestSignInLink")
async def _(cast: Cast) -> Ask:
    return call("requestSignInLink", 'email: "neu@example.org"')


@operation("changePassword")
async def _(cast: Cast) -> Ask:
    await _have_a_password(cast)
    fields = {"currentPassword": _PASSWORD, "newPassword": "ein anderes Passwort"}
    return with_input("changePassword", "ChangePasswordInput", **fields)


@operation("requestEmailChange")
async def _(cast: Cast) -> Ask:
    await _have_a_password(cast)
    return with_input("requestEmailChange", "RequestEmailChangeInput", newEmail="neu@example.org", password=_PASSWORD)


@operation("enrolSecondFactor")
async def _(cast: Cast) -> Ask:
    await _have_a_password(cast)
    return with_input("enrolSecondFactor", "EnrolSecondFactorInput", password=_PASSWORD)


@operation("confirmSecondFactor")
async def _(cast: Cast) -> Ask:
    secret = await _second_factor(cast, is_on=False)
    return call("confirmSecondFactor", "code: $code", "$code: String!", code=pyotp.TOTP(secret).now())


@operation("disableSecondFactor")
async def _(cast: Cast) -> Ask:
    await _have_a_password(cast)
    code = pyotp.TOTP(await _second_factor(cast, is_on=True)).now()
    return with_input("disableSecondFactor", "DisableSecondFactorInput", password=_PASSWORD, code=code)


async def _second_factor(cast: Cast, *, is_on: bool) -> str:
    """The secret of the second factor of the account that asks; of nobody's who asks by none."""
    asker = cast.asker if isinstance(cast.asker, (Member, Account)) else cast.stranger
    account = await cast.world.account(asker) if isinstance(asker, Member) else asker
    secret, sealed = cast.world.services.second_factors.new_secret()
    await SecondFactor.create(account=account, secret=sealed)
    await Account.filter(id=account.id).update(second_factor_since=now() if is_on else None)
    return secret


@operation("Viewer.sessions")
async def _(cast: Cast) -> Ask:
    return "{ it: viewer { sessions { current userAgent } } }", {}


@operation("endSession")
async def _(cast: Cast) -> Ask:
    return by_id("endSession", await _another_session(cast))


@operation("SignInSession")
async def _(cast: Cast) -> Ask:
    return _see("userAgent", await _another_session(cast), "SignInSession")


@operation("SignInSession of another account")
async def _(cast: Cast) -> Ask:
    stranger = await cast.world.account(await cast.world.member("Fremd"))
    return _see("userAgent", await _session_of(stranger), "SignInSession")


@operation("endOtherSessions")
async def _(cast: Cast) -> Ask:
    await _another_session(cast)
    return call("endOtherSessions")


@operation("acceptTerms")
async def _(cast: Cast) -> Ask:
    services = cast.world.services
    cast.world.services = replace(services, rules=replace(services.rules, terms=Terms("2026-11", "Seid nett.")))
    return call("acceptTerms", 'version: "2026-11"')


@operation("setNotifications")
async def _(cast: Cast) -> Ask:
    return call("setNotifications", "settings: [{kind: GROUP_REQUEST, mail: NONE}]")


@operation("Viewer.notificationSettings")
async def _(cast: Cast) -> Ask:
    return "{ it: viewer { notificationSettings { kind mail } } }", {}


@operation("requestDataExport")
async def _(cast: Cast) -> Ask:
    return call("requestDataExport")


@operation("Viewer.dataExports")
async def _(cast: Cast) -> Ask:
    return "{ it: viewer { dataExports { status url } } }", {}


@operation("DataExport")
async def _(cast: Cast) -> Ask:
    account = await cast.world.account(cast.asker) if isinstance(cast.asker, Member) else cast.asker
    return await _export_of(account if isinstance(account, Account) else await cast.world.account(cast.stranger))


@operation("DataExport of another account")
async def _(cast: Cast) -> Ask:
    return await _export_of(await cast.world.account(await cast.world.member("Fremd")))


async def _export_of(account: Account) -> Ask:
    made = await DataExport.create(account=account, mark=1)
    return _see("status", global_id("DataExport", made.id), "DataExport")


async def _another_session(cast: Cast) -> str:
    """Of the account that asks; of nobody's who asks by none."""
    asker = cast.asker
    account = await cast.world.account(asker) if isinstance(asker, Member) else asker
    return await _session_of(account if isinstance(account, Account) else await cast.world.account(cast.stranger))


async def _session_of(account: Account) -> str:
    session = await SignInSession.create(
        id=uuid4(), account=account, user_agent="Telefon/1", expires_at=now() + timedelta(days=1)
    )
    return global_id("SignInSession", session.id)


@operation("viewer")
async def _(cast: Cast) -> Ask:
    return "{ it: viewer { role } }", {}


@operation("Viewer.registrationsIcalUrl")
async def _(cast: Cast) -> Ask:
    return "{ it: viewer { it: registrationsIcalUrl } }", {}


@operation("renewRegistrationsIcalUrl")
async def _(cast: Cast) -> Ask:
    return call("renewRegistrationsIcalUrl")


# ---------------------------------------------------------------- members


@operation("updateMember")
async def _(cast: Cast) -> Ask:
    return with_input("updateMember", "UpdateMemberInput", id=global_id("Member", cast.owner.id), about="Neu")


@operation("updateMember of the asking person")
async def _(cast: Cast) -> Ask:
    asker = cast.asker if isinstance(cast.asker, Member) else cast.owner
    return with_input("updateMember", "UpdateMemberInput", id=global_id("Member", asker.id), about="Neu")


@operation("createOrganisation")
async def _(cast: Cast) -> Ask:
    return with_input("createOrganisation", "CreateOrganisationInput", name="Neuer Verein")


async def _organisation(cast: Cast) -> Member:
    if cast.role in (*_NAMING, *KEYS):
        return cast.owner
    return await cast.world.organisation("Fremd", by=cast.stranger)


@operation("addRepresentative")
async def _(cast: Cast) -> Ask:
    organisation = await _organisation(cast)
    return call(
        "addRepresentative",
        "organisationId: $o, memberId: $m",
        "$o: ID!, $m: ID!",
        o=global_id("Member", organisation.id),
        m=global_id("Member", (await cast.world.member("Neu")).id),
    )


@operation("removeRepresentative")
async def _(cast: Cast) -> Ask:
    organisation, second = await _organisation(cast), await cast.world.member("Zweite")
    await Representation.create(organisation=organisation, person=second)
    return call(
        "removeRepresentative",
        "organisationId: $o, memberId: $m",
        "$o: ID!, $m: ID!",
        o=global_id("Member", organisation.id),
        m=global_id("Member", second.id),
    )


@operation("inviteRepresentative")
async def _(cast: Cast) -> Ask:
    organisation = await _organisation(cast)
    return with_input(
        "inviteRepresentative",
        "InviteRepresentativeInput",
        organisationId=global_id("Member", organisation.id),
        email="neu@example.org",
        name="Erika",
    )


async def _invitation(cast: Cast) -> str:
    made = await RepresentativeInvitation.create(
        organisation=await _organisation(cast),
        email="neu@example.org",
        token_hash=uuid4().hex,
        expires_at=now() + timedelta(days=1),
    )
    return global_id("Invitation", made.id)


@operation("withdrawInvitation")
async def _(cast: Cast) -> Ask:
    return by_id("withdrawInvitation", await _invitation(cast))


@operation("Invitation")
async def _(cast: Cast) -> Ask:
    return _see("email", await _invitation(cast), "Invitation")


@operation("Member.invitations")
async def _(cast: Cast) -> Ask:
    return _see("it: invitations { email }", global_id("Member", (await _organisation(cast)).id), "Member")


@operation("Member.askedRepresentatives")
async def _(cast: Cast) -> Ask:
    return _see("it: askedRepresentatives { name }", global_id("Member", (await _organisation(cast)).id), "Member")


@operation("setCaretaker")
async def _(cast: Cast) -> Ask:
    organisation = global_id("Member", (await _organisation(cast)).id)
    return call("setCaretaker", "memberId: $id, caretaker: OFFICE", "$id: ID!", id=organisation)


async def _member(cast: Cast, status: MemberStatus) -> str:
    return global_id("Member", (await cast.world.member("Wer", status)).id)


@operation("approveMember")
async def _(cast: Cast) -> Ask:
    return by_id("approveMember", await _member(cast, MemberStatus.APPLIED))


@operation("declineMember")
async def _(cast: Cast) -> Ask:
    return by_id("declineMember", await _member(cast, MemberStatus.APPLIED), reason='"Unklar"')


@operation("suspendMember")
async def _(cast: Cast) -> Ask:
    return by_id("suspendMember", await _member(cast, MemberStatus.ACTIVE), reason='"Grund"')


@operation("reinstateMember")
async def _(cast: Cast) -> Ask:
    return by_id("reinstateMember", await _member(cast, MemberStatus.SUSPENDED))


@operation("leaveNetwork")
async def _(cast: Cast) -> Ask:
    return call("leaveNetwork", "memberId: $id", "$id: ID!", id=global_id("Member", cast.owner.id))


@operation("eraseMember")
async def _(cast: Cast) -> Ask:
    return by_id("eraseMember", global_id("Member", cast.owner.id))


def _see(field: str, key: str, type_name: str) -> Ask:
    return f"query($id: ID!) {{ it: node(id: $id) {{ ... on {type_name} {{ {field} }} }} }}", {"id": key}


@operation("Member that has applied")
async def _(cast: Cast) -> Ask:
    return _see("name", await _member(cast, MemberStatus.APPLIED), "Member")


async def _application(cast: Cast, person: Member) -> str:
    organisation = await cast.world.organisation("Neuer Verein", status=MemberStatus.APPLIED)
    await Application.create(person=person, organisation=organisation, message="Bitte")
    return global_id("Member", person.id)


@operation("Member.application")
async def _(cast: Cast) -> Ask:
    person = await cast.world.member("Wer", MemberStatus.APPLIED)
    return _see("it: application { message }", await _application(cast, person), "Member")


@operation("Member.application of the asking person")
async def _(cast: Cast) -> Ask:
    asker = cast.asker if isinstance(cast.asker, Member) else cast.stranger
    return _see("it: application { message }", await _application(cast, asker), "Member")


@operation("Member.email for nobody")
async def _(cast: Cast) -> Ask:
    await Member.filter(id=cast.owner.id).update(email="kontakt@example.org", email_audience="NOBODY")
    return _see("it: email", global_id("Member", cast.owner.id), "Member")


@operation("Member.email for members")
async def _(cast: Cast) -> Ask:
    await Member.filter(id=cast.owner.id).update(email="kontakt@example.org", email_audience="MEMBERS")
    return _see("it: email", global_id("Member", cast.owner.id), "Member")


@operation("Member.emailAudience")
async def _(cast: Cast) -> Ask:
    return _see("it: emailAudience", global_id("Member", cast.owner.id), "Member")


@operation("Member.statusReason")
async def _(cast: Cast) -> Ask:
    await Member.filter(id=cast.owner.id).update(status_reason="Grund")
    return _see("it: statusReason", global_id("Member", cast.owner.id), "Member")


# ---------------------------------------------------------------- groups


@operation("createGroup")
async def _(cast: Cast) -> Ask:
    return with_input("createGroup", "CreateGroupInput", name="Neue Gruppe", purpose="Gutes tun")


@operation("updateGroup")
async def _(cast: Cast) -> Ask:
    return with_input("updateGroup", "UpdateGroupInput", id=global_id("Group", cast.group.id), purpose="Neu")


def _as_member(cast: Cast) -> dict[str, str]:
    """An organisation's representative and the office name the member; a person is it."""
    if cast.role in _NAMING:
        return {"memberId": f'"{global_id("Member", cast.owner.id)}"'}
    return {}


@operation("joinGroup")
async def _(cast: Cast) -> Ask:
    group = await cast.world.group("Offen")
    return by_id("joinGroup", global_id("Group", group.id), **_as_member(cast))


@operation("joinGroup for another member")
async def _(cast: Cast) -> Ask:
    group = await cast.world.group("Offen")
    return by_id("joinGroup", global_id("Group", group.id), memberId=f'"{global_id("Member", cast.stranger.id)}"')


@operation("leaveGroup")
async def _(cast: Cast) -> Ask:
    group = await cast.world.group("Offen")
    member = cast.owner if _as_member(cast) or cast.role in KEYS else cast.asker
    if isinstance(member, Member):
        await cast.world.membership(group, member)
    return by_id("leaveGroup", global_id("Group", group.id), **_as_member(cast))


@operation("inviteToGroup")
async def _(cast: Cast) -> Ask:
    return by_id(
        "inviteToGroup", global_id("Group", cast.group.id), memberId=f'"{global_id("Member", cast.stranger.id)}"'
    )


@operation("answerGroupInvitation")
async def _(cast: Cast) -> Ask:
    id = await cast.membership(MembershipStatus.INVITED, cast.owner)
    return call("answerGroupInvitation", "membershipId: $id, accept: true", "$id: ID!", id=id)


@operation("decideJoinRequest")
async def _(cast: Cast) -> Ask:
    id = await cast.membership(MembershipStatus.REQUESTED)
    return call("decideJoinRequest", "membershipId: $id, accept: true", "$id: ID!", id=id)


@operation("removeFromGroup")
async def _(cast: Cast) -> Ask:
    id = await cast.membership(MembershipStatus.ACTIVE)
    return call("removeFromGroup", "membershipId: $id", "$id: ID!", id=id)


@operation("changeGroupRole")
async def _(cast: Cast) -> Ask:
    id = await cast.membership(MembershipStatus.ACTIVE)
    return call("changeGroupRole", "membershipId: $id, role: COORDINATOR", "$id: ID!", id=id)


@operation("publishGroupPost")
async def _(cast: Cast) -> Ask:
    return with_input(
        "publishGroupPost", "PublishGroupPostInput", groupId=global_id("Group", cast.group.id), title="Neu", body="Text"
    )


async def _post(cast: Cast, **columns: Any) -> str:
    """News of the owner's in the group, in which the owner takes no part (any more)."""
    columns = {"title": "Neues", "body": "Text", **columns}
    return global_id("GroupPost", (await GroupPost.create(group=cast.group, author=cast.owner, **columns)).id)


def _update_post(id: str) -> Ask:
    return call(
        "updateGroupPost", 'id: $id, title: "Anders", ifVersion: $ifVersion', "$id: ID!, $ifVersion: Int", id=id
    )


@operation("updateGroupPost")
async def _(cast: Cast) -> Ask:
    return _update_post(await _post(cast))


@operation("updateGroupPost for a group that one has left")
async def _(cast: Cast) -> Ask:
    return _update_post(await _post(cast, audience=PostAudience.GROUP))


@operation("deleteGroupPost")
async def _(cast: Cast) -> Ask:
    return by_id("deleteGroupPost", await _post(cast))


@operation("GroupPost for the group")
async def _(cast: Cast) -> Ask:
    return _see("title", await _post(cast, audience=PostAudience.GROUP), "GroupPost")


@operation("GroupPost for a group that one takes part in")
async def _(cast: Cast) -> Ask:
    if isinstance(cast.asker, Member) and cast.role != "coordinator":
        await cast.world.membership(cast.group, cast.asker)
    elif isinstance(cast.asker, ApiKey):  # takes part in nothing, though its organisation does
        await cast.world.membership(cast.group, cast.owner)
    return _see("title", await _post(cast, audience=PostAudience.GROUP), "GroupPost")


@operation("Group.memberships")
async def _(cast: Cast) -> Ask:
    return _see("it: memberships { totalCount }", global_id("Group", cast.group.id), "Group")


@operation("GroupMembership that is a request")
async def _(cast: Cast) -> Ask:
    return _see("status", await cast.membership(MembershipStatus.REQUESTED), "GroupMembership")


# ---------------------------------------------------------------- events


def _event_input(**rest: Any) -> dict[str, Any]:
    start = now() + timedelta(days=30)
    return {
        "title": "Neues Fest",
        "description": "Alle sind willkommen.",
        "kind": "MEETING",
        "startsAt": start.isoformat(),
        "endsAt": (start + timedelta(hours=2)).isoformat(),
        **rest,
    }


@operation("createEvent")
async def _(cast: Cast) -> Ask:
    return with_input("createEvent", "CreateEventInput", **_event_input())


@operation("createEvent in a group")
async def _(cast: Cast) -> Ask:
    return with_input("createEvent", "CreateEventInput", **_event_input(groupId=global_id("Group", cast.group.id)))


@operation("createEvent for another host")
async def _(cast: Cast) -> Ask:
    return with_input("createEvent", "CreateEventInput", **_event_input(hostId=global_id("Member", cast.stranger.id)))


@operation("updateEvent")
async def _(cast: Cast) -> Ask:
    event = await cast.event()
    return with_input("updateEvent", "UpdateEventInput", id=global_id("Event", event.id), title="Anders")


@operation("updateEvent that is a draft")
async def _(cast: Cast) -> Ask:
    event = await cast.event(status="DRAFT")
    return with_input("updateEvent", "UpdateEventInput", id=global_id("Event", event.id), title="Anders")


@operation("deleteEventDraft")
async def _(cast: Cast) -> Ask:
    return by_id("deleteEventDraft", global_id("Event", (await cast.event(status="DRAFT")).id))


@operation("publishEvent")
async def _(cast: Cast) -> Ask:
    return by_id("publishEvent", global_id("Event", (await cast.event(status="DRAFT")).id))


@operation("cancelEvent")
async def _(cast: Cast) -> Ask:
    return by_id("cancelEvent", global_id("Event", (await cast.event()).id), reason='"Sturm"')


@operation("registerForEvent")
async def _(cast: Cast) -> Ask:
    return by_id("registerForEvent", global_id("Event", (await cast.event()).id), **_as_member(cast))


@operation("registerForEvent for another member")
async def _(cast: Cast) -> Ask:
    event = await cast.event()
    member = f'"{global_id("Member", cast.stranger.id)}"'
    return by_id("registerForEvent", global_id("Event", event.id), memberId=member)


@operation("cancelRegistration by the registered side")
async def _(cast: Cast) -> Ask:
    event = await cast.world.event("Anderswo", cast.stranger, capacity=5, confirmed_count=1, queue_number=1)
    one = await Registration.create(event=event, member=cast.owner, status="CONFIRMED", queue_number=1)
    return by_id("cancelRegistration", global_id("Registration", one.id))


@operation("cancelRegistration by the event's side")
async def _(cast: Cast) -> Ask:
    return by_id("cancelRegistration", await cast.registration())


@operation("recordAttendance")
async def _(cast: Cast) -> Ask:
    id = await cast.registration(starts_at=now() - timedelta(hours=1))
    return call("recordAttendance", "registrationId: $id, attended: true", "$id: ID!", id=id)


@operation("Event that is a draft")
async def _(cast: Cast) -> Ask:
    return _see("title", global_id("Event", (await cast.event(status="DRAFT")).id), "Event")


@operation("Event.registrations")
async def _(cast: Cast) -> Ask:
    return _see("it: registrations { totalCount }", global_id("Event", (await cast.event()).id), "Event")


@operation("Registration")
async def _(cast: Cast) -> Ask:
    return _see("status", await cast.registration(), "Registration")


# ---------------------------------------------------------------- offers


def _offer_input(**rest: Any) -> dict[str, Any]:
    fields = {"direction": "SEEK", "category": "ROOM", "title": "Raum gesucht", "description": "Für Proben."}
    return {**fields, **rest}


@operation("createOffer")
async def _(cast: Cast) -> Ask:
    owner = {"ownerId": global_id("Member", cast.owner.id)} if _as_member(cast) else {}
    return with_input("createOffer", "CreateOfferInput", **_offer_input(**owner))


@operation("createOffer for another member")
async def _(cast: Cast) -> Ask:
    return with_input("createOffer", "CreateOfferInput", **_offer_input(ownerId=global_id("Member", cast.stranger.id)))


@operation("updateOffer")
async def _(cast: Cast) -> Ask:
    return with_input("updateOffer", "UpdateOfferInput", id=await cast.offer(), title="Anders")


@operation("updateOffer that is a draft")
async def _(cast: Cast) -> Ask:
    return with_input("updateOffer", "UpdateOfferInput", id=await cast.offer(OfferStatus.DRAFT), title="Anders")


@operation("publishOffer")
async def _(cast: Cast) -> Ask:
    return by_id("publishOffer", await cast.offer(OfferStatus.DRAFT))


@operation("deleteOfferDraft")
async def _(cast: Cast) -> Ask:
    return by_id("deleteOfferDraft", await cast.offer(OfferStatus.DRAFT))


@operation("publishOffer that is paused")
async def _(cast: Cast) -> Ask:
    return by_id("publishOffer", await cast.offer(OfferStatus.PAUSED))


@operation("pauseOffer")
async def _(cast: Cast) -> Ask:
    return by_id("pauseOffer", await cast.offer())


@operation("withdrawOffer")
async def _(cast: Cast) -> Ask:
    return by_id("withdrawOffer", await cast.offer())


@operation("reviewOffer")
async def _(cast: Cast) -> Ask:
    return by_id("reviewOffer", await cast.offer(OfferStatus.IN_REVIEW), accept="true")


async def _reported(cast: Cast) -> str:
    target = read_global_id(await cast.offer())
    assert target
    one = await Report.create(reason="SPAM", target_type="Offer", target_key=target[1], reporter=cast.owner)
    return global_id("Report", one.id)


@operation("report")
async def _(cast: Cast) -> Ask:
    target = global_id("Offer", (await cast.world.offer("Fremd", cast.stranger)).id)
    return with_input("report", "ReportInput", targetId=target, reason="SPAM", message="Immer wieder.")


@operation("decideReport")
async def _(cast: Cast) -> Ask:
    return by_id("decideReport", await _reported(cast), uphold="true", note='"Stimmt."')


@operation("reports")
async def _(cast: Cast) -> Ask:
    return "{ it: reports { totalCount } }", {}


@operation("Report")
async def _(cast: Cast) -> Ask:
    return _see("reason", await _reported(cast), "Report")


@operation("auditLog")
async def _(cast: Cast) -> Ask:
    return "{ it: auditLog { totalCount } }", {}


@operation("AuditEntry")
async def _(cast: Cast) -> Ask:
    one = await AuditEntry.create(action="CHANGED", operation="updateOffer", changed=["title"])
    return _see("operation", global_id("AuditEntry", one.id), "AuditEntry")


@operation("hide")
async def _(cast: Cast) -> Ask:
    return call("hide", 'id: $id, reason: "Grund"', "$id: ID!", id=await cast.offer())


@operation("unhide")
async def _(cast: Cast) -> Ask:
    await Offer.filter(id=read_global_id(id := await cast.offer())[1]).update(hidden_at=now(), hidden_reason="Grund")  # type: ignore[index]
    return by_id("unhide", id)


@operation("Offer that is hidden")
async def _(cast: Cast) -> Ask:
    await Offer.filter(id=read_global_id(id := await cast.offer())[1]).update(hidden_at=now(), hidden_reason="Grund")  # type: ignore[index]
    return _see("hiddenReason", id, "Offer")


@operation("Event that is hidden")
async def _(cast: Cast) -> Ask:
    event = await cast.event(hidden_at=now(), hidden_reason="Grund")
    return _see("hiddenReason", global_id("Event", event.id), "Event")


@operation("Group that is hidden")
async def _(cast: Cast) -> Ask:
    await Group.filter(id=cast.group.id).update(hidden_at=now(), hidden_reason="Grund")
    return _see("hiddenReason", global_id("Group", cast.group.id), "Group")


@operation("GroupPost that is hidden")
async def _(cast: Cast) -> Ask:
    hidden: dict[str, Any] = {"hidden_at": now(), "hidden_reason": "Grund"}
    post = await GroupPost.create(group=cast.group, author=cast.owner, title="Neues", body="Text", **hidden)
    return _see("hiddenReason", global_id("GroupPost", post.id), "GroupPost")


@operation("Member that is hidden")
async def _(cast: Cast) -> Ask:
    await Member.filter(id=cast.owner.id).update(hidden_at=now(), hidden_reason="Grund")
    return _see("hiddenReason", global_id("Member", cast.owner.id), "Member")


@operation("fulfilOffer")
async def _(cast: Cast) -> Ask:
    return by_id("fulfilOffer", await cast.offer())


@operation("dismissMatch")
async def _(cast: Cast) -> Ask:
    match = global_id("Offer", (await cast.world.offer("Klavier", cast.stranger, direction="PROVIDE")).id)
    named = {"own": await cast.offer(), "match": match}
    return call("dismissMatch", "ownId: $own, matchId: $match", "$own: ID!, $match: ID!", **named)


@operation("respondToOffer")
async def _(cast: Cast) -> Ask:
    offer = await cast.world.offer("Fremd", cast.stranger)
    member = {"memberId": global_id("Member", cast.owner.id)} if _as_member(cast) else {}
    return with_input(
        "respondToOffer", "RespondToOfferInput", offerId=global_id("Offer", offer.id), message="Gern.", **member
    )


@operation("decideResponse")
async def _(cast: Cast) -> Ask:
    return by_id("decideResponse", await cast.response(), accept="true")


@operation("withdrawResponse")
async def _(cast: Cast) -> Ask:
    return by_id("withdrawResponse", await cast.response(sent=True))


@operation("Offer that is a draft")
async def _(cast: Cast) -> Ask:
    return _see("title", await cast.offer(OfferStatus.DRAFT), "Offer")


@operation("Offer that was withdrawn")
async def _(cast: Cast) -> Ask:
    return _see("title", await cast.offer(OfferStatus.WITHDRAWN), "Offer")


@operation("Offer.responses")
async def _(cast: Cast) -> Ask:
    return _see("it: responses { totalCount }", await cast.offer(), "Offer")


@operation("Offer.statusReason")
async def _(cast: Cast) -> Ask:
    id = await cast.offer()
    await Offer.filter(title="Hilfe").update(status_reason="Zu kurz")
    return _see("it: statusReason", id, "Offer")


@operation("OfferResponse")
async def _(cast: Cast) -> Ask:
    return _see("message", await cast.response(), "OfferResponse")


async def _care(cast: Cast, *, sent: bool = False) -> OfferResponse:
    """A response to an entry of an organisation that nobody represents; with `sent`, one of such an organisation."""
    orphan = await cast.world.organisation("Verwaist")
    offer = await cast.world.offer("Angebot", cast.stranger if sent else orphan, group=cast.group)
    return await OfferResponse.create(offer=offer, member=orphan if sent else cast.stranger, message="Gern.")


@operation("decideResponse to an organisation in the office's care")
async def _(cast: Cast) -> Ask:
    return by_id("decideResponse", global_id("OfferResponse", (await _care(cast)).id), accept="true")


@operation("withdrawResponse of an organisation in the office's care")
async def _(cast: Cast) -> Ask:
    return by_id("withdrawResponse", global_id("OfferResponse", (await _care(cast, sent=True)).id))


@operation("Offer.responses of an organisation in the office's care")
async def _(cast: Cast) -> Ask:
    return _see("it: responses { totalCount }", global_id("Offer", (await _care(cast)).offer_id), "Offer")


@operation("OfferResponse to an organisation in the office's care")
async def _(cast: Cast) -> Ask:
    return _see("message", global_id("OfferResponse", (await _care(cast)).id), "OfferResponse")


# ---------------------------------------------------------------- partners' keys


@operation("apiKeys")
async def _(cast: Cast) -> Ask:
    await cast.world.key(cast.owner)
    return "{ it: apiKeys { name } }", {}


@operation("ApiKey")
async def _(cast: Cast) -> Ask:
    return _see("name", global_id("ApiKey", (await cast.world.key(cast.owner)).id), "ApiKey")


@operation("createApiKey")
async def _(cast: Cast) -> Ask:
    organisation = cast.owner if cast.role != "own" else await cast.world.organisation("Eigen", by=cast.person)
    return with_input(
        "createApiKey",
        "CreateApiKeyInput",
        name="Vereinsseite",
        scopes=["READ"],
        organisationId=global_id("Member", organisation.id),
    )


@operation("revokeApiKey")
async def _(cast: Cast) -> Ask:
    return by_id("revokeApiKey", global_id("ApiKey", (await cast.world.key(cast.owner)).id))


# ---------------------------------------------------------------- the town's own words


@operation("saveTopic")
async def _(cast: Cast) -> Ask:
    return with_input("saveTopic", "SaveTopicInput", name=f"Schach {cast.role}", synonyms=["Brettspiele"])


@operation("saveDistrict")
async def _(cast: Cast) -> Ask:
    return with_input("saveDistrict", "SaveDistrictInput", name=f"Neuland {cast.role}", postalCodes=["38440"])


# ---------------------------------------------------------------- saved searches


async def _search(cast: Cast) -> str:
    """A saved search of the owner, or of who represents it."""
    account = await cast.world.account(cast.person)
    return global_id("SavedSearch", (await SavedSearch.create(account=account, name="Hallen")).id)


@operation("saveSearch")
async def _(cast: Cast) -> Ask:
    return with_input("saveSearch", "SaveSearchInput", name="Hallen", filter={"direction": "PROVIDE"})


@operation("deleteSavedSearch")
async def _(cast: Cast) -> Ask:
    return by_id("deleteSavedSearch", await _search(cast))


@operation("markSavedSearchSeen")
async def _(cast: Cast) -> Ask:
    return by_id("markSavedSearchSeen", await _search(cast))


@operation("setProfile")
async def _(cast: Cast) -> Ask:
    return with_input("setProfile", "InterestProfileInput", hoursPerWeek=2)


@operation("SavedSearch")
async def _(cast: Cast) -> Ask:
    return _see("name", await _search(cast), "SavedSearch")


# ---------------------------------------------------------------- the search's words


@operation("synonyms")
async def _(cast: Cast) -> Ask:
    await SynonymGroup.create(words=["Rad", "Velo"])
    return "{ it: synonyms { words } }", {}


@operation("Synonyms")
async def _(cast: Cast) -> Ask:
    return _see("words", global_id("Synonyms", (await SynonymGroup.create(words=["Rad", "Velo"])).id), "Synonyms")


@operation("saveSynonyms")
async def _(cast: Cast) -> Ask:
    mutation = "mutation($words: [String!]!) { it: saveSynonyms(words: $words) { userErrors { code } } }"
    return mutation, {"words": ["Rad", "Velo"]}


# ---------------------------------------------------------------- live updates


def _live(field: str, **variables: Any) -> Ask:
    return f"subscription($id: ID!, $after: String!) {{ it: {field} }}", variables


@operation("offerChanged")
async def _(cast: Cast) -> Ask:
    return _live("offerChanged(id: $id, after: $after) { change }", id=await cast.offer())


@operation("offerChanged of a draft")
async def _(cast: Cast) -> Ask:
    return _live("offerChanged(id: $id, after: $after) { change }", id=await cast.offer(OfferStatus.DRAFT))


@operation("groupUpdated")
async def _(cast: Cast) -> Ask:
    return _live("groupUpdated(id: $id, after: $after) { groupId }", id=global_id("Group", cast.group.id))


@operation("eventChanged")
async def _(cast: Cast) -> Ask:
    return _live("eventChanged(id: $id, after: $after) { change }", id=global_id("Event", (await cast.event()).id))


@operation("officeQueueChanged")
async def _(cast: Cast) -> Ask:
    # What happens to an entry is counted.
    return "subscription($after: String!) { it: officeQueueChanged(after: $after) { reviews } }", {
        "id": await cast.offer()
    }


@operation("eventChanged of a draft")
async def _(cast: Cast) -> Ask:
    return _live(
        "eventChanged(id: $id, after: $after) { change }", id=global_id("Event", (await cast.event(status="DRAFT")).id)
    )


# ---------------------------------------------------------------- the walk


# Of everybody, and for nobody.
CONTACT: dict[str, Any] = {"email": "kontakt@zeigt.example", "phone": "+495361980017"}


async def cast_for(world: World, role: str) -> Cast:
    """The people of one cell, all new."""
    person, stranger = await world.member("Eigen", **CONTACT), await world.member("Fremd", **CONTACT)
    leader = await world.member("Leitung", **CONTACT)
    for one in (person, stranger, leader):
        await world.account(one)  # whoever has none gets no mail
    status = MemberStatus.SUSPENDED if role == SUSPENDED else MemberStatus.ACTIVE
    owner = person if role == "own" else await world.organisation("Verein", by=person, status=status, **CONTACT)
    group = await world.group("AG", coordinator=leader)
    if role == SUSPENDED:
        second = await world.organisation("Zweiter Verein", by=person, status=status)
        await world.membership(group, second, role=GroupRole.COORDINATOR)
    askers: dict[str, Member | Account | ApiKey | None] = {
        "guest": None,
        "applied": await world.member("Neu", MemberStatus.APPLIED, **CONTACT),
        "suspended": await world.member("Gesperrt", MemberStatus.SUSPENDED, **CONTACT),
        "member": await world.member("Mitglied", **CONTACT),
        "own": person,
        "representative": person,
        SUSPENDED: person,
        "coordinator": leader,
        "office": await world.account(role=NetworkRole.OFFICE),
        "admin": await world.account(role=NetworkRole.ADMIN),
        **{role: await world.key(owner, *scopes) for role, scopes in KEYS.items()},
    }
    return Cast(world, role, askers[role], owner, person, group, stranger)


def refusal(answer: Answer) -> str:
    """The table's word for the first error."""
    return {code: word for word, code in OUTCOMES.items()}.get(answer.codes[0], str(answer.errors))


async def live_outcome(world: World, context: Context, document: str, variables: dict[str, Any]) -> str:
    """Whether an update of the object arrives, or what the subscription is refused with."""
    cursor = await world.services.hub.cursor()
    read = read_global_id(variables["id"])
    assert read
    change: Change = {"Offer": OfferUpdated, "Event": EventUpdated, "Group": GroupMemberLeft}[read[0]](
        *([read[1], 1] if read[0] == "Group" else [read[1]])
    )

    async def tell(changes: Changes) -> None:
        changes.tell(change)

    await world.services.outbox.write(tell)
    async with timeout(10):
        updates = world.subscribe(document, context, after=cursor, **variables)
        answer = await anext(updates)
        await updates.aclose()
    if answer.errors:
        return refusal(answer)
    return "yes" if answer.data else "null"


async def outcome(world: World, context: Context, document: str, variables: dict[str, Any]) -> str:
    """What happens: a word of the table."""
    if document.startswith("subscription"):
        return await live_outcome(world, context, document, variables)
    answer = await world.ask(document, context, **variables)
    if answer.errors:
        return refusal(answer)
    found = (answer.data or {})["it"]
    if isinstance(found, dict) and "it" in found:  # a field of an object
        found = found["it"]
    if found is None:
        return "null"
    if isinstance(found, dict) and found.get("userErrors"):
        return str(found["userErrors"])
    return "yes"


def test_the_table_names_every_operation_and_only_known_outcomes() -> None:
    table = read_table()
    assert set(table) == set(OPERATIONS)
    assert {cell for row in table.values() for cell in row.values()} <= set(OUTCOMES)
    mutations = build()._schema.mutation_type.fields  # type: ignore[union-attr]
    named = {name.split()[0] for name in table}
    by_secret = {
        "signIn",
        "signInWithLink",
        "signInWithProvider",
        "confirmEmail",
        "refreshSession",
        "resetPassword",
        "acceptInvitation",
    }
    assert set(mutations) - named == by_secret, "these need no rights, but a secret"


@pytest.mark.walk(every=4)
@pytest.mark.parametrize("name", list(OPERATIONS))
async def test_every_role_gets_what_the_table_says(world: World, name: str, caplog: pytest.LogCaptureFixture) -> None:
    world.without_rates()
    expected = {role: word for role, word in read_table()[name].items() if word != "–"}
    found = {}
    for role in expected:
        cast = await cast_for(world, role)
        document, variables = await OPERATIONS[name](cast)
        context = await world.context(cast.asker)
        before = await dump()
        with capture_logs() as logged:
            found[role] = await outcome(world, context, document, variables)
        if document.startswith("mutation"):
            assert (await dump() == before) == (found[role] != "yes"), role
        await must_name_nobody(f"{logged} {caplog.text}")
    assert found == expected


async def must_name_nobody(logged: str) -> None:
    """Neither contact data nor where somebody signs in stands in the log, the outbox, or mails to others."""
    accounts: set[str] = {one.email for one in await Account.all()}
    told = str(await models.Change.all().values_list("facts", flat=True))
    assert not any(one in told + logged for one in (*accounts, *CONTACT.values()))
    for mail in await Mail.all():
        others = (*(accounts - {mail.recipient}), *CONTACT.values())
        assert not any(one in mail.subject + mail.body for one in others), mail.subject
