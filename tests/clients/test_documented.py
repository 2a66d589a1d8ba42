"""What docs/live.md shows runs as shown: each client goes on after a restart of the server, without a gap."""

import re
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from tests.clients.node import Program
from tests.servers import free_port
from tests.web.server import ROOT, Server, until
from web.live.rfc6455.close_codes import CloseCode

PRINTED = "127.0.0.1:8000"
SIGN_IN = """mutation { signIn(input: {email: "member@mitwirk.example", password: "mitwirk-demo"}) { accessToken } }"""
PUBLISH = "mutation ($input: CreateOfferInput!) { createOffer(input: $input) { offer { id } userErrors { code } } }"
DOCUMENT = (ROOT / "docs/live.md").read_text()


def blocks(port: int) -> list[tuple[str, list[str], str]]:
    """The documented clients, for this port: name, command, and program."""
    found = re.findall(r"\n([\w-]+)[^\n]*:\n\n```(js|python)\n(.*?)^```$", DOCUMENT, re.M | re.S)
    # The package `eventsource` lets Node exit while it waits; a browser's page stays.
    node = ["node", "--input-type=module", "--import", "data:text/javascript,setInterval(() => {}, 1000)", "-"]
    return [
        (name, node if language == "js" else [sys.executable, "-"], program.replace(PRINTED, f"127.0.0.1:{port}"))
        for name, language, program in found
    ]


def extra(port: int) -> list[tuple[str, list[str], str]]:
    """Clients that the documentation only speaks of."""
    here = Path(__file__).parent
    node = ["node", "--input-type=module", "-"]
    return [
        (path.stem, node, path.read_text().replace(PRINTED, f"127.0.0.1:{port}"))
        for path in (here / "sse.js", here / "signed-in.js")
    ]


def publish(server: Server, *titles: str) -> None:
    """Put entries onto the board."""
    token = server.ask(SIGN_IN)["data"]["signIn"]["accessToken"]
    for title in titles:
        values = {"direction": "SEEK", "category": "ROOM", "title": title, "description": "Bitte.", "publish": True}
        assert server.ask(PUBLISH, token, input=values)["data"]["createOffer"]["userErrors"] == []


def printed(program: Program, beginning: str) -> bool:
    """Whether it printed a line that begins so."""
    return any(line.startswith(beginning) for line in program.lines)


def heard(program: Program) -> list[str]:
    """The titles that it printed."""
    return [line for line in program.lines if line.startswith("Raum ")]


def test_every_documented_client_resumes_after_a_restart(tmp_path: Path, packages: None) -> None:
    port = free_port()
    settings: dict[str, Any] = {
        "DEMO": 1,
        "PORT": port,
        "ACCESS_TOKEN_MINUTES": 0.1,
        "STREAM_RETRY_SECONDS": 1,
        "STREAM_PING_SECONDS": 1,
    }
    with ExitStack() as stack:
        with Server(tmp_path / "data", **settings) as server:
            clients = blocks(port)
            assert [name for name, _command, _program in clients] == [
                "graphql-ws",
                "Apollo",
                "urql",
                "EventSource",
                "Python",
            ]
            programs = [Program(command, script, tmp_path, name) for name, command, script in clients + extra(port)]
            for program in programs:
                stack.callback(program.end)
            for program in programs:
                until(partial(printed, program, "loaded "), f"{program.name} has loaded")
            publish(server, "Raum 1", "Raum 2")
            for program in programs:
                until(partial(printed, program, "Raum 2"), f"{program.name} hears of entries")
            until(partial(printed, programs[-1], "closed 4403"), "the token is over")
            publish(server, "Raum 3")
            until(partial(printed, programs[-1], "Raum 3"), "it resumes with a new token")
        with Server(tmp_path / "data", **settings) as server:
            publish(server, "Raum 4", "Raum 5")
            expected = [f"Raum {number}" for number in range(1, 6)]
            for program in programs:
                until(partial(printed, program, "Raum 5"), f"{program.name} resumes", 30)
            publish(server, "Raum 6")
            for program in programs:
                until(partial(printed, program, "Raum 6"), f"{program.name} goes on", 30)
                assert heard(program) == [*expected, "Raum 6"], program.name
            assert "closed 1012" in programs[-1].lines


def test_every_close_code_is_documented_and_no_other() -> None:
    rows = re.findall(r"^\| (\d{4}) \| `(\w+)` \| .* \| (yes|no) \|$", DOCUMENT, re.M)
    assert rows == [(str(int(code)), code.name, "yes" if code.retried else "no") for code in CloseCode]
