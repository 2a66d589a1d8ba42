"""The dashboard, in a real browser, on the demonstration data."""

import base64
import gzip
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
import zxingcpp
from playwright.async_api import Browser, Page, WebSocketRoute, expect

from tests.web.browsers import Visit, browser, person, visit
from tests.web.pages.test_playground import SIGN_IN, publish
from tests.web.server import Server, command
from web.pages.dashboard import ASSETS, PAGE, stamp
from web.pages.dashboard.appearance import LogoError, contrast, read_logo

SITE = "https://www.example.org/brett"
WALL = {"width": 1920, "height": 1080}
POST = """mutation ($group: ID!, $title: String!) {
  publishGroupPost(input: { groupId: $group, title: $title, body: "Kommt alle." }) { userErrors { message } }
}"""
COMING = """query ($now: DateTime!) {
  events(first: 20, filter: { endsAfter: $now, sessions: false, statuses: [PUBLISHED] }) {
    nodes { id title remainingSeats viewerRegistration { status } }
  }
}"""
REGISTER = "mutation ($event: ID!) { registerForEvent(id: $event) { userErrors { code } } }"
ALL = """query ($now: DateTime!) {
  offers(first: 100) { nodes { title } }
  events(first: 30, filter: { endsAfter: $now, sessions: false }) { nodes { title } }
}"""
OF_GROUP = """query ($now: DateTime!) {
  group(slug: "suche-biete-plattform") {
    id name events(first: 30, filter: { endsAfter: $now, sessions: false }) { totalCount }
  }
}"""
OF_PART = """query ($filter: OfferFilter!) { offers(first: 100, filter: $filter) { totalCount nodes { title } } }"""
# What is to be seen of the page on a wall, and how large it is.
ON_THE_WALL = """() => {
  const seen = (one) => one.getClientRects().length && getComputedStyle(one).visibility === 'visible'
  const all = [...document.querySelectorAll('body *')].filter((one) => seen(one) && !one.matches('.unseen, .unseen *'))
  const texts = all.filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  const titles = all.filter((one) => one.matches('.title'))
  const pen = document.createElement('canvas').getContext('2d')
  pen.font = getComputedStyle(titles[0]).font
  const root = document.documentElement
  return {
    capitals: pen.measureText('H').actualBoundingBoxAscent,
    sizes: texts.map((one) => [parseFloat(getComputedStyle(one).fontSize), one.textContent]),
    titles: titles.map((one) => one.textContent),
    lines: Math.max(...titles.map((it) => Math.floor(it.offsetHeight / parseFloat(getComputedStyle(it).lineHeight)))),
    overflow: [root.scrollWidth - root.clientWidth, root.scrollHeight - root.clientHeight],
    cut: all.filter((one) => one.matches('li, svg text, .more, h1, h2, dt, dd')).filter((one) => {
      const [box, card] = [one, one.closest('section, header')].map((it) => it.getBoundingClientRect())
      return box.width && (box.bottom > card.bottom + 1 || box.right > card.right + 1 || box.left < card.left - 1)
    }).map((one) => one.textContent),
  }
}"""
TITLES = """() => [...document.querySelectorAll('section:not(.waiting) li:not([hidden]) .title')]
  .map((one) => one.textContent)"""
