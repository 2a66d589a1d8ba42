"""What clients send that is no text, or none that anybody expects: each operation is answered, the others go on."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection

from tests.web.live.test_graphql_transport_ws import PATIENCE, hear, opened, say, subscribe
from tests.web.live.test_streams import APOLLO, SSE
from tests.web.server import Server

NEW, OLD = "application/graphql-response+json", "application/json"
CONFIRM = "mutation ($token: String!) { confirmEmail(token: $token) { userErrors { code message } } }"
SIGN_UP = "mutation ($input: SignUpInput!) { signUp(input: $input) { userErrors { path code } } }"
UPDATES = 'subscription { groupUpdated(id: "nothing") { cursor } }'
WATCH = "subscription { liveOffers(first: 1) { __typename } }"
GERMAN, ENGLISH = "Dieser Link", "This link"
HALF = '"Sommerfest \\ud83c"'
DEEP, TOO_DEEP = "[" * 300 + "]" * 300, "[" * 3000 + "]" * 3000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("odd") / "data") as running:
        yield running


def post(server: Server, body: str | bytes, accept: str = NEW, language: bytes = b"en") -> httpx.Response:
    headers = [
        (b"Content-Type", OLD.encode()),
        (b"Accept", accept.encode()),
        (b"Accept-Language", language),
    ]
    return server.client.post("/graphql", content=body, headers=headers)


def asked(document: str, variables: str = "{}", **more: str) -> str:
    """The body of a request whose variables are spelled as they are to be sent."""
    others = "".join(f', "{name}": {value}' for name, value in more.items())
    return f'{{"query": {json.dumps(document)}, "variables": {variables}{others}}}'


# ---------------------------------------------------------------- languages


@pytest.mark.parametrize(
    ("header", "is_english"),
    [
        (b"EN", True),
        (b"De-de", False),
        (b"fr-FR, EN;q=0.5", True),
        (b"*", False),
        (b"en_US", True),
        (b"de;q=0", True),
        (b"\xff\xfe\xe9, \xc4\xb0, EN", True),
        (b";;q=,=*", False),
        (b"x" * 9000 + b", en", False),
    ],
)
def test_every_transport_words_in_the_language_that_a_header_asks_for(
    server: Server, header: bytes, is_english: bool
) -> None:
    told = post(server, asked(CONFIRM, '{"token": "x"}'), language=header).json()
    (error,) = told["data"]["confirmEmail"]["userErrors"]
    assert error["message"].startswith(ENGLISH if is_english else GERMAN)
    for accept in (NEW, OLD, SSE, APOLLO):
        answer = post(server, asked(UPDATES), accept, header)
        assert answer.status_code in (200, 400), (accept, answer.text)
        if accept in (SSE, APOLLO):
            assert ("There is nothing" in answer.text) is is_english, (accept, answer.text)
    nothing = server.client.get("/feeds/events/nothing.ics", headers=[(b"Accept-Language", header)])
    assert nothing.status_code == 404
    assert nothing.text.startswith("There is no such feed" if is_english else "Diesen Feed")
    for feed in ("events.ics", "offers.atom"):
        assert server.client.get(f"/feeds/{feed}", headers=[(b"Accept-Language", header)]).status_code == 200
    for page in ("/graphql", "/dashboard"):
        shown = server.client.get(page, headers=[(b"Accept-Language", header), (b"Accept", b"text/html")])
        assert shown.status_code == 200


@pytest.mark.parametrize("language", ["EN", "de", "fr, En;q=0.1", "\ud83c", "ı" * 5000, "", "\x00", 7, None, ["en"]])
async def test_a_socket_is_worded_in_the_language_of_its_payload(server: Server, language: Any) -> None:
    async with opened(server, {"Accept-Language": language}) as socket:
        answer = await subscribe(socket, CONFIRM, variables={"token": "x"})
        (error,) = answer["payload"]["data"]["confirmEmail"]["userErrors"]
        is_english = "en" in str(language).lower() and isinstance(language, str)
        assert error["message"].startswith(ENGLISH if is_english else GERMAN)


async def test_a_socket_is_worded_in_the_language_of_its_header(server: Server) -> None:
    async with opened(server, **{"Accept-Language": "fr-FR, EN;q=0.5"}) as socket:
        answer = await subscribe(socket, UPDATES)
        assert answer["type"] in ("error", "next")
        assert "There is nothing" in json.dumps(answer)


# ---------------------------------------------------------------- half of a character, and other odd JSON


def sign_up(name: str) -> str:
    return f'{{"input": {{"name": {name}, "email": "a@example.org", "password": "lang genug, aber halb"}}}}'


@pytest.mark.parametrize("accept", [NEW, OLD])
@pytest.mark.parametrize("name", [HALF, '"\\udf89\\ud83c"', '"\\u0000"', '"a\\u0000b"', '"\\ufffd"', '"\\ufffe"'])
def test_half_a_character_in_a_variable_is_a_user_error(server: Server, accept: str, name: str) -> None:
    answer = post(server, asked(SIGN_UP, sign_up(name)), accept)
    assert answer.status_code == 200
    assert answer.json()["data"] == {"signUp": {"userErrors": [{"path": ["input", "name"], "code": "INVALID"}]}}


ODD_OPERATIONS = [
    # Half a character, wherever text can stand.
    asked('{ search(text: "Sommerfest") { totalCount } }', "{}", operationName=HALF),
    asked("query ($t: String!) { search(text: $t) { totalCount } }", f'{{"t": {HALF}}}'),
    asked("query ($i: [ID!]!) { nodes(ids: $i) { id } }", f'{{"i": [{HALF}]}}'),
    asked("query ($i: ID!) { node(id: $i) { id } }", f'{{"i": {HALF}}}'),
    asked("query ($s: String!) { offer(slug: $s) { id } }", f'{{"s": {HALF}}}'),
    asked("query ($a: String) { offers(after: $a) { totalCount } }", f'{{"a": {HALF}}}'),
    asked(
        "query ($f: OfferFilter) { offers(filter: $f) { totalCount } }",
        f'{{"f": {{"topics": [{HALF}], "text": {HALF}}}}}',
    ),
    asked("query ($f: OfferFilter) { offers(filter: $f) { totalCount } }", f'{{"f": {{{HALF}: 1}}}}'),
    asked(CONFIRM, f'{{"token": {HALF}}}'),
    asked(CONFIRM, f'{{"token": {HALF}, {HALF}: {HALF}}}', extensions=f"{{{HALF}: {HALF}}}"),
    asked("mutation ($t: String!) { refreshSession(refreshToken: $t) { userErrors { code } } }", f'{{"t": {HALF}}}'),
    asked("{ network { name } } # ").replace("# ", "# \\ud83c"),
    asked("{ search(text: XX) { totalCount } }").replace("XX", '\\"Sommerfest \\ud83c\\"'),
    asked("{ search(text: XX) { totalCount } }").replace("XX", '\\"Sommerfest \\\\ud83c\\"'),
    asked("{ XX }").replace("XX", "\\ud83c"),
    # NUL.
    asked("query ($t: String!) { search(text: $t) { totalCount } }", '{"t": "a\\u0000b"}'),
    asked("query ($s: String!) { member(slug: $s) { id } }", '{"s": "\\u0000"}'),
    asked("query ($i: ID!) { node(id: $i) { id } }", '{"i": "\\u0000"}'),
    asked("query ($a: String) { members(after: $a) { totalCount } }", '{"a": "\\u0000"}'),
    # Numbers.
    asked("query ($n: Int) { offers(first: $n) { totalCount } }", '{"n": 1e400}'),
    asked("query ($n: Int) { offers(first: $n) { totalCount } }", f'{{"n": {"9" * 400}}}'),
    asked("query ($n: Int) { offers(first: $n) { totalCount } }", f'{{"n": {"9" * 5000}}}'),
    asked("query ($n: Int) { offers(first: $n) { totalCount } }", '{"n": 18446744073709551616, "m": -1e999}'),
    asked("query ($f: EventFilter) { events(filter: $f) { totalCount } }", '{"f": {"near": {"radiusKm": 1e999}}}'),
    # Nested.
    asked("query ($t: String!) { search(text: $t) { totalCount } }", f'{{"t": {DEEP}}}'),
    asked("query ($t: String!) { search(text: $t) { totalCount } }", f'{{"t": {TOO_DEEP}}}'),
    asked("query ($f: OfferFilter) { offers(filter: $f) { totalCount } }", f'{{"f": {{"topics": {DEEP}}}}}'),
    asked("{ network { name } }", f'{{"t": {TOO_DEEP}, "u": {HALF}}}'),
    asked(f"{{ offers(filter: {{topics: {'[' * 3000}{']' * 3000}}}) {{ totalCount }} }}"),
    # Twice.
    asked("{ network { name } }", '{"t": 1, "t": 2}', query='"{ network { about } }"'),
]


@pytest.mark.parametrize("number", range(len(ODD_OPERATIONS)))
def test_what_is_odd_json_is_answered_for_that_operation(server: Server, number: int) -> None:
    for accept in (NEW, OLD):
        answer = post(server, ODD_OPERATIONS[number], accept)
        body = answer.json()
        assert answer.status_code in (200, 400)
        assert "INTERNAL" not in answer.text
        assert "data" in body or body["errors"]
        assert "not JSON" not in answer.text
        assert "parse request body" not in answer.text


async def test_what_is_odd_json_ends_nothing_else_on_the_socket(server: Server) -> None:
    async with opened(server) as socket:
        await say(socket, type="subscribe", id="stays", payload={"query": WATCH})
        assert (await hear(socket))["id"] == "stays"
        for number, operation in enumerate(ODD_OPERATIONS):
            await socket.send(f'{{"id": "{number}", "type": "subscribe", "payload": {operation}}}')
            answer = await until_over(socket, str(number))
            assert answer["type"] in ("next", "error"), answer
            assert "INTERNAL" not in json.dumps(answer), (operation, answer)
        await socket.send(f'{{"id": {HALF}, "type": "subscribe", "payload": {asked("{ network { name } }")}}}')
        assert (await until_over(socket, "Sommerfest \ufffd"))["type"] == "next"
        await socket.send(f'{{"type": "ping", "payload": {{{HALF}: {TOO_DEEP}}}}}')
        assert (await hear(socket))["type"] == "pong"
        await socket.send(f'{{"id": "stays", "type": "complete", "payload": {HALF}}}')
        answer = await subscribe(socket, "{ network { name } }", id="stays")
        assert answer["payload"]["data"], "it ran until it was completed"


async def until_over(socket: ClientConnection, id: str) -> dict[str, Any]:
    """The first message of the operation; nothing of it comes any more."""
    async with asyncio.timeout(PATIENCE):
        first: dict[str, Any] = {}
        while True:
            message = await hear(socket)
            if message.get("id") != id:
                continue
            first = first or message
            if message["type"] in ("error", "complete"):
                return first


async def test_a_socket_opens_with_half_a_character_in_its_payload(server: Server) -> None:
    async with opened(server, {"Accept-Language": "\ud83c", "x\ud83c": ["\udf89"]}) as socket:
        assert (await subscribe(socket, "{ network { name } }"))["payload"]["data"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("accept", [NEW, OLD, SSE, APOLLO])
def test_half_a_character_in_the_variables_of_each_method(server: Server, method: str, accept: str) -> None:
    document = "query ($t: String!) { search(text: $t) { totalCount } }"
    variables = f'{{"t": {HALF}}}'
    if method == "GET":
        parameters = {"query": document, "variables": variables}
        answer = server.client.get("/graphql", params=parameters, headers={"Accept": accept})
    else:
        answer = post(server, asked(document, variables), accept)
    assert answer.status_code == 200
    assert '"totalCount":0' in answer.text


@pytest.mark.parametrize("query", ["query=%7B%20x%20%ED%A0%BC%7D", "query=%FF", "query=%00"])
def test_what_is_no_text_in_an_address_is_the_mistake_of_who_sent_it(server: Server, query: str) -> None:
    answer = server.client.get(f"/graphql?{query}", headers={"Accept": NEW})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize("odd", ["%ED%A0%BC", "%00", "%FF", "%E2%80%AE", "a%0d%0ab"])
def test_what_is_no_text_in_the_address_of_a_feed_finds_nothing(server: Server, odd: str) -> None:
    for path in (f"offers.atom?topic={odd}", f"events/{odd}.ics", f"groups/{odd}.ics", f"registrations/{odd}.ics"):
        assert server.client.get(f"/feeds/{path}").status_code == 404
    for name in ("direction", "category"):
        assert server.client.get(f"/feeds/offers.atom?{name}={odd}").status_code == 400
    assert server.client.get(f"/feeds/offers.atom?{odd}={odd}").status_code == 200


@pytest.mark.parametrize(
    "body", ["", "[NaN]", '{"query": "{ network { name } }", "variables": {"x": NaN}}', "{", "\x00"]
)
def test_what_is_no_json_is_still_none(server: Server, body: str) -> None:
    answer = post(server, body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize("token", ["\xe4", "\ud83c", "\x00", "a.b.c", "ä.ö.ü", "." * 5000])
async def test_a_token_that_is_no_text_is_no_token(server: Server, token: str) -> None:
    answer = server.client.post(
        "/graphql",
        json={"query": "{ network { name } }"},
        headers=[(b"Authorization", b"Bearer " + token.encode("utf-8", "replace").replace(b"\x00", b"\x01"))],
    )
    code = "BAD_REQUEST" if token == "\x00" else "UNAUTHENTICATED"  # a header with controls is refused before
    assert answer.json()["errors"][0]["extensions"]["code"] == code
    answer = post(server, asked(CONFIRM, json.dumps({"token": token})))
    assert answer.json()["data"]["confirmEmail"]["userErrors"][0]["code"] == "EXPIRED"
