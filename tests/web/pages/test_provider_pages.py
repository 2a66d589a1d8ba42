"""To the city's own sign-in and back: by npm's oidc-provider, and by one whose answers are wrong."""

import asyncio
import base64
import hashlib
import json
import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
import structlog
import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from auth.identity_provider import IdentityProvider
from auth.provider_rules import ProviderRules
from auth.refusals import ProviderWrong, RateLimited
from auth.viewer import GUEST
from models import (
    Account,
    Mail,
    Member,
    MemberStatus,
    NetworkRole,
    ProviderIdentity,
    ProviderSignIn,
    SignInSession,
    now,
)
from resolvers.accounts import back_from_provider, forget_links
from resolvers.context import Context, context_for, system_context
from resolvers.limits.rates import Rate
from resolvers.site import Site
from tests.clients.node import FOLDER, Program, install
from tests.conditions import until
from tests.dump import dump
from tests.resolvers.accounts.test_second_factor import code_of, switched_on
from tests.resolvers.accounts.test_sessions import signed_in
from tests.resolvers.test_accounts import PASSWORD, codes, confirmed, sign_in
from tests.world import SECRET, World
from web.pages.provider_pages import provider_routes

# What is stored is tried on one database: what it is stored by are the same statements as elsewhere.
pytestmark = pytest.mark.walk

SITE = "https://engagement.example"
BACK = "http://127.0.0.1:8000/sign-in/callback"
CLIENT, CLIENT_SECRET = "mitwirk & co", "a secret: for tests/only + %"
VERIFIER = "a secret that the page keeps to itself, of many letters"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ERIKA = {"email": "Erika@Example.org", "email_verified": True, "name": "Erika Muster"}
SIGN_IN = """mutation($i: SignInWithProviderInput!) { it: signInWithProvider(input: $i) { accessToken
  viewer { email role member { name status } } userErrors { path code } } }"""


def settled(world: World, issuer: str, **rules: Any) -> World:
    """The world, with this provider."""
    agreed = ProviderRules(issuer, CLIENT, CLIENT_SECRET, "openid email profile", ("groups", "engagement"), **rules)
    provider = IdentityProvider(agreed, BACK, SECRET)
    site = Site(home=SITE, provider=SITE + "/sign-in/provider#token={token}")
    changed = replace(world.services.rules, site=site, sign_in_provider="Servicekonto")
    world.services = replace(world.services, provider=provider, rules=changed)
    return world


