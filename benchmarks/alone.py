"""Our own servers by themselves: the workloads without the kit, by one process and by two."""

import asyncio
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from benchmarks.documents import READS, body, publish, reads
from benchmarks.networks import Figures, Meter, Network
from benchmarks.requests import load, request
from tests.web.server import Server

WORKLOADS = ("W1", "W2", "W3", "W4")
_IDS = 1000


def requests(network: Network, server: Server, workload: str) -> list[bytes]:
    """The requests that a load of this workload goes round."""
    url = f"{server.url}/graphql"
    if workload == "W3":
        return [request(url, body(READS["W3"], id=one)) for one in reads(range(1, _IDS + 1))["ids"]]
    if workload == "W4":
        sent = publish(network.publisher)
        token = network.token(server)
        return [request(url, body(sent, seq=f"{number:06}"), token) for number in range(_IDS)]
    return [request(url, body(READS[workload]))]


async def measured(network: Network, servers: Sequence[Server], workload: str, seconds: float) -> Figures:
    """32 connections that ask as fast as they are answered, spread over the servers."""
    urls = [f"{server.url}/graphql" for server in servers]
    sent = await asyncio.to_thread(requests, network, servers[0], workload)
    await load(urls, sent, seconds / 4)
    meter = Meter(*servers, network=network)
    found = await load(urls, sent, seconds)
    return {
        "database": network.kind,
        "workload": workload,
        "processes": len(servers),
        "requests_per_s": found.requests / found.seconds,
        "cpu_us": meter.seconds / found.requests * 1e6,
        "database_cpu_us": meter.database_seconds / found.requests * 1e6,
        "p50_ms": found.p50_ms,
        "p99_ms": found.p99_ms,
        "rss_mib": meter.memory / 2**20,
    }


@contextmanager
def on_cores(cores: Iterable[int]) -> Iterator[None]:
    """What is started meanwhile runs on these cores, and this process, too; where none are named, on all."""
    before, wanted = os.sched_getaffinity(0), set(cores)
    os.sched_setaffinity(0, wanted or before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def other_cores(cores: Sequence[int]) -> set[int]:
    """Those that are left for client and database. Raises `SystemExit` where none is."""
    rest = os.sched_getaffinity(0) - set(cores)
    if not rest:
        raise SystemExit("--cores leaves none for client and database.")
    return rest


def workloads(
    network: Network,
    seconds: float,
    *,
    processes: int = 1,
    settings: Mapping[str, object] | None = None,
    cores: Sequence[int] = (),
) -> list[Figures]:
    """W1 to W4 by so many processes on one database, each on a core of its own, where `cores` names some."""
    with ExitStack() as stack:
        servers = []
        for number in range(processes):
            with on_cores(cores[number : number + 1]):
                servers.append(stack.enter_context(network.server(**settings or {})))
        return [asyncio.run(measured(network, servers, workload, seconds)) for workload in WORKLOADS]
