"""What a root field costs that can't be executed by plan: the board by itself, and beside such fields."""

import asyncio
import statistics
from collections.abc import Mapping
from contextlib import ExitStack

import orjson

from benchmarks.networks import Figures, Meter, Network
from benchmarks.requests import Connection, request
from tests.web.server import Server

BOARD = """board: offers(first: 50, filter: {direction: SEEK}) {
  edges { cursor node { id title direction category publishedAt owner { id name } group { id name } } }
  pageInfo { hasNextPage endCursor } }"""
_LISTS = " ".join(BOARD.replace("board", f"board{number}", 1) for number in range(10))
_REFUSED = "refused: members(first: 1000) { totalCount }"
_SCHEMA = "__schema { queryType { name } types { name } }"
# Documents by what they are, and beside which other one each is to be seen.
DOCUMENTS: dict[str, tuple[str, str | None]] = {
    "the board": (f"{{ {BOARD} }}", None),
    "and a refused field": (f"{{ {BOARD} {_REFUSED} }}", "the board"),
    "and `__schema`": (f"{{ {BOARD} {_SCHEMA} }}", "the board"),
    "and both": (f"{{ {BOARD} {_REFUSED} {_SCHEMA} }}", "the board"),
    "ten boards": (f"{{ {_LISTS} }}", None),
    "ten boards and a refused field": (f"{{ {_LISTS} {_REFUSED} }}", "ten boards"),
}


async def _cpu(server: Server, document: str, seconds: float) -> float:
    """Processor time of a request, in µs."""
    url = f"{server.url}/graphql"
    sent = request(url, orjson.dumps({"query": document}))
    connection = await Connection.open(url)
    answer = orjson.loads(await connection.ask(sent))
    assert answer["data"]["board" if "board:" in document else "board9"]["edges"], answer
    assert ("errors" in answer) is (_REFUSED in document), answer
    meter, count, loop = Meter(server), 0, asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        await connection.ask(sent)
        count += 1
    connection.close()
    return meter.seconds / count * 1e6


def roots(network: Network, rounds: int, seconds: float, **programs: Mapping[str, object]) -> list[Figures]:
    """CPU of each document: medians of interleaved rounds, and how often that of the document without the field.

    `programs`: settings of other servers to put beside this one, by name.
    """
    found: dict[tuple[str, str], list[float]] = {}
    with ExitStack() as stack:
        kinds: dict[str, Mapping[str, object]] = {"today": {}, **programs}
        servers = {name: stack.enter_context(network.server(**settings)) for name, settings in kinds.items()}
        for _round in range(rounds):
            for what, (document, _beside) in DOCUMENTS.items():
                for name, server in servers.items():
                    cpu = asyncio.run(_cpu(server, document, seconds / len(DOCUMENTS)))
                    found.setdefault((name, what), []).append(cpu)
    cpus = {key: statistics.median(values) for key, values in found.items()}
    return [
        {
            "program": name,
            "document": what,
            "cpu_us": cpu,
            "times": cpu / cpus[name, beside] if (beside := DOCUMENTS[what][1]) else None,
        }
        for (name, what), cpu in cpus.items()
    ]
