"""Beside the other servers: the kit's workloads, in one run with its servers, medians of interleaved rounds.

Three parts: what a guest reads, publishing, and deliveries to sockets.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.alone import WORKLOADS, measured
from benchmarks.checking import check
from benchmarks.data import DataSet
from benchmarks.documents import reads, writes
from benchmarks.kit import GRAPHQL, Kit
from benchmarks.networks import Figures, Kind, Network, Parts, network
from benchmarks.results import condensed
from tests.web.server import Server

OURS = "mitwirk"
ON_SQLITE = "mitwirk_sqlite"
REMEMBERED = "mitwirk_remembered"
# What the executor and the compiled statements save: the same operations by graphql-core, through Strawberry's view.
STOCK = "mitwirk_graphql_core"
READS = ("W1", "W2", "W3")


@dataclass(frozen=True)
class Run:
    """A run of the kit: which of its servers, and for how long."""

    kit: Kit
    servers: Sequence[str]
    rounds: int
    seconds: float

    def compare(self, stand: "Stand", papers: dict[str, Any], workloads: Sequence[str], *more: object) -> Figures:
        """The medians of the kit's servers and of those of ours that have `papers`, by workload and server."""
        ours = {name: stand.servers[name] for name in papers}
        warm = min(4.0, self.seconds)  # what compiles while it runs needs so long
        times = ("--rounds", self.rounds, "--seconds", self.seconds, "--warmup", warm)
        found = condensed(
            self.kit.compare(stand.parts, ours, papers, self.servers, workloads, *times, *more)["figures"]
        )
        for workload in set(workloads) & set(WORKLOADS):
            for name, server in ours.items():
                if "cpu_us" in found[workload][name]:
                    found[workload][name]["database_cpu_us"] = self._database(stand.networks[name], server, workload)
        return found

    def _database(self, network: Network, server: Server, workload: str) -> float:
        """What PostgreSQL's backends take for a request, in µs, under a load of our own: the kit counts its own's."""
        rounds = [asyncio.run(measured(network, [server], workload, self.seconds)) for _ in range(self.rounds)]
        return float(median([one["database_cpu_us"] for one in rounds]))


@dataclass
class Stand:
    """Our servers beside the kit's, by name, each on a network of its own that holds the kit's data."""

    parts: Parts
    data: DataSet
    networks: dict[str, Network]
    servers: dict[str, Server]

    def writes(self) -> dict[str, Any]:
        """W4 and the subscription, for each server."""
        return {
            name: writes(self.networks[name].publisher, self.networks[name].token(server))
            for name, server in self.servers.items()
        }


_KINDS: dict[str, Kind] = {OURS: "postgres", ON_SQLITE: "sqlite", REMEMBERED: "postgres", STOCK: "postgres"}


@contextmanager
def _stand(kit: Kit, *names: str) -> Iterator[Stand]:
    with ExitStack() as stack:
        data, parts = stack.enter_context(kit.data()), stack.enter_context(kit.parts())
        networks = {name: stack.enter_context(network(_KINDS[name], data, parts)) for name in names}
        servers = {
            name: stack.enter_context(
                made.server(RESPONSE_CACHE=int(name == REMEMBERED), BREADTH_FIRST=int(name != STOCK))
            )
            for name, made in networks.items()
        }
        yield Stand(parts, data, networks, servers)


def reading(run: Run) -> Figures:
    """W1 to W3, as guests ask, once everybody's answers are found right."""
    with _stand(run.kit, OURS, ON_SQLITE, REMEMBERED, STOCK) as stand:
        for name, server in stand.servers.items():
            check(stand.networks[name], server, stand.data)
        keys = range(1, sum(1 for _ in stand.data.records("offer")) + 1)
        return run.compare(stand, {name: reads(keys) for name in stand.servers}, READS)


def writing(run: Run) -> Figures:
    """W4."""
    with _stand(run.kit, OURS, ON_SQLITE, STOCK) as stand:
        return run.compare(stand, stand.writes(), ["W4"], "--no-verify")


def telling(run: Run, workload: str) -> Figures:
    """One entry to many sockets, as `F1000`."""
    with _stand(run.kit, OURS, ON_SQLITE) as stand:
        return run.compare(stand, stand.writes(), [workload], "--no-verify")


def telling_by_reading(run: Run, workload: str) -> Figures:
    """The same by the kit's servers, as it must be where rights are checked: each delivery reads the entry."""
    graphql = Run(run.kit, [name for name in run.servers if name in GRAPHQL], run.rounds, run.seconds)
    with _stand(run.kit) as stand:
        found = graphql.compare(stand, {}, [workload], "--no-verify", "--event", "id")
    return {f"{workload} reading": figures for figures in found.values()}
