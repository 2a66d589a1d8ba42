"""The board in other pages: in a frame, and as an element of theirs. In a real browser, on a page of another origin."""

import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.web.browsers import browser, person, visit
from tests.web.pages.test_dashboard_states import Between
from tests.web.pages.test_playground import publish
from tests.web.server import Server

PAGE = """<!doctype html><html lang="de"><title>Intranet</title>
<style>mitwirk-board::part(title) { color: rgb(10, 20, 30) }</style>
<main><h1>Unser Verein</h1>
<mitwirk-board direction="seek" count="3"></mitwirk-board>
<iframe title="Brett" width="700" height="500" src="%(url)s/embed/board?language=en"></iframe></main>
<script src="%(url)s/embed/mitwirk-board.js"></script></html>"""


class Intranet:
    """A club's own web server, at an origin of its own."""

    def __init__(self) -> None:
        self.page = b""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        intranet = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(intranet.page if self.path == "/" else b"")

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        return Handler

    def end(self) -> None:
        """Stop it."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture(scope="module")
def intranet() -> Iterator[Intranet]:
    running = Intranet()
    yield running
    running.end()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, intranet: Intranet) -> Iterator[Server]:
    origin = f"http://127.0.0.1:{intranet.port}"
    folder = tmp_path_factory.mktemp("embed") / "data"
    with Server(folder, DEMO=1, EMBED_ORIGINS=origin, ALLOWED_ORIGINS=origin) as running:
        intranet.page = (PAGE % {"url": running.url}).encode()
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as started:
        yield started


async def test_another_page_shows_the_board_in_a_frame_and_as_an_element(
    chromium: Browser, server: Server, intranet: Intranet
) -> None:
    between = Between()
    async with person(chromium, reduced_motion="reduce") as context, visit(context) as visiting:
        page = visiting.page
        await page.route_web_socket("**/graphql", between)
        await page.goto(f"http://127.0.0.1:{intranet.port}/")
        element, frame = page.locator("mitwirk-board"), page.frame_locator("iframe")
        entries = element.locator("li")
        await expect(entries).to_have_count(3)
        await expect(element.locator("h2")).to_have_text("Suche")
        await expect(frame.locator("#connection")).to_have_text("Live")
        await expect(frame.locator("#events-list, .figures, .chart, #clock").first).to_be_hidden()
        publish(server, "Ein Zelt für das Sommerfest")
        await expect(entries.first).to_contain_text("Neu Ein Zelt für das Sommerfest")
        await expect(entries.first).to_contain_text("gerade eben")
        await expect(entries).to_have_count(3)
        await expect(frame.locator("#seek-list li").first).to_contain_text("New Ein Zelt für das Sommerfest")
        assert await visiting.violations(without="noscript") == []
        title = element.locator("[part=title]").first
        assert await title.evaluate("one => getComputedStyle(one).color") == "rgb(10, 20, 30)"
        await between.cut()
        await expect(element.get_by_role("status")).to_contain_text("Unterbrochen, Stand")
        await expect(entries).to_have_count(3)
        publish(server, "Noch ein Zelt")
        between.away = False
        await expect(entries.first).to_contain_text("Neu Noch ein Zelt")
        await expect(element.get_by_role("status")).to_be_empty()
        await element.evaluate(
            "one => { one.setAttribute('language', 'en'); one.setAttribute('direction', 'provide') }"
        )
        await expect(element.locator("h2")).to_have_text("Providing")
        await element.evaluate("one => one.setAttribute('group', 'nirgends')")
        await expect(element.get_by_role("status")).to_have_text("There is no such group or part of the town")
        # The same server under a name that no setting knows: neither frame nor element.
        await page.goto(f"http://localhost:{intranet.port}/")
        await expect(element.get_by_role("status")).to_have_text("Noch keine Verbindung, neuer Versuch läuft")
        assert "chrome-error" in page.frames[1].url
        assert len(await page.frames[1].locator("#connection").all()) == 0


def test_only_named_pages_may_frame_the_board_and_none_the_rest(server: Server, intranet: Intranet) -> None:
    board = server.client.get("/embed/board").headers["Content-Security-Policy"]
    assert f"frame-ancestors http://127.0.0.1:{intranet.port};" in board
    assert "frame-ancestors 'none'" in server.client.get("/dashboard").headers["Content-Security-Policy"]
    script = server.client.get("/embed/mitwirk-board.js")
    assert script.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "import " not in script.text
    assert "Gerade keine Einträge" in script.text
