"""Beside the other servers: the kit's workloads, in one run with its servers, medians of interleaved rounds.

Three runs: reads as a guest, publishing, and deliveries to sockets, for which our servers are started anew.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from benchmarks.checking import check
from benchmarks.data import DataSet
from benchmarks.documents import reads, writes
from benchmarks.kit import GRAPHQL, Kit
from benchmarks.networks import Figures, Kind, Network, Parts, network
from benchmarks.results import condensed
from tests.web.process import Server
from web.settings import Settings

OURS = "mitwirk"
ON_SQLITE = "mitwirk_sqlite"
REMEMBERED = "mitwirk_remembered"
# Where the server has this setting, answers are remembered in the row that is named for it, and nowhere else.
_REMEMBER = "REMEMBER_ANSWERS"

READS = ("W1", "W2", "W3")


@contextmanager
def _networks(data: DataSet, parts: Parts) -> Iterator[dict[str, Network]]:
    kinds: dict[str, Kind] = {OURS: "postgres", ON_SQLITE: "sqlite"}
    if _REMEMBER.lower() in Settings.model_fields:
        kinds[REMEMBERED] = "postgres"
    with ExitStack() as stack:
        yield {name: stack.enter_context(network(kind, data, parts)) for name, kind in kinds.items()}


@contextmanager
def _servers(networks: dict[str, Network], names: Sequence[str]) -> Iterator[dict[str, Server]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(networks[name].server(REMEMBER_ANSWERS=int(name == REMEMBERED))) for name in names
        }


def compare(
    kit: Kit, *, servers: Sequence[str], rounds: int, seconds: float, fanouts: Sequence[str]
) -> dict[str, Figures]:
    """The figures of the kit's `servers` and of ours: medians by workload and server."""
    found: dict[str, Figures] = {}
    graphql = [name for name in servers if name in GRAPHQL]
    warm = min(2.0, seconds / 2)
    http = ("--rounds", rounds, "--seconds", seconds, "--warmup", warm)
    with kit.data() as data, kit.parts() as parts, _networks(data, parts) as networks:
        keys = range(1, sum(1 for _ in data.records("offer")) + 1)
        with _servers(networks, list(networks)) as ours:
            for name, server in ours.items():
                check(networks[name], server, data)
            papers = {name: reads(keys) for name in ours}
            found |= condensed(kit.compare(parts, ours, papers, servers, READS, *http)["figures"])
            writers = {name: ours[name] for name in (OURS, ON_SQLITE)}
            papers = {name: _writes(networks[name], server) for name, server in writers.items()}
            found |= condensed(kit.compare(parts, writers, papers, servers, ["W4"], *http, "--no-verify")["figures"])
        for number, workload in enumerate(fanouts):
            with _servers(networks, (OURS, ON_SQLITE)) as ours:
                papers = {name: _writes(networks[name], server) for name, server in ours.items()}
                run = ("--rounds", rounds, "--no-verify")
                found |= condensed(kit.compare(parts, ours, papers, servers, [workload], *run)["figures"])
                if number == 0 and graphql:  # as it must be where rights are checked: each delivery reads the entry
                    reading = kit.compare(parts, {}, {}, graphql, [workload], *run, "--event", "id")
                    found[f"{workload} reading"] = condensed(reading["figures"])[workload]
    return found


def _writes(network: Network, server: Server) -> dict[str, Any]:
    return writes(network.publisher, network.token(server))
