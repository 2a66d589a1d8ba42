"""Members leave the network: what they began ends, what they wrote for groups and events stays."""

from tortoise.expressions import Q

from auth.access.offers import OfferAction
from auth.access.privacy import member_to_leave
from auth.access.rows import EVERYTHING, locked
from models import (
    OPEN_MEMBERSHIPS,
    Account,
    AccountLink,
    ApiKey,
    Event,
    EventStatus,
    Group,
    GroupMembership,
    Member,
    MembershipStatus,
    MemberStatus,
    Offer,
    OfferResponse,
    Registration,
    Representation,
    RepresentativeInvitation,
    ResponseStatus,
    now,
)
from resolvers.accounts.sessions import end_sessions_of
from resolvers.context import Context
from resolvers.events.registrations import OPEN
from resolvers.events.seats_and_waiting_list import give_up_place
from resolvers.groups.memberships.rules import end_in_any_case, is_its_only_coordinator
from resolvers.mail.queue import addresses_of
from resolvers.moderation.sight import sight_changes
from resolvers.offers.states import MOVES, changes_of, move
from resolvers.privacy.mails import tell_of_leaving, tell_the_office
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import change, raise_version
from subscriptions.changes import EventSeatsChanged, KeyRevoked, MemberChanged
from subscriptions.outbox import Changes


async def leave_network(ctx: Context, key: int | None) -> Member:
    """The member, the viewer's own where none is named, leaves for good. Its side is written to.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, and `UserErrors`: WRONG_STATE for who has left already.
    """

    async def act(changes: Changes, found: tuple[Account | None, Member]) -> Member:
        account, member = found
        if member.status is MemberStatus.LEFT:
            raise refuse((), UserErrorCode.WRONG_STATE, _("This member has left."))
        addresses = (await addresses_of([member.id], or_office=False)).get(member.id, [])
        await leave(ctx, changes, account, member)
        await tell_of_leaving(ctx.rules, addresses, member.name)
        return member

    return await change(ctx, lambda: member_to_leave(ctx.viewer, key), act)


async def leave(ctx: Context, changes: Changes, account: Account | None, member: Member) -> None:
    """All that leaving means, within a transaction that holds the locks of both rows; in the order of `locked`."""
    if account is not None:
        await end_sessions_of(changes, account)
        await AccountLink.filter(account_id=account.id).delete()
    await _revoke_keys(changes, member)
    uncoordinated = await _leave_groups(changes, member)
    await _give_up_seats(ctx, changes, member)
    await _withdraw_entries(ctx, changes, member)
    await OfferResponse.filter(member_id=member.id, status=ResponseStatus.SENT).update(status=ResponseStatus.WITHDRAWN)
    member.status, member.status_reason = MemberStatus.LEFT, None
    raise_version(member)
    async with sight_changes(ctx.rules, changes, member):
        await member.save(update_fields=["status", "status_reason", "version", "updated_at"])
        changes.tell(MemberChanged(member.id))
    unrepresented = await _represent_no_longer(changes, member)
    await tell_the_office(ctx.rules, unrepresented, uncoordinated)


async def _revoke_keys(changes: Changes, member: Member) -> None:
    keys = await ApiKey.filter(organisation_id=member.id, revoked_at__isnull=True).order_by("id")
    await ApiKey.filter(id__in=[one.id for one in keys]).update(revoked_at=now())
    changes.tell(*(KeyRevoked(one.id) for one in keys))


async def _leave_groups(changes: Changes, member: Member) -> list[str]:
    """End the memberships that are open; the names of groups whose only coordinator that was."""
    uncoordinated = []
    opened = GroupMembership.filter(member_id=member.id, status__in=OPEN_MEMBERSHIPS)
    for one in await opened.order_by("group_id"):
        group = await locked(Group, EVERYTHING, one.group_id)
        membership = await opened.filter(group_id=group.id).first()
        if membership is None:  # it ended while the group's lock was waited for
            continue
        if await is_its_only_coordinator(group, membership):
            uncoordinated.append(group.name)
        await end_in_any_case(changes, group, membership, MembershipStatus.LEFT)
    return uncoordinated


async def _give_up_seats(ctx: Context, changes: Changes, member: Member) -> None:
    """Give up what is still to come, a parent before its sessions; whoever waits moves up."""
    coming = Registration.filter(
        member_id=member.id, status__in=OPEN, event__status=EventStatus.PUBLISHED, event__ends_at__gt=now()
    )
    places = await coming.values_list("event__parent_id", "event_id", "id")
    for _parent, event_key, key in sorted(places, key=lambda one: (one[0] is not None, one[1])):
        event = await locked(Event, EVERYTHING, event_key)
        registration = await locked(Registration, EVERYTHING, key)
        if registration.status in OPEN:
            await give_up_place(ctx.rules, event, registration)
            changes.tell(EventSeatsChanged(event.id))


async def _withdraw_entries(ctx: Context, changes: Changes, member: Member) -> None:
    withdrawing = MOVES[OfferAction.WITHDRAW]
    own = Offer.filter(owner_id=member.id, status__in=withdrawing.sources)
    for offer in await own.order_by("id").select_for_update(no_key=True):
        move(offer, OfferAction.WITHDRAW, ctx.rules.offer_lifetime)
        raise_version(offer)
        await offer.save(update_fields=["status", "version", "updated_at"])
        changes.tell(*changes_of(offer, OfferAction.WITHDRAW))


async def _represent_no_longer(changes: Changes, member: Member) -> list[str]:
    """Nobody acts for the member any more, nor it for anybody; the names of those that nobody acts for now."""
    links = await Representation.filter(person_id=member.id).order_by("organisation_id")
    links += await Representation.filter(organisation_id=member.id).order_by("person_id")
    await Representation.filter(id__in=[one.id for one in links]).delete()
    await RepresentativeInvitation.filter(Q(organisation_id=member.id) | Q(person_id=member.id)).delete()
    others = {one.organisation_id for one in links} - {member.id}
    changes.tell(*(MemberChanged(key) for key in sorted(others | {one.person_id for one in links} - {member.id})))
    unrepresented = []
    for organisation in await Member.filter(id__in=list(others)).exclude(status=MemberStatus.LEFT).order_by("id"):
        acting = Representation.filter(organisation_id=organisation.id, person__status=MemberStatus.ACTIVE)
        if not await acting.exists():
            unrepresented.append(organisation.name)
    return unrepresented
