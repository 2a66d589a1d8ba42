"""Mail: written as rows in the transaction that it tells of, delivered by a job.

    await post(ctx.rules, mail(recipient, subject, body), ...)  # within `Outbox.write`

What people can do without says its kind, which they may switch off; what they have to know has none.

Texts are in German and in English, one after the other (`resolvers.mail.letters`): who gets a mail has no
`Accept-Language`. Who asks for one themselves has: see `resolvers.accounts.mails`.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from datetime import timedelta

import structlog
from tortoise.expressions import Q, Subquery
from tortoise.functions import Count

from models import Account, Mail, Member, MemberKind, MemberStatus, NetworkRole, NotificationKind, now
from models.sql.compile import keys_value
from models.sql.statements import Statement
from resolvers.context import Context, Rules
from resolvers.mail.unsubscribing import say_where_to_unsubscribe
from subscriptions.outbox import Changes

log = structlog.get_logger()

Deliver = Callable[[Mail], Awaitable[None]]

_AT_ONCE = 50
_DELIVERY_SECONDS = 60.0
_FIRST_RETRY = timedelta(minutes=2)  # longer than a delivery may take
_LAST_RETRY = timedelta(hours=6)
_DAY = timedelta(days=1)
# The end of the last mail that a recipient gets for now.
_NO_MORE = """
--
An diese Adresse gingen in den letzten 24 Stunden ungewöhnlich viele Mails. Weitere werden vorerst nicht verschickt:
Was es Neues gibt, steht nach dem Einloggen im Netzwerk.

Unusually many mails went to this address within 24 hours. No more are sent for now: what is new you see in the network
when you are signed in.
"""
_RECIPIENTS_AT_ONCE = 1000
# So many people of the office get a mail that is for the office.
_MOST_OF_THE_OFFICE = 20


def mail(recipient: str, subject: str, body: str, kind: NotificationKind | None = None) -> Mail:
    """A mail, not stored yet. The subject becomes one line of at most 300 characters."""
    return Mail(recipient=recipient, subject=" ".join(subject.split())[:300], body=body.strip() + "\n", kind=kind)


async def post(rules: Rules, *mails: Mail) -> int:
    """Store mails for delivery: within `work`, so that they are sent only if it is committed; how many. Two statements,
    three where one has a kind: who has switched that off gets none of it.

    One recipient gets `rules.mails_a_day` within 24 hours at most, whatever causes them: the last one says so, and what
    there is beyond is not stored.
    """
    wanted = await _wanted(mails)
    if not wanted:
        return 0
    posted = await _posted_lately({one.recipient for one in wanted})
    stored = []
    for one in wanted:
        posted[one.recipient] += 1
        if posted[one.recipient] > rules.mails_a_day:
            continue
        if posted[one.recipient] == rules.mails_a_day:
            one.body += _NO_MORE
        stored.append(one)
    if len(stored) < len(wanted):
        log.warning("too many mails to one recipient", dropped=len(wanted) - len(stored))
    if stored:
        await Mail.bulk_create(stored)
    return len(stored)


async def _wanted(mails: Sequence[Mail]) -> list[Mail]:
    """Those that nobody has switched off: one statement for every thousand recipients of mails that have a kind."""
    recipients = list({one.recipient for one in mails if one.kind is not None})
    unwanted: dict[str, list[str]] = {}
    for start in range(0, len(recipients), _RECIPIENTS_AT_ONCE):
        some = recipients[start : start + _RECIPIENTS_AT_ONCE]
        found = Account.filter(email__in=some, unwanted_mails__isnull=False)
        unwanted.update({one.email: one.unwanted_mails or [] for one in await found.only("email", "unwanted_mails")})
    return [one for one in mails if one.kind is None or one.kind not in unwanted.get(one.recipient, ())]


async def _posted_lately(recipients: Collection[str]) -> Counter[str]:
    """How many mails each of these was posted within a day: one statement for every thousand of them."""
    found: Counter[str] = Counter()
    wanted = list(recipients)
    for start in range(0, len(wanted), _RECIPIENTS_AT_ONCE):
        some = Mail.filter(recipient__in=wanted[start : start + _RECIPIENTS_AT_ONCE], created_at__gt=now() - _DAY)
        counted = await some.annotate(count=Count("id")).group_by("recipient").values_list("recipient", "count")
        found.update(dict(counted))
    return found


# These members, and whoever is active and represents one: null where nobody is.
_SPEAKING = Statement("""
SELECT m.id, m.kind, m.status, m.office_cares, r.person_id FROM member AS m LEFT JOIN (
    SELECT a.organisation_id, a.person_id FROM representation AS a JOIN member AS p ON p.id = a.person_id
    WHERE p.status = 'ACTIVE'
  ) AS r ON r.organisation_id = m.id
