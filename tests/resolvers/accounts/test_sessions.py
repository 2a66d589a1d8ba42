"""An account's sessions are its owner's to see and to end; nobody else's, and none escapes."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from auth.refusals import Unauthenticated
from models import Account, SignInSession, now
from resolvers.context import Context, Rules, context_for
from schema.declare.ids import global_id, read_uuid
from tests.dump import dump
from tests.resolvers.test_accounts import PASSWORD, REFRESH, SIGN_IN, confirmed, sign_in
from tests.world import World

pytestmark = pytest.mark.walk

SESSIONS = "{ viewer { sessions { id current userAgent createdAt lastUsedAt expiresAt } } }"
END = "mutation($id: ID!) { it: endSession(id: $id) { endedIds userErrors { code } } }"
END_OTHERS = "mutation { it: endOtherSessions { endedIds userErrors { code } } }"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def signed_in(world: World, user_agent: str = "") -> tuple[Context, dict[str, Any]]:
    """The context of a new session of Erika's, and what signing in answered."""
    guest = Context(world.services, language="en", user_agent=user_agent)
    found = (await world.data(SIGN_IN, guest, i={"email": "erika@example.org", "password": PASSWORD}))["it"]
    return await context_for(world.services, f"Bearer {found['accessToken']}", "en", user_agent=user_agent), found


def id_of(ctx: Context) -> str:
    return global_id("SignInSession", ctx.viewer.session_id or "")


async def told_since(world: World, before: int) -> list[tuple[str, dict[str, Any]]]:
    return [(one.kind, one.facts) for one in (await world.told())[before:]]


async def listed(world: World, ctx: Context) -> list[dict[str, Any]]:
    ctx.forget()
    return list((await world.data(SESSIONS, ctx))["viewer"]["sessions"])


async def test_sessions_are_listed_with_their_devices_those_first_that_were_used_last(world: World) -> None:
    await confirmed(world)
    phone, _tokens = await signed_in(world, "Telefon/1")
    browser, _tokens = await signed_in(world, FIREFOX)
    stranger = await world.account(await world.member("Fremd"))
    await SignInSession.create(id=uuid4(), account=stranger, expires_at=now() + timedelta(days=1))
    ended, _tokens = await signed_in(world)
    await SignInSession.filter(id=ended.viewer.session_id).update(ended_at=now())
    over, _tokens = await signed_in(world)
    await SignInSession.filter(id=over.viewer.session_id).update(expires_at=now())
    found = await listed(world, phone)
    assert [(one["id"], one["current"], one["userAgent"]) for one in found] == [
        (id_of(browser), False, FIREFOX),
        (id_of(phone), True, "Telefon/1"),
    ]
    assert all(one["createdAt"] <= one["lastUsedAt"] < one["expiresAt"] for one in found)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("", None),
        ("\x00\x1b", None),
        ("  Ein\tBrowser\x00 1 ", "Ein Browser 1"),
        ("x" * 5000, "x" * 200),
        ("b\udc80", "b"),
    ],
)
async def test_of_a_device_as_much_is_kept_as_can_be_shown(world: World, sent: str, shown: str | None) -> None:
    await confirmed(world)
    ctx, _tokens = await signed_in(world, sent)
    assert [one["userAgent"] for one in await listed(world, ctx)] == [shown]


async def test_refreshing_says_when_and_by_what_a_session_was_used_last_and_nothing_else_writes_it(
    world: World,
) -> None:
    await confirmed(world)
    ctx, tokens = await signed_in(world, "Alt/1")
    began = (await SignInSession.get()).last_used_at
    await listed(world, ctx)
    assert (await SignInSession.get()).last_used_at == began
    guest = Context(world.services, language="en", user_agent="Neu/2")
    await world.data(REFRESH, guest, t=tokens["refreshToken"])
    session = await SignInSession.get()
    assert session.last_used_at > began
    assert session.user_agent == "Neu/2"


async def test_a_session_is_a_node_of_its_owner_s_alone(world: World) -> None:
    await confirmed(world)
    mine, _tokens = await signed_in(world, FIREFOX)
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on SignInSession { userAgent current } } }"
    group = await world.group()
    ids = [
        id_of(mine),
        global_id("Group", group.id),
        global_id("SignInSession", uuid4()),
        global_id("SignInSession", 1),
    ]
    found = (await world.data(document, mine, ids=ids))["nodes"]
    assert found == [{"id": ids[0], "userAgent": FIREFOX, "current": True}, {"id": ids[1]}, None, None]
    for other in (None, await world.office(), await world.member("Fremd"), await world.key(await world.organisation())):
        assert (await world.data(document, other, ids=ids))["nodes"] == [None, {"id": ids[1]}, None, None]


