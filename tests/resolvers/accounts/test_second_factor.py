"""A second factor: asked for however somebody signs in, good for one time, counted, and compulsory by setting."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import pyotp
import pytest

from auth.refusals import Unauthenticated
from auth.second_factor import SecondFactors
from models import Account, AuditEntry, LinkPurpose, Mail, MemberStatus, NetworkRole, SecondFactor
from resolvers.accounts import reset_second_factor
from resolvers.context import Context, context_for, system_context
from resolvers.limits.rates import Rate
from resolvers.user_errors import UserErrors
from schema.declare.ids import global_id
from tests.dump import dump
from tests.resolvers.accounts.test_passwords import NEW, RESET, asked
from tests.resolvers.accounts.test_sessions import signed_in
from tests.resolvers.test_accounts import PASSWORD, SIGN_IN, codes, confirmed, sign_in
from tests.world import World

ERRORS = "userErrors { path code }"
ENROL = f"mutation($i: EnrolSecondFactorInput!) {{ it: enrolSecondFactor(input: $i) {{ secret uri {ERRORS} }} }}"
CONFIRM = f"""mutation($c: String!) {{ it: confirmSecondFactor(code: $c) {{
  recoveryCodes viewer {{ role secondFactorSince needsSecondFactor }} {ERRORS} }} }}"""
DISABLE = f"""mutation($i: DisableSecondFactorInput!) {{ it: disableSecondFactor(input: $i) {{
  viewer {{ secondFactorSince }} {ERRORS} }} }}"""
LINK = f"mutation($t: String!, $c: String) {{ it: signInWithLink(token: $t, code: $c) {{ accessToken {ERRORS} }} }}"
ME = "{ viewer { email role secondFactorSince needsSecondFactor member { name } sessions { current } } }"
EMAIL = "erika@example.org"


def code_of(secret: str, steps: int = 0) -> str:
    """The app's code, so many steps from now."""
    return pyotp.TOTP(secret).at(time.time() + 30 * steps)


def wrong_code(secret: str) -> str:
    """None of those around now."""
    around = {code_of(secret, steps) for steps in range(-3, 4)}
    return next(code for code in (f"{digit * 111_111:06}" for digit in range(8)) if code not in around)


async def switched_on(world: World, ctx: Context) -> tuple[str, list[str]]:
    """The secret of a second factor that is on, and its recovery codes. The app's code of the step before is used."""
    begun = (await world.data(ENROL, ctx, i={"password": PASSWORD}))["it"]
    assert begun["uri"].startswith("otpauth://totp/Engagement-Netzwerk%20Wolfsburg:")
    assert begun["secret"] in begun["uri"]
    await ctx.renew()
    done = (await world.data(CONFIRM, ctx, c=code_of(begun["secret"], -1)))["it"]
    assert done["userErrors"] == []
    return begun["secret"], done["recoveryCodes"]


async def by_password(world: World, code: str | None = None, email: str = EMAIL) -> Any:
    return (await world.data(SIGN_IN, i={"email": email, "password": PASSWORD, "code": code}))["it"]


def refused_at(*path: str, code: str = "INVALID_CREDENTIALS") -> list[tuple[list[str], str]]:
    return [(list(path), code)]


async def asks(world: World, code: str | None) -> list[tuple[list[str], str]]:
    return await codes(world, SIGN_IN, i={"email": EMAIL, "password": PASSWORD, "code": code})