WHERE m.id {is_one_of} ORDER BY m.id, r.person_id""")


async def addresses_of(
    member_ids: Iterable[int], *, only_active: bool = False, or_office: bool = True
) -> dict[int, list[str]]:
    """Where mail about these members goes: their accounts, for organisations those of their active representatives.

    Organisations that nobody represents are in the office's care, and those of which it said so: their mail goes there,
    unless it comes from there (`or_office`). Left out are members that nobody signs in for, and those that have left:
    nothing is theirs any more. With `only_active`, for mail that asks them to do something, those too that may do
    nothing now. Two statements.
    """
    keys = set(member_ids)
    if not keys:
        return {}
    reached = [MemberStatus.ACTIVE] if only_active else [one for one in MemberStatus if one is not MemberStatus.LEFT]
    speak_for: dict[int, list[int]] = {}
    cared_for: set[int] = set()
    for row in await _SPEAKING.rows(keys_value(Member, keys)):
        if row["status"] not in reached:
            continue
        speakers = speak_for.setdefault(row["id"], [row["id"]])
        entrusted = row["office_cares"] or row["person_id"] is None
        if or_office and entrusted and row["kind"] == MemberKind.ORGANISATION:
            cared_for.add(row["id"])
        elif row["person_id"] is not None:
            speakers.append(row["person_id"])
    persons = {person_id for some in speak_for.values() for person_id in some}
    wanted = Q(member_id__in=list(persons), member__status__in=reached)
    known = await Account.filter(wanted | Q(id__in=_office()) if cared_for else wanted).order_by("id")
    accounts = {account.member_id: account.email for account in known}
    found = {key: [accounts[one] for one in some if one in accounts] for key, some in speak_for.items()}
    found |= dict.fromkeys(cared_for, _of_the_office(known))
    return {key: emails for key, emails in found.items() if emails}


async def office_addresses() -> list[str]:
    """Where the office is told of what concerns nobody else."""
    return _of_the_office(await Account.filter(id__in=_office()).order_by("id"))


def _office() -> Subquery:
    """The accounts of the office, so many at most, and behind them those of administrators."""
    some = Account.filter(role__not=NetworkRole.MEMBER).order_by("-role", "id").limit(_MOST_OF_THE_OFFICE)
    return Subquery(some.values("id"))


def _of_the_office(accounts: Iterable[Account]) -> list[str]:
    """Those of the office among these; where there are none, administrators."""
    by_role = {role: [one.email for one in accounts if one.role is role] for role in NetworkRole}
    return by_role[NetworkRole.OFFICE] or by_role[NetworkRole.ADMIN]


# ---------------------------------------------------------------- jobs


async def send_due(ctx: Context, deliver: Deliver) -> int:
    """Deliver what is due, at most fifty; how many were delivered.

    Every process may run this: each mail is taken by one UPDATE that only one can win. It moves `due_at` on, by a
    delay that grows with each attempt, so that a mail whose delivery fails, or whose process dies over it, comes up
    again. `deliver` runs outside any transaction, for a minute at most. A mail is never lost, and in the rare case of
    a process that dies between delivery and the mark of it, comes twice.
    """
    due = await Mail.filter(sent_at__isnull=True, due_at__lte=now()).order_by("due_at", "id").limit(_AT_ONCE)
    delivered = 0
    for one in due:
        if not await _take(ctx, one):
            continue
        try:
            async with asyncio.timeout(_DELIVERY_SECONDS):
                await say_where_to_unsubscribe(ctx, one)
                await deliver(one)
        except Exception as error:
            log.warning("mail not delivered", mail=one.id, attempts=one.attempts + 1, error=_unnamed(error, one))
            continue
        await _mark(ctx, one)
        delivered += 1
    return delivered


def _unnamed(error: Exception, one: Mail) -> str:
    """What went wrong, without the address that mail servers repeat: the log names nobody."""
    return re.sub(re.escape(one.recipient), "the recipient", repr(error), flags=re.IGNORECASE)


async def _take(ctx: Context, one: Mail) -> bool:
    async def work(changes: Changes) -> int:
        return await Mail.filter(id=one.id, attempts=one.attempts, sent_at__isnull=True).update(
            attempts=one.attempts + 1, due_at=now() + _delay(one.attempts)
        )

    return await ctx.outbox.write(work) == 1


async def _mark(ctx: Context, one: Mail) -> None:
    async def work(changes: Changes) -> None:
        await Mail.filter(id=one.id).update(sent_at=now())

    await ctx.outbox.write(work)


def _delay(attempts: int) -> timedelta:
    return min(_FIRST_RETRY * (1 << min(attempts, 20)), _LAST_RETRY)