# The screen was there yesterday, and saw more members.
YESTERDAY = """
  const day = new Date(Date.now() - 864e5).toLocaleDateString('en-CA', { timeZone: 'Europe/Berlin' })
  localStorage.setItem('mitwirk.figures', JSON.stringify({ day, figures: { memberCount: 97 } }))
"""
# Notes what the page has asked over its socket and waits for. It judges by its clock how long the server takes.
UNANSWERED = """(() => {
  const asked = (window.unanswered = new Set())
  const begin = () => (asked.clear(), asked.add('connection'))
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given)
      begin()
      this.addEventListener('close', begin)
      this.addEventListener('message', ({ data }) => {
        const { id, type } = JSON.parse(data)
        asked.delete(id ?? { connection_ack: 'connection', pong: 'ping' }[type])
      })
    }
    send(text) {
      super.send(text)
      const { id, type, payload } = JSON.parse(text)
      if (type === 'complete') asked.delete(id)
      if (type === 'ping' || (type === 'subscribe' && /^\\s*query/.test(payload.query))) asked.add(id ?? type)
    }
  }
})()"""
# How bright each dot of a picture is, with its width and height.
DOTS = """async (png) => {
  const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (one) => one.charCodeAt(0))]))
  const { width, height } = picture
  const pen = new OffscreenCanvas(width, height).getContext('2d')
  pen.drawImage(picture, 0, 0)
  return [width, height, [...pen.getImageData(0, 0, width, height).data].filter((_, at) => at % 4 === 1)]
}"""
# Notes when the live region speaks.
LISTEN = """addEventListener('DOMContentLoaded', () => {
  window.said = []
  new MutationObserver(() => window.said.push(performance.now()))
    .observe(document.getElementById('announcements'), { childList: true })
})"""


class Running:
    """A server that can be ended and started again, with the same data and at the same address."""

    def __init__(self, folder: Path) -> None:
        folder.parent.mkdir(exist_ok=True)
        logo = folder.parent / "logo.svg"
        logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>')
        looks: dict[str, Any] = {"SITE_URL": SITE, "DASHBOARD_COLOUR": "#ffcc00", "DASHBOARD_LOGO": logo}
        self.server = Server(folder, DEMO=1, NETWORK_NAME="Netz <&> Werk", **looks).ready()

    def start_again(self) -> None:
        """After `server.end()`."""
        port = urlsplit(self.server.url).port
        settings: dict[str, Any] = {**self.server.settings, "PORT": port}
        self.server = Server(self.server.folder, **settings).ready()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    made = Running(tmp_path_factory.mktemp("dashboard") / "data")
    yield made
    made.server.end()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def wall(chromium: Browser, running: Running) -> AsyncIterator[Visit]:
    """The dashboard on a screen in the town hall. Whatever happens, it asks nobody else and says little."""
    async with person(chromium, viewport=WALL, reduced_motion="reduce") as context, visit(context) as visiting:
        await visiting.page.add_init_script(LISTEN)
        await go(visiting.page, running)
        yield visiting
        strangers = [url for url in visiting.requests if urlsplit(url).netloc != urlsplit(running.server.url).netloc]
        assert strangers == []
        assert len(visiting.requests) > 5, "the page's requests are not seen"
        # What Chromium itself says of a server that is away.
        assert [one for one in visiting.complaints if "WebSocket connection" not in one] == []
        said = await visiting.page.evaluate("said")
        assert all(later - earlier > 4900 for earlier, later in pairwise(said))


async def go(page: Page, running: Running) -> None:
    await page.goto(running.server.url + "/dashboard")
    await drawn(page)


async def drawn(page: Page) -> None:
    """Wait until all parts of the page are filled."""
    for part in ("seek", "provide", "news", "events"):
        await expect(page.locator(f"#{part}-list li").first).to_be_attached()
    for part in ("topics", "history"):
        await expect(page.locator(f"#{part}-plot svg")).to_be_attached()
    await expect(page.locator("[data-figure=memberCount]")).to_have_text("95")
    await expect(page.locator("#connection")).to_have_text("Live verbunden")


async def pass_time(page: Page, span: int | str) -> None:
    """Move the clock of a page on, which has `UNANSWERED`, once the server has answered all that it was asked.

    For a page whose clock leaps, a server that takes its time is one that is away.
    """
    await page.wait_for_function("() => unanswered.size === 0")
    await page.clock.fast_forward(span)


def token(server: Server, name: str) -> str:
    return str(server.ask(SIGN_IN, email=f"{name}@mitwirk.example")["data"]["signIn"]["accessToken"])


