"""Signing up, in and out: nothing tells whether an address is known, and a stolen refresh token ends its session."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest

from auth.refusals import Unauthenticated
from auth.viewer import load_viewer
from models import (
    Account,
    EventStatus,
    Mail,
    Member,
    MembershipStatus,
    MemberStatus,
    NetworkRole,
    OfferResponse,
    Registration,
    RegistrationStatus,
    SignInSession,
    SignUp,
    now,
)
from resolvers.accounts import create_office_account
from resolvers.context import context_for, system_context
from resolvers.user_errors import UserErrors
from schema.declare.ids import global_id
from tests.dump import dump
from tests.statements import statements
from tests.world import World

pytestmark = pytest.mark.walk

PASSWORD = "ein gutes Passwort"
SIGN_UP = "mutation($i: SignUpInput!) { it: signUp(input: $i) { userErrors { path code message } } }"
CONFIRM = "mutation($t: String!) { it: confirmEmail(token: $t) { userErrors { path code } } }"
SESSION = "accessToken expiresAt refreshToken viewer { id email role member { name status } } userErrors { path code }"
SIGN_IN = f"mutation($i: SignInInput!) {{ it: signIn(input: $i) {{ {SESSION} }} }}"
REFRESH = f"mutation($t: String!) {{ it: refreshSession(refreshToken: $t) {{ {SESSION} }} }}"
SIGN_OUT = "mutation { it: signOut { userErrors { path code } } }"


async def sign_up(world: World, email: str = "erika@example.org", **fields: Any) -> Any:
    given = {"name": "Erika Muster", "email": email, "password": PASSWORD, **fields}
    return (await world.data(SIGN_UP, i=given))["it"]


async def token_of_last_mail() -> str:
    mail = await Mail.all().order_by("-id").first()
    assert mail
    link = re.search(r"http://127\.0\.0\.1:8000/confirm\?token=(\S+)", mail.body)
    assert link
    assert mail.body.count(link[1]) == 2, "in the link, and by itself"
    return link[1]


async def confirmed(world: World, email: str = "erika@example.org") -> Account:
    await sign_up(world, email)
    assert (await world.data(CONFIRM, t=await token_of_last_mail()))["it"] == {"userErrors": []}
    return await Account.get(email=email)


async def sign_in(world: World, email: str = "erika@example.org", password: str = PASSWORD) -> Any:
    return (await world.data(SIGN_IN, i={"email": email, "password": password}))["it"]


async def codes(world: World, document: str, **variables: Any) -> list[tuple[list[str], str]]:
    """The user errors of a mutation that changes nothing and tells of nothing."""
    before = await dump()
    found = (await world.data(document, **variables))["it"]
    assert await dump() == before
    assert {name for name, value in found.items() if value is not None} == {"userErrors"}
    return [(error["path"], error["code"]) for error in found["userErrors"]]


# ---------------------------------------------------------------- signing up


async def test_signing_up_answers_and_works_alike_whether_or_not_the_address_is_known(world: World) -> None:
    account = await world.account(await world.member("Bekannt"))
    passwords, answers = world.services.passwords, []
    for email in ("unbekannt@example.org", account.email.upper()):
        hashed, mails = passwords.hashed, await Mail.all().count()
        with statements() as sent:
            answer = await sign_up(world, email)
        kinds = [re.sub(r"\(.*|WHERE.*", "", one) for one in sent]
        answers.append((answer, passwords.hashed - hashed, await Mail.all().count() - mails, kinds))
    assert answers[0] == answers[1]
    assert answers[0][:3] == ({"userErrors": []}, 1, 1)
    known = await Mail.get(recipient=account.email)
    assert "There is an account with it already" in known.body
    assert "token" not in known.body
    assert "Engagement-Netzwerk Wolfsburg" in known.subject
    assert await world.told() == []


async def test_nothing_that_a_stranger_typed_stands_in_the_mail(world: World) -> None:
    await sign_up(world, name="Jetzt kaufen: https://spam.example")
    mail = await Mail.get()
    assert "spam" not in mail.subject + mail.body


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"name": " "}, (["input", "name"], "REQUIRED")),
        ({"name": "x" * 201}, (["input", "name"], "TOO_LONG")),
        ({"email": "nobody"}, (["input", "email"], "INVALID")),
        ({"password": ""}, (["input", "password"], "REQUIRED")),
        ({"password": "x" * 9}, (["input", "password"], "TOO_SHORT")),
        ({"password": "x" * 201}, (["input", "password"], "TOO_LONG")),
        ({"password": "\ud800" * 12}, (["input", "password"], "INVALID")),
    ],
)
async def test_what_is_not_well_formed_is_told_before_anything_is_hashed(
    world: World, fields: dict[str, str], expected: tuple[list[str], str]
) -> None:
    given = {"name": "Erika", "email": "erika@example.org", "password": PASSWORD, **fields}
    assert await codes(world, SIGN_UP, i=given) == [expected]
    assert world.services.passwords.hashed == 0


@pytest.mark.parametrize("password", ["x" * 10, "x" * 200, "  Leerzeichen  ", "пароль и 🔑\x00"])
async def test_passwords_of_any_characters_are_taken_as_they_are(world: World, password: str) -> None:
    await sign_up(world, password=password)
    await world.data(CONFIRM, t=await token_of_last_mail())
    for other in {password.strip(), password + " ", password.upper() + "x"} - {password}:
        assert (await sign_in(world, password=other))["accessToken"] is None
    assert (await sign_in(world, password=password))["accessToken"]


async def test_the_link_makes_an_account_and_a_member_that_has_applied(world: World) -> None:
    account = await confirmed(world)
    member = await Member.get(id=account.member_id)
    assert (member.kind, member.status, member.joined_at) == ("PERSON", "APPLIED", None)
    assert (member.name, member.email, member.email_audience) == ("Erika Muster", "erika@example.org", "NOBODY")
    assert (member.name_key, member.slug) == ("erika muster", "erika-muster")
    assert [(change.kind, change.facts) for change in await world.told()] == [
        ("MemberChanged", {"member_id": member.id})
    ]
    assert await SignUp.all().count() == 0


async def test_before_the_link_nobody_signs_in(world: World) -> None:
    await sign_up(world)
    assert await codes(world, SIGN_IN, i={"email": "erika@example.org", "password": PASSWORD}) == [
        ([], "INVALID_CREDENTIALS")
    ]


@pytest.mark.parametrize("token", ["", "x", "\x00", "\ud800", "a" * 10_000])
async def test_a_token_that_never_was_one_is_over(world: World, token: str) -> None:
    await sign_up(world)
    assert await codes(world, CONFIRM, t=token) == [(["token"], "EXPIRED")]


async def test_a_token_is_good_for_one_time_and_for_two_days(world: World) -> None:
    await sign_up(world)
    token = await token_of_last_mail()
    assert token not in str(await SignUp.all().values()), "the table holds its hash only"
    await SignUp.all().update(expires_at=now() - timedelta(seconds=1))
    assert await codes(world, CONFIRM, t=token) == [(["token"], "EXPIRED")]
    await SignUp.all().update(expires_at=now() + timedelta(seconds=100))
    await world.data(CONFIRM, t=token)
    assert await codes(world, CONFIRM, t=token) == [(["token"], "EXPIRED")]


async def test_of_several_sign_ups_of_an_address_the_first_confirmed_wins(world: World) -> None:
    tokens = []
    for number in range(3):
        await sign_up(world, password=f"{PASSWORD} {number}")
        tokens.append(await token_of_last_mail())
    answers = await asyncio.gather(*(world.data(CONFIRM, t=token) for token in tokens))
    won = [number for number, answer in enumerate(answers) if not answer["it"]["userErrors"]]
    assert len(won) == 1
    assert (await Account.all().count(), await Member.all().count()) == (1, 1)
    assert (await sign_in(world, password=f"{PASSWORD} {won[0]}"))["accessToken"]
    for token in tokens:
        assert await codes(world, CONFIRM, t=token) == [(["token"], "EXPIRED")]


async def test_a_sign_up_of_an_address_that_got_an_account_meanwhile_is_over(world: World) -> None:
    await sign_up(world)
    token = await token_of_last_mail()
    await Account.create(email="erika@example.org", password_hash="!", role=NetworkRole.OFFICE)
    assert await codes(world, CONFIRM, t=token) == [(["token"], "EXPIRED")]


# ---------------------------------------------------------------- signing in


async def test_signing_in_shows_the_new_viewer(world: World) -> None:
    account = await confirmed(world)
    found = await sign_in(world, "ERIKA@Example.org")
    assert found["viewer"] == {
        "id": global_id("Viewer", account.id),
        "email": "erika@example.org",
        "role": "MEMBER",
        "member": {"name": "Erika Muster", "status": "APPLIED"},
    }
    ctx = await context_for(world.services, f"Bearer {found['accessToken']}", "en")
    assert ctx.viewer.account == account
    session = await SignInSession.get()
    assert timedelta(days=29) < session.expires_at - now() <= timedelta(days=30)


async def test_a_later_mutation_of_the_document_is_the_new_viewer_s(world: World) -> None:
    account = await confirmed(world)
    document = """mutation($i: SignInInput!, $u: UpdateMemberInput!) {
        signIn(input: $i) { accessToken }
        updateMember(input: $u) { member { about } }
    }"""
    found = await world.data(
        document,
        i={"email": "erika@example.org", "password": PASSWORD},
        u={"id": global_id("Member", account.member_id or 0), "about": "Ich"},
    )
    assert found["updateMember"] == {"member": {"about": "Ich"}}


async def test_an_unknown_address_and_a_wrong_password_are_the_same_and_cost_one_hash_each(world: World) -> None:
    account = await confirmed(world)
    gone = await confirmed(world, "gone@example.org")
    await Member.filter(id=gone.member_id).update(status=MemberStatus.LEFT)
    for email, password in (
        ("nobody@example.org", PASSWORD),
        (account.email, "ein falsches Passwort"),
        (account.email, PASSWORD + "x" * 200),
        (account.email, "\ud800"),
        (gone.email, PASSWORD),
    ):
        hashed = world.services.passwords.hashed
        assert await codes(world, SIGN_IN, i={"email": email, "password": password}) == [([], "INVALID_CREDENTIALS")]
        assert world.services.passwords.hashed - hashed == 1


@pytest.mark.parametrize("status", [MemberStatus.DECLINED, MemberStatus.SUSPENDED])
async def test_declined_and_suspended_members_sign_in_and_see_themselves(world: World, status: MemberStatus) -> None:
    account = await confirmed(world)
    await Member.filter(id=account.member_id).update(status=status)
    assert (await sign_in(world))["viewer"]["member"]["status"] == status


async def test_signing_out_ends_the_session_once(world: World) -> None:
    await confirmed(world)
    found = await sign_in(world)
    told = len(await world.told())
    ctx = await context_for(world.services, f"Bearer {found['accessToken']}", "en")
    assert await world.data(SIGN_OUT, ctx) == {"it": {"userErrors": []}}
    assert await world.data("{ viewer { id } }", ctx) == {"viewer": None}, "a guest's from now on"
    session = await SignInSession.get()
    assert [(one.kind, one.facts) for one in (await world.told())[told:]] == [
        ("SessionEnded", {"session_id": str(session.id)})
    ]
    with pytest.raises(Unauthenticated):
        await context_for(world.services, f"Bearer {found['accessToken']}", "en")
    assert await codes(world, REFRESH, t=found["refreshToken"]) == [([], "EXPIRED")]


async def test_a_guest_can_not_sign_out(world: World) -> None:
    before = await dump()
    answer = await world.ask(SIGN_OUT)
    assert (answer.data, answer.codes) == ({"it": None}, ["UNAUTHENTICATED"])
    assert await dump() == before


# ---------------------------------------------------------------- refreshing


async def test_a_refresh_token_is_exchanged_for_the_next_one(world: World) -> None:
    await confirmed(world)
    token = (await sign_in(world))["refreshToken"]
    for _time in range(3):
        found = (await world.data(REFRESH, t=token))["it"]
        assert found["userErrors"] == []
        assert found["viewer"]["email"] == "erika@example.org"
        assert (await context_for(world.services, f"Bearer {found['accessToken']}", "en")).viewer.account
        assert found["refreshToken"] != token
        token = found["refreshToken"]


async def test_a_refresh_token_used_twice_ends_the_session(world: World) -> None:
    await confirmed(world)
    first = (await sign_in(world))["refreshToken"]
    second = (await world.data(REFRESH, t=first))["it"]
    told = len(await world.told())
    assert (await world.data(REFRESH, t=first))["it"]["userErrors"] == [{"path": [], "code": "EXPIRED"}]
    session = await SignInSession.get()
    assert session.ended_at is not None, "committed, although it was answered by an error"
    assert [(one.kind, one.facts) for one in (await world.told())[told:]] == [
        ("SessionEnded", {"session_id": str(session.id)})
    ]
    assert await codes(world, REFRESH, t=second["refreshToken"]) == [([], "EXPIRED")]
    with pytest.raises(Unauthenticated):
        await context_for(world.services, f"Bearer {second['accessToken']}", "en")


async def test_of_ten_who_use_a_refresh_token_at_once_one_wins_and_the_session_ends(world: World) -> None:
    await confirmed(world)
    token = (await sign_in(world))["refreshToken"]
    told = len(await world.told())
    answers = await asyncio.gather(*(world.data(REFRESH, t=token) for _ in range(10)))
    assert sum(answer["it"]["accessToken"] is not None for answer in answers) == 1
    session = await SignInSession.get()
    assert (session.generation, session.ended_at is not None) == (2, True)
    assert [one.kind for one in (await world.told())[told:]] == ["SessionEnded"]


@pytest.mark.parametrize("token", ["", "nonsense", "\ud800", "a.b.c"])
async def test_what_is_no_refresh_token_is_over(world: World, token: str) -> None:
    assert await codes(world, REFRESH, t=token) == [([], "EXPIRED")]


async def test_an_access_token_is_no_refresh_token_nor_the_other_way_round(world: World) -> None:
    await confirmed(world)
    found = await sign_in(world)
    assert await codes(world, REFRESH, t=found["accessToken"]) == [([], "EXPIRED")]
    with pytest.raises(Unauthenticated):
        await context_for(world.services, f"Bearer {found['refreshToken']}", "en")


async def test_who_has_left_can_not_refresh(world: World) -> None:
    account = await confirmed(world)
    token = (await sign_in(world))["refreshToken"]
    await Member.filter(id=account.member_id).update(status=MemberStatus.LEFT)
    assert await codes(world, REFRESH, t=token) == [([], "EXPIRED")]


async def test_a_session_ends_after_its_lifetime(world: World) -> None:
    await confirmed(world)
    found = await sign_in(world)
    await SignInSession.all().update(expires_at=now())
    with pytest.raises(Unauthenticated):
        await context_for(world.services, f"Bearer {found['accessToken']}", "en")
    assert (await world.data(REFRESH, t=found["refreshToken"]))["it"]["accessToken"] is None


# ---------------------------------------------------------------- who is asking


async def test_a_viewer_sees_the_affairs_of_their_side_in_a_statement_a_list(world: World) -> None:
    anna, other = await world.member("Anna"), await world.member("Ben")
    club = await world.organisation("Zebra-Verein", by=anna)
    second = await world.organisation("Äpfel-Verein", by=anna)
    await world.organisation("Wartet", by=anna, status=MemberStatus.APPLIED)
    await world.organisation("Fremd", by=other)
    group = await world.group("AG")
    event = await world.event("Fest", status=EventStatus.PUBLISHED)
    offer = await world.offer("Hilfe", owner=other)
    for number, member in enumerate((anna, club, other), start=1):
        await world.membership(group, member)
        await Registration.create(event=event, member=member, status="CONFIRMED", queue_number=number)
        await OfferResponse.create(offer=offer, member=member, message="Gern.")
    await world.membership(await world.group("AG 2"), second, MembershipStatus.INVITED)
    later = await world.event("Später")
    await Registration.create(event=later, member=anna, status=RegistrationStatus.CANCELLED, queue_number=1)
    ctx = await world.context(anna)
    document = """{ viewer {
        actsFor { name }
        registrations { totalCount nodes { status } }
        seats: registrations(statuses: [CONFIRMED]) { totalCount }
        responses { totalCount nodes { message } }
        memberships { totalCount nodes { status } }
        invited: memberships(statuses: [INVITED], first: 1) { nodes { status } pageInfo { hasNextPage } }
    } }"""
    with statements() as sent:
        found = (await world.data(document, ctx))["viewer"]
    assert [one["name"] for one in found["actsFor"]] == ["Äpfel-Verein", "Zebra-Verein"]
    assert [one["status"] for one in found["registrations"]["nodes"]] == ["CANCELLED", "CONFIRMED", "CONFIRMED"]
    assert (found["registrations"]["totalCount"], found["seats"]["totalCount"]) == (3, 2)
    assert found["responses"] == {"totalCount": 2, "nodes": [{"message": "Gern."}] * 2}
    assert found["memberships"]["totalCount"] == 3
    assert found["invited"] == {"nodes": [{"status": "INVITED"}], "pageInfo": {"hasNextPage": False}}
    # organisations; rows and count of the three lists; a count; a page
    assert len(sent) == 1 + 2 * 3 + 1 + 1


async def test_an_account_of_the_office_may_be_nobody_s(world: World) -> None:
    account = await world.office()
    found = await world.data(
        "{ viewer { email role member { name } actsFor { name } registrations { totalCount } } }", account
    )
    assert found["viewer"] == {
        "email": account.email,
        "role": "OFFICE",
        "member": None,
        "actsFor": [],
        "registrations": {"totalCount": 0},
    }


async def test_a_guest_is_no_viewer(world: World) -> None:
    assert await world.data("{ viewer { id } }") == {"viewer": None}


# ---------------------------------------------------------------- office and jobs


async def test_the_command_line_makes_an_account_of_the_office_that_signs_in(world: World) -> None:
    ctx = system_context(world.services)
    account = await create_office_account(ctx, "Office@Example.org", PASSWORD)
    assert (account.email, account.role, account.member_id) == ("office@example.org", "OFFICE", None)
    assert (await sign_in(world, "office@example.org"))["viewer"]["role"] == "OFFICE"
    before = await dump()
    for email, password, role, code in (
        ("office@example.org", PASSWORD, NetworkRole.ADMIN, "TAKEN"),
        ("nonsense", PASSWORD, NetworkRole.OFFICE, "INVALID"),
        ("new@example.org", "short", NetworkRole.OFFICE, "TOO_SHORT"),
        ("new@example.org", PASSWORD, NetworkRole.MEMBER, "INVALID"),
    ):
        with pytest.raises(UserErrors) as refused:
            await create_office_account(ctx, email, password, role)
        assert [error.code for error in refused.value.errors] == [code]
    assert await dump() == before


async def test_a_session_of_an_account_without_a_member_can_be_loaded(world: World) -> None:
    ctx = await world.context(await world.office())
    assert ctx.viewer.session_id is not None
    assert (await load_viewer(ctx.viewer.session_id)).is_office
