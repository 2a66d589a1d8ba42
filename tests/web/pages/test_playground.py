"""The playground, in a real browser, on the demonstration data."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Locator, Page, Route, WebSocketRoute, expect

from tests.clients.node import run as run_node
from tests.web.browsers import Visit, browser, person, visit
from tests.web.server import Server
from web.pages.playground.build import BUILT, FOLDER, STAMP, stamp

EXAMPLES = ("Board", "Group", "SignIn", "PublishOffer", "WatchBoard")
SIGN_IN = """mutation ($email: EmailAddress!) {
  signIn(input: { email: $email, password: "mitwirk-demo" }) { accessToken }
}"""
PUBLISH = """mutation ($input: CreateOfferInput!) {
  createOffer(input: $input) { offer { status } userErrors { message } }
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("playground") / "data", DEMO=1, NETWORK_NAME="Netz <&> Werk") as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def somebody(chromium: Browser) -> AsyncIterator[BrowserContext]:
    async with person(chromium, permissions=["clipboard-read", "clipboard-write"]) as context:
        yield context


@pytest_asyncio.fixture(loop_scope="session")
async def opened(somebody: BrowserContext, server: Server) -> AsyncIterator[Visit]:
    """The playground as a German-speaking person finds it. Whatever happens on it, it asks nobody else."""
    async with visit(somebody) as visiting:
        try:
            await go(visiting.page, server)
            yield visiting
        finally:
            # Else the next one finds these tabs, which a page that is still there stores once more.
            await visiting.page.goto(f"{server.url}/health/live")
            await visiting.page.evaluate("localStorage.clear()")
        strangers = [url for url in visiting.requests if urlsplit(url).netloc != urlsplit(server.url).netloc]
        assert strangers == []
        assert visiting.complaints == []  # nor of the plain page, whose icon the browser looks for by itself


async def go(page: Page, server: Server, address: str = "/") -> None:
    await page.goto(server.url + address)
    await ready(page, "query Board")


async def ready(page: Page, text: str) -> None:
    """Wait until the editor is there, with this in it."""
    await expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text(text)


async def choose(page: Page, example: str) -> None:
    await page.locator(".graphiql-tab-button", has_text=example).click()
    await ready(page, example)


async def run(page: Page) -> None:
    await page.get_by_role("button", name=re.compile("^Execute query")).click()


async def written(page: Page, editor: str) -> str:
    """All that stands in an editor, not only what fits in its window."""
    return str(await page.evaluate(_WRITTEN, editor))


_WRITTEN = "editor => __MONACO.editor.getModels().find(model => model.uri.path.endsWith(editor)).getValue()"


async def answer(page: Page) -> dict[str, Any]:
    """The answer, once there is one."""
    await page.wait_for_function(f"() => ({_WRITTEN})('response.json') !== ''")
    return dict(json.loads(await written(page, "response.json")))


async def follow(page: Page, query: str, variables: str = "") -> None:
    """A link to a query, on the page that is open."""
    await page.evaluate("asked => { location.hash = asked }", urlencode({"query": query, "variables": variables}))


async def sign_in(page: Page, name: str = "member", label: str = "Einloggen") -> None:
    """By the form, with an account of the demonstration."""
    await page.get_by_role("button", name=label).click()
    await page.get_by_role("button", name=f"{name}@mitwirk.example").click()
    await page.get_by_role("form", name=label).get_by_role("button", name=label).click()
    await expect(page.locator(".who")).to_be_visible()


def publish(server: Server, title: str) -> None:
    """An offer of somebody else's, by HTTP."""
    token = server.ask(SIGN_IN, email="member@mitwirk.example")["data"]["signIn"]["accessToken"]
    offer = {"direction": "SEEK", "category": "OTHER", "title": title, "description": "Für alle.", "publish": True}
    answered = server.ask(PUBLISH, token, input=offer)["data"]["createOffer"]
    assert answered == {"offer": {"status": "PUBLISHED"}, "userErrors": []}


