"""What the limits cost who is honest: the server as it is, which limits this machine's programs too, beside one that
bounds nothing, in interleaved rounds.
"""

import asyncio
import statistics
from collections.abc import Callable
from contextlib import ExitStack

from benchmarks import live
from benchmarks.alone import measured
from benchmarks.networks import Figures, Network
from tests.web.server import Server

_SOCKETS, _PUBLISHES = 1000, 10
# Limits hold for this machine's own programs, too, whose budget lasts; the 32 connections are as many people's.
_LIMITED: dict[str, object] = {
    "LIMIT_LOOPBACK": 1,
    "POINTS_PER_ADDRESS": 1_000_000_000,
    "POINTS_PER_ACCOUNT": 1_000_000_000,
    "REQUESTS_PER_ADDRESS_AT_ONCE": 32,
}
_SERVERS: dict[str, dict[str, object]] = {
    "limited": _LIMITED,
    "unlimited": {"program": ("-m", "benchmarks.unlimited")},
}


def limits(network: Network, rounds: int, seconds: float) -> list[Figures]:
    """CPU of a request or a delivery by each of both servers: medians of rounds."""
    found: dict[str, dict[str, list[float]]] = {}
    with ExitStack() as stack:

        def servers(**settings: object) -> dict[str, Server]:
            return {
                name: stack.enter_context(network.server(**{**given, **settings})) for name, given in _SERVERS.items()
            }

        executing, remembering = servers(), servers(RESPONSE_CACHE=1)

        def reading(workload: str) -> Callable[[Server], float]:
            return lambda server: asyncio.run(measured(network, [server], workload, seconds))["cpu_us"]

        def telling(server: Server) -> float:
            found = asyncio.run(live.deliveries(network, [server], _SOCKETS, _PUBLISHES))
            return float(found["cpu_us"])

        rows: list[tuple[str, dict[str, Server], Callable[[Server], float]]] = [
            *((workload, executing, reading(workload)) for workload in ("W1", "W2", "W3")),
            *((f"{workload}, remembered", remembering, reading(workload)) for workload in ("W1", "W3")),
            (f"a delivery to {_SOCKETS:,} sockets", executing, telling),
        ]
        for number in range(rounds):
            for what, asked, measure in rows:
                for name, server in sorted(asked.items(), reverse=bool(number % 2)):
                    found.setdefault(what, {}).setdefault(name, []).append(measure(server))
    return [
        {"what": what, **{name: statistics.median(values) for name, values in kinds.items()}}
        for what, kinds in found.items()
    ]
