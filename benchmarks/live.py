"""What live updates cost, and how fast they are: sockets that hear of every new entry.

Deliveries are counted with the mutation that caused them. Sockets are guests'; every delivery is checked by its number.
"""

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any

from benchmarks.documents import publish
from benchmarks.networks import Figures, Meter, Network
from benchmarks.sockets import Crowd, Press
from models import OfferCategory
from tests.web.server import Server

# Probes, and deliveries that aren't measured: plans are made, caches filled.
_WARM = 3
_PATIENCE = 120.0
_PUBLISHED = "MATERIAL"


def filters(count: int) -> list[dict[str, Any]]:
    """So many different filters, at most 128, that all let the published entries through."""
    others = [one.value for one in OfferCategory if one != _PUBLISHED]
    some = itertools.chain.from_iterable(itertools.combinations(others, size) for size in range(len(others) + 1))
    return [{"direction": "SEEK", "categories": [_PUBLISHED, *names]} for names in itertools.islice(some, count)]


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which that part of the values lies."""
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]


async def listening(crowd: Crowd, press: Press, sockets: int) -> None:
    """Open so many sockets, and publish until each has heard something: only then all subscriptions are there."""
    await crowd.open(sockets)
    async with asyncio.timeout(_PATIENCE):
        while any(listener.number < 0 for listener in crowd.listeners):
            await press.publish()
            await asyncio.sleep(0.5)
    for _ in range(_WARM):
        await crowd.all_heard((await press.publish()).number)


def press_of(network: Network, server: Server) -> Press:
    return Press(f"{server.url}/graphql", publish(network.publisher), network.token(server))


def _urls(servers: Sequence[Server]) -> list[str]:
    return [f"{server.url}/graphql" for server in servers]


async def deliveries(
    network: Network, servers: Sequence[Server], sockets: int, publishes: int, distinct: int = 1
) -> Figures:
    """Publish one after the other to so many sockets with `distinct` filters: CPU per delivery, latency."""
    press = press_of(network, servers[0])
    crowd = Crowd(_urls(servers), filters(distinct))
    try:
        await listening(crowd, press, sockets)
        meter = Meter(*servers)
        from_commit, from_sending = [], []
        for _ in range(publishes):
            published = await press.publish()
            heard_at = await crowd.all_heard(published.number)
            from_commit.append((heard_at - published.answered_at) * 1000)
            from_sending.append((heard_at - published.sent_at) * 1000)
        seconds = meter.seconds
        expected = publishes * sockets
        heard = sum(crowd.deliveries[press.next_number - 1 - back] for back in range(publishes))
    finally:
        crowd.leave()
    return {
        "sockets": sockets,
        "filters": distinct,
        "processes": len(servers),
        "publishes": publishes,
        "cpu_us": seconds / expected * 1e6,
        "sent_to_last_p50_ms": quantile(from_sending, 0.5),
        "sent_to_last_p99_ms": quantile(from_sending, 0.99),
        "commit_to_last_p99_ms": max(quantile(from_commit, 0.99), 0.0),
        "lost": expected - heard,
        "wrong": crowd.wrong,
        "closed": dict(crowd.closed),
    }


async def idle(server: Server, sockets: int) -> Figures:
    """Memory of subscribed sockets that hear nothing, in a process that served nothing before."""
    crowd = Crowd(_urls([server]))
    meter = Meter(server)
    before = meter.memory
    try:
        await crowd.open(sockets)
        await asyncio.sleep(3)
        memory = meter.memory - before
        meter.restart()
        await asyncio.sleep(10)
        seconds = meter.seconds
    finally:
        crowd.leave()
    return {
        "sockets": sockets,
        "kib_per_socket": memory / sockets / 1024,
        "rss_before_mib": before / 2**20,
        "cpu_ms_per_second": seconds / 10 * 1000,
        "closed": dict(crowd.closed),
    }


async def cut(network: Network, server: Server, sockets: int, missed: int) -> Figures:
    """Cut all sockets at once, publish `missed` entries, let all come back at once: how long until they heard all."""
    press = press_of(network, server)
    crowd = Crowd(_urls([server]))
    try:
        await listening(crowd, press, sockets)
        crowd.leave()
        await asyncio.sleep(1)
        for _ in range(missed):
            newest = (await press.publish()).number
        meter, loop = Meter(server), asyncio.get_running_loop()
        begun = loop.time()
        await crowd.resume()
        subscribed = loop.time() - begun
        await crowd.all_heard(newest)
        seconds = loop.time() - begun
        used = meter.seconds
        await crowd.all_heard((await press.publish()).number)
        lost = sum(sockets - crowd.deliveries[newest - back] for back in range(missed))
    finally:
        crowd.leave()
    return {
        "sockets": sockets,
        "missed": missed,
        "subscribed_s": subscribed,
        "resumed_s": seconds,
        "cpu_s": used,
        "lost": lost,
        "wrong": crowd.wrong,
        "closed": dict(crowd.closed),
    }
