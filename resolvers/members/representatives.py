"""Persons come to act for organisations, and cease to."""

from auth.access.invitations import may_make_representatives
from auth.access.members import may_leave_unrepresented, member_to_represent, visible_members
from auth.access.rows import by_keys
from models import Member, MemberKind, MemberStatus, Representation, RepresentativeInvitation
from resolvers.context import Context
from resolvers.members.caretakers import must_be_organisation
from resolvers.members.invitations import ask_member, count_asking, represent, withdraw
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import change
from subscriptions.changes import MemberChanged
from subscriptions.outbox import Changes

_PERSON = ("memberId",)


async def add_representative(ctx: Context, organisation_id: int, member_id: int) -> Member:
    """Let an active person act for the organisation: at once where the office says so, else once they have agreed.

    Raises `UserErrors`, `Unauthenticated`, `NotFound`, `Forbidden`, `RateLimited`.
    """
    at_once = may_make_representatives(ctx.viewer)
    if not at_once:
        await count_asking(ctx, organisation_id, member_id)

    async def act(changes: Changes, organisation: Member) -> Member:
        must_be_organisation(organisation)
        person = await _person(ctx, member_id, _PERSON)
        if person.kind is not MemberKind.PERSON:
            raise refuse(_PERSON, UserErrorCode.INVALID, _("Only persons act for organisations."))
        if person.status is not MemberStatus.ACTIVE:
            raise refuse(_PERSON, UserErrorCode.WRONG_STATE, _("This member is not active."))
        if await Representation.exists(organisation_id=organisation.id, person_id=person.id):
            raise refuse(_PERSON, UserErrorCode.WRONG_STATE, _("This person acts for the organisation already."))
        if at_once:
            await represent(changes, organisation, person)
        else:
            await ask_member(ctx, organisation, person)
        return organisation

    return await change(ctx, lambda: member_to_represent(ctx.viewer, organisation_id), act)


async def remove_representative(ctx: Context, organisation_id: int, member_id: int) -> Member:
    """Let a person no longer act for the organisation, or ask them no longer to; the last active one: by the office.

    Raises `UserErrors`, `Unauthenticated`, `NotFound`, `Forbidden`.
    """

    async def act(changes: Changes, organisation: Member) -> Member:
        must_be_organisation(organisation)
        # A list shows them with a button beside each: no field names the person.
        person = await _person(ctx, member_id, ())
        if await withdraw(RepresentativeInvitation.filter(organisation_id=organisation.id, person_id=person.id)):
            return organisation
        acting = Representation.filter(organisation_id=organisation.id)
        if not await acting.filter(person_id=person.id).exists():
            raise refuse((), UserErrorCode.NOT_FOUND, _("This person doesn't act for the organisation."))
        others = acting.filter(person__status=MemberStatus.ACTIVE).exclude(person_id=person.id)
        if not may_leave_unrepresented(ctx.viewer) and not await others.exists():
            raise refuse((), UserErrorCode.WRONG_STATE, _("Somebody has to act for the organisation."))
        await Representation.filter(organisation_id=organisation.id, person_id=person.id).delete()
        changes.tell(MemberChanged(organisation.id), MemberChanged(person.id))
        return organisation

    return await change(ctx, lambda: member_to_represent(ctx.viewer, organisation_id), act)


async def _person(ctx: Context, key: int, path: tuple[str, ...]) -> Member:
    person = (await by_keys(Member, visible_members(ctx.viewer), [key])).get(key)
    if person is None:
        raise refuse(path, UserErrorCode.NOT_FOUND, _("There is no such member."))
    return person
