"""The database is away while clients are cut: each documented client comes back, and hears of everything, once."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.clients.node import Program
from tests.clients.test_documented import blocks, extra, heard, printed, publish
from tests.gate import gate
from tests.web.server import Server, until


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_every_documented_client_survives_a_database_that_is_away(
    database_url: str, redis_url: str, tmp_path: Path, packages: None
) -> None:
    settings: dict[str, Any] = {"DEMO": 1, "STREAM_RETRY_SECONDS": 1, "REDIS_URL": redis_url, "SECRET_KEY": "x" * 40}
    with ExitStack() as stack:
        database = stack.enter_context(gate(database_url))
        server = stack.enter_context(Server(tmp_path / "data", DATABASE_URL=database.url, **settings))
        clients = stack.enter_context(gate(server.url))
        port = int(clients.url.rpartition(":")[2])
        programs = [Program(command, script, tmp_path, name) for name, command, script in [*blocks(port), *extra(port)]]
        for program in programs:
            stack.callback(program.end)
        for program in programs:
            until(partial(printed, program, "loaded "), f"{program.name} has loaded")
        publish(server, "Raum 1")
        for program in programs:
            until(partial(printed, program, "Raum 1"), f"{program.name} hears of entries")
        # First they are only without news, then they are cut, and find a server that can't serve them.
        database.shut()
        clients.shut()
        before = clients.passed
        clients.open()
        until(lambda: clients.passed > before + 3 * len(programs), "they try again and again")
        database.open()
        until(
            lambda: "errors" not in server.client.post("/graphql", json={"query": "{ liveCursor }"}).json(), "it serves"
        )
        publish(server, "Raum 2", "Raum 3")
        for program in programs:
            until(partial(printed, program, "Raum 3"), f"{program.name} resumes")
        for program in programs:
            assert heard(program) == ["Raum 1", "Raum 2", "Raum 3"], program.name
        assert "Traceback" not in server.log
