"""What the dashboard says about itself: connected or not, with what it shows, as of when. In a real browser."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from babel.dates import format_date
from playwright.async_api import Browser, Page, WebSocketRoute, expect

from tests.conditions import until
from tests.web.browsers import Visit, browser, person, visit
from tests.web.pages.test_dashboard import LISTEN, WALL, drawn, post
from tests.web.pages.test_playground import publish
from tests.web.server import Server

TOWN = ZoneInfo("Europe/Berlin")
# The server's clock can't be set: the page's shows the same day.
TODAY = datetime.now(TOWN).date()
SHORT = format_date(TODAY, "EEE, d. MMM", locale="de")


def at(hour: int, minute: int) -> datetime:
    """An instant of today, by the town's clocks."""
    return datetime.combine(TODAY, time(hour, minute), TOWN)


NOON = at(12, 5)
LISTS = ("seek", "provide", "news", "events")
NOTHING = "Noch keine Daten"
# How a query of the page is known.
QUERIES = {
    "seek": "liveOffers",
    "news": "groups(first",
    "news updates": "groupUpdated",
    "events": "events(first",
    "history": "history(days",
    "figures": "networkStatistics",
}


class Between:
    """Stands between the page and the server, and does to their sockets what networks and servers do."""

    def __init__(self) -> None:
        self.sockets: list[WebSocketRoute] = []
        self.asked: list[str] = []
        self.away = False  # closes every socket
        self.silent = False  # says nothing, closes nothing
        self.refused: dict[str, str] = {}  # what is refused, and by which code
        self.ignored: set[str] = set()  # what is never answered
        self.heard = 0  # messages from the server

    async def __call__(self, page: WebSocketRoute) -> None:
        """A socket of the page."""
        self.sockets.append(page)
        if self.away:
            await page.close(code=1012)
            return
        server = page.connect_to_server()
        page.on_message(lambda message: self._pass_on(page, server, message))
        server.on_message(lambda message: self._pass_back(page, message))

    def _pass_back(self, page: WebSocketRoute, message: str | bytes) -> None:
        if not self.silent:
            page.send(message)
            self.heard += 1

    async def confirmed(self) -> None:
        """Wait until the server has said, since now, that it is there: it pings all the time."""
        before = self.heard
        await until(lambda: self.heard > before + 1)

    def _pass_on(self, page: WebSocketRoute, server: WebSocketRoute, message: str | bytes) -> None:
        if self.silent:
            return
        told = json.loads(message)
        if told["type"] == "subscribe":
            query = told["payload"]["query"]
            self.asked.append(query)
            if any(QUERIES[name] in query for name in self.ignored):
                return
            for name, code in self.refused.items():
                if QUERIES[name] in query:
                    error = {"message": "x", "extensions": {"code": code}}
                    page.send(json.dumps({"id": told["id"], "type": "error", "payload": [error]}))
                    return
        server.send(message)

    async def cut(self) -> None:
        """Close what is open; further sockets are closed at once."""
        self.away = True
        for socket in self.sockets:
            await socket.close(code=1012)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("states") / "data", DEMO=1, SOCKET_PING_SECONDS=1) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as started:
        yield started


@asynccontextmanager
async def screen(chromium: Browser, server: Server, between: Between) -> AsyncIterator[Page]:
    """The dashboard on a screen whose clock, which runs on, shows noon at first."""
    async with person(chromium, viewport=WALL, reduced_motion="reduce") as context, visit(context) as visiting:
        page = visiting.page
        await page.add_init_script(LISTEN)
        await page.clock.install(time=NOON)
        await page.route_web_socket("**/graphql", between)
        await page.goto(server.url + "/dashboard")
        yield page
        assert [one for one in visiting.complaints if "Refused" not in one] == []


async def says(page: Page, text: str, state: str) -> None:
    """Wait until this stands in the page's head."""
    await expect(page.locator("#connection")).to_have_text(text)
    await expect(page.locator("#connection")).to_have_attribute("data-state", state)


async def below(page: Page, name: str, text: str) -> None:
    """Wait until this stands below a list, or beside a chart."""
    await expect(page.locator(f"#{name}-list + .more")).to_have_text(text)


