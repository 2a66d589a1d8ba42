"""What attacks cost the server, and the honest who ask beside them: each kind of tests/attacks/documents.py.

For each kind: CPU of one request, and the time in which a board query is answered beside fifty clients who send it
without end, by its 99th percentile: of one address, of fifty different ones, and beside that of the quiet server, just
before and just after. Who is honest has an address of its own.
"""

import asyncio
import itertools
import json
import math
import time
from collections.abc import Sequence
from typing import Any

import orjson

from benchmarks import live
from benchmarks.attackers import attacking
from benchmarks.networks import Figures, Network
from benchmarks.requests import Connection, request
from benchmarks.roots import DOCUMENTS
from benchmarks.sockets import Crowd
from models import OfferStatus
from tests.attacks.cpu import Cpu
from tests.attacks.documents import ATTACKS, BY_NAME, Attack
from tests.web.server import Server

CLIENTS = 50
# Those who ask for the board; Linux has all of 127.0.0.0/8 to itself. Limits hold for this machine's own programs, too.
_HONEST = [f"127.0.0.{number}" for number in range(2, 7)]
_LIMITED = {"LIMIT_LOOPBACK": 1}
# How often each honest one asks in a second: a hundred times in all beside each kind, and as often on the quiet server.
_HONEST_A_SECOND = 10
_TIMES = 10
# Budgets that nobody spends meanwhile, and one that fifty clients spend in a few seconds.
_NEVER_SPENT, _SOON_SPENT, _SPENDING_SECONDS = 1_000_000_000, 1_500_000, 6.0
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


async def _waits(server: Server, seconds: float) -> list[float]:
    """The times in which honest ones are answered, in seconds."""
    found = await asyncio.gather(*(_honest(server, address, seconds) for address in _HONEST))
    return list(itertools.chain.from_iterable(found))


def _p99(waits: Sequence[float]) -> float:
    """Their 99th percentile, in ms: the time within which 99 of a hundred are."""
    return sorted(waits)[math.ceil(len(waits) * 0.99) - 1] * 1000


def _compared(quiet: Sequence[float], beside: Sequence[float]) -> Figures:
    """The p99 beside others, that of the quiet server, and how often the one is the other."""
    found, usual = _p99(beside), _p99(quiet)
    return {"p99_ms": found, "quiet_ms": usual, "times_quiet": found / usual}


async def _honest(server: Server, address: str, seconds: float) -> list[float]:
    """In how many seconds one is answered, who asks for the board now and then."""
    sent = request(f"{server.url}/graphql", orjson.dumps({"query": _BOARD}))
    connection, loop = await Connection.open(server.url, address), asyncio.get_running_loop()
    await connection.ask(sent)
    found, end = [], loop.time() + seconds
    while (begun := loop.time()) < end:
        answer = await connection.ask(sent)
        found.append(loop.time() - begun)
        assert answer.startswith(b'{"data"'), answer[:300]
        await asyncio.sleep(max(begun + 1 / _HONEST_A_SECOND - loop.time(), 0))
    connection.close()
    return found


def _sources(number: int) -> list[str]:
    """Fifty addresses that nobody else has."""
    return [f"127.{100 + number}.0.{1 + one}" for one in range(CLIENTS)]


def _beside(server: Server, attack: Attack, sources: Sequence[str], seconds: float) -> Figures:
    """The p99 of the honest one beside attackers, and on the quiet server around it; CPU of one of their questions."""
    quiet = asyncio.run(_waits(server, seconds / 2))
    with attacking(server.url, attack.name, CLIENTS, sources):
        beside = asyncio.run(_waits(server, seconds))
    quiet += asyncio.run(_waits(server, seconds / 2))
    return _compared(quiet, beside)


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

    quiet = await _waits(server, seconds)
    try:
        await live.listening(crowd, press, count)
        cpu = Cpu(server.process.pid)
        for _time in range(_TIMES):
            await crowd.all_heard((await press.publish()).number)
        spent = cpu.ms / _TIMES
        publishing = asyncio.create_task(publish())
        beside = await _waits(server, seconds)
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
        "one_address": _compared(quiet, beside),
    }


def _spent(network: Network, seconds: float) -> Figures:
    """Beside attackers of one address whose budget is spent: nothing of what they send is looked at."""
    with network.server(**_LIMITED, POINTS_PER_ADDRESS=_SOON_SPENT) as server:
        sources, attack = _sources(len(ATTACKS))[:1], BY_NAME["combining marks"]
        asyncio.run(_waits(server, seconds / 2))
        with attacking(server.url, attack.name, CLIENTS, sources):
            time.sleep(_SPENDING_SECONDS)
        return _beside(server, attack, sources, seconds)


def attacks(network: Network, seconds: float) -> list[Figures]:
    """Each kind of attack: what one request costs, and what it does to the honest."""
    found: list[Figures] = []
    with network.server() as server:
        asyncio.run(_waits(server, seconds / 2))
        found.append(asyncio.run(_subscriptions(network, server, 1000, seconds)))
    with network.server(**_LIMITED, POINTS_PER_ADDRESS=_NEVER_SPENT) as server:
        asyncio.run(_waits(server, seconds / 2))
        for number, attack in enumerate(ATTACKS):
            ms, size, answer = asyncio.run(_cost(server, attack))
            one, *_others = sources = _sources(number)
            found.append(
                {
                    "attack": attack.name,
                    "bytes": size,
                    "answer": answer,
                    "before_ms": attack.before_ms,
                    "cpu_ms": ms,
                    "one_address": _beside(server, attack, [one], seconds),
                    "different_addresses": _beside(server, attack, sources, seconds),
                }
            )
    found.append({"attack": "any, the budget being spent", "one_address": _spent(network, seconds)})
    return found
