"""Accounts that nobody uses: their owners are told some weeks before they are erased, with their member.

Who comes back in time stays, and is told again should they stay away anew. What is erased is a rule of
`resolvers.privacy.expiry`, which asks `told_and_inactive` here.
"""

from datetime import datetime
from functools import partial
from typing import cast

from tortoise.expressions import Q, Subquery

from models import (
    OPEN_RESPONSES,
    Account,
    ApiKey,
    Event,
    EventStatus,
    Member,
    MemberStatus,
    NetworkRole,
    Offer,
    OfferResponse,
    OfferStatus,
    Registration,
    Representation,
    now,
)
from resolvers.context import Context, Rules
from resolvers.events.registrations import OPEN
from resolvers.privacy.mails import tell_of_inactivity
from subscriptions.outbox import Changes

# So many are told in one run: the rest waits for the next.
_AT_ONCE = 100
# Who isn't let in has a rule of their own; who has left can't sign in to stay.
_THERE = (MemberStatus.ACTIVE, MemberStatus.SUSPENDED)


def told_and_inactive(before: datetime) -> Q:
    """Members whose account was last used before this instant, and whom that has been told for long enough.

    How long that is was decided when they were told: see `tell_the_inactive`.
    """
    return _inactive(before, Q(erased_from__lt=now()))


async def tell_the_inactive(ctx: Context) -> int:
    """The job: tell those whose time is nearly over from when on their account goes; how many.

    Every process may run it at any time: who has been told is told by no other.
    """
    rules = ctx.rules
    if not rules.kept_for.inactive_accounts:  # they are kept without end
        return 0
    silent = _inactive(now() - rules.kept_for.inactive_accounts + rules.inactive_notice, Q(erased_from__isnull=True))

    told = 0
    for key in await Member.filter(silent).order_by("id").limit(_AT_ONCE).values_list("id", flat=True):
        told += await ctx.outbox.write(partial(_tell, rules, silent, cast("int", key)))
    return told


async def _tell(rules: Rules, silent: Q, key: int, changes: Changes) -> bool:
    """Within a transaction that looks again, with the account locked: its owner may just come back."""
    account = await Account.filter(member_id=key).select_for_update(no_key=True).first()
    member = await Member.get_or_none(silent, id=key)
    if account is None or account.last_used_at is None or member is None:
        return False
    until = now() + rules.inactive_notice
    if not await tell_of_inactivity(rules, account.email, account.last_used_at, until):
        return False  # they get too many mails today
    changes.concern(member)
    return await Account.filter(id=account.id).update(erased_from=until) == 1


def _inactive(before: datetime, told: Q) -> Q:
    """Members whose account nobody has used since, `told` says of what else, and who have nothing going on.

    Nobody of the office, whose members are for the office to erase.
    """
    unused = Account.filter(told, role=NetworkRole.MEMBER, last_used_at__lt=before, member_id__isnull=False)
    inactive = Q(status__in=_THERE, id__in=Subquery(unused.values("member_id")))
    for busy in _with_something_going_on(before):
        acting = Representation.filter(organisation_id__in=busy)
        inactive &= Q(id__not_in=busy) & Q(id__not_in=Subquery(acting.values("person_id")))
    return inactive


def _with_something_going_on(since: datetime) -> list[Subquery]:
    """Members for whom others wait, each who acts for them included: by seats, responses, entries, events and keys."""
    coming = {"event__status": EventStatus.PUBLISHED, "event__ends_at__gt": now()}
    seats = Registration.filter(member_id__isnull=False, status__in=OPEN, **coming)
    on_the_board = {"offer__status": OfferStatus.PUBLISHED}
    responses = OfferResponse.filter(member_id__isnull=False, status__in=OPEN_RESPONSES, **on_the_board)
    entries = Offer.filter(owner_id__isnull=False, status=OfferStatus.PUBLISHED)
    events = Event.filter(host_id__isnull=False, status=EventStatus.PUBLISHED, ends_at__gt=now())
    keys = ApiKey.filter(revoked_at__isnull=True, last_used_at__gte=since)
    return [
        Subquery(seats.values("member_id")),
        Subquery(responses.values("member_id")),
        Subquery(entries.values("owner_id")),
        Subquery(events.values("host_id")),
        Subquery(keys.values("organisation_id")),
    ]