def post(server: Server, title: str) -> None:
    """News of a group."""
    group = server.ask('{ group(slug: "suche-biete-plattform") { id } }')["data"]["group"]["id"]
    answered = server.ask(POST, token(server, "coordinator"), group=group, title=title)
    assert answered["data"]["publishGroupPost"] == {"userErrors": []}


def coming(server: Server) -> dict[str, Any]:
    """The next event that has a seat for the member."""
    events = server.ask(COMING, token(server, "member"), now=datetime.now(UTC).isoformat())["data"]["events"]["nodes"]
    return next(one for one in events if one["remainingSeats"] and one["viewerRegistration"] is None)


async def test_an_entry_that_is_published_elsewhere_appears(wall: Visit, running: Running) -> None:
    page, server = wall.page, running.server
    before = int(await page.locator("[data-figure=seekingOfferCount]").inner_text())
    publish(server, "Übungsraum für den Chor")
    first = page.locator("#seek-list li").first
    await expect(first).to_contain_text("Neu Übungsraum für den Chor")
    await expect(page.locator("[data-figure=seekingOfferCount]")).to_have_text(str(before + 1))
    await expect(page.locator("#history-plot")).to_contain_text(f"Suche {before + 1}")
    await expect(page.get_by_role("status")).to_have_text("Neu gesucht: Übungsraum für den Chor.")
    assert sum(url.startswith("ws:") for url in wall.requests) == 1
    assert not any(url.endswith("/graphql") for url in wall.requests if url.startswith("http"))


async def test_nothing_is_lost_through_a_restart(wall: Visit, running: Running) -> None:
    page = wall.page
    await page.evaluate("window.neverReloaded = true")
    event = coming(running.server)
    await page.context.set_offline(True)  # so that the page comes back after everything has happened
    running.server.end()
    await expect(page.locator("#connection")).to_contain_text("Unterbrochen, Stand")
    running.start_again()
    publish(running.server, "Noten für den Chor")
    post(running.server, "Der Chor singt wieder")
    post(running.server, "Und er sucht Bässe")
    registered = running.server.ask(REGISTER, token(running.server, "member"), event=event["id"])["data"]
    assert registered["registerForEvent"] == {"userErrors": []}
    await page.context.set_offline(False)
    await expect(page.locator("#connection")).to_have_text("Live verbunden")
    await expect(page.locator("#seek-list li").first).to_contain_text("Noten für den Chor")
    news = page.locator("#news-list .title")
    await expect(news.nth(0)).to_have_text("Neu Und er sucht Bässe")  # marked: not read afresh, resumed
    await expect(news.nth(1)).to_have_text("Neu Der Chor singt wieder")
    shown = page.locator("#events-list li", has_text=event["title"])
    seats = event["remainingSeats"] - 1
    await expect(shown.first).to_contain_text(
        f"Noch {seats} Pl" if seats > 1 else "Noch 1 Platz" if seats else "Ausgebucht"
    )
    assert await page.evaluate("neverReloaded") is True


async def test_what_a_cursor_can_no_longer_tell_is_read_afresh(chromium: Browser, running: Running) -> None:
    frames: list[str] = []
    async with person(chromium, viewport=WALL) as context, visit(context) as visiting:
        page = visiting.page
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))))
        await go(page, running)
        settings: dict[str, Any] = dict(running.server.settings)
        done = command("new-epoch", **settings)
        assert done.returncode == 0, done.stderr
        for title in ("Noch ein Konzert", "Und eine Probe"):
            post(running.server, title)
            await expect(page.locator("#news-list .title").first).to_contain_text(title)
        assert any("CURSOR_EXPIRED" in frame for frame in frames)
        titles = await page.locator("#news-list .title").all_text_contents()
        assert len(titles) == len(set(titles))
        assert visiting.complaints == []