async def test_the_page_opens_with_examples_that_show_the_board_and_a_group(opened: Visit) -> None:
    page = opened.page
    await expect(page).to_have_title("Netz <&> Werk: API ausprobieren")
    await expect(page.locator(".graphiql-tab-button")).to_have_text(EXAMPLES)
    assert len(opened.requests) > 10, "the page's requests are not seen"
    await run(page)
    board = (await answer(page))["data"]["offers"]
    assert len(board["nodes"]) == 5 < board["totalCount"]
    assert all(offer["title"] and offer["owner"]["name"] for offer in board["nodes"])
    await choose(page, "Group")
    await run(page)
    group = (await answer(page))["data"]["group"]
    assert group["name"] == "Suche-Biete-Plattform"
    assert group["members"]["edges"]
    assert group["events"]["nodes"]


async def test_the_examples_sign_in_and_publish_an_offer(opened: Visit) -> None:
    await choose(opened.page, "SignIn")
    await run(opened.page)
    signed_in = (await answer(opened.page))["data"]["signIn"]
    assert signed_in["accessToken"]
    assert signed_in["viewer"]["actsFor"]
    await choose(opened.page, "PublishOffer")
    await run(opened.page)
    refused = await answer(opened.page)
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["UNAUTHENTICATED"]
    await sign_in(opened.page)
    await run(opened.page)
    await opened.page.wait_for_function(f"() => ({_WRITTEN})('response.json').includes('PUBLISHED')")
    published = (await answer(opened.page))["data"]["createOffer"]
    assert published["userErrors"] == []
    assert published["offer"]["title"] == "Helfende Hände für das Sommerfest"


async def test_an_example_is_opened_with_whom_one_acts_for(opened: Visit) -> None:
    page = opened.page
    await page.get_by_role("button", name="Beispiele").click()
    example = page.get_by_role("button", name="Als mein Verein veröffentlichen")
    async with page.expect_event("load"):  # who leaves in that instant finds it when they open the page again
        await example.evaluate("button => { button.click(); sessionStorage.clear(); location.reload() }")
    await ready(page, "PublishAsMyClub")
    await expect(page.locator(".graphiql-tab-button")).to_have_text([*EXAMPLES, "PublishAsMyClub"])
    assert '"ownerId": "<ownerId>"' in await written(page, "variables.json")
    await sign_in(page)
    await page.wait_for_function(f"() => !({_WRITTEN})('variables.json').includes('<ownerId>')")
    await page.locator(".who").click()
    organisation = await page.locator(".ids strong").inner_text()
    assert organisation.startswith("Reparaturtreff")
    await page.keyboard.press("Escape")
    await run(page)
    published = (await answer(page))["data"]["createOffer"]
    assert (published["userErrors"], published["offer"]["owner"]["name"]) == ([], organisation)


async def test_a_link_holds_no_secret_and_the_tabs_of_a_browser_are_signed_in_together(
    opened: Visit, somebody: BrowserContext, server: Server
) -> None:
    page = opened.page
    await sign_in(page)
    secret = """mutation Typed($other_password: String! = "geheim-3") {
      signIn(input: {email: "a@b.example", password: "geheim-1"}) { accessToken }
      other: signIn(input: {email: "b@b.example", password: $other_password}) { accessToken }
    }
    # its end isn't typed yet: verifier: "geheim-4"""
    await follow(page, secret, '{"token": "geheim-2", "slug": "offen"}')
    await ready(page, "mutation Typed")
    assert "geheim-1" in await written(page, "operation.graphql")
    assert await page.evaluate("location.hash") == ""
    assert await written(page, "response.json") == "", "it ran by itself"
    await page.get_by_role("button", name="Link kopieren").click()
    await expect(page.locator(".told")).to_have_text(
        "Kopiert: ein Link mit Anfrage und Variablen. Passwörter und Token sind darin leer."
    )
    link = await page.evaluate("navigator.clipboard.readText()")
    await page.wait_for_function("() => localStorage['graphiql:tabState']?.includes('Typed')")
    await run(page)
    await page.wait_for_function("() => localStorage['graphiql:queries']?.includes('Typed')")
    token = json.loads(await written(page, "request-headers.json"))["Authorization"].removeprefix("Bearer ")
    kept = await page.evaluate("JSON.stringify(localStorage)")
    for text in (link, kept):
        assert "Typed" in text
        assert "offen" in text
        assert "geheim" not in text
        assert token not in text
    async with visit(somebody) as other:
        await other.page.goto(link)
        await ready(other.page, "mutation Typed")
        await expect(other.page.locator(".graphiql-tab-button")).to_have_text([*EXAMPLES, "Typed"])
        await expect(other.page.locator(".who")).to_be_visible()
        await other.page.get_by_role("button", name="Ausloggen").click()
        await expect(page.get_by_role("button", name="Einloggen")).to_be_visible()
        assert other.complaints == []


