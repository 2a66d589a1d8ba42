"""A member is erased: what models/privacy/personal_data.py declares, in one transaction; `sweep` does the rest.

The member's row stays, emptied, so that counts stay true; it has left, and nobody but the office sees it. What others
wrote stays, and so does what the member wrote for a group or an event, without name and addresses.
"""

from functools import reduce
from operator import or_
from typing import cast

from tortoise.expressions import Q
from tortoise.models import Model

from auth.access.privacy import is_oneself, member_to_erase
from models import (
    Account,
    AuditPersonal,
    Erasure,
    Event,
    EventStatus,
    Mail,
    Member,
    MemberKind,
    MemberStatus,
    Offer,
    Registration,
    Report,
    SignInSession,
    now,
)
from resolvers.accounts.sessions import end_sessions_of, verified
from resolvers.context import Context
from resolvers.events.mails import tell_of_cancellation
from resolvers.events.registrations import OPEN
from resolvers.inputs.validation import Check
from resolvers.privacy.emptying import empty, empty_ahead
from resolvers.privacy.leaving import leave
from resolvers.privacy.redaction import Redaction
from resolvers.privacy.rows import Owner, owner_of
from resolvers.search.indexing import delete_row
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import change, raise_version
from subscriptions.changes import EventCancelled, EventUpdated, MemberChanged, MemberErased, SearchIndexed
from subscriptions.outbox import Changes

# Why an event is cancelled, as those read who were registered.
_NOBODY_INVITES = "Wer dazu eingeladen hat, nimmt nicht mehr am Netzwerk teil."
# So many mails, or texts, are looked through at a time.
_AT_ONCE = 500


async def erase_member(ctx: Context, key: int | None, password: str | None = None) -> int:
    """Erase the member, of whatever status; its key. A person proves by their password, or a fresh sign-in, who asks.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, `RateLimited`, and `UserErrors`: REQUIRED and INVALID_CREDENTIALS
    of the password, WRONG_STATE for who was erased already.
    """
    check = Check()
    if is_oneself(ctx.viewer, key):
        await _judge_proof(ctx, check, password)

    async def find() -> tuple[Account | None, Member]:
        return await member_to_erase(ctx.viewer, key)

    async def act(changes: Changes, found: tuple[Account | None, Member]) -> int:
        account, member = found
        if await Erasure.exists(member_id=member.id):
            raise refuse((), UserErrorCode.WRONG_STATE, _("This member was erased already."))
        await erase(ctx, changes, account, member)
        return int(member.id)

    ctx.viewer.must_be_signed_in()
    if not check.errors:
        await empty_ahead(ctx, find)
    return await change(ctx, find, act, check)


async def _judge_proof(ctx: Context, check: Check, password: str | None) -> None:
    """An access token that was left lying about must not be enough."""
    assert ctx.viewer.account is not None
    if password:
        if await verified(ctx, ctx.viewer.account.email, password) is None:
            check.fail("password", UserErrorCode.INVALID_CREDENTIALS, _("This password is wrong."))
        return
    fresh = SignInSession.filter(id=ctx.viewer.session_id, created_at__gt=now() - ctx.rules.fresh_sign_in)
    if not await fresh.exists():
        check.fail("password", UserErrorCode.REQUIRED, _("Please fill this in."))


async def erase(ctx: Context, changes: Changes, account: Account | None, member: Member) -> None:
    """All that erasing means, within a transaction that holds the locks of both rows."""
    changes.concern(member)
    owner = await owner_of(member, account)
    redaction = Redaction(owner)
    if member.status is not MemberStatus.LEFT:
        await leave(ctx, changes, account, member)
    elif account is not None:
        await end_sessions_of(changes, account)
    cancelled = await _cancel_events(changes, member)
    await _drop_drafts(member)
    reached = await empty(owner, redaction)
    await _redact_beside(changes, owner, redaction)
    for event in reached:
        if isinstance(event, Event) and event.pk in cancelled:  # whose title names nobody any more
            await tell_of_cancellation(ctx.rules, event, cancelled[event.pk])
    await Erasure.create(member_id=member.id, account_key=account and account.id)
    changes.tell(*(EventUpdated(row.pk) for row in reached if isinstance(row, Event)))
    changes.tell(MemberErased(member.id), SearchIndexed())