async def test_a_connection_that_died_in_sleep_is_noticed(chromium: Browser, running: Running) -> None:
    dead: list[bool] = []

    def pass_on(page: WebSocketRoute) -> None:
        """The first connection goes silent when it has to; nobody closes it."""
        first, server = len(opened) == 0, page.connect_to_server()
        opened.append(page)
        page.on_message(lambda message: None if first and dead else server.send(message))
        server.on_message(lambda message: None if first and dead else page.send(message))

    opened: list[WebSocketRoute] = []
    async with person(chromium, viewport=WALL) as context, visit(context) as visiting:
        await visiting.page.clock.install()
        await visiting.page.route_web_socket("**/graphql", pass_on)
        await go(visiting.page, running)
        dead.append(True)
        publish(running.server, "Wecker gesucht")
        for milliseconds in (600_000, 3_000):  # asleep for ten minutes, and then no answer for three seconds
            await visiting.page.clock.fast_forward(milliseconds)
        await expect(visiting.page.locator("#seek-list li").first).to_contain_text("Wecker gesucht")
        assert len(opened) == 2


@pytest.mark.parametrize(("scheme", "other"), [("light", (390, 844)), ("dark", (1280, 800))])
async def test_nothing_is_hard_to_use(chromium: Browser, running: Running, scheme: Any, other: tuple[int, int]) -> None:
    how: dict[str, Any] = {"color_scheme": scheme, "reduced_motion": "reduce"}  # what fades has no contrast
    async with person(chromium, viewport=WALL, **how) as context, visit(context) as visiting:
        await go(visiting.page, running)
        for width, height in ((1920, 1080), other):
            await visiting.page.set_viewport_size({"width": width, "height": height})
            assert await visiting.violations(without="noscript") == []
            overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert await visiting.page.evaluate(overflow) == 0
        assert await visiting.page.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(246, 247, 248)" if scheme == "light" else "rgb(14, 20, 25)"
        )
        assert visiting.complaints == []


async def test_a_screen_on_the_wall_can_be_read_from_afar(wall: Visit) -> None:
    page = wall.page
    for width, height in ((1280, 720), (1920, 1080), (3840, 2160), (1080, 1920), (1600, 1200)):
        await page.set_viewport_size({"width": width, "height": height})
        await expect(page.locator(":root")).to_have_attribute("data-view", "wall")
        seen = await page.evaluate(ON_THE_WALL)
        # Of a screen of 55 inches, 1218 mm wide: capitals of 25 mm, and no letters below 15 mm from line to line.
        pixel = 1 / min(max(width / 1920, height / 1920), min(width, height) / 1080)
        assert seen["capitals"] * pixel >= 25 / 1218 * 1920, (width, height)
        assert [one for one in seen["sizes"] if one[0] * pixel < 24] == [], (width, height)
        assert (seen["overflow"], seen["cut"]) == ([0, 0], []), (width, height)
        assert len(seen["titles"]) >= 6, (width, height)
        assert seen["lines"] <= 2, (width, height)
    moving = "[...document.querySelectorAll('*')].some((one) => getComputedStyle(one).transitionDuration !== '0s')"
    assert await page.evaluate(f"document.getAnimations().length > 0 || {moving}") is False


