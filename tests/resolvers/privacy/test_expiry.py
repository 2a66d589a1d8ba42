"""What is kept for a time only: by each rule, what is over goes, what isn't yet stays, and so does what never is."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tortoise.models import Model

from models import (
    Account,
    AuditEntry,
    AuditPersonal,
    Mail,
    Member,
    MemberStatus,
    NetworkRole,
    Registration,
    Report,
    ReportReason,
    ReportStatus,
    SignInSession,
    SignUp,
    now,
)
from models.privacy.personal_data import GONE, PERSONAL
from resolvers.context import Context, system_context
from resolvers.limits.kept_for import KeptFor
from resolvers.privacy import expiry
from resolvers.privacy.expiry import RULES, ExpiryRule, Then, forget_what_is_over
from tests.dump import dump
from tests.world import World
from web.settings import Settings

Make = Callable[[World, datetime], Awaitable[Sequence[Model]]]
LONG_AGO = now() - timedelta(days=30_000)


async def sign_ups(_world: World, instant: datetime) -> Sequence[Model]:
    sign_up: dict[str, Any] = {"name": "Ada", "email": "ada@example.org", "password_hash": "!", "expires_at": instant}
    return [await SignUp.create(token_hash=str(uuid4()), **sign_up)]


async def sessions(world: World, instant: datetime) -> Sequence[Model]:
    account = await world.account(await world.member())
    valid = now() + timedelta(days=1)
    return [
        await SignInSession.create(id=uuid4(), account=account, expires_at=instant),
        await SignInSession.create(id=uuid4(), account=account, expires_at=valid, ended_at=instant),
    ]


async def mails(_world: World, instant: datetime) -> Sequence[Model]:
    return [await Mail.create(recipient="a@example.org", subject="s", body="b", created_at=LONG_AGO, sent_at=instant)]


async def api_keys(world: World, instant: datetime) -> Sequence[Model]:
    club = await world.organisation()
    return [await world.key(club, expires_at=instant), await world.key(club, revoked_at=instant)]


async def registrations(world: World, instant: datetime) -> Sequence[Model]:
    event = await world.event(starts_at=instant - timedelta(days=1), ends_at=instant, confirmed_count=1)
    seat: dict[str, Any] = {
        "event": event,
        "member": await world.member(),
        "queue_number": 1,
        "registered_at": LONG_AGO,
    }
    return [await Registration.create(**seat, status="ATTENDED")]


async def reports(world: World, instant: datetime) -> Sequence[Model]:
    said: dict[str, Any] = {"reason": ReportReason.SPAM, "target_type": "Member", "target_key": 1}
    return [await Report.create(**said, status=ReportStatus.UPHELD, created_at=LONG_AGO, decided_at=instant)]


async def audit(_world: World, instant: datetime) -> Sequence[Model]:
    return [await AuditEntry.create(action="CHANGED", operation="x", changed=[], occurred_at=instant)]


async def audit_texts(world: World, instant: datetime) -> Sequence[Model]:
    (entry,) = await audit(world, now())
    return [await AuditPersonal.create(entry_id=entry.pk, field="title", after="Text", occurred_at=instant)]


async def applications(world: World, instant: datetime) -> Sequence[Model]:
    ada = await world.member("Ada", MemberStatus.APPLIED, email="ada@example.org", created_at=instant)
    await world.account(ada)
    club = await world.organisation("Chor", await world.member("Ben"), MemberStatus.APPLIED, created_at=instant)
    cem = await world.member("Cem", MemberStatus.DECLINED, created_at=LONG_AGO, updated_at=instant)
    return [ada, club, cem]


async def inactive_accounts(world: World, instant: datetime) -> Sequence[Model]:
    ada = await world.member("Ada", email="ada@example.org")
    await world.account(ada)
    await Account.filter(member=ada).update(last_used_at=instant, erased_from=now() - timedelta(days=1))
    return [ada]


MAKE: dict[str, Make] = {
    one.__name__: one
    for one in (
        *(sign_ups, sessions, mails, api_keys, registrations, reports, audit, audit_texts),
        *(applications, inactive_accounts),
    )
}


async def never_over(world: World) -> None:
    """Of each, what has no end yet, as old as can be."""
    member = await world.member("Alt", created_at=LONG_AGO, updated_at=LONG_AGO)
    await world.member("Fort", MemberStatus.SUSPENDED, created_at=LONG_AGO, updated_at=LONG_AGO)
    of_the_office = await world.member("Amt", MemberStatus.APPLIED, created_at=LONG_AGO)
    await world.account(of_the_office, NetworkRole.OFFICE)
    account, valid = await world.account(member), now() + timedelta(days=1)
    await SignInSession.create(id=uuid4(), account=account, created_at=LONG_AGO, expires_at=valid)
    await Mail.create(recipient="a@example.org", subject="s", body="b", created_at=LONG_AGO, due_at=LONG_AGO)
    await world.key(await world.organisation(), created_at=LONG_AGO)
    seat: dict[str, Any] = {"event": await world.event(), "member": member, "queue_number": 1}
    await Registration.create(**seat, status="CONFIRMED", registered_at=LONG_AGO)
    await Report.create(reason=ReportReason.SPAM, target_type="Member", target_key=1, created_at=LONG_AGO)


async def is_done(rule: ExpiryRule, row: Model) -> bool:
    """Whether what the rule says was done with it."""
    left = await rule.model.get_or_none(pk=row.pk)
    if rule.then is Then.DELETED:
        return left is None
    assert left is not None, "it counts still"
    if isinstance(left, Registration):
        return left.member_id is None
    assert isinstance(left, Member)
    done = (left.status, left.name, left.email) == (MemberStatus.LEFT, GONE, None)
    assert await Account.filter(member_id=left.id).exists() is (not done and left.name == "Ada")
    erased = AuditEntry.filter(operation="erase what is over", action="ERASED", target_key=left.id)
    assert await erased.count() == int(done)
    return done


@pytest.mark.walk
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
async def test_what_is_over_goes_and_nothing_else(
    world: World, rule: ExpiryRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One row in a transaction, and at first one transaction.
    monkeypatch.setattr(expiry, "_AT_ONCE", 1)
    monkeypatch.setattr(expiry, "_BATCHES", 1)
    monkeypatch.setattr(expiry, "_ERASED_AT_ONCE", 1)
    await never_over(world)
    boundary = now() - getattr(KeptFor(), rule.name)
    young = await MAKE[rule.name](world, boundary + timedelta(minutes=10))
    before = await dump()
    assert await forget_what_is_over(job(world)) == 0
    assert await dump() == before
    old = await MAKE[rule.name](world, boundary - timedelta(minutes=10))
    assert await forget_what_is_over(job(world)) == 1
    assert [await is_done(rule, one) for one in old].count(True) == 1
    monkeypatch.setattr(expiry, "_BATCHES", 20)
    monkeypatch.setattr(expiry, "_ERASED_AT_ONCE", 20)
    # Several processes at once.
    assert sum(await asyncio.gather(*(forget_what_is_over(job(world)) for _process in range(3)))) == len(old) - 1
    assert all([await is_done(rule, one) for one in old])
    assert not any([await is_done(rule, one) for one in young])
    after = await dump()
    assert await forget_what_is_over(job(world)) == 0
    assert await dump() == after
    # A shorter time holds for what is there already.
    shorter = replace(KeptFor(), **{rule.name: getattr(KeptFor(), rule.name) - timedelta(hours=1)})
    assert await forget_what_is_over(job(world, shorter)) == len(young)


def job(world: World, kept_for: KeptFor | None = None) -> Context:
    """What the job runs in."""
    rules = replace(world.services.rules, kept_for=kept_for or KeptFor())
    return system_context(replace(world.services, rules=rules), "erase what is over")


def test_every_rule_has_its_setting_which_is_declared_at_its_table() -> None:
    names = [rule.name for rule in RULES]
    assert sorted(names) == sorted(one.name for one in fields(KeptFor)) == sorted(MAKE)
    declared = {(table.model, one) for table in PERSONAL for one in re.findall(r"KEEP_\w+_DAYS", table.kept_for)}
    assert declared == {(rule.model, rule.setting) for rule in RULES}
    settings = {name.upper() for name in Settings.model_fields if name.startswith("keep_")}
    assert settings == {rule.setting for rule in RULES}
    assert Settings().rules().kept_for == KeptFor()
