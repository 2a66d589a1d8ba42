"""After an upgrade the dashboard opens itself anew, at a quiet moment, and only where it gets all of the new page."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.web.browsers import browser, person, visit
from tests.web.pages.test_dashboard import WALL, drawn
from tests.web.pages.test_dashboard_states import Between, says
from tests.web.server import PATIENCE, ROOT, Server
from web.pages.dashboard import Dashboard

# As an open page of another build would be: what the server has now isn't it.
OUTDATED = "document.querySelector('meta[name=build]').content = 'another'; window.old = true"
IS_OLD = "() => window.old === true"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as started:
        yield started


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("upgrade") / "data"


async def opened(page: Page, server: Server) -> None:
    """Open the dashboard, with a clock that the test may move on."""
    await page.clock.install()
    await page.goto(server.url + "/dashboard")
    await drawn(page)


async def is_new(page: Page) -> None:
    """Wait until the page was opened anew, and shows all again."""
    await page.wait_for_function("() => window.old !== true", timeout=1000 * PATIENCE)
    await drawn(page)


@pytest.mark.long
async def test_the_next_version_is_shown_without_anybody_touching_the_screen(
    chromium: Browser, folder: Path, tmp_path: Path
) -> None:
    program = tmp_path / "program"
    skipped = shutil.ignore_patterns(".*", "tests", "benchmarks", "docs", "node_modules")
    shutil.copytree(ROOT, program, ignore=skipped)
    script = program / "web/pages/dashboard/assets/lists.js"
    script.write_text(script.read_text("utf-8") + "\ndocument.documentElement.dataset.version = 'next'\n", "utf-8")
    async with person(chromium, viewport=WALL) as context, visit(context) as visiting:
        page = visiting.page
        with Server(folder, DEMO=1) as server:
            await opened(page, server)
            await page.evaluate("window.old = true")
            assert await page.evaluate("document.documentElement.dataset.version") is None
            port = urlsplit(server.url).port
        await expect(page.locator("#connection")).to_contain_text("Unterbrochen, Stand")
        with Server(folder, root=program, DEMO=1, PORT=port):
            await says(page, "Live verbunden", "connected")
            assert await page.evaluate(IS_OLD)
            await page.clock.fast_forward("16:00")
            await is_new(page)
            assert await page.evaluate("document.documentElement.dataset.version") == "next"
            await page.evaluate("window.old = true")
            for _hour in range(4):  # it is the same now: it stays
                await page.clock.fast_forward("01:20:00")
            await drawn(page)
            assert await page.evaluate(IS_OLD)


async def test_no_page_reloads_that_is_young_or_touched_or_would_lack_a_file(chromium: Browser, folder: Path) -> None:
    between = Between()
    with Server(folder, DEMO=1) as server:
        async with person(chromium, viewport=WALL) as context, visit(context) as visiting:
            page = visiting.page
            await page.route_web_socket("**/graphql", between)
            await opened(page, server)
            await page.evaluate(OUTDATED)
            await between.cut()
            between.away = False
            await page.clock.fast_forward("09:30")
            await says(page, "Live verbunden", "connected")
            assert await page.evaluate(IS_OLD), "the page is young: builds may take turns"
            for _half_minute in range(40):  # somebody reads
                await page.mouse.move(5, 5)
                await page.mouse.move(9, 9)
                await page.clock.fast_forward(30_000)
            assert await page.evaluate(IS_OLD)
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            await page.route("**/assets/*/charts.js", lambda route: route.fulfill(status=404))
            async with page.expect_response("**/charts.js"):
                await page.clock.fast_forward("02:00")
            await page.clock.run_for(1_000)
            assert await page.evaluate(IS_OLD), "a file of the new page is missing"
            assert sum(url.endswith("/dashboard") for url in asked) == 1
            await page.unroute("**/assets/*/charts.js")
            await page.clock.fast_forward("10:00")
            await is_new(page)


def test_a_build_is_told_by_all_that_the_page_is_made_of() -> None:
    assert Dashboard("Netz", "").build == Dashboard("Netz", "").build
    assert len({Dashboard("Netz", "").build, Dashboard("Werk", "").build, Dashboard("Netz", "/api").build}) == 3
