"""Which pages may ask from a browser, in which form addresses are compared, and what of it a browser makes."""

import json
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import pytest_asyncio
import structlog
from playwright.async_api import Browser

from tests.web.browsers import browser, person, visit
from tests.web.server import Server
from web.http.origins import Origins, address, origin
from web.process.startup_errors import CannotStartError
from web.settings import Settings, read_settings

# What common clients, and what traces their requests, send.
HEADERS = {
    "Accept": "application/graphql-response+json",
    "Accept-Language": "en",
    "Authorization": "",
    "Apollo-Require-Preflight": "true",
    "ApolloGraphQL-Client-Name": "board",
    "apollographql-client-name": "board",
    "apollographql-client-version": "1.0",
    "baggage": "sentry-environment=production",
    "Cache-Control": "no-cache",
    "Content-Type": "application/json",
    "graphql-client-name": "board",
    "If-None-Match": '"x"',
    "Last-Event-ID": "x",
    "Pragma": "no-cache",
    "sentry-trace": "12345678901234567890123456789012-1234567890123456-1",
    "traceparent": "00-12345678901234567890123456789012-1234567890123456-01",
    "tracestate": "a=b",
    "x-datadog-trace-id": "1",
    "X-Correlation-Id": "x",
    "X-Request-ID": "x",
    "X-Requested-With": "XMLHttpRequest",
}
EXPOSED = ["ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate", "X-Correlation-Id"]


@pytest.mark.parametrize(
    ("given", "normalised"),
    [
        ("https://www.example.org", "https://www.example.org"),
        ("https://www.example.org/", "https://www.example.org"),
        ("HTTPS://WWW.Example.ORG:443/", "https://www.example.org"),
        ("http://www.example.org:80", "http://www.example.org"),
        ("http://www.example.org:443/a", "http://www.example.org:443/a"),
        ("https://host/api", "https://host/api"),
        ("https://host/api///", "https://host/api"),
        ("https://host/Api/v1/", "https://host/Api/v1"),
        ("https://host/b\u00fcrger", "https://host/b%C3%BCrger"),
        ("https://host/b%c3%bcrger/", "https://host/b%C3%BCrger"),
        ("https://M\u00fcller-Verein.de/", "https://xn--mller-verein-dlb.de"),
        ("https://xn--mller-verein-dlb.de", "https://xn--mller-verein-dlb.de"),
        ("https://stra\u00dfe.de", "https://xn--strae-oqa.de"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://127.0.0.1:8000/api/", "http://127.0.0.1:8000/api"),
        ("http://my_host:8000", "http://my_host:8000"),
    ],
)
def test_addresses_are_as_browsers_write_them(given: str, normalised: str) -> None:
    assert address(given) == normalised
    assert address(normalised) == normalised
    assert Settings(public_url=given).address() == normalised


@pytest.mark.parametrize(
    "given",
    [
        "www.example.org",
        "ftp://www.example.org",
        "https://",
        "https:///api",
        "https://host:port",
        "https://host:99999",
        "https://[::1",
        "https://user:word@host",
        "https://host/api?x=1",
        "https://host/api#x",
        "https://host/a b",
        "https://host\\evil.example",
        "https://ho\nst",
        "https://host/a//b",
        "https://host/../b",
        "https://host/a%2Fb",
        "https://a\u3000b.de",
        "https://-\u00fc.de",
        "https://ho<st",
    ],
)
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="must"):
        address(given)
    with pytest.raises(ValueError, match="must"):
        origin(given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "https://user:hidden-word@host"),
        ("PUBLIC_URL", "https://host/api?hidden-word"),
        ("PUBLIC_URL", "https://host/graphql"),
        ("PUBLIC_URL", "https://host/dashboard/"),
        ("ALLOWED_ORIGINS", "null"),
        ("ALLOWED_ORIGINS", "https://www.example.org,https://host/path"),
        ("ALLOWED_ORIGINS", "www.example.org"),
    ],
)
def test_a_wrong_address_keeps_the_server_from_starting(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(CannotStartError) as caught:
        read_settings()
    line = str(caught.value)
    assert caught.value.exit_code == 2
    assert line.startswith(f"{name}: ")
    assert "\n" not in line
    assert "hidden-word" not in line


def test_allowed_origins_are_compared_in_any_spelling() -> None:
    settings = Settings(allowed_origins=" https://WWW.example.org:443/ ,http://M\u00fcller.de,, http://[::1]:80")
    assert settings.origins == ["https://www.example.org", "http://xn--mller-kva.de", "http://[::1]"]
    assert Settings(allowed_origins=" , ").origins == []
    origins = Origins("https://host/api", settings.origins)
    for named in (*settings.origins, "https://host", "HTTPS://Host:443", "http://xn--mller-kva.de"):
        assert origins.names(named), named
    strange = (
        "null",
        "",
        "https://host.example",
        "http://host",
        "https://host:8443",
        "x" * 5000,
        "https://[",
        "file://",
    )
    assert not any(origins.names(other) for other in strange)
    assert Origins(None, ["*"]).names("null")


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"host": "upstream:8000"}, True),
        ({"origin": "https://host", "host": "upstream:8000"}, True),
        ({"origin": "https://HOST:443", "host": "upstream:8000"}, True),
        ({"origin": "http://upstream:8000", "host": "Upstream:8000"}, True),
        ({"origin": "http://upstream", "host": "upstream:80"}, True),
        ({"origin": "https://upstream", "host": "upstream:443"}, True),
        ({"origin": "https://elsewhere.example", "host": "upstream", "sec-fetch-site": "same-origin"}, True),
        ({"origin": "https://elsewhere.example", "host": "upstream", "sec-fetch-site": "same-site"}, False),
        ({"origin": "https://elsewhere.example", "host": "upstream"}, False),
        ({"origin": "https://elsewhere.example", "host": "upstream", "x-forwarded-host": "elsewhere.example"}, False),
        ({"origin": "http://host", "host": "upstream"}, False),
        ({"origin": "https://host.elsewhere.example", "host": "upstream"}, False),
        ({"origin": "null", "host": "upstream"}, False),
        ({"origin": "", "host": "upstream"}, False),
        ({"origin": "https://host"}, True),
        ({"origin": "https://other"}, False),
    ],
)
def test_who_may_open_a_socket(headers: dict[str, str], allowed: bool) -> None:
    assert Origins("https://host/api", []).allow(headers) is allowed