async def test_a_subscription_shows_what_is_published_elsewhere(opened: Visit, server: Server) -> None:
    await choose(opened.page, "WatchBoard")
    await run(opened.page)
    await expect(opened.page.get_by_role("status")).to_have_text("Live verbunden")
    for title in ("Übungsraum für den Chor", "Noten für den Chor"):
        publish(server, title)
        await opened.page.wait_for_function(f"title => ({_WRITTEN})('response.json').includes(title)", arg=title)
    updates = opened.page.get_by_role("region", name="Updates")
    await expect(updates.locator("li .number")).to_have_text(["2", "1"])
    await expect(updates.locator("li time").first).to_have_text(re.compile(r"^\d\d:\d\d:\d\d,\d{3}$"))
    await expect(updates.locator("summary code").first).to_have_text(re.compile('^{ "offer": { "title": "Noten'))
    await opened.page.get_by_role("button", name="Link kopieren").click()
    await expect(opened.page.locator(".told")).not_to_be_empty()
    await updates.locator("summary").last.click()  # above which it is told what was copied
    await expect(updates.locator("pre").last).to_contain_text("Übungsraum für den Chor")
    await opened.page.get_by_role("button", name=re.compile("^Stop query")).click()
    await expect(opened.page.get_by_role("status")).to_be_empty()
    assert any(url.startswith("ws:") for url in opened.requests)


async def test_a_page_that_is_outdated_says_so_and_loses_nothing_by_itself(chromium: Browser, server: Server) -> None:
    sockets: list[WebSocketRoute] = []

    def pass_on(page: WebSocketRoute) -> None:
        page.connect_to_server()
        sockets.append(page)

    async with person(chromium) as somebody_else, visit(somebody_else) as visiting:
        page = visiting.page
        await page.route_web_socket("**/graphql", pass_on)
        await go(page, server)
        await choose(page, "WatchBoard")
        await run(page)
        await expect(page.get_by_role("status")).to_have_text("Live verbunden")
        await page.evaluate("window.untouched = true")
        outdated = page.get_by_role("button", name="Neue Fassung der Seite: neu laden")
        for other_build in (False, True):
            if other_build:  # this page is of a build that the server no longer has
                await page.evaluate("document.querySelector('script[type=module]').setAttribute('src', '/old.js')")
            async with page.expect_response(lambda response: response.url == page.url):
                await sockets[-1].close(code=1012)
            await expect(page.get_by_role("status")).to_have_text("Live verbunden")
            await expect(outdated).to_have_count(int(other_build))
        assert await page.evaluate("window.untouched") is True, "the page reloaded by itself"
        await page.locator(".graphiql-query-editor .view-lines").click()
        await page.keyboard.press("Control+Home")
        await page.keyboard.insert_text("# Mein Versuch\n")
        await page.wait_for_function("() => sessionStorage.getItem('graphiql:tabState')?.includes('Mein Versuch')")
        await outdated.click()
        await ready(page, "Mein Versuch")
        await expect(outdated).to_have_count(0)


