"""What is refused leaves nothing behind."""

import json

import psutil

from tests.attacks.documents import BY_NAME
from tests.web.server import Server

MIB = 2**20


def test_thousands_of_invalid_documents_stay_within_the_cache_of_what_is_rejected(server: Server) -> None:
    """Documents of 19 KB, of which each is another one, took 5 MB each, for ever."""
    process = psutil.Process(server.process.pid)

    def send(numbers: range) -> None:
        for name in ("broken", "unknown fields"):
            for number in numbers:
                content = json.dumps({"query": BY_NAME[name].body(number)["query"][:19_000]})
                server.client.post("/graphql", content=content, headers={"Content-Type": "application/json"})

    send(range(50))
    before = process.memory_info().rss
    send(range(50, 550))
    grown = process.memory_info().rss - before
    assert grown < 40 * MIB, f"{grown / MIB:.0f} MiB"
