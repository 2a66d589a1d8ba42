"""Pages that confirm an address and give another password by a form: no script, and nothing happens by looking."""

import base64
import hashlib
import re
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import Message

from models import Account, Mail, Member
from resolvers.context import Rules
from resolvers.limits.rates import Rate
from schema.declare.prices import HASHING, TRANSACTION
from tests.dump import dump
from tests.resolvers.accounts.test_email_changes import OTHER, request, token_at
from tests.resolvers.accounts.test_passwords import NEW
from tests.resolvers.accounts.test_sessions import signed_in
from tests.resolvers.members.test_invitations import acting_for, invite
from tests.resolvers.test_accounts import confirmed, sign_in, sign_up
from tests.world import World
from web.pages.account_pages import PAGES
from web.pages.form_page import form_routes

# What is stored is tried elsewhere, on both.
pytestmark = pytest.mark.walk


async def ask(world: World, path: str, *, language: str = "de", **request: Any) -> httpx.Response:
    """What is answered, in the language; with a `content` or `data` to POST."""
    routes = form_routes(world.services, PAGES, 5, lambda page, _refuse, _points: page)
    transport = httpx.ASGITransport(Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://pages.test") as client:
        method = "POST" if request else "GET"
        answer = await client.request(method, path, headers={"Accept-Language": language}, **request)
    (style,) = re.findall(r"<style>(.*)</style>", answer.text, re.DOTALL)
    hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert f"style-src 'sha256-{hashed}'" in policy
    assert {"default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"} < set(policy.split("; "))
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert f'<html lang="{language}">' in answer.text
    assert "<script" not in answer.text
    return answer


async def link(recipient: str) -> str:
    """The address of the link in the last mail to somebody, without the server's."""
    mail = await Mail.filter(recipient=recipient).order_by("-id").first()
    assert mail
    return re.findall(r"http://127\.0\.0\.1:8000(/\w+\?token=\S+)", mail.body)[0]  # type: ignore[no-any-return]


async def test_a_sign_up_is_confirmed_by_the_button_and_not_by_looking(world: World) -> None:
    await sign_up(world)
    path, before = await link("erika@example.org"), await dump()
    shown = await ask(world, path)
    assert await dump() == before
    assert path.partition("=")[2] not in shown.text, "the code stands in the address alone"
    done = await ask(world, path, content=b"")
    assert done.status_code == 200
    assert "Ihre Adresse ist bestätigt" in done.text
    assert "Die Koordinierungsstelle prüft" in done.text
    assert (await sign_in(world))["accessToken"]
    again = await ask(world, path, content=b"")
    assert again.status_code == 400
    assert "Dieser Link ist abgelaufen" in again.text


async def test_a_new_address_is_confirmed_there_too_also_by_the_code_alone(world: World) -> None:
    await confirmed(world)
    ctx, _tokens = await signed_in(world)
    await request(world, ctx)
    assert 'name="token"' in (await ask(world, "/confirm")).text
    done = await ask(world, "/confirm", language="en", data={"token": await token_at(OTHER)})
    assert "Your address is confirmed" in done.text
    assert "coordination office" not in done.text, "of that there is nothing to decide"
    assert (await sign_in(world, OTHER))["accessToken"]


@pytest.mark.parametrize("language", ["de", "en"])
async def test_another_password_is_chosen_without_any_application(world: World, language: str) -> None:
    await confirmed(world)
    assert 'type="email"' in (await ask(world, "/reset", language=language)).text
    sent = [
        await ask(world, "/reset", language=language, data={"email": email})
        for email in ("erika@example.org", "nobody@example.org")
    ]
    assert sent[0].status_code == 200
    assert sent[0].content == sent[1].content, "nothing tells who has an account"
    path = await link("erika@example.org")
    assert path.startswith("/reset?")
    before, form = await dump(), await ask(world, path, language=language)
    assert 'type="password"' in form.text
    short = await ask(world, path, language=language, data={"password": "kurz"})
    assert (short.status_code, 'type="password"' in short.text, "10" in short.text) == (400, True, True)
    assert await dump() == before
    assert (await ask(world, path, language=language, data={"password": NEW})).status_code == 200
    assert (await sign_in(world, password=NEW))["accessToken"]
    over = await ask(world, path, language=language, data={"password": NEW})
    assert (over.status_code, 'type="email"' in over.text, 'role="alert"' in over.text) == (400, True, True)


async def test_somebody_agrees_to_act_for_a_club_without_any_application(world: World) -> None:
    anna, berta = await world.member("Anna"), await world.member("Berta")
    club, account = await world.organisation("Verein", by=anna), await world.account(berta)
    for email in (account.email, "erika@example.org"):
        await invite(world, anna, club, email)
    path, before = await link(account.email), await dump()
    assert "<form" in (await ask(world, path)).text
    assert await dump() == before
    done = await ask(world, path, content=b"")
    assert (done.status_code, "<form" in done.text) == (200, False)
    assert await acting_for(club) == [anna.id, berta.id]
    # Who has no account signs up there, and confirms that.
    path = await link("erika@example.org")
    form = await ask(world, path, content=b"")
    assert (form.status_code, 'name="password"' in form.text, 'role="alert"' in form.text) == (400, True, True)
    short = await ask(world, path, data={"name": "Erika", "password": "kurz"})
    assert (short.status_code, 'name="password"' in short.text, "10" in short.text) == (400, True, True)
    assert (await ask(world, path, data={"name": "Erika", "password": NEW})).status_code == 200
    confirming = await link("erika@example.org")
    assert confirming.startswith("/confirm?")
    assert (await ask(world, confirming, content=b"")).status_code == 200
    assert await acting_for(club) == [anna.id, berta.id, (await Member.get(name="Erika")).id]
    over = await ask(world, path, data={"name": "Erika", "password": NEW})
    assert (over.status_code, 'role="alert"' in over.text) == (400, True)


@pytest.mark.parametrize("body", [b"", b"List-Unsubscribe=One-Click"], ids=["the button", "one click"])
async def test_mails_of_a_kind_are_switched_off_and_not_by_looking(world: World, body: bytes) -> None:
    account = await world.account(await world.member("Anna"))
    token = world.services.tokens.make_unsubscribing(account.id, "SEAT_FREED")
    path, before = f"/unsubscribe?token={token}", await dump()
    shown = await ask(world, path)
    assert (shown.status_code, "<form" in shown.text, token in shown.text) == (200, True, False)
    for other in (token[:-2] + "AA", "%00", world.services.tokens.make_calendar(account.id, 1)):
        assert (await ask(world, f"/unsubscribe?token={other}", content=body)).status_code == 400
    assert await dump() == before
    for language, said in (("de", "bekommen Sie nicht mehr"), ("en", "You get no more mails"), ("de", "Vielen Dank")):
        done = await ask(world, path, language=language, content=body)
        assert (done.status_code, "<form" in done.text, said in done.text) == (200, False, True)
        assert (await Account.get(id=account.id)).unwanted_mails == ["SEAT_FREED"]
    other_kind = world.services.tokens.make_unsubscribing(account.id, "GROUP_REQUEST")
    assert (await ask(world, "/unsubscribe", data={"token": other_kind})).status_code == 200
    assert (await Account.get(id=account.id)).unwanted_mails == ["GROUP_REQUEST", "SEAT_FREED"]
    await Member.filter(id=account.member_id).update(status="LEFT")
    assert (await ask(world, path, content=body)).status_code == 400


BODIES = {
    "nothing": b"",
    "too long": b"password=" + b"x" * 20_000,
    "many fields": b"&".join(b"a%d=1" % number for number in range(50)),
    "bytes": bytes(range(256)),
    "JSON": b'{"password": "ein anderes Passwort"}',
    "half a character": b"password=%ED%A0%80%ED%A0%80%ED%A0%80%ED%A0%80",
}


async def test_whatever_is_sent_is_answered_by_the_form_and_changes_nothing(world: World) -> None:
    before = await dump()
    others = ("/invitation", "/invitation?token=x", "/unsubscribe", "/unsubscribe?token=x")
    for path in ("/reset?token=x", "/reset", "/confirm", "/confirm?token=%00", "/confirm?token=%ff", *others):
        for name, body in BODIES.items():
            answer = await ask(world, path, content=body)
            found = answer.status_code, "<form" in answer.text, 'role="alert"' in answer.text
            assert found == (400, True, True), (path, name)
    assert await dump() == before


async def test_a_form_that_breaks_off_on_its_way_does_nothing(world: World) -> None:
    await sign_up(world)
    path, query = (await link("erika@example.org")).split("?")
    before = await dump()
    app = Starlette(routes=form_routes(world.services, PAGES, 5, lambda page, _refuse, _points: page))
    coming: list[Message] = [{"type": "http.request", "body": b"a", "more_body": True}, {"type": "http.disconnect"}]
    sent: list[Message] = []

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "query_string": query.encode(), "headers": []}
    await app(scope, receive, send)
    assert sent[0]["status"] == 400
    assert await dump() == before


async def test_what_is_asked_for_too_often_is_refused_for_a_while(world: World) -> None:
    world.services = replace(world.services, rules=Rules(links=Rate(1, 86_400)))
    answers = [await ask(world, "/reset", data={"email": "nobody@example.org"}) for _number in range(2)]
    assert [one.status_code for one in answers] == [200, 429]
    assert int(answers[1].headers["Retry-After"]) > 0
    assert 'role="alert"' in answers[1].text
    assert await Mail.all().count() == 1


def test_what_is_sent_is_paid_for_as_by_the_api() -> None:
    assert {page.path: page.points for page in PAGES} == {
        "/confirm": TRANSACTION.once,
        "/reset": HASHING.once,
        "/invitation": HASHING.once,
        "/unsubscribe": TRANSACTION.once,
    }