@pytest.mark.parametrize(
    "id", ["", "x", "\x00", "ä", "a" * 5000, global_id("Member", str(UUID(int=1))), "U2lnbkluU2Vzc2lvbjox"]
)
def test_what_is_no_id_of_a_session_is_none(id: str) -> None:
    assert read_uuid("SignInSession", id) is None


async def test_one_session_is_ended_and_the_others_go_on(world: World) -> None:
    await confirmed(world)
    mine, _tokens = await signed_in(world)
    lost, tokens = await signed_in(world)
    before = len(await world.told())
    assert (await world.data(END, mine, id=id_of(lost)))["it"] == {"endedIds": [id_of(lost)], "userErrors": []}
    assert await told_since(world, before) == [("SessionEnded", {"session_id": str(lost.viewer.session_id)})]
    with pytest.raises(Unauthenticated):
        await context_for(world.services, f"Bearer {tokens['accessToken']}", "en")
    assert (await world.data(REFRESH, t=tokens["refreshToken"]))["it"]["accessToken"] is None
    assert [one["id"] for one in await listed(world, mine)] == [id_of(mine)]


async def test_the_own_session_may_be_ended_which_makes_a_guest_of_who_asks(world: World) -> None:
    await confirmed(world)
    mine, _tokens = await signed_in(world)
    document = "mutation($id: ID!) { endSession(id: $id) { endedIds } after: signOut { userErrors { code } } }"
    id = id_of(mine)
    answer = await world.ask(document, mine, id=id)
    assert answer.data == {"endSession": {"endedIds": [id]}, "after": None}
    assert answer.codes == ["UNAUTHENTICATED"]


async def test_others_sessions_and_those_that_are_over_are_not_found(world: World) -> None:
    await confirmed(world)
    mine, _tokens = await signed_in(world)
    ended, _tokens = await signed_in(world)
    await world.data(END, mine, id=id_of(ended))
    stranger = await world.account(await world.member("Fremd"))
    theirs = await SignInSession.create(id=uuid4(), account=stranger, expires_at=now() + timedelta(days=1))
    before = await dump()
    for id in (id_of(ended), global_id("SignInSession", theirs.id), global_id("SignInSession", uuid4()), "nonsense"):
        answer = await world.ask(END, mine, id=id)
        assert (answer.data, answer.codes) == ({"it": None}, ["NOT_FOUND"])
    assert await dump() == before


async def test_all_others_are_ended_at_once_and_of_two_who_do_so_one_stays(world: World) -> None:
    account = await confirmed(world)
    contexts = [(await signed_in(world))[0] for _number in range(4)]
    before = len(await world.told())
    answers = await asyncio.gather(*(world.ask(END_OTHERS, one) for one in contexts[:2]))
    ended = [id for answer in answers if answer.data and answer.data["it"] for id in answer.data["it"]["endedIds"]]
    staying = await SignInSession.filter(account_id=account.id, ended_at__isnull=True)
    # The second one may have begun before it was ended itself: then it ends the first one.
    assert len(staying) <= 1
    assert len(ended) == len(set(ended)) == 4 - len(staying)
    assert len(await told_since(world, before)) == len(ended)


async def test_nobody_ends_sessions_without_one(world: World) -> None:
    club = await world.organisation()
    before = await dump()
    for asker, code in ((None, "UNAUTHENTICATED"), (await world.key(club), "FORBIDDEN")):
        before = await dump()
        for document, variables in ((END, {"id": global_id("SignInSession", uuid4())}), (END_OTHERS, {})):
            assert (await world.ask(document, asker, **variables)).codes == [code]
        assert await dump() == before


async def test_an_account_has_so_many_sessions_and_a_new_one_ends_what_was_used_least_recently(world: World) -> None:
    world.services = replace(world.services, rules=Rules(sessions_limit=2))
    account = await confirmed(world)
    contexts = [(await signed_in(world))[0] for _number in range(2)]
    instant = now()
    for age, ctx in zip((1, 2), contexts, strict=True):
        await SignInSession.filter(id=ctx.viewer.session_id).update(last_used_at=instant - timedelta(hours=age))
    before = len(await world.told())
    await sign_in(world)
    assert await told_since(world, before) == [("SessionEnded", {"session_id": str(contexts[1].viewer.session_id)})]
    assert await SignInSession.filter(account_id=account.id, ended_at__isnull=True).count() == 2


async def test_who_verified_a_password_that_was_changed_meanwhile_begins_no_session(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await confirmed(world)
    verify = world.services.passwords.verify

    async def verified_slowly(*args: Any) -> bool:
        right = await verify(*args)
        await Account.filter(id=account.id).update(password_hash="another")
        return right

    monkeypatch.setattr(world.services.passwords, "verify", verified_slowly)
    found = await sign_in(world)
    assert found["userErrors"] == [{"path": [], "code": "INVALID_CREDENTIALS"}]
    assert await SignInSession.all().count() == 0
