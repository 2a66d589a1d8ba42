"""What every answer says about itself: of a real server, route by route."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.web.browsers import browser, person, visit
from tests.web.server import Server

PATHS = (
    "/",
    "/graphql",
    "/graphql?query={liveCursor}",
    "/graphql?query={nothing}",
    "/graphql?query=mutation{signOut{userErrors{code}}}",
    "/graphql/",
    "/dashboard",
    "/embed/board",
    "/embed/mitwirk-board.js",
    "/favicon.ico",
    "/confirm?token=x",
    "/reset",
    "/reset?token=x",
    "/feeds/events.ics",
    "/feeds/offers.atom",
    "/feeds/offers.atom?direction=x",
    "/feeds/events/nothing.ics",
    "/health/live",
    "/health/ready",
    "/nothing",
    "/playground/assets/nothing",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("headers") / "data", DEMO=1) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as running:
        yield running


def complete(answer: httpx.Response) -> None:
    """Whether an answer to GET says all that it must."""
    where = (answer.request.method, str(answer.request.url), answer.status_code)
    assert answer.headers["X-Content-Type-Options"] == "nosniff", where
    assert answer.headers["Cache-Control"], where
    assert answer.headers["Vary"], where
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, where
        assert "frame-ancestors 'none'" in policy, where


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/graphql-response+json", "text/event-stream"])
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_to_get_says_who_may_keep_it(server: Server, path: str, accept: str) -> None:
    for method in ("GET", "HEAD"):
        complete(server.client.request(method, path, headers={"Accept": accept}))


@pytest.mark.parametrize("authorization", ["Bearer nonsense", "Basic x", "Bearer {token}"])
def test_what_is_answered_to_somebody_nobody_keeps(server: Server, authorization: str) -> None:
    sign_in = 'mutation { signIn(input: {email: "member@mitwirk.example", password: "mitwirk-demo"}) { accessToken } }'
    token = server.ask(sign_in)["data"]["signIn"]["accessToken"]
    headers = {"Authorization": authorization.format(token=token)}
    for query in ("{viewer{role}}", "{network{name}}"):
        answer = server.client.get("/graphql", params={"query": query}, headers=headers)
        complete(answer)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Authorization" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/graphql", "/confirm", "/nothing", "/health/live"])
def test_every_other_answer_is_taken_for_what_it_says(server: Server, path: str) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        answer = server.client.request(method, path, json={"query": "{ liveCursor }"})
        assert answer.headers.get_list("X-Content-Type-Options") == ["nosniff"]


def test_what_is_turned_away_at_the_door_too(server: Server) -> None:
    answer = server.client.post("/graphql", content=b"x", headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (415, "nosniff")
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_pages_with_forms_work_under_their_own_policy(chromium: Browser, server: Server) -> None:
    async with person(chromium) as context, visit(context) as visiting:
        page = visiting.page
        await page.goto(f"{server.url}/reset?token=nonsense")
        await page.get_by_label("Neues Passwort").fill("ein anderes Passwort")
        await page.get_by_role("button").click()
        await expect(page.get_by_role("alert")).to_contain_text("abgelaufen")
        await page.get_by_label("E-Mail-Adresse").fill("member@mitwirk.example")
        assert await visiting.violations() == []
        await page.get_by_role("button").click()
        await expect(page.get_by_role("main")).to_contain_text("Eine Mail an diese Adresse ist unterwegs.")
        assert await page.evaluate("getComputedStyle(document.body).maxWidth") != "none"
        # Of the status 400 the browser itself tells.
        assert [one for one in visiting.complaints if "400" not in one] == []
