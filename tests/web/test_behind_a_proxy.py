"""Behind a proxy with its defaults, below a path: every address keeps the path, and pages are at home."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
import websockets
from playwright.async_api import Browser, expect
from websockets.asyncio.client import connect

from tests.servers import free_port
from tests.web.browsers import browser, person, visit
from tests.web.http.feeds.reading import ATOM, events
from tests.web.live.test_graphql_transport_ws import PROTOCOL, hear, say
from tests.web.pages.test_dashboard import drawn
from tests.web.pages.test_playground import answer, choose, publish, ready, run
from tests.web.proxies import proxy
from tests.web.server import PATIENCE, Server

ROOT = "/api"


class Behind:
    """A server, reached below `url`."""

    def __init__(self, server: Server, url: str, port: int) -> None:
        self.server = server
        self.url = url
        self.directly = f"http://127.0.0.1:{port}"

    def get(self, path: str, accept: str = "*/*") -> httpx.Response:
        return httpx.get(self.url + path, headers={"Accept": accept}, timeout=PATIENCE, trust_env=False)


@pytest.fixture(scope="module", params=["cut off", "passed on"])
def behind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    """The proxy either cuts the path off or doesn't; PUBLIC_URL may end in a slash or not."""
    folder, port, cuts = tmp_path_factory.mktemp("behind"), free_port(), request.param == "cut off"
    with proxy(folder / "nginx", port, ROOT, cuts=cuts) as url:
        public = url + "/" if cuts else url
        with Server(folder / "data", DEMO=1, PORT=port, PUBLIC_URL=public) as server:
            yield Behind(server, url, port)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as running:
        yield running


def test_it_says_where_it_is(behind: Behind) -> None:
    assert behind.server.url == behind.url
    for path in ("/graphql", "/dashboard", "/health/ready"):
        assert f" {behind.url}{path}\n" in behind.server.output
    assert f" {behind.url.replace('http', 'ws', 1)}/graphql" in behind.server.output


def test_everything_is_below_the_path(behind: Behind) -> None:
    for path in ("", "/", "/graphql", "/dashboard", "/confirm", "/reset"):
        page = behind.get(path, "text/html")
        if path == "" and page.status_code == 301:  # nginx itself
            continue
        assert page.status_code == 200, path
        assert page.headers["Content-Type"].startswith("text/html"), path
        for name in re.findall(r'(?:src|href)="([^"]+)"', page.text):
            assert name.startswith(f"{ROOT}/"), name
            file = behind.get(name.removeprefix(ROOT))
            assert file.status_code == 200, name
    assert behind.get("/health/live").json() == {"status": "ok"}
    assert behind.get("/health/ready").json()["status"] == "ok"
    assert behind.get("/graphql?query=%7B__typename%7D").json()["data"] == {"__typename": "Query"}
    assert behind.get("/nothing").status_code == behind.get("/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/dashboard/", "/dashboard"),
        ("/dashboard//", "/dashboard"),
        ("/graphql/?query=%7B__typename%7D", "/graphql?query=%7B__typename%7D"),
        ("/feeds/offers.atom/?topic=%26", "/feeds/offers.atom?topic=%26"),
        ("/feeds/events/%C3%A4%5C.ics/", "/feeds/events/%C3%A4%5C.ics"),
        ("/health/live/", "/health/live"),
        ("/", "/graphql"),
    ],
)
def test_redirects_keep_the_path_and_name_no_host(behind: Behind, path: str, target: str) -> None:
    redirected = behind.get(path)
    assert (redirected.status_code, redirected.headers["Location"]) == (307, ROOT + target)
    # Also for who asks on the machine itself.
    with httpx.Client(base_url=behind.directly, timeout=PATIENCE, trust_env=False) as client:
        redirected = client.get(path)
        assert redirected.headers["Location"] == ROOT + target
        assert client.get("/health/live").status_code == client.get(f"{ROOT}/health/live").status_code == 200
        assert client.get(f"{ROOT}x/health/live").status_code == 404


