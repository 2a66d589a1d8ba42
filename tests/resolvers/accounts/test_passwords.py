"""Another password, and signing in without one, by codes in mails: good for one time, and for a while."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from auth.refusals import Unauthenticated
from models import Account, AccountLink, LinkPurpose, Mail, Member, MemberStatus, SignInSession, now
from resolvers.accounts import forget_links
from resolvers.context import Context, Rules, context_for, system_context
from resolvers.limits.rates import Rate
from tests.dump import dump
from tests.resolvers.accounts.test_sessions import signed_in
from tests.resolvers.test_accounts import PASSWORD, codes, confirmed, sign_in
from tests.statements import statements
from tests.world import World

NEW = "ein anderes Passwort"
ERRORS = "{ userErrors { path code } }"
RESET = f"mutation($i: ResetPasswordInput!) {{ it: resetPassword(input: $i) {ERRORS} }}"
CHANGE = f"mutation($i: ChangePasswordInput!) {{ it: changePassword(input: $i) {ERRORS} }}"
SIGNED_IN = "accessToken refreshToken viewer { email } userErrors { path code }"
LINK = f"mutation($t: String!) {{ it: signInWithLink(token: $t) {{ {SIGNED_IN} }} }}"
ASKING = {
    LinkPurpose.RESET_PASSWORD: f"mutation($e: EmailAddress!) {{ it: requestPasswordReset(email: $e) {ERRORS} }}",
    LinkPurpose.SIGN_IN: f"mutation($e: EmailAddress!) {{ it: requestSignInLink(email: $e) {ERRORS} }}",
}
both = pytest.mark.parametrize("purpose", ASKING)


async def asked(world: World, purpose: LinkPurpose, email: str = "erika@example.org", language: str = "de") -> str:
    """The code in the mail that came of asking."""
    assert (await world.data(ASKING[purpose], await world.context(language=language), e=email))["it"] == {
        "userErrors": []
    }
    mail = await Mail.all().order_by("-id").first()
    assert mail
    (token,) = re.findall(r"^[\w-]{43}$", mail.body, re.MULTILINE)
    return str(token)


def using(purpose: LinkPurpose, token: str) -> tuple[str, dict[str, Any]]:
    """What is done by such a code, and where in its input the code stands."""
    if purpose is LinkPurpose.SIGN_IN:
        return LINK, {"t": token}
    return RESET, {"i": {"token": token, "newPassword": NEW}}


def path_of(purpose: LinkPurpose) -> list[str]:
    return ["token"] if purpose is LinkPurpose.SIGN_IN else ["input", "token"]


# ---------------------------------------------------------------- asking


@both
async def test_asking_answers_and_works_alike_whether_or_not_the_address_is_known(
    world: World, purpose: LinkPurpose
) -> None:
    account = await world.account(await world.member("Bekannt"))
    gone = await world.account(await world.member("Fort", MemberStatus.LEFT))
    passwords, answers = world.services.passwords, []
    for email in ("unbekannt@example.org", account.email.upper(), gone.email):
        hashed, mails, links = passwords.hashed, await Mail.all().count(), await AccountLink.all().count()
        with statements() as sent:
            answer = await world.data(ASKING[purpose], e=email)
        kinds = [re.sub(r"\(.*|WHERE.*", "", one) for one in sent]
        work = passwords.hashed - hashed, await Mail.all().count() - mails, await AccountLink.all().count() - links
        answers.append((answer, work, kinds))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][:2] == ({"it": {"userErrors": []}}, (0, 1, 1))
    for email in ("unbekannt@example.org", gone.email):
        assert not re.search(r"^[\w-]{43}$", (await Mail.get(recipient=email)).body, re.MULTILINE)
    assert [one.email for one in await AccountLink.filter(account_id__isnull=False)] == [account.email]
    assert await world.told() == []


@pytest.mark.walk
@both
@pytest.mark.parametrize("email", ["", "nobody", "\x00", "x" * 400 + "@example.org"])
async def test_what_is_no_address_is_told(world: World, purpose: LinkPurpose, email: str) -> None:
    ((path, code),) = await codes(world, ASKING[purpose], e=email)
    assert path == ["email"]
    assert code in ("REQUIRED", "INVALID", "TOO_LONG")


@pytest.mark.walk
@both
async def test_the_mail_is_in_the_language_of_who_asks_and_says_how_long_the_code_works(
    world: World, purpose: LinkPurpose
) -> None:
    await confirmed(world)
    texts = []
    for language in ("de", "en"):
        await asked(world, purpose, language=language)
        mail = await Mail.all().order_by("-id").first()
        assert mail
        assert "Engagement-Netzwerk Wolfsburg" in mail.subject
        texts.append(mail.body)
    span = {LinkPurpose.RESET_PASSWORD: ("eine Stunde", "an hour"), LinkPurpose.SIGN_IN: ("15 Minuten", "15 minutes")}
    for text, greeting, words in zip(texts, ("Guten Tag,", "Hello,"), span[purpose], strict=True):
        assert text.startswith(greeting)
        assert words in text


@both
async def test_links_are_counted_by_recipient_and_by_address_and_known_ones_apart(
    world: World, purpose: LinkPurpose
) -> None:
    world.services = replace(world.services, rules=Rules(links=Rate(2, 86_400), links_by_address=Rate(3, 86_400)))
    await confirmed(world)

    async def ask(address: str, email: str = "erika@example.org") -> list[str]:
        ctx = Context(world.services, language="en", address=address)
        return (await world.ask(ASKING[purpose], ctx, e=email)).codes

    assert [await ask(f"198.51.100.{number}") for number in range(3)] == [[], [], ["RATE_LIMITED"]]
    before = await Mail.all().count(), await AccountLink.all().count()
    assert await ask("198.51.100.9") == ["RATE_LIMITED"]
    assert (await Mail.all().count(), await AccountLink.all().count()) == before
    own = Context(world.services, language="en", address="203.0.113.1")
    document = "mutation($i: SignInInput!) { signIn(input: $i) { expiresAt } }"
    await world.data(document, own, i={"email": "erika@example.org", "password": PASSWORD})
    assert [await ask("203.0.113.1") for _number in range(3)] == [[], [], ["RATE_LIMITED"]], "the owner's own"
    others = [await ask("192.0.2.1", f"nobody{number}@example.org") for number in range(4)]
    assert others == [[], [], [], ["RATE_LIMITED"]], "of one address, whoever they are"


# ---------------------------------------------------------------- using the code


@both
async def test_a_code_is_good_for_one_time_and_for_a_while_and_its_hash_alone_is_stored(
    world: World, purpose: LinkPurpose
) -> None:
    await confirmed(world)
    token = await asked(world, purpose)
    assert token not in str(await AccountLink.all().values())
    document, variables = using(purpose, token)
    link = await AccountLink.get()
    await AccountLink.all().update(expires_at=now() - timedelta(seconds=1))
    hashed = world.services.passwords.hashed
    assert await codes(world, document, **variables) == [(path_of(purpose), "EXPIRED")]
    assert world.services.passwords.hashed == hashed, "nothing is hashed for nothing"
    await AccountLink.all().update(expires_at=link.expires_at)
    assert (await world.data(document, **variables))["it"]["userErrors"] == []
    assert await codes(world, document, **variables) == [(path_of(purpose), "EXPIRED")]


@both
async def test_of_ten_who_use_a_code_at_once_one_wins(world: World, purpose: LinkPurpose) -> None:
    world.services = replace(world.services, passwords=type(world.services.passwords)(time_cost=1, memory_kib=64))
    await confirmed(world)
    document, variables = using(purpose, await asked(world, purpose))
    answers = await asyncio.gather(*(world.ask(document, **variables) for _number in range(10)))
    won = [one for one in answers if one.data and one.data["it"] and not one.data["it"]["userErrors"]]
    assert len(won) == 1


@pytest.mark.walk
@both
@pytest.mark.parametrize("token", ["", "x", "\x00", "\ud800", "a" * 10_000])
async def test_what_never_was_a_code_is_over(world: World, purpose: LinkPurpose, token: str) -> None:
    await confirmed(world)
    await asked(world, purpose)
    document, variables = using(purpose, token)
    assert await codes(world, document, **variables) == [(path_of(purpose), "EXPIRED")]


@both
async def test_a_code_is_for_nothing_else_and_for_nobody_who_has_left(world: World, purpose: LinkPurpose) -> None:
    account = await confirmed(world)
    token = await asked(world, purpose)
    other = next(one for one in ASKING if one is not purpose)
    document, variables = using(other, token)
    assert await codes(world, document, **variables) == [(path_of(other), "EXPIRED")]
    await Member.filter(id=account.member_id).update(status=MemberStatus.LEFT)
    document, variables = using(purpose, token)
    assert await codes(world, document, **variables) == [(path_of(purpose), "EXPIRED")]


async def test_a_reset_ends_all_sessions_and_codes_and_tells_the_owner(world: World) -> None:
    await confirmed(world)
    ctx, tokens = await signed_in(world)
    other = await asked(world, LinkPurpose.SIGN_IN)
    document, variables = using(LinkPurpose.RESET_PASSWORD, await asked(world, LinkPurpose.RESET_PASSWORD))
    before = len(await world.told())
    await world.data(document, **variables)
    assert [(one.kind, one.facts) for one in (await world.told())[before:]] == [
        ("SessionEnded", {"session_id": str(ctx.viewer.session_id)})
    ]
    with pytest.raises(Unauthenticated):
        await context_for(world.services, f"Bearer {tokens['accessToken']}", "en")
    assert await codes(world, LINK, t=other) == [(["token"], "EXPIRED")]
    assert (await sign_in(world))["accessToken"] is None
    assert (await sign_in(world, password=NEW))["accessToken"]
    mail = await Mail.all().order_by("-id").first()
    assert mail
    assert (mail.recipient, "password was changed" in mail.subject) == ("erika@example.org", True)


@pytest.mark.walk
@pytest.mark.parametrize(("password", "code"), [("", "REQUIRED"), ("kurz", "TOO_SHORT"), ("x" * 201, "TOO_LONG")])
async def test_a_bad_new_password_leaves_the_code_as_it_was(world: World, password: str, code: str) -> None:
    await confirmed(world)
    token = await asked(world, LinkPurpose.RESET_PASSWORD)
    given = {"token": token, "newPassword": password}
    assert await codes(world, RESET, i=given) == [(["input", "newPassword"], code)]
    assert (await world.data(RESET, i={**given, "newPassword": NEW}))["it"]["userErrors"] == []


async def test_who_has_mistyped_too_often_gets_in_by_a_reset(world: World) -> None:
    world.services = replace(world.services, rules=Rules(sign_ins=Rate(2, 86_400)))
    await confirmed(world)

    def here() -> Context:
        return Context(world.services, language="en", address="203.0.113.1")

    document = "mutation($i: SignInInput!) { it: signIn(input: $i) { accessToken } }"
    for _number in range(2):
        await world.data(document, here(), i={"email": "erika@example.org", "password": "falsch geraten"})
    given = {"email": "erika@example.org", "password": NEW}
    assert (await world.ask(document, here(), i=given)).codes == ["RATE_LIMITED"]
    token = await asked(world, LinkPurpose.RESET_PASSWORD)
    await world.data(RESET, here(), i={"token": token, "newPassword": NEW})
    assert (await world.data(document, here(), i=given))["it"]["accessToken"]


async def test_a_code_signs_in_as_a_password_does(world: World) -> None:
    await confirmed(world)
    found = (await world.data(LINK, t=await asked(world, LinkPurpose.SIGN_IN)))["it"]
    assert found["viewer"] == {"email": "erika@example.org"}
    ctx = await context_for(world.services, f"Bearer {found['accessToken']}", "en")
    assert ctx.viewer.session_id == (await SignInSession.get()).id
    assert await Account.filter(email="erika@example.org").count() == 1


async def test_codes_that_are_over_are_deleted(world: World) -> None:
    await confirmed(world)
    await asked(world, LinkPurpose.SIGN_IN)
    await asked(world, LinkPurpose.RESET_PASSWORD)
    await AccountLink.filter(purpose=LinkPurpose.SIGN_IN).update(expires_at=now() - timedelta(seconds=1))
    assert await forget_links(system_context(world.services)) == 1
    assert [one.purpose for one in await AccountLink.all()] == [LinkPurpose.RESET_PASSWORD]


# ---------------------------------------------------------------- changing it


async def test_a_change_ends_the_other_sessions_and_codes_and_keeps_the_own(world: World) -> None:
    await confirmed(world)
    mine, tokens = await signed_in(world)
    other, _tokens = await signed_in(world)
    token = await asked(world, LinkPurpose.RESET_PASSWORD)
    before = len(await world.told())
    hashed = world.services.passwords.hashed
    given = {"currentPassword": PASSWORD, "newPassword": NEW}
    assert (await world.data(CHANGE, mine, i=given))["it"] == {"userErrors": []}
    assert world.services.passwords.hashed - hashed == 2
    assert [one.facts for one in (await world.told())[before:]] == [{"session_id": str(other.viewer.session_id)}]
    assert (await context_for(world.services, f"Bearer {tokens['accessToken']}", "en")).viewer.session_id
    assert await codes(world, RESET, i={"token": token, "newPassword": PASSWORD}) == [(["input", "token"], "EXPIRED")]
    assert (await sign_in(world))["accessToken"] is None
    assert (await sign_in(world, password=NEW))["accessToken"]
    assert "changed" in (await Mail.all().order_by("-id").first()).subject  # type: ignore[union-attr]


async def test_a_wrong_password_before_changes_nothing_and_counts_as_a_wrong_sign_in(world: World) -> None:
    world.services = replace(world.services, rules=Rules(sign_ins=Rate(2, 86_400)))
    await confirmed(world)
    mine, _tokens = await signed_in(world)
    given = {"currentPassword": "geraten", "newPassword": NEW}
    for _number in range(2):
        before = await dump()
        found = (await world.data(CHANGE, mine, i=given))["it"]
        assert found["userErrors"] == [{"path": ["input", "currentPassword"], "code": "INVALID_CREDENTIALS"}]
        assert await dump() == before
    hashed = world.services.passwords.hashed
    assert (await world.ask(CHANGE, mine, i={**given, "currentPassword": PASSWORD})).codes == ["RATE_LIMITED"]
    assert world.services.passwords.hashed == hashed


async def test_what_is_wrong_with_a_change_is_told_before_anything_is_hashed(world: World) -> None:
    await confirmed(world)
    mine, _tokens = await signed_in(world)
    hashed, before = world.services.passwords.hashed, await dump()
    found = (await world.data(CHANGE, mine, i={"currentPassword": "", "newPassword": "kurz"}))["it"]["userErrors"]
    assert [(one["path"][-1], one["code"]) for one in found] == [
        ("currentPassword", "REQUIRED"),
        ("newPassword", "TOO_SHORT"),
    ]
    assert world.services.passwords.hashed == hashed
    assert await dump() == before