async def test_it_is_switched_on_by_a_first_code_and_asked_for_from_then_on(world: World) -> None:
    account = await confirmed(world)
    ctx, _tokens = await signed_in(world)
    _other, other = await signed_in(world)
    wrong = await world.data(ENROL, ctx, i={"password": "geraten"})
    assert wrong["it"]["userErrors"] == [{"path": ["input", "password"], "code": "INVALID_CREDENTIALS"}]
    none = await world.data(CONFIRM, ctx, c="123456")
    assert none["it"]["userErrors"] == [{"path": [], "code": "WRONG_STATE"}]
    await world.data(ENROL, ctx, i={"password": PASSWORD})
    assert (await by_password(world))["accessToken"], "nothing asks for what isn't confirmed"
    secret, recovery = await switched_on(world, ctx)
    assert len(set(recovery)) == 10
    stored = str(await dump())
    assert secret not in stored
    assert not any(one in stored or one.replace("-", "") in stored for one in recovery)
    with pytest.raises(Unauthenticated):
        await context_for(world.services, f"Bearer {other['accessToken']}", "en")
    mail = await Mail.all().order_by("-id").first()
    assert mail
    assert (mail.recipient, "second factor is on" in mail.subject) == (account.email, True)

    assert (
        await asks(world, None) == await asks(world, "") == refused_at("input", "code", code="SECOND_FACTOR_REQUIRED")
    )
    assert await asks(world, code_of(secret, -1)) == refused_at("input", "code"), "used when it was switched on"
    assert await asks(world, code_of(secret, -3)) == refused_at("input", "code"), "too old"
    spaced = code_of(secret)[:3] + " " + code_of(secret)[3:]
    assert (await by_password(world, spaced))["viewer"]["email"] == EMAIL
    assert await asks(world, code_of(secret)) == refused_at("input", "code")
    again = await world.data(ENROL, ctx, i={"password": PASSWORD})
    assert again["it"]["userErrors"] == [{"path": [], "code": "WRONG_STATE"}]
    assert (await sign_in(world, password="geraten"))["userErrors"] == [{"path": [], "code": "INVALID_CREDENTIALS"}]


async def test_a_code_signs_in_once_however_many_use_it_at_once(world: World) -> None:
    await confirmed(world)
    ctx, _tokens = await signed_in(world)
    secret, recovery = await switched_on(world, ctx)
    for code in (code_of(secret), recovery[3], recovery[4].upper().replace("-", " ")):
        found = await asyncio.gather(*(by_password(world, code) for _ in range(4)))
        assert sum(one["accessToken"] is not None for one in found) == 1
    factor = await SecondFactor.get()
    assert len(factor.recovery_hashes) == 8


async def test_neither_a_link_nor_a_new_password_leads_past_it(world: World) -> None:
    await confirmed(world)
    ctx, _tokens = await signed_in(world)
    secret, recovery = await switched_on(world, ctx)
    token = await asked(world, LinkPurpose.SIGN_IN)
    assert await codes(world, LINK, t=token) == refused_at("code", code="SECOND_FACTOR_REQUIRED")
    assert await codes(world, LINK, t=token, c=wrong_code(secret)) == refused_at("code")
    assert (await world.data(LINK, t=token, c=recovery[0]))["it"]["accessToken"]
    assert await codes(world, LINK, t=token, c=recovery[1]) == refused_at("token", code="EXPIRED")
    token = await asked(world, LinkPurpose.RESET_PASSWORD)
    assert (await world.data(RESET, i={"token": token, "newPassword": NEW}))["it"] == {"userErrors": []}
    answer = await codes(world, SIGN_IN, i={"email": EMAIL, "password": NEW})
    assert answer == refused_at("input", "code", code="SECOND_FACTOR_REQUIRED")


async def test_wrong_codes_are_counted_for_the_account_from_wherever_and_right_ones_are_not(world: World) -> None:
    await confirmed(world)
    ctx, _tokens = await signed_in(world)
    secret, recovery = await switched_on(world, ctx)
    world.services = replace(world.services, rules=replace(world.services.rules, sign_ins=Rate(2, 900)))
    wrong = wrong_code(secret)

    async def at(address: str, code: str | None) -> list[str]:
        guest = Context(world.services, language="en", address=address)
        answer = await world.ask(SIGN_IN, guest, i={"email": EMAIL, "password": PASSWORD, "code": code})
        return answer.codes or [one["code"] for one in (answer.data or {})["it"]["userErrors"]]

    for one in recovery[:3]:
        assert await at("192.0.2.1", one) == []
    assert await at("192.0.2.2", wrong) == await at("192.0.2.3", wrong) == ["INVALID_CREDENTIALS"]
    assert await at("192.0.2.4", None) == ["SECOND_FACTOR_REQUIRED"]
    failures = AuditEntry.filter(account_id=ctx.viewer.account and ctx.viewer.account.id, succeeded=False)
    assert await failures.values_list("operation", "action") == [("signIn", "SIGNED_IN")] * 2, "who has the password"
    before = await dump()
    assert await at("192.0.2.5", recovery[3]) == ["RATE_LIMITED"]
    assert await dump() == before


