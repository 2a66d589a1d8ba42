"""Our own servers by themselves: the workloads without the kit, by one process and by two."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

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


def workloads(
    network: Network, seconds: float, *, processes: int = 1, settings: Mapping[str, object] | None = None
) -> list[Figures]:
    """W1 to W4 by so many processes on one database."""
    with ExitStack() as stack:
        servers = [stack.enter_context(network.server(**settings or {})) for _ in range(processes)]
        return [asyncio.run(measured(network, servers, workload, seconds)) for workload in WORKLOADS]
