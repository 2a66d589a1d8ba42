"""graphql-ws of npm retries every close that the server begins, and resumes without a gap.

4403 and 1012 are tried beside the documented clients, in `test_documented.py`.
"""

import signal
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

from tests.clients.node import Program
from tests.clients.test_documented import PUBLISH, SIGN_IN, heard, printed
from tests.servers import free_port
from tests.web.live.test_graphql_transport_ws import PROTOCOL
from tests.web.server import Server, until

SCRIPT = Path(__file__).parent / "retries.js"
LONG = "Wir freuen uns. " * 600


def publish(server: Server, numbers: range) -> None:
    """Put entries with long texts onto the board."""
    token = server.ask(SIGN_IN)["data"]["signIn"]["accessToken"]
    for number in numbers:
        values = {"direction": "SEEK", "category": "ROOM", "title": f"Raum {number}", "description": LONG}
        answer = server.ask(PUBLISH, token, input={**values, "publish": True})
        assert answer["data"]["createOffer"]["userErrors"] == []


def test_graphql_ws_retries_what_the_server_closes(tmp_path: Path, packages: None) -> None:
    port = free_port()
    settings: dict[str, Any] = {"DEMO": 1, "PORT": port, "SOCKETS_AT_ONCE": 1}
    settings |= {"SOCKET_INIT_SECONDS": 0.5, "UNREAD_SECONDS": 1, "SEND_BUFFER_BYTES": 4096}
    server = Server(tmp_path / "data", **settings).ready()
    script = SCRIPT.read_text().replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    program = Program(["node", "--input-type=module", "-"], script, tmp_path, "graphql-ws")
    try:
        until(lambda: printed(program, "closed 4408"), "connection_init comes too late")
        until(lambda: printed(program, "loaded"), "it is connected")
        publish(server, range(1, 2))
        until(lambda: printed(program, "Raum 1"), "it hears of entries")
        program.process.send_signal(signal.SIGSTOP)
        publish(server, range(2, 14))
        until(lambda: "doesn't read" in server.log, "the server gives the client up")
        program.process.send_signal(signal.SIGCONT)
        until(lambda: printed(program, "closed 4413"), "it learns why")
        until(lambda: printed(program, "Raum 13"), "it resumes")
        program.process.send_signal(signal.SIGSTOP)
        server.end(signal.SIGKILL)
        server = Server(tmp_path / "data", **settings).ready()
        publish(server, range(14, 16))
        with connect(server.socket_url, subprotocols=[PROTOCOL], proxy=None):
            program.process.send_signal(signal.SIGCONT)
            until(lambda: printed(program, "closed 1013"), "there is no room")
        until(lambda: printed(program, "Raum 15"), "it resumes when there is")
        assert heard(program) == [f"Raum {number}" for number in range(1, 16)]
        assert "closed 1006" in program.lines
    finally:
        program.process.send_signal(signal.SIGCONT)
        program.end()
        server.end()