async def test_it_is_switched_off_by_password_and_code_or_by_the_command_line_and_a_mail_tells(world: World) -> None:
    account = await confirmed(world)
    ctx, _tokens = await signed_in(world)
    off = {"password": PASSWORD, "code": "123456"}
    assert (await world.data(DISABLE, ctx, i=off))["it"]["userErrors"] == [{"path": [], "code": "WRONG_STATE"}]
    system = system_context(world.services)
    for by_command in (False, True):
        secret, recovery = await switched_on(world, ctx)
        for given, path in (({"password": "geraten"}, "password"), ({"code": wrong_code(secret)}, "code")):
            before = await dump()
            found = (await world.data(DISABLE, ctx, i={"password": PASSWORD, "code": recovery[0], **given}))["it"]
            assert found["userErrors"] == [{"path": ["input", path], "code": "INVALID_CREDENTIALS"}]
            assert await dump() == before
        if by_command:
            await reset_second_factor(system, EMAIL.upper())
        else:
            done = (await world.data(DISABLE, ctx, i={"password": PASSWORD, "code": recovery[0]}))["it"]
            assert done == {"viewer": {"secondFactorSince": None}, "userErrors": []}
        mail = await Mail.all().order_by("-id").first()
        assert mail
        assert (mail.recipient, mail.subject.endswith(("factor is off", "Faktor ausgeschaltet"))) == (
            account.email,
            True,
        )
        assert (await by_password(world))["accessToken"]
        assert not await SecondFactor.exists()
        await ctx.renew()
    with pytest.raises(UserErrors) as refused:
        await reset_second_factor(system, EMAIL)
    assert [(one.path, one.code) for one in refused.value.errors] == [(("email",), "WRONG_STATE")]


async def test_where_it_is_compulsory_the_office_does_nothing_without_it_but_switch_it_on(world: World) -> None:
    await confirmed(world)
    await Account.filter(email=EMAIL).update(role=NetworkRole.OFFICE)
    ctx, _tokens = await signed_in(world)
    waiting = await world.member("Neu", MemberStatus.APPLIED)
    document = "query($i: ID!) { node(id: $i) { id } reports { totalCount } }"
    key = global_id("Member", waiting.id)
    before_it = {"node": None, "reports": None}
    assert (await world.data(document, ctx, i=key))["node"]
    world.services = replace(world.services, rules=replace(world.services.rules, office_second_factor=True))
    member_s = await world.context(await world.member("Anna"))
    assert (await world.data(ME, member_s))["viewer"]["needsSecondFactor"] is False
    ctx = replace(ctx, services=world.services)
    await ctx.renew()
    assert await world.data(document, ctx, i=key) == before_it
    me = (await world.data(ME, ctx))["viewer"]
    assert (me["email"], me["role"], me["needsSecondFactor"], me["member"]) == (EMAIL, "OFFICE", True, None)
    assert me["sessions"]
    approve = "mutation($i: ID!) { it: approveMember(id: $i) { userErrors { code } } }"
    before = await dump()
    answer = await world.ask(approve, ctx, i=key)
    assert (answer.codes, "second factor" in answer.errors[0]["message"]) == (["FORBIDDEN"], True)
    assert await dump() == before
    secret, _recovery = await switched_on(world, ctx)
    assert (await world.data(ME, ctx))["viewer"]["needsSecondFactor"] is False
    assert (await world.data(document, ctx, i=key))["node"]
    assert (await world.data(approve, ctx, i=key))["it"] == {"userErrors": []}
    await world.data(DISABLE, ctx, i={"password": PASSWORD, "code": code_of(secret)})
    another = global_id("Member", (await world.member("Noch neu", MemberStatus.APPLIED)).id)
    assert await world.data(document, ctx, i=another) == before_it


def test_a_secret_of_another_key_has_no_codes() -> None:
    secret, sealed = SecondFactors("k" * 32).new_secret()
    assert SecondFactors("k" * 32).step_of(sealed, code_of(secret)) is not None
    assert SecondFactors("l" * 32).step_of(sealed, code_of(secret)) is None