async def has_nothing(page: Page) -> None:
    """Wait until every place says that it has nothing yet; none says that there is nothing, or as of when."""
    for name in LISTS:
        await below(page, name, NOTHING)
    for name in ("topics", "history"):
        await expect(page.locator(f"#{name}-plot")).to_have_text(NOTHING)
    assert set(await page.locator("dd").all_inner_texts()) == {"–"}
    shown = await page.locator("body").inner_text()
    assert "Gerade" not in shown
    assert "Stand" not in shown


async def is_easy_to_use(page: Page) -> None:
    """On a phone and on the wall, in the state that it is in."""
    for width, height in ((390, 844), (1920, 1080)):
        await page.set_viewport_size({"width": width, "height": height})
        assert await Visit(page).violations(without="noscript") == []


async def test_a_screen_that_was_never_connected_says_that_it_has_nothing_yet(
    chromium: Browser, server: Server
) -> None:
    between = Between()
    between.away = True
    async with screen(chromium, server, between) as page:
        await says(page, "Noch keine Verbindung, neuer Versuch läuft", "none")
        await has_nothing(page)
        await is_easy_to_use(page)
        await page.clock.fast_forward("36:00:00")
        await says(page, "Noch keine Verbindung, neuer Versuch läuft", "none")
        await has_nothing(page)
        between.away = False
        await says(page, "Live verbunden", "connected")
        await drawn(page)
        await expect(page.get_by_role("status")).to_be_empty()  # nothing was lost: nobody is told that it is back


async def test_while_the_first_connection_is_made_it_loads(chromium: Browser, server: Server) -> None:
    between = Between()
    between.silent = True
    async with screen(chromium, server, between) as page:
        await says(page, "Verbindet sich …", "none")
        for name in LISTS:
            await below(page, name, "Lädt …")
        between.away = True
        await page.clock.fast_forward(12_000)
        await says(page, "Noch keine Verbindung, neuer Versuch läuft", "none")
        await has_nothing(page)


async def test_a_connection_that_lives_dates_what_is_shown_and_a_loss_stops_the_date(
    chromium: Browser, server: Server
) -> None:
    between = Between()
    async with screen(chromium, server, between) as page:
        await drawn(page)
        await page.clock.fast_forward("30:00")  # idle: only pings confirm that all is as it was
        await between.confirmed()
        await says(page, "Live verbunden", "connected")
        await between.cut()
        await says(page, "Unterbrochen, Stand 12:35 Uhr", "lost")
        titles = await page.locator("#seek-list .title").all_text_contents()
        await page.clock.fast_forward("02:00:00")
        await says(page, "Unterbrochen, Stand 12:35 Uhr", "lost")
        await expect(page.locator("#clock")).to_have_text(
            f"{format_date(TODAY, 'EEEE, d. MMMM', locale='de')}, 14:35 Uhr"
        )
        await page.clock.fast_forward("11:00:00")
        await says(page, f"Unterbrochen, Stand {SHORT}, 12:35 Uhr", "lost")
        await expect(page.locator("#history-plot")).to_contain_text(format_date(TODAY, "d. MMM", locale="de"))
        await expect(page.locator("#history-plot")).not_to_contain_text("heute")
        assert await page.locator("#seek-list .title").all_text_contents() == titles
        await page.clock.fast_forward(370 * 86_400_000)
        await says(page, f"Unterbrochen, Stand {SHORT} {TODAY.year}, 12:35 Uhr", "lost")
        await below(page, "events", "Keine weiteren Termine bekannt")  # those that were known are over
        between.away = False
        await says(page, "Live verbunden", "connected")


async def test_a_loss_of_a_moment_interrupts_nobody(chromium: Browser, server: Server) -> None:
    between = Between()
    async with screen(chromium, server, between) as page:
        await drawn(page)
        await page.clock.pause_at(at(13, 0))
        await between.confirmed()
        await between.cut()
        await says(page, "Unterbrochen, Stand 13:00 Uhr", "lost")
        between.away = False
        await page.clock.run_for(1_000)
        await says(page, "Live verbunden", "connected")
        await page.clock.run_for(6_000)
        await expect(page.get_by_role("status")).to_be_empty()
        await between.cut()
        await page.clock.run_for(6_000)
        await expect(page.get_by_role("status")).to_have_text("Die Verbindung ist unterbrochen.")
        between.away = False
        await page.clock.run_for(10_000)
        await says(page, "Live verbunden", "connected")
        await page.clock.run_for(10_000)
        await expect(page.get_by_role("status")).to_have_text("Die Verbindung ist wieder da.")


