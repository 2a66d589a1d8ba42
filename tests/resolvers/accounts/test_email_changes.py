"""Another address to sign in with: confirmed at the new one, told to the old one; nothing tells who has it already."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models import Account, AccountLink, LinkPurpose, Mail, Member, MemberStatus, now
from resolvers.context import Context, Rules, context_for
from resolvers.limits.rates import Rate
from tests.dump import dump
from tests.resolvers.accounts.test_passwords import CHANGE, NEW, RESET, asked
from tests.resolvers.accounts.test_sessions import signed_in
from tests.resolvers.test_accounts import CONFIRM, PASSWORD, codes, confirmed, sign_in
from tests.statements import statements
from tests.world import World

OLD, OTHER = "erika@example.org", "neu@example.org"
REQUEST = "mutation($i: RequestEmailChangeInput!) { it: requestEmailChange(input: $i) { userErrors { path code } } }"
VIEWER = "{ viewer { email } }"


async def request(world: World, ctx: Context, email: str = OTHER, password: str = PASSWORD) -> Any:
    return (await world.data(REQUEST, ctx, i={"newEmail": email, "password": password}))["it"]["userErrors"]


async def token_at(recipient: str) -> str:
    """The code in the last mail to this address, which its link holds too."""
    mail = await Mail.filter(recipient=recipient).order_by("-id").first()
    assert mail
    (token,) = re.findall(r"^[\w-]{43}$", mail.body, re.MULTILINE)
    assert f"/confirm?token={token}\n" in mail.body
    return str(token)


async def confirm(world: World, token: str) -> Any:
    return (await world.data(CONFIRM, t=token))["it"]["userErrors"]


async def test_the_new_address_is_confirmed_by_its_mail_and_the_old_one_is_told_before_and_after(world: World) -> None:
    account = await confirmed(world)
    ctx, tokens = await signed_in(world)
    before = len(await world.told())
    assert await request(world, ctx) == []
    assert (await world.data(VIEWER, ctx))["viewer"] == {"email": OLD}, "until it is confirmed"
    told = await Mail.filter(recipient=OLD).order_by("-id").first()
    assert told
    assert "another address was asked for" in told.subject
    assert OTHER not in told.body, "who reads the old one is not told of another's mailbox"
    token = await token_at(OTHER)
    assert token not in str(await AccountLink.all().values())
    assert await confirm(world, token) == []
    assert (await Account.get(id=account.id)).email == OTHER
    assert (await Mail.all().order_by("-id").first()).recipient == OLD  # type: ignore[union-attr]
    assert await codes(world, CONFIRM, t=token) == [(["token"], "EXPIRED")]
    same = await context_for(world.services, f"Bearer {tokens['accessToken']}", "en")
    assert (await world.data(VIEWER, same))["viewer"] == {"email": OTHER}
    assert (await sign_in(world))["accessToken"] is None
    assert (await sign_in(world, OTHER))["accessToken"]
    assert (await Member.get(id=account.member_id)).email == OLD, "contact data is another thing"
    assert await world.told() == (await world.told())[:before], "nobody else sees it"


async def test_asking_answers_and_works_alike_whether_or_not_the_new_address_is_known(world: World) -> None:
    await confirmed(world)
    ctx, _tokens = await signed_in(world)
    known = await world.account(await world.member("Bekannt"))
    passwords, answers = world.services.passwords, []
    for email in ("unbekannt@example.org", known.email.upper(), OLD):
        hashed, mails, links = passwords.hashed, await Mail.all().count(), await AccountLink.all().count()
        with statements() as sent:
            answer = await request(world, ctx, email)
        kinds = [re.sub(r"\(.*|WHERE.*", "", one) for one in sent]
        links = await AccountLink.filter(email=email.lower()).count()
        answers.append((answer, passwords.hashed - hashed, await Mail.all().count() - mails, links, kinds))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][:4] == ([], 1, 2, 1)
    mail = await Mail.get(recipient=known.email)
    assert not re.search(r"[\w-]{43}", mail.body), "no token stands in it"
    assert not await AccountLink.filter(account_id=known.id).exists()


async def test_a_link_is_over_after_a_while_after_a_newer_one_and_after_another_password(world: World) -> None:
    account = await confirmed(world)
    ctx, _tokens = await signed_in(world)
    await request(world, ctx)
    first = await token_at(OTHER)
    await request(world, ctx)
    assert await codes(world, CONFIRM, t=first) == [(["token"], "EXPIRED")], "a newer one"
    second = await token_at(OTHER)
    link = await AccountLink.get()
    assert timedelta(hours=47) < link.expires_at - now() < timedelta(hours=49)
    await AccountLink.all().update(expires_at=now() - timedelta(seconds=1))
    assert await codes(world, CONFIRM, t=second) == [(["token"], "EXPIRED")], "after a while"
    await AccountLink.all().update(expires_at=link.expires_at)
    await Member.filter(id=account.member_id).update(status=MemberStatus.LEFT)
    assert await codes(world, CONFIRM, t=second) == [(["token"], "EXPIRED")], "of who has left"
    await Member.filter(id=account.member_id).update(status=MemberStatus.APPLIED)
    await world.data(CHANGE, ctx, i={"currentPassword": PASSWORD, "newPassword": NEW})
    assert await codes(world, CONFIRM, t=second) == [(["token"], "EXPIRED")], "as the owner was told"


async def test_links_of_the_old_address_are_over_and_each_is_for_its_own_purpose(world: World) -> None:
    await confirmed(world)
    ctx, _tokens = await signed_in(world)
    await request(world, ctx)
    new = await token_at(OTHER)
    assert await codes(world, RESET, i={"token": new, "newPassword": NEW}) == [(["input", "token"], "EXPIRED")]
    reset = await asked(world, LinkPurpose.RESET_PASSWORD)
    assert await codes(world, CONFIRM, t=reset) == [(["token"], "EXPIRED")]
    assert await confirm(world, new) == []
    assert await codes(world, RESET, i={"token": reset, "newPassword": NEW}) == [(["input", "token"], "EXPIRED")]


async def test_who_gets_an_account_first_has_the_address(world: World) -> None:
    await confirmed(world)
    ctx, _tokens = await signed_in(world)
    await request(world, ctx)
    token = await token_at(OTHER)
    await confirmed(world, OTHER)
    assert await codes(world, CONFIRM, t=token) == [(["token"], "EXPIRED")]
    assert await Account.filter(email=OLD).exists()


@pytest.mark.walk
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"newEmail": "nobody"}, ("newEmail", "INVALID")),
        ({"newEmail": ""}, ("newEmail", "REQUIRED")),
        ({"password": ""}, ("password", "REQUIRED")),
        ({"password": "geraten"}, ("password", "INVALID_CREDENTIALS")),
    ],
)
async def test_what_is_wrong_changes_nothing(world: World, given: dict[str, str], code: tuple[str, str]) -> None:
    await confirmed(world)
    ctx, _tokens = await signed_in(world)
    before = await dump()
    found = (await world.data(REQUEST, ctx, i={"newEmail": OTHER, "password": PASSWORD, **given}))["it"]["userErrors"]
    assert [(tuple(one["path"]), one["code"]) for one in found] == [(("input", code[0]), code[1])]
    assert await dump() == before


async def test_mails_are_counted_by_recipient_and_by_the_account_wherever_it_is(world: World) -> None:
    await confirmed(world)
    ctx, _tokens = await signed_in(world)
    limits = Rules(links=Rate(2, 86_400), links_by_account=Rate(3, 86_400))
    world.services = replace(world.services, rules=limits)

    async def ask(email: str, address: str) -> list[str]:
        given = replace(ctx, services=world.services, address=address)
        return (await world.ask(REQUEST, given, i={"newEmail": email, "password": PASSWORD})).codes

    assert [await ask(OTHER, f"198.51.100.{number}") for number in range(3)] == [[], [], ["RATE_LIMITED"]]
    before = await Mail.all().count(), await AccountLink.all().count()
    assert [await ask(f"b{number}@example.org", f"192.0.2.{number}") for number in range(2)] == [[], ["RATE_LIMITED"]]
    assert (await Mail.all().count(), await AccountLink.all().count()) == (before[0] + 2, before[1])
