"""What is kept for a time only: a rule for each, and the job that does what they say.

    ExpiryRule("reports", Report, "reports", "they were decided", lambda before: Q(decided_at__lt=before))

How long is a setting of each rule, `KEEP_REPORTS_DAYS`; models/privacy/personal_data.py names it at the table.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import cast

from tortoise.expressions import Q, Subquery
from tortoise.models import Model

from auth.access.privacy import member_to_erase
from auth.refusals import NotFound
from models import (
    Account,
    ApiKey,
    AuditEntry,
    AuditPersonal,
    Mail,
    Member,
    MemberStatus,
    NetworkRole,
    Registration,
    Report,
    SignInSession,
    SignUp,
    now,
)
from resolvers.context import Context
from resolvers.privacy.emptying import empty_ahead
from resolvers.privacy.erasure import erase
from resolvers.privacy.inactive import told_and_inactive
from resolvers.versioned import change
from subscriptions.outbox import Changes

# Rows of a transaction; transactions of a rule in one run, and members that are erased: the rest waits for the next.
_AT_ONCE = 500
_BATCHES = 20
_ERASED_AT_ONCE = 50


class Then(StrEnum):
    """What is done with a row whose time is over."""

    DELETED = "deleted"
    # It counts still.
    NOBODY_S = "kept without whose it is"
    # As by the office: with all that is theirs.
    ERASED = "erased"


@dataclass(frozen=True)
class ExpiryRule:
    """`what` is kept for its time after `since`; `over` finds what was before an instant."""

    # Of `KeptFor`, and in the setting.
    name: str
    model: type[Model]
    what: str
    since: str
    over: Callable[[datetime], Q]
    then: Then = Then.DELETED

    @property
    def setting(self) -> str:
        """Which setting says how many days."""
        return f"KEEP_{self.name.upper()}_DAYS"


def _not_let_in(before: datetime) -> Q:
    """Members about whom nobody has decided, or who were declined; not who is of the office, whose account would go."""
    office = Account.filter(role__not=NetworkRole.MEMBER, member_id__isnull=False).values("member_id")
    over = Q(status=MemberStatus.APPLIED, created_at__lt=before) | Q(
        status=MemberStatus.DECLINED, updated_at__lt=before
    )
    return over & Q(id__not_in=Subquery(office))


# In this order: what is erased one by one comes last.
RULES = (
    ExpiryRule("sign_ups", SignUp, "sign-ups", "their link was over", lambda before: Q(expires_at__lt=before)),
    ExpiryRule(
        "sessions",
        SignInSession,
        "sign-ins",
        "they ended, or were over",
        lambda before: Q(expires_at__lt=before) | Q(ended_at__lt=before),
    ),
    ExpiryRule("mails", Mail, "mails", "they were sent", lambda before: Q(sent_at__lt=before)),
    ExpiryRule(
        "api_keys",
        ApiKey,
        "partners' keys",
        "they were revoked, or over",
        lambda before: Q(expires_at__lt=before) | Q(revoked_at__lt=before),
    ),
    ExpiryRule(
        "registrations",
        Registration,
        "registrations for events",
        "the event ended",
        lambda before: Q(member_id__isnull=False, event__ends_at__lt=before),
        Then.NOBODY_S,
    ),
    ExpiryRule("reports", Report, "reports", "they were decided", lambda before: Q(decided_at__lt=before)),
    ExpiryRule(
        "audit_texts",
        AuditPersonal,
        "what people typed, in the audit",
        "it was done",
        lambda before: Q(occurred_at__lt=before),
    ),
    ExpiryRule("audit", AuditEntry, "the audit", "it was done", lambda before: Q(occurred_at__lt=before)),
    ExpiryRule(
        "applications",
        Member,
        "members that weren't let in",
        "they applied, or were declined",
        _not_let_in,
        Then.ERASED,
    ),
    ExpiryRule(
        "inactive_accounts",
        Member,
        "members whose account nobody uses",
        "they signed in last, and some weeks after they were told",
        told_and_inactive,
        Then.ERASED,
    ),
)


async def forget_what_is_over(ctx: Context) -> int:
    """The job: do what the rules say; with how many rows.

    Every process may run it at any time: what one has done another finds done. Nothing of it is told: nobody but whose
    it is, and the office, sees any of it; erasing tells for itself.
    """
    done = 0
    for rule in RULES:
        kept_for = getattr(ctx.rules.kept_for, rule.name)
        if not kept_for:  # without end
            continue
        over = rule.over(now() - kept_for)
        done += await (_erase_some(ctx, over) if rule.then is Then.ERASED else _forget(ctx, rule, over))
    return done


async def _forget(ctx: Context, rule: ExpiryRule, over: Q) -> int:
    async def work(changes: Changes) -> int:
        keys = await rule.model.filter(over).order_by("id").limit(_AT_ONCE).values_list("id", flat=True)
        rows = rule.model.filter(id__in=list(keys))
        if not keys:
            return 0
        if rule.then is Then.DELETED:
            return await rows.delete()
        return await rows.filter(member_id__isnull=False).update(member_id=None)

    done = 0
    for _batch in range(_BATCHES):
        some = await ctx.outbox.write(work)
        done += some
        if some < _AT_ONCE:
            break
    return done


async def _erase_some(ctx: Context, over: Q) -> int:
    done = 0
    for key in await Member.filter(over).order_by("id").limit(_ERASED_AT_ONCE).values_list("id", flat=True):
        with suppress(NotFound):
            await _erase_one(ctx, over, cast("int", key))
            done += 1
    return done


async def _erase_one(ctx: Context, over: Q, key: int) -> None:
    """In a transaction of its own, which looks again. Raises `NotFound` where something was decided meanwhile."""

    async def find() -> tuple[Account | None, Member]:
        found = await member_to_erase(ctx.viewer, key)
        if not await Member.filter(over, id=key).exists():
            raise NotFound
        return found

    async def act(changes: Changes, found: tuple[Account | None, Member]) -> None:
        await erase(ctx, changes, *found)

    await empty_ahead(ctx, find)
    await change(ctx, find, act)
