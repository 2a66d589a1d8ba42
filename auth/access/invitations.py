"""Who sees who was asked to act for an organisation, who takes that back, and who accepts it."""

from tortoise.expressions import Q

from auth.access.rows import locked
from auth.refusals import Forbidden, NotFound
from auth.viewer import Viewer, Visibility
from models import Account, Member, MemberStatus, RepresentativeInvitation, now


def visible_invitations(viewer: Viewer | Visibility) -> Q:
    """Those by mail to act for the organisations that the viewer represents; all by mail for the office.

    Not those of members, whose address nobody is told: `asked_members`. None for keys.
    """
    return _waiting(viewer) & Q(person_id__isnull=True)


def asked_members(viewer: Viewer | Visibility) -> Q:
    """Where members were asked to act for the organisations that the viewer represents; all for the office."""
    return _waiting(viewer) & Q(person_id__isnull=False)


def not_over() -> Q:
    """What waits for an answer now: what was withdrawn is over, too."""
    return Q(expires_at__gt=now())


def _waiting(viewer: Viewer | Visibility) -> Q:
    if viewer.is_office:
        return not_over()
    return not_over() & Q(organisation_id__in=list(viewer.own_ids) if viewer.is_active else [])


def sees_invitations(viewer: Viewer, member_id: int) -> bool:
    """Whether the viewer sees who was asked to act for this member: whoever may act for it, but for keys."""
    return viewer.is_active and viewer.may_act_for(member_id)


async def invitation_to_withdraw(viewer: Viewer, key: int | None) -> RepresentativeInvitation:
    """The invitation, locked, for who acts for the organisation. Raises `Unauthenticated`, `Forbidden`, `NotFound`."""
    viewer.must_be_active()
    invitation = await locked(RepresentativeInvitation, visible_invitations(viewer), key)
    if not viewer.may_act_for(invitation.organisation_id):
        raise Forbidden
    return invitation


def may_make_representatives(viewer: Viewer) -> bool:
    """Whether whom the viewer names acts for the organisation unasked: the office answers for having asked them."""
    return viewer.is_office


async def who_accepts(viewer: Viewer, invitation: RepresentativeInvitation) -> Member | None:
    """The person who accepts an invitation, by its code: the viewer; of guests, whose account has its address.

    None where there is nobody yet. Raises `NotFound` where it is another member's who was asked.
    """
    asked = invitation.person_id
    if viewer.member is not None:
        if asked not in (None, viewer.member_id):
            raise NotFound
        return viewer.member
    if asked is not None:
        return await Member.get_or_none(id=asked)
    account = await Account.get_or_none(email=invitation.email).select_related("member")
    return account.member if account is not None else None


async def organisation_of(invitation: RepresentativeInvitation) -> Member:
    """The organisation, locked: who has the code needs no other right. Raises `NotFound` where it has left."""
    return await locked(Member, Q(status__not=MemberStatus.LEFT), invitation.organisation_id)