async def test_signing_in_fills_the_header_and_signing_out_empties_it(opened: Visit, server: Server) -> None:
    page = opened.page
    await sign_in(page)
    header = json.loads(await written(page, "request-headers.json"))["Authorization"]
    asked = server.client.post(
        "/graphql", json={"query": "{ viewer { email } }"}, headers={"Authorization": header}
    ).json()
    assert asked["data"]["viewer"] == {"email": "member@mitwirk.example"}
    await choose(page, "Group")
    assert json.loads(await written(page, "request-headers.json")) == {"Authorization": header}
    await page.reload()
    await ready(page, "query")
    await page.wait_for_function(f"() => ({_WRITTEN})('request-headers.json') !== ''")
    assert json.loads(await written(page, "request-headers.json")) == {"Authorization": header}
    async with page.expect_response("**/graphql"):
        await page.get_by_role("button", name="Ausloggen").click()
    assert await written(page, "request-headers.json") == ""
    answered = server.client.post(
        "/graphql", json={"query": "{ viewer { email } }"}, headers={"Authorization": header}
    ).json()
    assert answered["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_token_is_renewed_before_it_is_over(opened: Visit) -> None:
    page = opened.page
    await page.clock.install()
    await sign_in(page)
    async with page.expect_response(lambda response: "refreshSession" in (response.request.post_data or "")) as renewed:
        await page.clock.fast_forward("14:45")
    token = (await (await renewed.value).json())["data"]["refreshSession"]["accessToken"]
    await page.wait_for_function(f"token => ({_WRITTEN})('request-headers.json').includes(token)", arg=token)
    await run(page)
    assert "errors" not in await answer(page)

    async def sign_out_first(route: Route) -> None:
        if "refreshSession" not in (route.request.post_data or ""):
            return await route.continue_()
        renewed_too_late = await route.fetch()
        await page.get_by_role("button", name="Ausloggen").click()
        await expect(page.get_by_role("button", name="Einloggen")).to_be_visible()
        await route.fulfill(response=renewed_too_late)

    await page.route("**/graphql", sign_out_first)
    async with page.expect_request_finished(lambda request: "refreshSession" in (request.post_data or "")):
        await page.clock.fast_forward("14:45")
    await page.evaluate("fetch('/health/live').then((answer) => answer.text())")  # by then the page has read the other
    await expect(page.locator(".who")).to_have_count(0)
    assert await page.evaluate("Object.keys(sessionStorage).filter((key) => key.includes('account'))") == []
    await page.unroute_all(behavior="wait")


async def test_a_wrong_password_and_a_token_that_is_none_are_told_at_once(opened: Visit) -> None:
    page = opened.page
    await page.get_by_role("button", name="Einloggen").click()
    await page.get_by_label("E-Mail-Adresse").fill("member@mitwirk.example")
    await page.get_by_label("Passwort").fill("something else")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("form").get_by_role("alert")).not_to_be_empty()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Einloggen")).to_be_focused()
    await choose(page, "WatchBoard")
    await page.get_by_role("button", name="Headers").click()
    await page.locator(".graphiql-editor-tool .graphiql-editor:not(.hidden)").click()
    await page.keyboard.insert_text('{"Authorization": "Bearer x"}')
    await run(page)
    assert (await answer(page))["errors"][0]["extensions"] == {"closeCode": 4403}
    await expect(page.get_by_role("status")).to_be_empty()


async def test_the_switch_changes_the_language(chromium: Browser, server: Server) -> None:
    async with person(chromium) as somebody_else, visit(somebody_else) as visiting:
        page = visiting.page
        await go(page, server)
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        await ready(page, "Who is looking for what?")
        async with page.expect_request("**/graphql") as asked:
            await run(page)
        assert (await asked.value).headers["accept-language"] == "en"
        await page.reload()
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        await follow(page, "query Wrong { ofers { nodes { title } } }")
        await ready(page, "query Wrong")
        await run(page)
        assert "Did you mean 'offers'" in (await answer(page))["errors"][0]["message"]


