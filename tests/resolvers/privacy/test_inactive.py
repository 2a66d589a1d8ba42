"""Accounts that nobody uses: their owners are told, stay by signing in, and nobody goes for whom others wait."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest

from models import (
    Account,
    AuditEntry,
    EventStatus,
    Mail,
    Member,
    MemberStatus,
    NetworkRole,
    OfferResponse,
    OfferStatus,
    Registration,
    Representation,
    now,
)
from resolvers.accounts.sessions import refresh_session, sign_in
from resolvers.context import Context, system_context
from resolvers.limits.kept_for import KeptFor
from resolvers.offers.states import TOWN
from resolvers.privacy.expiry import forget_what_is_over
from resolvers.privacy.inactive import tell_the_inactive
from tests.dump import dump
from tests.world import World
from web.process.mail_delivery import written

DAY = timedelta(days=1)
KEPT = KeptFor().inactive_accounts
NOTICE = timedelta(days=42)
PASSWORD = "ein gutes passwort"


def job(world: World, operation: str = "erase what is over", **rules: Any) -> Context:
    """What the jobs run in."""
    return system_context(replace(world.services, rules=replace(world.services.rules, **rules)), operation)


async def tell(world: World, **rules: Any) -> int:
    """The job that tells; how many it told."""
    return await tell_the_inactive(job(world, "tell the inactive", **rules))


async def someone(world: World, name: str, unused: timedelta, **columns: Any) -> Member:
    """A member whose account was used so long ago."""
    member = await world.member(name, **columns)
    account = await world.account(member)
    await Account.filter(id=account.id).update(last_used_at=now() - unused)
    return member


async def told_and_over(world: World, name: str) -> Member:
    """A member who was told, and whose time is over."""
    member = await someone(world, name, KEPT + DAY)
    await Account.filter(member=member).update(erased_from=now() - DAY)
    return member


async def account_of(member: Member) -> Account:
    return await Account.get(member_id=member.id)


async def statuses() -> dict[str, MemberStatus]:
    return dict(cast("list[tuple[str, MemberStatus]]", await Member.all().values_list("name", "status")))


async def test_who_is_told_reads_when_it_goes_and_how_to_stay(world: World) -> None:
    soon = await someone(world, "Ada", KEPT - NOTICE + DAY)
    gone = await someone(world, "Ben", 3 * KEPT, status=MemberStatus.SUSPENDED)
    await someone(world, "Cem", KEPT - NOTICE - DAY)
    await someone(world, "Fort", 3 * KEPT, status=MemberStatus.LEFT)
    await someone(world, "Neu", 3 * KEPT, status=MemberStatus.APPLIED)
    # Several processes at once.
    assert sum(await asyncio.gather(*(tell(world) for _process in range(3)))) == 2
    addresses = {(await account_of(one)).email for one in (soon, gone)}
    assert {one.recipient for one in await Mail.all()} == addresses
    for one in (gone, soon):
        account = await account_of(one)
        assert account.erased_from is not None
        assert abs(account.erased_from - now() - NOTICE) < timedelta(minutes=10)
    found = await Mail.get(recipient=account.email)
    read = message_from_bytes(written(found, "Netz <n@example.org>"), policy=policy.default)
    assert isinstance(read, EmailMessage)
    assert not read.defects
    name = world.services.rules.network_name
    assert read["Subject"] == f"{name}: Ihr Konto wird bald gelöscht / {name}: your account is about to be deleted"
    body = read.get_content()
    assert account.erased_from is not None
    day = f"{account.erased_from.astimezone(TOWN):%d.%m.%Y}"
    assert f"Ab dem {day} werden Ihr Konto und Ihr Profil endgültig gelöscht." in body
    assert f"from {day} on your account and your profile are deleted" in body
    assert "loggen Sie sich vorher einmal ein" in body
    assert "sign in once before" in body
    assert world.services.rules.home in body
    told = await AuditEntry.filter(operation="tell the inactive", action="SENT")
    assert sorted(one.target_key or 0 for one in told) == [soon.id, gone.id]
    before = await dump()
    assert (await tell(world), await forget_what_is_over(job(world))) == (0, 0)
    assert await dump() == before


async def test_nobody_goes_untold_nor_before_the_day_they_read_of(world: World) -> None:
    untold, early = await someone(world, "Ada", 3 * KEPT), await someone(world, "Ben", 3 * KEPT)
    await Account.filter(member=early).update(erased_from=now() + DAY)
    kept = replace(KeptFor(), inactive_accounts=timedelta())
    before = await dump()
    assert await forget_what_is_over(job(world)) == 0
    await Account.all().update(erased_from=now() - DAY)
    # Kept without end, and where too many mails go to them nobody counts as told.
    assert await forget_what_is_over(job(world, kept_for=kept)) == 0
    await Account.all().update(erased_from=None)
    assert await tell(world, kept_for=kept) == 0
    assert await tell(world, mails_a_day=0) == 0
    await Account.filter(member=early).update(erased_from=now() + DAY)
    after = await dump()
    assert after.keys() == before.keys()
    assert (await account_of(untold)).erased_from is None
    assert set((await statuses()).values()) == {MemberStatus.ACTIVE}
    assert not await Mail.exists()


@pytest.mark.parametrize("way", ["sign in", "refresh"])
async def test_who_comes_back_stays_and_is_told_anew(world: World, way: str) -> None:
    member = await world.member("Ada")
    account = await world.account(member)
    account.password_hash = await world.services.passwords.hash(PASSWORD)
    await account.save()
    ctx = await world.context(None)
    signed_in = await sign_in(ctx, {"email": account.email, "password": PASSWORD})
    just_used = (await account_of(member)).last_used_at
    signed_in = await refresh_session(await world.context(None), signed_in.refresh_token)
    assert (await account_of(member)).last_used_at == just_used  # it is written once a day
    await Account.filter(id=account.id).update(last_used_at=now() - KEPT)
    assert await tell(world) == 1
    if way == "refresh":
        await refresh_session(await world.context(None), signed_in.refresh_token)
    else:
        await sign_in(await world.context(None), {"email": account.email, "password": PASSWORD})
    account = await account_of(member)
    assert account.erased_from is None
    assert account.last_used_at is not None
    assert now() - account.last_used_at < timedelta(minutes=10)
    await Account.filter(id=account.id).update(last_used_at=now() - KEPT - DAY)
    assert await forget_what_is_over(job(world)) == 0
    assert await tell(world) == 1
    assert await Mail.filter(recipient=account.email).count() == 2


Busy = Callable[[World, Member], Awaitable[object]]


async def seat(world: World, who: Member, **event: Any) -> None:
    place: dict[str, Any] = {"event": await world.event(confirmed_count=1, **event), "queue_number": 1}
    await Registration.create(member=who, status="CONFIRMED", **place)


async def response(world: World, who: Member, status: OfferStatus = OfferStatus.PUBLISHED) -> None:
    await OfferResponse.create(offer=await world.offer("Bank", None, status), member=who, message="Gern.")


def past() -> dict[str, datetime]:
    return {"starts_at": now() - 2 * DAY, "ends_at": now() - DAY}


BUSY: list[Busy] = [
    seat,
    response,
    lambda world, who: world.offer("Tisch", who),
    lambda world, who: world.event("Fest", who),
]
IDLE: list[Busy] = [
    lambda world, who: seat(world, who, **past()),
    lambda world, who: response(world, who, OfferStatus.EXPIRED),
    lambda world, who: world.offer("Tisch", who, OfferStatus.WITHDRAWN),
    lambda world, who: world.event("Fest", who, status=EventStatus.CANCELLED),
    lambda world, who: world.event("Fest", who, **past()),
]


async def test_nobody_goes_for_whom_others_wait_and_all_others_do(world: World) -> None:
    kept: list[str] = []
    gone: list[str] = []
    for name, which, told in (("da", BUSY, kept), ("fort", IDLE, gone)):
        for number, act in enumerate(which):
            person = await told_and_over(world, f"{name}{number}")
            await act(world, person)
            told.append(person.name)
    for number, act in enumerate(BUSY):
        acting = await told_and_over(world, f"dabei{number}")
        await act(world, await world.organisation(f"Verein {number}", acting))
        kept.append(acting.name)
    for name, club, used, told in (("Ute", "Chor", KEPT - DAY, kept), ("Uwe", "Kegelfreunde", KEPT + DAY, gone)):
        acting = await told_and_over(world, name)
        await world.key(await world.organisation(club, acting), last_used_at=now() - used)
        told.append(name)
    office = await told_and_over(world, "Amt")
    await Account.filter(member=office).update(role=NetworkRole.OFFICE)
    before = await statuses()
    assert await forget_what_is_over(job(world)) == len(gone)
    after = await statuses()
    assert {*kept, "Amt"} <= after.keys()
    assert not after.keys() & set(gone)
    assert {name for name, one in after.items() if one is not before.get(name)} == {"Gelöscht"}
    # What nobody acts for any more is in the office's care, which is told.
    assert await Representation.filter(organisation__name="Kegelfreunde").count() == 0
    about = [one.body for one in await Mail.filter(recipient=(await account_of(office)).email)]
    assert sum("„Kegelfreunde“ wird von niemandem mehr vertreten" in one for one in about) == 1
    assert await tell(world) == 0