def test_refusals_are_logged_once_a_minute_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = 1000.0
    monkeypatch.setattr("web.http.origins.time.monotonic", lambda: seconds)
    origins = Origins("https://host", [])
    with structlog.testing.capture_logs() as lines:
        for number in range(100):
            origins.allow({"origin": f"https://{number}.example" + "x" * 9000, "host": "y" * 9000})
        seconds += 61
        origins.allow({"origin": "null"})
    assert [line["refusals"] for line in lines] == [1, 100]
    for line in lines:
        assert "PUBLIC_URL" in line["event"]
        assert len(line["origin"]) <= 200 >= len(line["host"])


# ---------------------------------------------------------------- pages of other origins, in a browser


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>A page</title>")

    def log_message(self, *_arguments: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def page_url() -> Iterator[str]:
    """A page of another origin."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, page_url: str) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("origins") / "data", ALLOWED_ORIGINS=page_url + "/") as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as running:
        yield running


FETCH = """async ([url, options]) => {
  const answer = await fetch(url, options)
  return { status: answer.status, headers: [...answer.headers.keys()], text: await answer.text() }
}"""
SOCKET = """url => new Promise((resolve) => {
  const socket = new WebSocket(url, 'graphql-transport-ws')
  socket.onopen = () => resolve('open')
  socket.onerror = () => resolve('refused')
})"""


async def test_a_page_of_an_allowed_origin_asks_with_any_headers(
    chromium: Browser, server: Server, page_url: str
) -> None:
    headers = {name: value for name, value in HEADERS.items() if value}
    post = {"method": "POST", "headers": headers, "body": json.dumps({"query": "{ network { name } }"})}
    async with person(chromium) as context, visit(context) as visiting:
        await visiting.page.goto(page_url)
        answer = await visiting.page.evaluate(FETCH, [f"{server.url}/graphql", post])
        assert json.loads(answer["text"])["data"]["network"]
        assert {"etag", "x-correlation-id"} <= set(answer["headers"])
        for path in ("/graphql/", "/feeds/offers.atom", "/health/ready"):
            options = post if path == "/graphql/" else {"headers": headers}
            answer = await visiting.page.evaluate(FETCH, [server.url + path, options])
            assert answer["status"] == 200, path
        assert await visiting.page.evaluate(SOCKET, server.socket_url) == "open"
        assert visiting.complaints == []


async def test_a_page_of_another_origin_is_refused_and_the_log_says_why(
    chromium: Browser, server: Server, page_url: str
) -> None:
    elsewhere = page_url.replace("127.0.0.1", "localhost")
    post = {"method": "POST", "headers": {"Content-Type": "application/json"}, "body": '{"query": "{ __typename }"}'}
    async with person(chromium) as context, visit(context) as visiting:
        await visiting.page.goto(elsewhere)
        caught = f"(given) => ({FETCH})(given).catch((error) => error.name)"
        assert await visiting.page.evaluate(caught, [f"{server.url}/graphql", post]) == "TypeError"
        assert await visiting.page.evaluate(SOCKET, server.socket_url) == "refused"
    lines = [json.loads(line) for line in server.log.splitlines() if "ALLOWED_ORIGINS" in line]
    assert [line["origin"] for line in lines] == [elsewhere]


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_a_preflight_passes_whatever_headers_are_to_come(server: Server, page_url: str, method: str) -> None:
    for names in (*HEADERS, ",".join(sorted(HEADERS)).lower()):
        headers = {"Origin": page_url, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": names}
        headers["Access-Control-Request-Private-Network"] = "true"
        answer = server.client.options("/graphql", headers=headers)
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == page_url
        assert answer.headers["Access-Control-Allow-Headers"].lower() == names.lower()
        assert method in answer.headers["Access-Control-Allow-Methods"]
        assert answer.headers["Access-Control-Allow-Private-Network"] == "true"
    exposed = server.client.get("/health/live", headers={"Origin": page_url}).headers["Access-Control-Expose-Headers"]
    assert exposed == ", ".join(EXPOSED)


@pytest.mark.parametrize("origin", ["null", "https://elsewhere.example", "http://127.0.0.1:1", ""])
def test_a_preflight_of_another_origin_does_not(server: Server, origin: str) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answer = server.client.options("/graphql", headers=headers)
    assert answer.status_code == 400
    assert "Access-Control-Allow-Origin" not in answer.headers