@pytest.mark.parametrize("code", ["UNAVAILABLE", "RATE_LIMITED", "INTERNAL", "CURSOR_EXPIRED"])
async def test_what_is_refused_is_asked_for_again_and_the_others_stay(
    chromium: Browser, server: Server, code: str
) -> None:
    between = Between()
    between.refused = {"news": code, "history": code}
    async with screen(chromium, server, between) as page:
        if code != "CURSOR_EXPIRED":
            await says(page, "Teilweise nicht aktuell", "partly")
            await below(page, "news", NOTHING)
            await expect(page.locator("#history-plot")).to_have_text(NOTHING)
        await expect(page.locator("#seek-list li").first).to_be_attached()
        await expect(page.locator("#events-list li").first).to_be_attached()
        assert len(between.sockets) == 1
        publish(server, f"Etwas trotz {code}")
        await expect(page.locator("#seek-list li").first).to_contain_text(f"Etwas trotz {code}")
        await page.clock.fast_forward("05:00")
        tries = sum(QUERIES["news"] in query for query in between.asked)
        assert 2 <= tries < 20
        between.refused = {}
        await page.clock.fast_forward("01:30")
        await drawn(page)


async def test_a_part_that_is_no_longer_told_says_as_of_when_it_is(chromium: Browser, server: Server) -> None:
    between = Between()
    async with screen(chromium, server, between) as page:
        await drawn(page)
        await page.clock.fast_forward("10:00")
        await between.confirmed()
        await says(page, "Live verbunden", "connected")
        between.refused = {"figures": "UNAVAILABLE", "news updates": "UNAVAILABLE", "seek": "INTERNAL"}
        await between.cut()
        await says(page, "Unterbrochen, Stand 12:15 Uhr", "lost")
        between.away = False
        await page.clock.fast_forward("10:00")  # the next connection tells half of it
        await says(page, "Teilweise nicht aktuell", "partly")
        await below(page, "news", "Stand 12:15 Uhr")
        await is_easy_to_use(page)
        await expect(page.locator("#figures-note")).to_have_text("Stand 12:15 Uhr")
        await expect(page.locator("#history-note")).to_have_text("Stand 12:15 Uhr")
        await expect(page.locator("#topics-note")).to_contain_text("Stand 12:15 Uhr")
        await expect(page.locator("#events-list + .more")).to_be_empty()
        await page.clock.fast_forward("10:00")
        await between.confirmed()
        await between.cut()
        await says(page, "Unterbrochen, Stand 12:35 Uhr", "lost")
        await below(page, "news", "Stand 12:15 Uhr")
        between.away = False
        between.refused = {}
        await page.clock.fast_forward("01:00")
        await says(page, "Live verbunden", "connected")
        for name in ("figures-note", "history-note"):
            await expect(page.locator(f"#{name}")).to_be_empty()
        post(server, "Alles wieder da")
        await expect(page.locator("#news-list .title").first).to_contain_text("Alles wieder da")


async def test_an_answer_that_never_comes_is_asked_for_again(chromium: Browser, server: Server) -> None:
    between = Between()
    between.ignored = {"news", "seek"}
    async with screen(chromium, server, between) as page:
        await says(page, "Verbunden, lädt …", "none")
        await below(page, "news", "Lädt …")
        between.ignored = set()
        await page.clock.fast_forward("01:05")
        await page.clock.fast_forward("00:05")
        await drawn(page)


async def test_a_cursor_that_expires_again_and_again_makes_no_storm(chromium: Browser, server: Server) -> None:
    between = Between()
    between.refused = {"news updates": "CURSOR_EXPIRED"}
    async with screen(chromium, server, between) as page:
        await drawn(page)
        for _second in range(60):
            await page.clock.run_for(1_000)
        reads = sum(QUERIES["news"] in query for query in between.asked)
        assert 2 <= reads < 15 * len(between.sockets)


async def test_a_computer_that_slept_says_as_of_when_it_knows(chromium: Browser, server: Server) -> None:
    between = Between()
    async with screen(chromium, server, between) as page:
        await drawn(page)
        between.silent = between.away = True
        await page.clock.fast_forward("09:00:00")
        await expect(page.locator("#clock")).to_contain_text("21:05 Uhr")
        await page.clock.run_for(3_000)
        await says(page, "Unterbrochen, Stand 12:05 Uhr", "lost")
        between.silent = between.away = False
        await page.clock.run_for(10_000)
        await says(page, "Live verbunden", "connected")


