"""A board open in two browsers on PostgreSQL, while what it stands on is restarted: both show what is so, each time."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.servers import Postgres, restartable_postgres
from tests.web.browsers import browser, person, visit
from tests.web.pages.test_dashboard import WALL, drawn, post
from tests.web.pages.test_playground import publish
from tests.web.server import Server, valkeys

KEY = "a key that is long enough for the board in two browsers"
SIZES = (WALL, {"width": 390, "height": 844})


class Town:
    """PostgreSQL, and a server with the demonstration on it, each of which may be restarted at its address."""

    def __init__(self, folder: Path, database: Postgres) -> None:
        self.folder = folder
        self.database = database
        self.server = self._served(0)

    def restart_server(self) -> None:
        """End the server in order, and start it again."""
        port = urlsplit(self.server.url).port
        self.server.end()
        self.server = self._served(port or 0)

    def _served(self, port: int) -> Server:
        url = f"{self.database.url}/town"
        return Server(self.folder, bare=True, DEMO=1, DATABASE_URL=url, SECRET_KEY=KEY, PORT=port).ready()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with restartable_postgres() as database:
        asyncio.run(_make(f"{database.url}/postgres"))
        made = Town(tmp_path / "data", database)
        yield made
        made.server.end()


async def _make(url: str) -> None:
    maker = await asyncpg.connect(url)
    await maker.execute("CREATE DATABASE town")
    await maker.close()


@pytest_asyncio.fixture(loop_scope="session")
async def boards(town: Town) -> AsyncIterator[list[Page]]:
    """The dashboard in two browsers, on a wall and on a phone; nobody touches them, and none is opened anew."""
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(browser())
        pages = []
        for size in SIZES:
            context = await stack.enter_async_context(person(running, viewport=size))
            page = (await stack.enter_async_context(visit(context))).page
            await page.goto(town.server.url + "/dashboard")
            await drawn(page)
            await page.evaluate("window.untouched = true")
            pages.append(page)
        yield pages
        for page in pages:
            assert await page.evaluate("window.untouched") is True


async def all_show(boards: list[Page], server: Server, title: str) -> None:
    """An entry and news of this title, published now, are shown by all; what they show is what the server has."""
    await asyncio.to_thread(publish, server, title)
    await asyncio.to_thread(post, server, f"Neues: {title}")
    listed = server.ask("{ offers(first: 3, filter: { direction: SEEK }) { totalCount nodes { title } } }")
    for page in boards:
        await expect(page.locator("#seek-list li").first).to_contain_text(title)
        await expect(page.locator("#news-list li").first).to_contain_text(f"Neues: {title}")
        await expect(page.locator("#connection")).to_have_text("Live verbunden")
        await expect(page.locator("[data-figure=seekingOfferCount]")).to_have_text(
            str(listed["data"]["offers"]["totalCount"])
        )
        titles = await page.locator("#seek-list .title").all_inner_texts()
        shown = [one.removeprefix("Neu ") for one in titles if one]
        wanted = [one["title"] for one in listed["data"]["offers"]["nodes"]]
        assert shown[: len(wanted)] == wanted[: len(shown)]


@pytest.mark.long
async def test_the_board_is_right_after_each_restart(town: Town, boards: list[Page]) -> None:
    await all_show(boards, town.server, "Ein Klavier")
    await asyncio.to_thread(town.database.stop)
    for page in boards:  # what is known stays
        await expect(page.locator("#seek-list li").first).to_contain_text("Ein Klavier")
        await expect(page.locator("[data-figure=memberCount]")).to_have_text("95")
    await asyncio.to_thread(town.database.start)
    await all_show(boards, town.server, "Noten zum Klavier")
    await asyncio.to_thread(town.restart_server)
    await all_show(boards, town.server, "Eine Klavierlehrerin")
    [redis] = valkeys(town.folder)
    redis.suspend()  # it hangs
    try:
        await all_show(boards, town.server, "Ein Flügel")
    finally:
        redis.resume()
    await all_show(boards, town.server, "Ein Klavierstimmer")
    for page in boards:
        titles = await page.locator("#news-list .title").all_text_contents()
        assert len(titles) == len(set(titles))