async def test_a_wall_shows_all_in_turn_and_what_has_just_come_in_front(chromium: Browser, running: Running) -> None:
    server = running.server
    listed = server.ask(ALL, now=datetime.now(UTC).isoformat())["data"]
    wanted = {one["title"] for kind in ("offers", "events") for one in listed[kind]["nodes"]}
    async with person(chromium, viewport=WALL) as context, visit(context) as visiting:
        page = visiting.page
        await page.add_init_script(YESTERDAY)
        await page.add_init_script(UNANSWERED)
        await page.clock.install()
        await go(page, running)
        publish(server, "Ein Platz ganz vorn")
        first = page.locator("#seek-list li").first
        await expect(first).to_have_text(re.compile("Neu Ein Platz ganz vorn.*gerade eben"))
        await pass_time(page, "02:30")
        await expect(first).to_have_text(re.compile("Neu Ein Platz ganz vorn.*vor [23] Minuten"))
        seen: set[str] = set()
        for _turn in range(60):
            titles = await page.evaluate(TITLES)
            assert "Neu Ein Platz ganz vorn" in titles or not await page.locator("section.seek").is_visible()
            seen |= set(titles)
            if wanted <= seen:
                break
            await pass_time(page, 13_000)
        assert wanted <= seen
        for sign in await page.locator("section.list:not(.waiting) .pages").all():
            assert await sign.text_content() or await sign.locator(".here").count() == 1
        publish(server, "Und noch einer")
        await expect(first).to_be_visible()  # at once, whatever had its turn
        await page.keyboard.press(" ")
        titles = await page.evaluate(TITLES)
        await pass_time(page, 30_000)
        assert await page.evaluate(TITLES) == titles, "it pauses"
        history = server.ask("{ network { history(days: 2) { seekingOfferCount } } }")["data"]["network"]["history"]
        before, now = (one["seekingOfferCount"] for one in history)
        figure = page.locator("dl div", has=page.locator("[data-figure=seekingOfferCount]"))
        await expect(figure.locator(".change")).to_have_text(f"+{now - before} heute")
        figure = page.locator("dl div", has=page.locator("[data-figure=memberCount]"))
        await expect(figure.locator(".change")).to_have_text("−2 heute")
        assert visiting.complaints == []


async def test_a_board_of_one_group_or_district_in_english(chromium: Browser, running: Running) -> None:
    server = running.server
    listed = server.ask(OF_GROUP, now=datetime.now(UTC).isoformat())["data"]
    group, offers = listed["group"], server.ask(OF_PART, filter={"groupId": listed["group"]["id"]})["data"]["offers"]
    size = {"width": 1280, "height": 720}
    async with person(chromium, viewport=size, reduced_motion="reduce") as context, visit(context) as visiting:
        page = visiting.page
        address = server.url + "/dashboard?language=en&theme=dark&columns=1&zoom=1.5&group="
        await page.goto(address + "suche-biete-plattform")
        await expect(page.locator("#connection")).to_have_text("Live")
        await expect(page.locator("h1")).to_have_text(f"Netz <&> Werk {group['name']}")
        shown = page.locator(":is(#seek-list, #provide-list) .title")
        await expect(shown).to_have_count(offers["totalCount"])
        assert set(await shown.all_text_contents()) == {one["title"] for one in offers["nodes"]}
        await expect(page.locator("#events-list .title")).to_have_count(group["events"]["totalCount"])
        post(server, "Nur von dieser Gruppe")
        news = page.locator("#news-list li")
        await expect(news.first).to_have_text(re.compile("New Nur von dieser Gruppe.*just now"))
        assert {group["name"]} == set(await news.locator(".who").all_text_contents())
        await expect(page.locator(".figures, .history")).to_have_count(2)
        assert not await page.locator(".figures").is_visible()
        code, parts = [await page.locator(one).bounding_box() for one in (".join", ".parts")]
        assert code
        assert parts
        assert code["y"] + code["height"] <= parts["y"]
        assert await page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
        assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 20, 25)"
        assert await visiting.violations(without="noscript") == []
        district = {"districts": ["vorsfelde"]}
        await page.goto(server.url + "/dashboard?district=vorsfelde")
        await expect(page.locator("#connection")).to_have_text("Live verbunden")
        await expect(shown).to_have_count(server.ask(OF_PART, filter=district)["data"]["offers"]["totalCount"])
        await page.goto(address + "nirgends")
        await expect(page.locator("#scope.missing")).to_have_text("There is no such group or part of the town")
        await expect(page.locator("#connection")).to_have_text("Live")
        assert visiting.complaints == []


