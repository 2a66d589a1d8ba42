"""In whose care a member is: who acts for it, reads and decides what is sent to it, and gets its mail."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from auth.access.members import in_the_office_s_care, known_in_care, member_to_decide, sees_inside
from models import Member, MemberKind, MemberStatus
from resolvers.context import Context
from resolvers.mail.letters import letter_to
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import change, raise_version
from subscriptions.changes import MemberChanged
from subscriptions.outbox import Changes


class Caretaker(StrEnum):
    SELF = "SELF"
    OFFICE = "OFFICE"


_TOLD = {
    True: _("The coordination office now takes care of {what}: it reads and decides what is sent to it."),
    False: _("{what} is again in the care of those who act for it: they read and decide what is sent to it."),
}


async def set_caretaker(ctx: Context, key: int | None, caretaker: Caretaker) -> Member:
    """The office takes care of an organisation, or leaves it to those who act for it, who are told by mail.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, `UserErrors`.
    """
    cares = caretaker is Caretaker.OFFICE

    async def act(changes: Changes, organisation: Member) -> Member:
        must_be_organisation(organisation)
        if organisation.office_cares == cares:
            return await _unchanged(organisation, caretaker)
        organisation.office_cares = cares
        raise_version(organisation)
        await organisation.save()
        if not cares:
            await _must_be_represented(organisation)
        changes.tell(MemberChanged(organisation.id))
        await letter_to(ctx.rules, [organisation.id], _("In whose care: {title}"), organisation, _TOLD[cares])
        return organisation

    return await change(ctx, lambda: member_to_decide(ctx.viewer, key), act)


async def _unchanged(organisation: Member, caretaker: Caretaker) -> Member:
    if caretaker is Caretaker.SELF:
        await _must_be_represented(organisation)
    return organisation


async def _must_be_represented(organisation: Member) -> None:
    """Raises `UserErrors` where it is the office's anyway."""
    if await in_the_office_s_care().filter(id=organisation.id).exists():
        raise refuse((), UserErrorCode.WRONG_STATE, _("Nobody acts for this organisation who could take care of it."))


def must_be_organisation(member: Member) -> None:
    """Raises `UserErrors` for a person, and for what has left."""
    if member.kind is not MemberKind.ORGANISATION:
        raise refuse((), UserErrorCode.INVALID, _("This is no organisation."))
    if member.status is MemberStatus.LEFT:
        raise refuse((), UserErrorCode.WRONG_STATE, _("This member has left."))


async def member_caretaker(ctx: Context, parents: Sequence[Member], columns: frozenset[str]) -> list[Caretaker | None]:
    """Who takes care of each, for its own side and the office."""
    return await _caretakers(ctx, [parent.id for parent in parents])


async def owner_caretaker(ctx: Context, parents: Sequence[Any], columns: frozenset[str]) -> list[Caretaker | None]:
    """Who takes care of the owner of the entry that each payload shows."""
    return await _caretakers(ctx, [parent.offer and parent.offer.owner_id for parent in parents])


async def host_caretaker(ctx: Context, parents: Sequence[Any], columns: frozenset[str]) -> list[Caretaker | None]:
    """Who takes care of the host of the event that each payload shows."""
    return await _caretakers(ctx, [parent.event and parent.event.host_id for parent in parents])


async def _caretakers(ctx: Context, keys: Iterable[int | None]) -> list[Caretaker | None]:
    keys = list(keys)
    cared = await known_in_care(ctx.viewer, keys)
    return [_caretaker(ctx, key, cared) for key in keys]


def _caretaker(ctx: Context, key: int | None, cared: set[int]) -> Caretaker | None:
    if key is None or not sees_inside(ctx.viewer, key):
        return None
    return Caretaker.OFFICE if key in cared else Caretaker.SELF