async def test_a_clock_that_is_set_dates_nothing_into_the_future(chromium: Browser, server: Server) -> None:
    between = Between()
    async with screen(chromium, server, between) as page:
        await drawn(page)
        await page.clock.set_system_time(at(9, 5))  # it was three hours fast
        await page.clock.run_for(2_000)
        await expect(page.locator("#clock")).to_contain_text("9:05 Uhr")
        between.silent = between.away = True
        await page.clock.run_for(30_000)  # a dead connection is noticed as soon as ever
        await expect(page.locator("#connection")).to_have_text(re.compile("Unterbrochen, Stand 09:0[45] Uhr"))
        await page.clock.set_system_time(at(8, 5))
        await page.clock.run_for(2_000)
        await expect(page.locator("#connection")).to_have_text(re.compile("Unterbrochen, Stand 08:0[45] Uhr"))


async def test_what_is_heard_just_after_the_clock_was_set_is_dated_by_the_new_time(
    chromium: Browser, server: Server
) -> None:
    between = Between()
    async with screen(chromium, server, between) as page:
        await drawn(page)
        await page.clock.pause_at(at(13, 0))  # nothing of the page's looks at the clock
        await page.clock.set_system_time(at(9, 5))
        await between.confirmed()  # but what the server says is heard
        await page.clock.run_for(2_000)
        await between.cut()
        await says(page, "Unterbrochen, Stand 09:05 Uhr", "lost")


async def test_a_day_of_cuts_sleep_and_set_clocks_leaves_the_wall_right(chromium: Browser, server: Server) -> None:
    between = Between()
    async with screen(chromium, server, between) as page:
        await drawn(page)
        connection, first = page.locator("#connection"), page.locator("#seek-list li").first
        for away in ("00:20:00", "03:00:00", "asleep"):
            if away == "asleep":
                between.silent = between.away = True
            else:
                await between.cut()
            await page.clock.fast_forward("07:00:00" if away == "asleep" else away)
            await page.clock.run_for(3_000)
            await expect(connection).to_have_attribute("data-state", "lost")
            publish(server, f"Etwas, während sie weg war: {away}")
            between.silent = between.away = False
            await page.clock.run_for(10_000)
            await says(page, "Live verbunden", "connected")
            await expect(first).to_contain_text(f"Neu Etwas, während sie weg war: {away}")
        for time_of_day in (at(9, 5), at(23, 59)):  # it was set back, and forth again
            await page.clock.set_system_time(time_of_day)
            await page.clock.run_for(2_000)
        await page.clock.fast_forward("02:00")
        await expect(page.locator("#clock")).to_contain_text("00:01 Uhr")
        publish(server, "Etwas am nächsten Tag")
        await expect(first).to_be_visible()
        await expect(first).to_contain_text("Neu Etwas am nächsten Tag")
        listed = server.ask("{ offers(first: 100, filter: { direction: SEEK }) { totalCount nodes { title } } }")
        titles = await page.locator("#seek-list .title").all_text_contents()
        assert [one.removeprefix("Neu ") for one in titles] == [
            one["title"] for one in listed["data"]["offers"]["nodes"]
        ]
        figure = page.locator("[data-figure=seekingOfferCount]")
        await expect(figure).to_have_text(str(listed["data"]["offers"]["totalCount"]))
        await says(page, "Live verbunden", "connected")


async def test_what_is_empty_is_told_from_what_is_unknown(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    between = Between()
    with Server(tmp_path_factory.mktemp("empty") / "data") as empty:
        async with screen(chromium, empty, between) as page:
            await says(page, "Live verbunden", "connected")
            now = {"seek": "Gerade keine Einträge", "news": "Noch keine Nachrichten", "events": "Gerade keine Termine"}
            for name, text in now.items():
                await below(page, name, text)
            await expect(page.locator("#topics-plot")).to_have_text("Gerade keine Einträge")
            await expect(page.locator("[data-figure=memberCount]")).to_have_text("0")
            await between.cut()
            await says(page, "Unterbrochen, Stand 12:05 Uhr", "lost")
            await is_easy_to_use(page)
            await below(page, "seek", "Zuletzt keine Einträge")
            await below(page, "news", "Zuletzt noch keine Nachrichten")
            await below(page, "events", "Keine weiteren Termine bekannt")
            await expect(page.locator("#topics-plot")).to_have_text("Zuletzt keine Einträge")