async def ask(world: World, path: str, language: str = "en") -> httpx.Response:
    """What the server answers at this address of its own."""
    routes = provider_routes(world.services, 5, lambda page, _refuse, _points: page)
    transport = httpx.ASGITransport(Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://pages.test") as client:
        answer = await client.get(path, headers={"Accept-Language": language})
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    return answer


async def begun(world: World) -> str:
    """The address at the provider to which a page of the website leads."""
    answer = await ask(world, f"/sign-in/start?challenge={CHALLENGE}")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def token_in(answer: httpx.Response) -> str:
    """The token in the address of the website's page to which somebody is sent back."""
    assert answer.status_code == 303, answer.text
    place = answer.headers["Location"]
    assert place.startswith(SITE + "/sign-in/provider#token=")
    return str(place.partition("=")[2])


async def exchanged(world: World, token: str, **more: Any) -> Any:
    return (await world.data(SIGN_IN, i={"token": token, "verifier": VERIFIER, **more}))["it"]


# ---------------------------------------------------------------- npm's oidc-provider


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    install()
    script = (FOLDER / "provider.js").read_text()
    command = ["node", "--input-type=module", "-", BACK, CLIENT_SECRET]
    program = Program(command, script, tmp_path_factory.mktemp("provider"), "provider")
    try:
        deadline = time.monotonic() + 90
        while not program.lines:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield program.lines[0]
    finally:
        program.end()


async def through(world: World, claims: dict[str, Any]) -> str:
    """Sign in at the provider as who has these claims: the address, below the server's, to which it sends back."""
    place = await begun(world)
    login = json.dumps(claims).encode().hex()
    async with httpx.AsyncClient(trust_env=False, timeout=60) as browser:
        for _ in range(20):
            if place.startswith(BACK):
                return "/sign-in/callback?" + urlsplit(place).query
            answer = await browser.get(place)
            if answer.status_code == 200:  # a form: who it is, or that they consent
                (action,) = re.findall(r'action="([^"]+)"', answer.text)
                prompt = re.findall(r'name="prompt" value="(\w+)"', answer.text)[0]
                form = {"prompt": prompt, **({"login": login, "password": "x"} if prompt == "login" else {})}
                answer = await browser.post(str(answer.url.join(action)), data=form)
            assert answer.is_redirect, answer.text
            place = str(answer.url.join(answer.headers["Location"]))
    raise AssertionError(place)


async def test_who_is_new_has_applied_and_comes_back_to_the_same_account(world: World, issuer: str) -> None:
    settled(world, issuer)
    shown = await world.data("{ network { signInProvider { name url } } }")
    start = "http://127.0.0.1:8000/sign-in/start"
    assert shown["network"]["signInProvider"] == {"name": "Servicekonto", "url": start}
    place = await through(world, ERIKA)
    token = token_in(await ask(world, place))
    assert await Account.all().count() == 0, "looking at an address makes no account"
    wrong = {"token": token, "verifier": VERIFIER + "x"}
    assert await codes(world, SIGN_IN, i=wrong) == [(["input", "token"], "EXPIRED")], "another page's"
    found = await asyncio.gather(*(exchanged(world, token) for _ in range(3)))
    (done,) = [one for one in found if one["accessToken"]]
    assert done["viewer"] == {
        "email": "erika@example.org",
        "role": "MEMBER",
        "member": {"name": "Erika Muster", "status": "APPLIED"},
    }
    assert all(one["userErrors"] == [{"path": ["input", "token"], "code": "EXPIRED"}] for one in found if one != done)
    before = await dump()
    again = await ask(world, place, "de")
    assert (again.status_code, 'lang="de"' in again.text, 'role="alert"' in again.text) == (400, True, True)
    assert await dump() == before, "the provider's code was used"
    # The address may be another one by now: who it is tells the subject.
    await Account.all().update(email="neu@example.org")
    back = await exchanged(world, token_in(await ask(world, await through(world, ERIKA))))
    assert back["viewer"]["email"] == "neu@example.org"
    assert (await sign_in(world, "neu@example.org"))["userErrors"] == [{"path": [], "code": "INVALID_CREDENTIALS"}]
    assert await ProviderIdentity.all().count() == await Member.all().count() == 1


async def test_an_account_of_the_same_address_is_tied_by_its_password_alone(world: World, issuer: str) -> None:
    settled(world, issuer)
    account = await confirmed(world)
    ctx, _tokens = await signed_in(world)
    secret, _recovery = await switched_on(world, ctx)
    token = token_in(await ask(world, await through(world, ERIKA)))
    given = {"token": token, "verifier": VERIFIER}
    assert await codes(world, SIGN_IN, i=given) == [(["input", "password"], "REQUIRED")]
    wrong = given | {"password": "geraten"}
    assert await codes(world, SIGN_IN, i=wrong) == [(["input", "password"], "INVALID_CREDENTIALS")]
    right = given | {"password": PASSWORD}
    assert await codes(world, SIGN_IN, i=right) == [(["input", "code"], "SECOND_FACTOR_REQUIRED")]
    done = await exchanged(world, token, password=PASSWORD, code=code_of(secret))
    assert done["viewer"]["email"] == account.email
    assert (await ProviderIdentity.get()).account_id == account.id
    mail = await Mail.all().order_by("-id").first()
    assert mail
    assert (mail.recipient, "Servicekonto" in mail.body) == (account.email, True)
    token = token_in(await ask(world, await through(world, ERIKA)))
    again = {"token": token, "verifier": VERIFIER}
    assert await codes(world, SIGN_IN, i=again) == [(["input", "code"], "SECOND_FACTOR_REQUIRED")]
    assert (await exchanged(world, token, code=code_of(secret, 1)))["viewer"]["role"] == "MEMBER"


@pytest.mark.parametrize("language", ["de", "en"])
async def test_without_a_confirmed_address_nobody_new_is_let_in(world: World, issuer: str, language: str) -> None:
    settled(world, issuer)
    for claims in ({"name": "Erika"}, ERIKA | {"email_verified": False}, ERIKA | {"email": "keine Adresse"}):
        place, before = await through(world, claims), await dump()
        answer = await ask(world, place, language)
        said = {"de": "E-Mail-Adresse", "en": "e-mail address"}[language]
        assert (answer.status_code, said in answer.text) == (400, True)
        assert await dump() == before


async def test_the_claim_makes_an_account_of_the_office_for_as_long_as_it_is_there(world: World, issuer: str) -> None:
    settled(world, issuer)
    provider = world.services.provider
    assert provider
    token = token_in(await ask(world, await through(world, ERIKA | {"groups": ["other", "engagement"]})))
    done = await exchanged(world, token)
    assert (done["viewer"]["role"], done["viewer"]["member"]) == ("OFFICE", None)
    begin = "mutation { it: enrolSecondFactor(input: {}) { secret userErrors { code } } }"
    ctx = await context_for(world.services, f"Bearer {done['accessToken']}", "en")
    assert (await world.data(begin, ctx))["it"]["secret"], "an account without a password can begin one"
    token = token_in(await ask(world, await through(world, ERIKA | {"groups": ["other", "engagement"]})))
    # The same person, whom the city no longer says to be of the office.
    await ProviderSignIn.all().update(claims_office=False)
    gone = await exchanged(world, token)
    assert gone["userErrors"] == [{"path": ["input", "token"], "code": "WRONG_STATE"}]
    assert not await SignInSession.filter(ended_at__isnull=True).exists()
    assert not await ProviderSignIn.exists()
    # A member whom it says to be of the office becomes so, and a member again.
    member = await world.member("Ada", MemberStatus.ACTIVE)
    account = await world.account(member)
    await ProviderIdentity.all().update(account_id=account.id, gives_office=False)
    for claims_office in (True, False):
        token = token_in(await ask(world, await through(world, ERIKA | {"groups": ["other", "engagement"]})))
        await ProviderSignIn.all().update(claims_office=claims_office)
        done = await exchanged(world, token)
        assert done["viewer"]["role"] == ("OFFICE" if claims_office else "MEMBER")
    assert (await Account.get(id=account.id)).role is NetworkRole.MEMBER


# ---------------------------------------------------------------- wrong answers

Answer = dict[str, Any]
KEY, FOREIGN = RSAKey.generate_key(2048, {"kid": "one"}), RSAKey.generate_key(2048, {"kid": "one"})
SHARED = OctKey.import_key(CLIENT_SECRET)


class Wrong:
    """A provider whose answers are right but for what `fault` names."""

    def __init__(self) -> None:
        self.issuer, self.fault, self.nonce, self.keys_read = "", "", "", 0

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.configuration),
                Route("/keys", self.keys),
                Route("/token", self.token, methods=["POST"]),
                Route("/userinfo", self.userinfo),
            ]
        )

    async def configuration(self, _request: Request) -> Response:
        if self.fault == "long":
            return PlainTextResponse("x" * 300_000)
        if self.fault == "moved":
            return RedirectResponse("/keys")
        if self.fault == "down":
            return PlainTextResponse("", 502)
        if self.fault == "hangs":
            await asyncio.sleep(60)
        found: Answer = {name: f"{self.issuer}/{name}" for name in ("token", "userinfo")}
        return JSONResponse(
            {
                "issuer": self.issuer + ("/" if self.fault == "issuer" else ""),
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": "http://elsewhere.example/token" if self.fault == "plain" else found["token"],
                "userinfo_endpoint": found["userinfo"],
                "jwks_uri": f"{self.issuer}/keys",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def keys(self, _request: Request) -> Response:
        self.keys_read += 1
        return JSONResponse(KeySet([KEY]).as_dict(private=False))

    async def token(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode())
        if self.fault == "refused" or form["code"] != ["right"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims: Answer = {"iss": self.issuer, "sub": "7", "aud": CLIENT, "iat": now, "exp": now + 60}
        claims |= {"nonce": self.nonce, **ERIKA}
        faults: dict[str, Answer] = {
            "another issuer": {"iss": "https://evil.example"},
            "another audience": {"aud": "other"},
            "another party": {"aud": [CLIENT, "other"], "azp": "other"},
            "no party": {"aud": [CLIENT, "other"]},
            "over": {"exp": now - 3600},
            "another sign-in": {"nonce": "other"},
            "no nonce": {"nonce": None},
            "no subject": {"sub": ""},
        }
        claims |= faults.get(self.fault, {})
        if self.fault == "unsigned":
            parts = (base64.urlsafe_b64encode(json.dumps(one).encode()) for one in ({"alg": "none"}, claims))
            signed = ".".join(one.decode().rstrip("=") for one in parts) + "."
        elif self.fault == "shared secret":
            signed = jwt.encode({"alg": "HS256"}, claims, SHARED)
        else:
            signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, FOREIGN if self.fault == "key" else KEY)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": signed})

    async def userinfo(self, _request: Request) -> Response:
        return JSONResponse({"sub": "8" if self.fault == "another person" else "7", "name": "Erika"})


@pytest_asyncio.fixture
async def wrong() -> AsyncIterator[Wrong]:
    made = Wrong()
    config = uvicorn.Config(made.app(), host="127.0.0.1", port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    made.issuer = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield made
    server.should_exit = server.force_exit = True
    await serving


AT_ONCE = {"long": 400, "moved": 400, "down": 503, "hangs": 503, "issuer": 400, "plain": 400}
LATER = (
    *("refused", "another issuer", "another audience", "another party", "no party", "over", "another sign-in"),
    *("no nonce", "no subject", "unsigned", "shared secret", "key", "another person"),
)


async def test_whatever_a_provider_answers_wrongly_is_said_on_a_page_and_nothing_is_written(
    world: World, wrong: Wrong
) -> None:
    settled(world, wrong.issuer, seconds=5)
    place = await begun(world)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}
    assert (asked["code_challenge_method"], asked["redirect_uri"]) == ("S256", BACK)
    assert CHALLENGE not in place
    wrong.nonce = asked["nonce"]
    back = httpx.QueryParams({"state": asked["state"], "code": "right", "iss": wrong.issuer})

    async def refused(answer: httpx.QueryParams | None, status: int = 400) -> None:
        before = await dump()
        path = f"/sign-in/start?challenge={CHALLENGE}" if answer is None else f"/sign-in/callback?{answer}"
        with structlog.testing.capture_logs() as logs:
            found = await ask(world, path)
        assert (found.status_code, 'role="alert"' in found.text) == (status, True), (wrong.fault, found.text)
        assert [one["event"] for one in logs] == ["sign-in at the provider failed"], wrong.fault
        assert not re.search(r"erika|Erika|right", str(logs))
        assert await dump() == before

    for fault in LATER:
        wrong.fault = fault
        await refused(back)
    wrong.fault = ""
    keys = wrong.keys_read
    assert keys == 1, "keys are asked for again once in a while, not by every wrong token"
    other = IdentityProvider(ProviderRules(wrong.issuer, CLIENT), BACK, "another key, long enough to be one").address
    foreign = parse_qs(urlsplit(await other(CHALLENGE)).query)["state"][0]
    for changed in ({"state": foreign}, {"state": "x"}, {"iss": "https://evil.example"}, {"code": ""}):
        await refused(back.merge(changed))
    await refused(back.remove("iss"))
    await refused(back.set("error", "access_denied"))
    for challenge in ("", "x" * 42, "x" * 44, "ä" * 43):
        assert (await ask(world, f"/sign-in/start?challenge={challenge}")).status_code == 400
    for fault, status in AT_ONCE.items():
        wrong.fault = fault
        settled(world, wrong.issuer, seconds=0.3 if fault == "hangs" else 5)
        await refused(None, status)
    settled(world, "http://127.0.0.1:9", seconds=5)
    await refused(None, 503)
    settled(world, wrong.issuer)
    wrong.fault = ""
    assert await exchanged(world, token_in(await ask(world, f"/sign-in/callback?{back}"))), "right but for the faults"


async def test_codes_that_are_made_up_are_not_asked_about_without_end(world: World, wrong: Wrong) -> None:
    """One who has begun has fifteen minutes for it: each return costs a request of the provider's."""
    settled(world, wrong.issuer)
    rules = replace(world.services.rules, sign_ins_by_address=Rate(3, 900))
    ctx = Context(replace(world.services, rules=rules), GUEST, address="192.0.2.1")
    state = parse_qs(urlsplit(await begun(world)).query)
    wrong.nonce = state["nonce"][0]
    back = {"state": state["state"][0], "code": "right", "iss": wrong.issuer}
    for _right in range(5):
        assert await back_from_provider(ctx, back)
    wrong.fault = "refused"
    for _guess in range(3):
        with pytest.raises(ProviderWrong):
            await back_from_provider(ctx, back)
    wrong.fault, before = "", await dump()
    with pytest.raises(RateLimited):
        await back_from_provider(ctx, back)
    assert await dump() == before
    assert await back_from_provider(replace(ctx, address="192.0.2.2"), back)


async def test_what_nobody_goes_on_with_is_forgotten(world: World, wrong: Wrong) -> None:
    settled(world, wrong.issuer)
    asked = parse_qs(urlsplit(await begun(world)).query)
    wrong.nonce = asked["nonce"][0]
    back = httpx.QueryParams({"state": asked["state"][0], "code": "right", "iss": wrong.issuer})
    token = token_in(await ask(world, f"/sign-in/callback?{back}"))
    assert token not in str(await dump())
    await ProviderSignIn.all().update(expires_at=now() - timedelta(days=1))
    given = {"token": token, "verifier": VERIFIER}
    assert await codes(world, SIGN_IN, i=given) == [(["input", "token"], "EXPIRED")]
    await forget_links(system_context(world.services))
    assert not await ProviderSignIn.exists()