async def test_the_town_has_its_colour_and_logo_and_a_code_that_leads_to_its_site(
    wall: Visit, running: Running
) -> None:
    page = wall.page
    join = page.locator(".join")
    await expect(join).to_have_attribute("href", SITE)
    await expect(join).to_have_text("Mitmachen")
    box = await join.locator("svg").bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 130  # 80 mm on 55 inches
    assert await page.evaluate("document.querySelector('.logo').naturalWidth > 0")
    for theme in ("light", "dark"):
        await page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        accent = await page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()")
        assert contrast(rgb(accent), {"light": (246, 247, 248), "dark": (14, 20, 25)}[theme]) >= 4.5
        picture = base64.b64encode(await join.screenshot()).decode()
        width, height, dots = await page.evaluate(DOTS, picture)
        seen = zxingcpp.read_barcodes(memoryview(bytes(dots)).cast("B", (height, width)))
        assert [one.text for one in seen] == [SITE]
    assert accent == "#ffcc00"  # as it was given, where it is legible
    assert running.server.client.get("/dashboard/town/nothing.css").status_code == 404


def rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def test_what_cannot_be_a_logo_is_said_in_a_line(tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(bytes(500_001))
    for path, reason in ((large, "more than 500000"), (tmp_path / "none.svg", "read"), (tmp_path / "x.gif", ".png")):
        with pytest.raises(LogoError, match=re.escape(reason)):
            read_logo(path)


async def test_much_news_is_said_at_once_and_not_before_five_seconds(chromium: Browser, running: Running) -> None:
    async with person(chromium) as context, visit(context) as visiting:
        page = visiting.page
        await page.clock.install(time=datetime(2026, 1, 1))
        await page.goto(running.server.url + "/dashboard")
        await page.clock.pause_at(datetime(2026, 1, 2))  # else it goes on by itself, too
        await page.evaluate(f"""async () => {{
          const {{ Announcer }} = await import('/dashboard/assets/{stamp()}/announcer.js')
          const region = document.createElement('p')
          window.spoken = () => region.textContent
          window.announcer = new Announcer(region)
        }}""")
        await page.evaluate("announcer.say('Eins.')")
        await page.clock.run_for(10)
        await page.evaluate("for (const text of ['Zwei.', 'Drei.', 'Vier.', 'Fünf.', 'Sechs.']) announcer.say(text)")
        await page.clock.run_for(4_900)
        assert await page.evaluate("spoken()") == "Eins."
        await page.clock.run_for(200)
        assert await page.evaluate("spoken()") == "Zwei. Drei. Vier. Und 2 weitere Neuigkeiten."


def test_browsers_are_told_to_ask_nobody_else(running: Running) -> None:
    client = running.server.client
    for address in ("/dashboard", f"/dashboard/assets/{stamp()}/main.js"):
        answered = client.get(address)
        assert answered.status_code == 200
        policy = dict(part.split(" ", 1) for part in answered.headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert set(policy.values()) == {"'none'", "'self'"}
        assert answered.headers["X-Content-Type-Options"] == "nosniff"
    assert "Netz &lt;&amp;&gt; Werk" in client.get("/dashboard").text


def test_files_are_kept_by_browsers_and_there_are_no_others(running: Running) -> None:
    client = running.server.client
    for path in ASSETS.iterdir():
        address = f"/dashboard/assets/{stamp()}/{path.name}"
        plain = client.get(address, headers={"Accept-Encoding": "identity"})
        packed = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert plain.content == packed.content == path.read_bytes()
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "immutable" in plain.headers["Cache-Control"]
    for wrong in (f"{stamp()}/nothing.js", f"{stamp()}/..%2Findex.html", "000000000000/main.js"):
        assert client.get(f"/dashboard/assets/{wrong}").status_code == 404


def test_the_page_is_small() -> None:
    assert sum(len(gzip.compress(path.read_bytes())) for path in (PAGE, *ASSETS.iterdir())) < 150_000
