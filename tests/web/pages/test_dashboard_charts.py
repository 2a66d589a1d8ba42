"""No label of a chart is ever cut, whatever it has to show: measured in a real browser."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from tests.web.browsers import browser, person, visit
from tests.web.server import Server
from web.pages.dashboard import stamp

# What the charts' boxes measure: on a phone, on a small screen, on the wall, and on the smallest phone.
BOXES = [(300, 192), (600, 192), (900, 160), (900, 300), (270, 150)]
LONG = "Rettungsdienst-, Katastrophenschutz- und Bevölkerungsschutzangelegenheiten " * 3
TOPICS: dict[str, list[tuple[str, int, int]]] = {
    "one": [("Bildung", 1, 0)],
    "many": [(f"Thema {number}", number, 40 - number) for number in range(40)],
    "like the town's": [("Bildung", 32, 2), ("Nachbarschaft", 3, 7), ("Rettung und Hilfe", 0, 3)],
    "tens of thousands": [("Bildung", 32_000, 45_678), ("Jugend", 99_999, 0), ("Umwelt", 0, 1)],
    "millions": [("Bildung", 123_456_789, 987_654_321)],
    "long names": [("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 3, 32, 2), (LONG, 5, 0), ("Ü", 1, 1)],
    "long names and numbers": [(LONG, 12_345, 67_890), ("W" * 200, 99_999, 99_999)],
}
DAYS: dict[str, list[tuple[int, int]]] = {
    "one day": [(3, 4)],
    "nothing": [(0, 0)] * 90,
    "one": [(0, 0)] * 89 + [(1, 0)],
    "rising": [(number * 25, number * 20) for number in range(90)],
    "tens of thousands": [(22_000, 10)] * 90,
    "equal and at the top": [(0, 0)] * 89 + [(20_000, 20_000)],
    "falling to nothing": [(98_765, 98_764)] * 89 + [(0, 0)],
    "millions": [(1, 1)] * 89 + [(123_456_789, 123_456_780)],
}
# The chart's drawing, and each of its texts by the place it takes.
MEASURE = """async ([kind, data, width, height]) => {
  const charts = await import(`/dashboard/assets/%s/charts.js`)
  document.getElementById('box')?.remove()
  const box = document.createElement('div')
  box.id = 'box'
  box.className = 'plot'
  Object.assign(box.style, { position: 'fixed', width: `${width}px`, height: `${height}px` })
  document.body.append(box)
  new charts[kind]('box').show(data)
  const svg = box.querySelector('svg')
  const [left, top, wide, high] = svg.getAttribute('viewBox').split(' ').map(Number)
  const texts = [...svg.querySelectorAll('text')].map((one) => [one.textContent, one.getBBox()])
  return {
    labels: texts.map(([text]) => text),
    cut: texts
      .filter(([, it]) => it.x < left - 0.5 || it.y < top - 0.5 || it.x + it.width > left + wide + 0.5
        || it.y + it.height > top + high + 0.5)
      .map(([text, it]) => [text, it.x, it.y, it.width, it.height]),
    crossing: texts.flatMap(([text, a], place) => texts.slice(place + 1)
      .filter(([, b]) => Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > 1
        && Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) > 6)
      .map(([other]) => [text, other])),
    said: svg.getAttribute('aria-label'),
  }
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("charts") / "data") as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(server: Server) -> AsyncIterator[Page]:
    async with browser() as running, person(running) as somebody, visit(somebody) as visiting:
        await visiting.page.goto(server.url + "/dashboard")
        yield visiting.page
        assert visiting.complaints == []


async def drawn(page: Page, kind: str, data: Any, box: tuple[int, int]) -> Any:
    """What a chart of this size shows, where the root's letters are as large as on a phone."""
    return await page.evaluate(MEASURE % stamp(), [kind, data, *box])


@pytest.mark.parametrize("name", TOPICS)
async def test_no_label_of_the_topics_is_cut(page: Page, name: str) -> None:
    data: list[dict[str, Any]] = [
        {"name": topic, "seek": seek, "provide": provide} for topic, seek, provide in TOPICS[name]
    ]
    for box in BOXES:
        shown = await drawn(page, "TopicsChart", data, box)
        assert (shown["cut"], shown["crossing"]) == ([], []), box
        first = data[0]
        assert f"{grouped(first['seek'])} + {grouped(first['provide'])}" in shown["labels"]
        assert f"{grouped(first['seek'])} Suche, {grouped(first['provide'])} Biete" in shown["said"]
        spelled = "".join(shown["labels"]).replace(" ", "")
        assert first["name"].replace(" ", "")[:8] in spelled


