"""What attacks cost the server, and the honest who ask beside them: each kind of tests/attacks/documents.py.

For each kind: CPU of one request, and the time in which a board query is answered beside fifty clients of one address
who send it without end, by its 99th percentile, beside that of a quiet server. Who is honest has an address of its own.
"""

import asyncio
import itertools
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import orjson

from benchmarks import live
from benchmarks.networks import Figures, Network
from benchmarks.requests import Connection, request
from benchmarks.roots import DOCUMENTS
from benchmarks.sockets import Crowd
from models import OfferStatus
from tests.attacks.cpu import Cpu
from tests.attacks.documents import ATTACKS, Attack
from tests.web.server import Server

CLIENTS = 50
# Whoever asks for the board; Linux has all of 127.0.0.0/8 to itself. Limits hold for this machine's own programs, too.
_HONEST = "127.0.0.2"
_LIMITED = {"LIMIT_LOOPBACK": 1}
# How often the honest one asks in a second.
_HONEST_A_SECOND = 25
_TIMES = 10
# The budget of an address is two seconds of the processor.
_BURST_SECONDS = 4.0
_BOARD = DOCUMENTS["the board"][0]


def _bytes(server: Server, attack: Attack, number: int) -> bytes:
    # Nested deeper than orjson writes.
    return request(f"{server.url}/graphql", json.dumps(attack.body(number)).encode())


async def _cost(server: Server, attack: Attack) -> tuple[float, int, str]:
    """CPU of one request in ms, its size, and what it is answered."""
    sent = [_bytes(server, attack, number) for number in range(_TIMES + 1)]
    connection = await Connection.open(server.url)
    answer = orjson.loads(await connection.ask(sent[0]))
    cpu = Cpu(server.process.pid)
    for one in sent[1:]:
        await connection.ask(one)
    spent = cpu.ms / _TIMES
    connection.close()
    codes = sorted({error["extensions"]["code"] for error in answer.get("errors", ())})
    return spent, len(sent[0]), ", ".join(codes) or "answered"


async def _p99(server: Server, seconds: float) -> float:
    """The 99th percentile of the time in which the honest one is answered, in ms."""
    sent = request(f"{server.url}/graphql", orjson.dumps({"query": _BOARD}))
    connection, loop = await Connection.open(server.url, _HONEST), asyncio.get_running_loop()
    await connection.ask(sent)
    found, end = [], loop.time() + seconds
    while (begun := loop.time()) < end:
        answer = await connection.ask(sent)
        found.append(loop.time() - begun)
        assert answer.startswith(b'{"data"'), answer[:300]
        await asyncio.sleep(max(begun + 1 / _HONEST_A_SECOND - loop.time(), 0))
    connection.close()
    return sorted(found)[int(len(found) * 0.99)] * 1000


async def _attacked(server: Server, sent: Sequence[bytes]) -> None:
    """One client who sends these without end, and connects again whatever happens."""
    at = 0
    while True:
        with suppress(ConnectionError, OSError):
            connection = await Connection.open(server.url)
            while True:
                await connection.ask(sent[at % len(sent)])
                at += 1
        await asyncio.sleep(0.05)


async def _beside(server: Server, attack: Attack, seconds: float) -> tuple[float, float]:
    """As `_p99`, beside the attackers: while they have a budget to spend, and afterwards."""
    sent = [_bytes(server, attack, 1000 + number) for number in range(20)]
    attackers = [asyncio.create_task(_attacked(server, sent)) for _number in range(CLIENTS)]
    try:
        return await _p99(server, _BURST_SECONDS), await _p99(server, seconds)
    finally:
        for task in attackers:
            task.cancel()
        await asyncio.gather(*attackers, return_exceptions=True)


def different(count: int) -> list[dict[str, Any]]:
    """So many different filters, at most 8,192, that all let the published entries through."""
    others = [one.value for one in OfferStatus if one is not OfferStatus.PUBLISHED]
    subsets = itertools.chain.from_iterable(itertools.combinations(others, size) for size in range(len(others) + 1))
    by_status = [{"statuses": ["PUBLISHED", *names]} for names in subsets]
    pairs = itertools.product(live.filters(128), by_status)
    return [one | other for one, other in itertools.islice(pairs, count)]


async def _subscriptions(network: Network, server: Server, count: int, seconds: float) -> Figures:
    """So many different subscriptions, all of which an entry concerns: CPU of one entry, and what it does to others."""
    press = live.press_of(network, server)
    crowd = Crowd([f"{server.url}/graphql"], different(count))

    async def publish() -> None:
        while True:
            await crowd.all_heard((await press.publish()).number)

    try:
        await live.listening(crowd, press, count)
        cpu = Cpu(server.process.pid)
        for _time in range(_TIMES):
            await crowd.all_heard((await press.publish()).number)
        spent = cpu.ms / _TIMES
        publishing = asyncio.create_task(publish())
        p99 = await _p99(server, seconds)
        publishing.cancel()
        await asyncio.gather(publishing, return_exceptions=True)
        assert not crowd.wrong, crowd.wrong
    finally:
        crowd.leave()
    return {
        "attack": f"{count:,} different subscriptions, one entry",
        "bytes": None,
        "answer": "told to each",
        "before_ms": 1900.0,
        "cpu_ms": spent,
        "first_p99_ms": None,
        "p99_ms": p99,
    }


def attacks(network: Network, seconds: float) -> list[Figures]:
    """Each kind of attack: what one request costs, and what it does to the honest."""
    found: list[Figures] = []
    with network.server(**_LIMITED) as server:
        asyncio.run(_p99(server, seconds / 2))
        quiet = asyncio.run(_p99(server, seconds))
        found.append({"attack": "nobody", "p99_ms": quiet})
    with network.server() as server:
        one = asyncio.run(_subscriptions(network, server, 1000, seconds))
        found.append({**one, "times_quiet": one["p99_ms"] / quiet})
    for attack in ATTACKS:
        with network.server(**_LIMITED) as server:
            ms, size, answer = asyncio.run(_cost(server, attack))
            first, p99 = asyncio.run(_beside(server, attack, seconds))
        found.append(
            {
                "attack": attack.name,
                "bytes": size,
                "answer": answer,
                "before_ms": attack.before_ms,
                "cpu_ms": ms,
                "first_p99_ms": first,
                "p99_ms": p99,
                "times_quiet": p99 / quiet,
            }
        )
    return found
