"""What the command line does for an office that is locked out: to an account that is there, and to no other."""

from typing import Any

import pytest

from auth.refusals import Unauthenticated
from models import LinkPurpose, Mail, Member, MemberStatus
from resolvers.accounts import end_sessions, sessions_of, set_password
from resolvers.context import context_for, system_context
from resolvers.user_errors import UserErrors
from tests.dump import dump
from tests.resolvers.accounts.test_passwords import LINK, NEW, asked
from tests.resolvers.accounts.test_sessions import FIREFOX, signed_in
from tests.resolvers.test_accounts import codes, confirmed, sign_in
from tests.world import World

EMAIL = "erika@example.org"


async def is_over(world: World, tokens: dict[str, Any]) -> bool:
    try:
        await context_for(world.services, f"Bearer {tokens['accessToken']}", "en")
    except Unauthenticated:
        return True
    return False


async def test_a_password_is_set_and_whoever_was_signed_in_is_out(world: World) -> None:
    await confirmed(world)
    ctx, tokens = await signed_in(world)
    link = await asked(world, LinkPurpose.SIGN_IN)
    before = len(await world.told())
    await set_password(system_context(world.services), "Erika@Example.org", NEW)
    assert [one.facts for one in (await world.told())[before:]] == [{"session_id": str(ctx.viewer.session_id)}]
    assert await is_over(world, tokens)
    assert await codes(world, LINK, t=link) == [(["token"], "EXPIRED")]
    assert (await sign_in(world))["accessToken"] is None
    assert (await sign_in(world, password=NEW))["accessToken"]
    mail = await Mail.all().order_by("-id").first()
    assert mail
    assert (mail.recipient, "Passwort geändert" in mail.subject) == (EMAIL, True)


async def test_sessions_are_shown_and_all_of_them_ended_and_nobody_else_s(world: World) -> None:
    await confirmed(world)
    _phone, first = await signed_in(world, "Telefon/1")
    _browser, second = await signed_in(world, FIREFOX)
    other = await world.context(await world.member("Fremd"))
    assert [one.user_agent for one in await sessions_of(EMAIL)] == [FIREFOX, "Telefon/1"]
    before = len(await world.told())
    assert len(await end_sessions(system_context(world.services), EMAIL)) == 2
    assert [one.kind for one in (await world.told())[before:]] == ["SessionEnded"] * 2
    assert [await is_over(world, one) for one in (first, second)] == [True, True]
    await other.renew()
    assert await sessions_of(EMAIL) == await end_sessions(system_context(world.services), EMAIL) == []


@pytest.mark.walk
@pytest.mark.parametrize(
    ("email", "code"), [("nobody@example.org", "NOT_FOUND"), ("nobody", "INVALID"), ("", "REQUIRED")]
)
async def test_of_no_account_that_is_said_and_nothing_changes(world: World, email: str, code: str) -> None:
    await confirmed(world)
    ctx, before = system_context(world.services), await dump()
    for work in (set_password(ctx, email, NEW), sessions_of(email), end_sessions(ctx, email)):
        with pytest.raises(UserErrors) as refused:
            await work
        assert [(one.path, one.code) for one in refused.value.errors] == [(("email",), code)]
    assert await dump() == before


async def test_who_has_left_has_no_account_and_a_short_password_is_none(world: World) -> None:
    account = await confirmed(world)
    ctx = system_context(world.services)
    with pytest.raises(UserErrors) as refused:
        await set_password(ctx, EMAIL, "kurz")
    assert [(one.path, one.code) for one in refused.value.errors] == [(("password",), "TOO_SHORT")]
    await Member.filter(id=account.member_id).update(status=MemberStatus.LEFT)
    before = await dump()
    with pytest.raises(UserErrors) as refused:
        await set_password(ctx, EMAIL, NEW)
    assert [one.code for one in refused.value.errors] == ["NOT_FOUND"]
    assert await dump() == before