@pytest.mark.parametrize("path", [b"//elsewhere.example/", b"//elsewhere.example//", b"/%5C/elsewhere.example/"])
def test_no_redirect_leads_elsewhere(behind: Behind, path: bytes) -> None:
    for before in (b"", ROOT.encode()):
        address = httpx.URL(behind.directly).copy_with(raw_path=before + path)
        assert httpx.get(address, timeout=PATIENCE, trust_env=False).status_code == 404
    address = httpx.URL(behind.directly).copy_with(raw_path=b"//dashboard/")
    assert httpx.get(address, timeout=PATIENCE, trust_env=False).headers["Location"] == f"{ROOT}/dashboard"


def test_feeds_and_the_links_of_the_api_name_the_public_address(behind: Behind) -> None:
    feed = behind.get("/feeds/offers.atom?direction=SEEK&utm_source=x")
    assert f'href="{behind.url}/feeds/offers.atom?direction=SEEK"' in feed.text
    assert ATOM["a"] in feed.text
    found = behind.server.ask("{ events(first: 1) { nodes { title icalUrl } } }")["data"]["events"]["nodes"][0]
    assert found["icalUrl"].startswith(f"{behind.url}/feeds/events/")
    content = httpx.get(found["icalUrl"], timeout=PATIENCE, trust_env=False).content
    assert found["title"] in events(content)


@pytest.mark.parametrize("behind", ["passed on"], indirect=True)
async def test_the_dashboard_lives(chromium: Browser, behind: Behind) -> None:
    async with person(chromium) as context, visit(context) as visiting:
        await visiting.page.goto(f"{behind.url}/dashboard/")
        await drawn(visiting.page)
        publish(behind.server, "Leiter gesucht")
        await expect(visiting.page.locator("#seek-list li").first).to_contain_text("Leiter gesucht")
        at_home(visiting.requests, behind)
        assert visiting.complaints == []


@pytest.mark.parametrize("behind", ["cut off"], indirect=True)
async def test_the_playground_asks_and_watches(chromium: Browser, behind: Behind) -> None:
    async with person(chromium) as context, visit(context) as visiting:
        for path in ("/", "/graphql"):
            await visiting.page.goto(behind.url + path)
            await ready(visiting.page, "query Board")
        await run(visiting.page)
        assert (await answer(visiting.page))["data"]["offers"]["nodes"]
        await choose(visiting.page, "WatchBoard")
        await run(visiting.page)
        await expect(visiting.page.get_by_role("status")).to_have_text("Live verbunden")
        at_home(visiting.requests, behind)
        assert visiting.complaints == []


def at_home(requests: list[str], behind: Behind) -> None:
    """All of them went to the proxy, below its path; one is a WebSocket."""
    assert any(url.startswith("ws:") for url in requests)
    for url in requests:
        assert urlsplit(url).netloc == urlsplit(behind.url).netloc
        assert urlsplit(url).path.startswith(f"{ROOT}/"), url


async def test_sockets_of_the_public_origin_open_and_others_are_refused(behind: Behind) -> None:
    address = behind.url.replace("http", "ws", 1) + "/graphql"
    for path in ("", "/"):
        async with connect(
            address + path, subprotocols=[PROTOCOL], proxy=None, origin=websockets.Origin(behind.url.removesuffix(ROOT))
        ) as socket:
            await say(socket, type="connection_init")
            assert await hear(socket) == {"type": "connection_ack"}
    logged = len(refusals(behind.server))
    for number in range(20):
        strange = websockets.Origin(f"https://elsewhere-{number}.example/" + "x" * 5000)
        with pytest.raises(websockets.InvalidStatus) as caught:
            await connect(address, subprotocols=[PROTOCOL], proxy=None, origin=strange)
        assert caught.value.response.status_code == 403
    (line,) = refusals(behind.server)[logged:]
    assert "PUBLIC_URL" in line["event"]
    assert "ALLOWED_ORIGINS" in line["event"]
    assert line["origin"].startswith("https://elsewhere-0.example/")
    assert len(json.dumps(line)) < 800


def refusals(server: Server) -> list[dict[str, str]]:
    """What was logged of pages that were refused."""
    lines = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
    return [line for line in lines if "another origin" in line["event"]]


def test_nothing_went_wrong(behind: Behind) -> None:
    assert "Traceback" not in behind.server.log