LIGHT_DESKTOP = {"locale": "de-DE", "viewport": {"width": 1280, "height": 800}, "color_scheme": "light"}
DARK_DESKTOP = {"locale": "en-GB", "viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}
LIGHT_PHONE = {"locale": "de-DE", "viewport": {"width": 390, "height": 844}, "color_scheme": "light"}
DARK_PHONE = {"locale": "en-GB", "viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}


@pytest.mark.parametrize(
    ("documentation", "options"),
    [
        pytest.param(["/docs/types"], LIGHT_DESKTOP, id="light-desktop"),
        pytest.param(["/docs/examples", "/docs/guides/live"], DARK_PHONE, id="dark-phone"),
        pytest.param([], DARK_DESKTOP, id="dark-desktop", marks=pytest.mark.soak),
        pytest.param([], LIGHT_PHONE, id="light-phone", marks=pytest.mark.soak),
    ],
)
async def test_nothing_is_hard_to_use(
    chromium: Browser, server: Server, documentation: list[str], options: dict[str, Any]
) -> None:
    """In each state that people meet axe finds nothing, neither in what is ours nor in GraphiQL, which is mended."""
    language, examples = ("Einloggen", "Beispiele") if options["locale"] == "de-DE" else ("Sign in", "Examples")
    async with person(chromium, **options, reduced_motion="reduce") as somebody_else, visit(somebody_else) as visiting:
        page = visiting.page

        async def look() -> None:
            assert await visiting.violations() == []

        async def press(name: str, *, exact: bool = True) -> None:
            await page.get_by_role("button", name=name, exact=exact).click()

        await go(page, server, "/graphql")
        await look()  # several tabs
        for name in (language, examples):
            await press(name)
            await look()
            await page.keyboard.press("Escape")
        await run(page)
        await answer(page)
        await press("Show Documentation Explorer")
        documented = page.locator(".graphiql-doc-explorer")
        await documented.get_by_role("link", name="Query", exact=True).click()
        await expect(documented.get_by_role("link", name="offers", exact=True)).to_be_visible()
        await look()  # an answer, and the documentation
        await documented.get_by_role("combobox").fill("offer")
        await expect(page.get_by_role("option", name="OfferFilter", exact=True)).to_be_visible()
        await look()
        await page.keyboard.press("Escape")
        await press("Hide Documentation Explorer")
        await press("Show GraphiQL Explorer")
        await expect(page.get_by_role("checkbox", name="totalCount")).to_be_checked()
        await look()
        await press("Hide GraphiQL Explorer")
        await press("Show History")
        await press("Edit label", exact=False)
        await look()
        await press("Hide History")
        await press("Open settings dialog")
        await look()
        await page.keyboard.press("Escape")
        await press("New tab")
        await page.locator(".graphiql-query-editor .view-lines").click()
        await page.keyboard.insert_text(_ALL_COLOURS)
        await ready(page, "query All")
        await page.keyboard.press("Control+f")
        await expect(page.get_by_role("button", name="Toggle Replace")).to_be_visible()
        await look()  # the editor's search, and all that it colours
        await page.keyboard.press("Escape")
        for left in range(5, 0, -1):
            await press("Close", exact=False)
            await expect(page.get_by_role("tab")).to_have_count(left)
        await sign_in(page, "member", language)
        await page.locator(".who").click()
        await look()  # one tab
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(overflow) == 0
        for path in documentation:
            await page.goto(server.url + path)
            await look()
            assert await page.evaluate(overflow) == 0


_ALL_COLOURS = """# Of each kind one.
query All($first: Int = 12, $text: String = "x") @live {
  ofers(first: $first, half: 0.5, kind: SEEK, sure: true, text: $text) { ... on Offer @include(if: false) { id } }
}"""


async def test_it_is_used_by_keyboard_alone(opened: Visit) -> None:
    page = opened.page

    def tab(name: str) -> Locator:
        return page.get_by_role("tab", name=name, exact=True)

    await tab("Board").focus()
    for key, name in (
        ("ArrowRight", "Group"),
        ("End", "WatchBoard"),
        ("ArrowRight", "Board"),
        ("ArrowLeft", "WatchBoard"),
    ):
        await page.keyboard.press(key)
        await expect(tab(name)).to_be_focused()
    await page.keyboard.press("Home")
    await page.keyboard.press("ArrowRight")
    await expect(tab("Group")).to_be_focused()
    await expect(page.get_by_role("tab", selected=True)).to_have_text("Board")  # nothing ends by going past it
    await page.keyboard.press("Enter")
    await ready(page, "query Group")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Close Group")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="New tab")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("tab", selected=True)).to_have_text("<untitled>")
    assert await told(page) == [*EXAMPLES, "<untitled>"]
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Shift+Tab")
    await expect(tab("<untitled>")).to_be_focused()
    await page.keyboard.press("Delete")
    await expect(tab("WatchBoard")).to_be_focused()
    assert await told(page) == [*EXAMPLES]
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Close WatchBoard")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(tab("PublishOffer")).to_be_focused()
    assert await told(page) == [*EXAMPLES[:-1]]
    await page.keyboard.press("Home")
    await page.keyboard.press("Enter")
    await ready(page, "query Board")
    await page.get_by_role("button", name="Show GraphiQL Explorer").press("Enter")
    total = page.get_by_role("checkbox", name="totalCount")
    for ticked in (False, True):
        await total.press("Space")
        await expect(total).to_be_checked(checked=ticked)
        asked = f"() => ({_WRITTEN})('operation.graphql').includes('totalCount') === {str(ticked).lower()}"
        await page.wait_for_function(asked)
    editor = page.get_by_role("region", name="Operation Editor")
    await editor.locator(".graphiql-editor").press("Enter")
    search = page.get_by_role("button", name="Toggle Replace")
    await page.keyboard.press("Control+f")
    await expect(search).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(search).to_be_hidden()
    await tab("Group").click()  # on which the search lies where it isn't hidden


async def test_who_leaves_a_tab_at_once_loses_nothing_of_it(opened: Visit) -> None:
    page = opened.page

    async def at_once(typed: str, *clicks: str) -> None:
        """Faster than the page tells a tab of what is typed in it."""
        await page.evaluate(_AT_ONCE, [typed, *clicks])

    async def tabs(*names: str) -> None:
        await expect(page.get_by_role("tab")).to_have_text(names)

    await at_once("", "Group", "New tab")
    await tabs(*EXAMPLES, "<untitled>")
    await choose(page, "Group")
    for click, left in (
        ("SignIn", ["Board", "Group1", "SignIn", "PublishOffer", "WatchBoard", "<untitled>"]),
        ("New tab", ["Board", "Group2", "SignIn", "PublishOffer", "WatchBoard", "<untitled>", "<untitled>"]),
        ("Close WatchBoard", ["Board", "Group3", "SignIn", "PublishOffer", "<untitled>", "<untitled>"]),
    ):
        await at_once(f"query {left[1]} {{ network {{ name }} }}", click)
        if "Close" not in click:
            await choose(page, "Group")
        await ready(page, f"query {left[1]} ")
        await tabs(*left)
    await page.get_by_role("tab", name="SignIn").hover()
    await page.mouse.down()
    over = await page.get_by_role("tab", name="Board").bounding_box()
    assert over is not None
    await page.mouse.move(over["x"] + over["width"], over["y"] + 5)
    await at_once("query Group4 { network { name } }")
    await page.mouse.move(over["x"], over["y"] + 5, steps=5)
    await page.mouse.up()
    await tabs("SignIn", "Board", "Group4", "PublishOffer", "<untitled>", "<untitled>")
    await ready(page, "query Group4 ")


# As if typed, then clicked, in one turn of the page's loop.
_AT_ONCE = """([typed, ...clicks]) => {
  if (typed) __MONACO.editor.getModels().find(model => model.uri.path.endsWith('operation.graphql')).setValue(typed)
  for (const name of clicks) {
    const named = button => (button.ariaLabel ?? button.textContent) === name
    const button = [...document.querySelectorAll('.graphiql-sessions button')].find(named)
    button.click()
  }
}"""


async def told(page: Page) -> list[str]:
    """The tabs that the browser tells a screen reader of: what the list of them holds, and nothing but tabs."""
    session = await page.context.new_cdp_session(page)
    nodes = {node["nodeId"]: node for node in (await session.send("Accessibility.getFullAXTree"))["nodes"]}
    await session.detach()
    (found,) = (node for node in nodes.values() if node.get("role", {}).get("value") == "tablist")
    held = [nodes[number] for number in found["childIds"]]
    assert {node["role"]["value"] for node in held} == {"tab"}
    return [node["name"]["value"] for node in held]


def test_the_build_ends_where_what_it_mends_has_changed() -> None:
    told = json.loads(run_node("node", "--input-type=module", "-e", _MENDING, cwd=FOLDER))
    assert told == {
        "mended": "one TWO three",
        "another": None,
        "moved": 'graphiql/x.js holds 0 times what mends.js mends there, "a reason":\ntwo',
        "twice": 'graphiql/x.js holds 2 times what mends.js mends there, "a reason":\ntwo',
        "gone": 'mends.js mends graphiql/x.js, "a reason", which is no part of the page any more',
        "broken": None,
    }


_MENDING = """
import { mending } from './mends.js'

const mends = [{ why: 'a reason', in: 'graphiql/x.js', was: 'two', is: 'TWO' }]
const message = (act) => {
  try {
    act()
    return null
  } catch ({ message }) {
    return message
  }
}
const { transform, buildEnd } = mending(mends)
const path = '/node_modules/graphiql/x.js?v=1'
const told = {
  mended: transform('one two three', path).code,
  another: transform('one two three', '/node_modules/graphiql/y.js'),
  moved: message(() => transform('one three', path)),
  twice: message(() => transform('two two', path)),
  gone: message(() => mending(mends).buildEnd()),
  broken: message(() => mending(mends).buildEnd(new Error('another fault'))),
}
buildEnd()
console.log(JSON.stringify(told))
"""


def test_browsers_are_told_to_ask_nobody_else(server: Server) -> None:
    page = server.client.get("/graphql", headers={"Accept": "text/html"})
    name = re.search(r"/playground/assets/[^\"]+\.js", page.text)
    assert name is not None
    for answered in (page, server.client.get("/", headers={"Accept": "text/html"}), server.client.get(name[0])):
        assert answered.status_code == 200
        policy = dict(part.split(" ", 1) for part in answered.headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert {source for sources in policy.values() for source in sources.split()} <= {
            "'none'",
            "'self'",
            "'unsafe-inline'",
            "data:",
        }
        assert "'unsafe-inline'" not in policy["script-src"]
        assert answered.headers["Referrer-Policy"] == "no-referrer"
        assert answered.headers["X-Content-Type-Options"] == "nosniff"


def test_files_are_kept_by_browsers_and_packed(server: Server) -> None:
    for path in (BUILT / "assets").iterdir():
        plain = server.client.get(f"/playground/assets/{path.name}", headers={"Accept-Encoding": "identity"})
        packed = server.client.get(f"/playground/assets/{path.name}", headers={"Accept-Encoding": "gzip"})
        assert plain.content == packed.content == path.read_bytes()
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "immutable" in plain.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["nothing.js", "..%2Findex.html", "%2e%2e/STAMP", ""])
def test_there_are_no_other_files(server: Server, name: str) -> None:
    assert server.client.get(f"/playground/assets/{name}").status_code == 404


def test_programs_get_the_api_and_no_page(server: Server) -> None:
    answered = server.client.get("/", headers={"Accept": "*/*"}, follow_redirects=False)
    assert (answered.status_code, answered.headers["Location"]) == (307, "/graphql")
    answered = server.client.get("/graphql", params={"query": "{ __typename }"}, headers={"Accept": "text/html"})
    assert answered.json()["data"] == {"__typename": "Query"}


def test_the_built_page_is_current() -> None:
    assert STAMP.read_text("utf-8") == stamp(), "build it anew by `make playground`"
