"""The documentation shows every type that is served and every guide, and leads nowhere that isn't there."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest_asyncio
from graphql import is_introspection_type
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.world import SCHEMA
from web.pages.documentation import Documentation
from web.pages.documentation.guides import GUIDES, NAMES, path_of
from web.pages.documentation.picture import TYPES, boxes
from web.pages.examples import examples

ROOT = Path(__file__).parents[3]
# Elements that have no end.
VOID = {"meta", "input", "br", "img", "hr", "rect", "line", "link"}


class Page(HTMLParser):
    """What stands where: ids, links, headings; and whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [id for id in [given.get("id")] if id]
        self.links += [href for href in [given.get("href")] if href]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, (tag, self.open)


@pytest_asyncio.fixture(loop_scope="session")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=Documentation(SCHEMA._schema, "Netz <&> Werk", "/api").routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as made:
        yield made


async def test_everything_served_stands_there_and_every_link_leads_somewhere(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/docs")
    assert answer.status_code == 200
    page = Page(answer.text)
    assert page.open == []
    expected = set()
    for name, kind in SCHEMA._schema.type_map.items():
        if not is_introspection_type(kind):
            members = {*getattr(kind, "fields", {}), *getattr(kind, "values", {})}
            expected |= {name, *(f"{name}.{member}" for member in members)}
    assert sorted(page.ids) == sorted(expected)  # each once
    assert {link.removeprefix("/api/docs#") for link in page.links if link.startswith("/api/docs#")} <= expected
    assert "Netz &lt;&amp;&gt; Werk" in answer.text
    packed = await client.get("/docs", headers={"Accept-Encoding": "identity"})
    assert (packed.text, "content-encoding" in packed.headers) == (answer.text, False)
    assert len(answer.text) < 1_000_000


async def test_every_link_of_every_page_leads_somewhere(client: httpx.AsyncClient) -> None:
    paths = ["/docs", "/docs/examples", "/docs/types", *(path_of(name) for name in sorted(NAMES))]
    pages = {}
    for path in paths:
        answer = await client.get(path)
        assert answer.status_code == 200, path
        assert "<script" not in answer.text
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        pages[f"/api{path}"] = page = Page(answer.text)
        assert page.open == [], path
        assert len(page.ids) == len(set(page.ids)), path
    known = {"/api/", "/api/dashboard", "/api/docs/schema.graphql", "/api/favicon.ico"}
    known |= {f"/api/#example={example.name}" for example in examples()}
    for path, page in pages.items():
        for link in page.links:
            if link not in known and not link.startswith("https://"):
                target, _, fragment = link.partition("#")
                assert not fragment or fragment in pages[target or path].ids, (path, link)
    # From each page to all the others.
    assert {f"/api{path}" for path in paths} <= set(pages["/api/docs/guides/clients/urql"].links)
    assert (await client.get("/docs/guides/settings")).status_code == 404


async def test_a_guide_is_shown_as_it_is_written(client: httpx.AsyncClient) -> None:
    assert sum(len(names) for names in GUIDES.values()) == len(NAMES)
    assert '<pre tabindex="0"><code>' in (await client.get("/docs/guides/clients/apollo")).text
    assert '<a href="/api/docs/guides/live#clients-that-resume">' in (await client.get("/docs/guides/clients")).text
    errors = (await client.get("/docs/guides/errors")).text
    assert '<h3 id="rate_limited">' in errors or '<h2 id="rate_limited">' in errors
    assert "<table>" in (await client.get("/docs/guides/live")).text


async def test_the_picture_shows_each_type_by_itself_and_what_leads_to_others(client: httpx.AsyncClient) -> None:
    drawn = boxes(SCHEMA._schema)
    assert [box.name for box in drawn] == list(TYPES)
    assert not [(one.name, two.name) for one in drawn for two in drawn if one is not two and one.overlaps(two)]
    text = (await client.get("/docs/types")).text
    assert '<a href="/api/docs#Offer.owner"><text' in text
    for box in drawn:
        assert box.left >= 0
        assert box.top >= 0
        assert box.top + box.height <= 900


async def test_a_field_says_what_it_takes_who_sees_it_and_what_it_costs(client: httpx.AsyncClient) -> None:
    text = (await client.get("/docs")).text
    (shown,) = re.findall(r'<dt id="Query.offers">.*?</dd>', text, re.S)
    assert '<a href="/api/docs#OfferConnection">OfferConnection</a>' in shown
    assert '<code>sort: <a href="/api/docs#OfferSort">OfferSort</a>! = NEWEST</code>' in shown
    assert "350 points once" in shown
    (shown,) = re.findall(r'<dt id="OfferFilter.text">.*?</dd>', text, re.S)
    assert "8000 points where it is given" in shown
    (shown,) = re.findall(r'<dt id="Event.registrations">.*?</dd>', text, re.S)
    assert "null for others" in shown


async def test_a_search_shows_what_holds_all_words(client: httpx.AsyncClient) -> None:
    found = Page((await client.get("/docs", params={"q": "OFFERsort relevance"})).text)
    assert "OfferSort" in found.ids
    assert "Member" not in found.ids
    nothing = (await client.get("/docs", params={"q": '<script>"x"'})).text
    assert "Nothing holds all of these words." in nothing
    assert "&lt;script&gt;&quot;x&quot;" in nothing
    assert "<script" not in nothing
    assert len((await client.get("/docs", params={"q": "q" * 5000})).text) < 20_000


async def test_every_page_is_paid_for() -> None:
    """By whoever asks: each takes the processor some milliseconds."""
    routes = Documentation(SCHEMA._schema, "Netz", "").routes(lambda _page: PlainTextResponse("Later.", 429))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(Starlette(routes=routes))) as asking:
        for route in routes:
            assert isinstance(route, Route)
            assert (await asking.get(f"http://x{route.path}", params={"q": "offer"})).status_code == 429, route.path


def test_there_is_none_where_nobody_may_ask_for_the_schema() -> None:
    assert Documentation(SCHEMA._schema, "Netz", "", is_off=True).routes() == []


async def test_nothing_is_loaded_or_run_and_the_sdl_is_the_committed_one(client: httpx.AsyncClient) -> None:
    headers = (await client.get("/docs")).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    sdl = await client.get("/docs/schema.graphql")
    assert sdl.content == (ROOT / "schema/schema.graphql").read_bytes()
    assert sdl.headers["content-type"] == "text/plain; charset=utf-8"