async def _cancel_events(changes: Changes, member: Member) -> dict[int, list[int]]:
    """What the member alone invites to doesn't take place; what is a group's, too, is the group's from now on.

    By the keys of events who is registered for each.
    """
    cancelled = {}
    coming = Event.filter(host_id=member.id, group_id__isnull=True, status=EventStatus.PUBLISHED, ends_at__gt=now())
    for event in await coming.order_by("id").select_for_update(no_key=True):
        event.status, event.status_reason = EventStatus.CANCELLED, _NOBODY_INVITES
        raise_version(event)
        await event.save(update_fields=["status", "status_reason", "version", "updated_at"])
        registered = await Registration.filter(event_id=event.id, status__in=OPEN).order_by("queue_number", "id")
        cancelled[event.id] = [one.member_id for one in registered if one.member_id not in (None, member.id)]
        changes.tell(EventCancelled(event.id))
    return cancelled


async def _drop_drafts(member: Member) -> None:
    """What nobody else has ever seen, with the words that it alone has."""
    events = Event.filter(host_id=member.id, group_id__isnull=True, status=EventStatus.DRAFT)
    keys = cast("list[int]", await events.values_list("id", flat=True))
    drafts = await Event.filter(Q(id__in=keys) | Q(parent_id__in=keys)).order_by("id") if keys else []
    # Sessions before the event around them, with which they would go.
    for event in sorted(drafts, key=lambda one: one.parent_id is None):
        await delete_row(event)
    for offer in await Offer.filter(owner_id=member.id, published_at__isnull=True).order_by("id"):
        await delete_row(offer)


async def _redact_beside(changes: Changes, owner: Owner, redaction: Redaction) -> None:
    """What is others', and has the member's data in it: reports about it, or that name it, its address and number as
    an organisation's, mails, texts in the audit.

    A number that another person has, too, is theirs.
    """
    assert owner.member is not None
    about = Q(target_type="Member", target_key=owner.member.id)
    for phrase in redaction.whole:
        about |= Q(message__icontains=phrase) | Q(note__icontains=phrase)
    for report in await Report.filter(about).order_by("id"):
        for column in ("message", "note"):
            setattr(report, column, redaction(getattr(report, column)))
        await report.save(update_fields=["message", "note"])
    addresses, phone = sorted(owner.addresses), owner.member.phone
    shared = Q(email__in=addresses)
    if phone is not None:
        shared |= Q(phone=phone, kind=MemberKind.ORGANISATION)
    for other in await Member.filter(shared).order_by("id"):
        other.email = None if other.email in addresses else other.email
        if other.kind is MemberKind.ORGANISATION and other.phone == phone:
            other.phone = None
        raise_version(other)
        await other.save(update_fields=["email", "phone", "version", "updated_at"])
        changes.tell(MemberChanged(other.id))
    await _drop_what_names(redaction, Mail, "subject", "body")
    await _drop_what_names(redaction, AuditPersonal, "before", "after")


async def _drop_what_names(redaction: Redaction, model: type[Model], *columns: str) -> None:
    """Mails to others that name the member, sent or not: each has told, or tells, of what is gone.

    And what the audit has of others' texts that do: why the office decided about a report, an organisation's address.
    """
    for phrase in redaction.whole:
        naming = model.filter(reduce(or_, (Q(**{f"{column}__icontains": phrase}) for column in columns)))
        last = 0
        while some := await naming.filter(id__gt=last).order_by("id").limit(_AT_ONCE):
            last = some[-1].pk
            keys = [one.pk for one in some if any(redaction.names(getattr(one, column)) for column in columns)]
            await model.filter(id__in=keys).delete()