@pytest.mark.parametrize("name", DAYS)
async def test_no_label_of_the_history_is_cut(page: Page, name: str) -> None:
    dates = [f"2026-{month:02}-{day:02}" for month in (8, 9, 10, 11) for day in range(1, 31)][-len(DAYS[name]) :]
    data: list[dict[str, Any]] = [
        {"day": day, "seek": seek, "provide": provide} for day, (seek, provide) in zip(dates, DAYS[name], strict=True)
    ]
    for box in BOXES:
        shown = await drawn(page, "HistoryChart", data, box)
        assert (shown["cut"], shown["crossing"]) == ([], []), box
        last = data[-1]
        assert {f"Suche {grouped(last['seek'])}", f"Biete {grouped(last['provide'])}"} <= set(shown["labels"])


def grouped(count: Any) -> str:
    """A number as German has it, short from a million on."""
    return f"{count:,}".replace(",", ".") if count < 1_000_000 else f"{count / 1e6:.1f} Mio.".replace(".", ",", 1)


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1600, 900), (1280, 800), (390, 844), (320, 568)])
async def test_no_figure_and_no_list_is_cut_whatever_it_holds(page: Page, width: int, height: int) -> None:
    """The page with numbers and names as long as the network allows."""
    await page.set_viewport_size({"width": width, "height": height})
    wide = await page.evaluate(
        """async ([stamp, long]) => {
          const [{ List }, { shortNumber }] = await Promise.all(['lists', 'texts'].map(
            (name) => import(`/dashboard/assets/${stamp}/${name}.js`)))
          for (const one of document.querySelectorAll('dd')) one.textContent = shortNumber(987_654_321)
          const items = [...Array(9).keys()].map((key) => ({ key, title: long, lines: [long, 'W'.repeat(200)] }))
          for (const name of ['seek', 'provide', 'news', 'events']) {
            const list = new List(name, { now: '', last: '' })
            list.show(items, 45_678)
            list.say({ loaded: true, stale: true, text: 'Stand Do., 26. Nov. 2026, 12:35 Uhr' })
          }
          const cards = [...document.querySelectorAll('section')]
          const inside = (one) => {
            const [it, card] = [one, one.closest('section')].map((some) => some.getBoundingClientRect())
            return it.right <= card.right + 1 && it.left >= card.left - 1 && it.bottom <= card.bottom + 1
          }
          return {
            overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
            cut: [...document.querySelectorAll('dd, dt, .more, h2:not(.unseen)')]
              .filter((one) => one.getClientRects().length && (one.scrollWidth > one.clientWidth + 1 || !inside(one)))
              .map((one) => one.textContent),
            more: document.querySelector('#seek-list + .more').textContent,
            cards: cards.length,
          }
        }""",
        [stamp(), LONG],
    )
    assert (wide["overflow"], wide["cut"]) == (0, [])
    assert "weitere Einträge · Stand Do., 26. Nov. 2026, 12:35 Uhr" in wide["more"]


async def test_numbers_are_spoken_of_as_people_do(page: Page) -> None:
    said = await page.evaluate(
        """async (stamp) => {
          const { seatsLeft } = await import(`/dashboard/assets/${stamp}/lists.js`)
          const { ngettext } = await import(`/dashboard/assets/${stamp}/texts.js`)
          const seats = (free, waiting = 0) =>
            seatsLeft({ capacity: 9, remainingSeats: free, waitlistedCount: waiting })
          return [0, 1, 2, 12345].map((count) => [
            seats(count), seats(0, count), ngettext('and one more entry', 'and {count} more entries', count),
          ])
        }""",
        stamp(),
    )
    assert said == [
        ["Ausgebucht", "Ausgebucht", "und 0 weitere Einträge"],
        ["Noch 1 Platz frei", "Ausgebucht, eine Anmeldung wartet", "und ein weiterer Eintrag"],
        ["Noch 2 Plätze frei", "Ausgebucht, 2 Anmeldungen warten", "und 2 weitere Einträge"],
        ["Noch 12.345 Plätze frei", "Ausgebucht, 12.345 Anmeldungen warten", "und 12.345 weitere Einträge"],
    ]
