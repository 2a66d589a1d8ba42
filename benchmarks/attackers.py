"""Clients that send one kind of attack without end, in a process of their own: what they do isn't the server's time.

    python -m benchmarks.attackers URL "matches of matches" 50 127.1.0.1 [127.1.0.2 ...]

So many clients, from these addresses in turn; they connect again whatever happens, until the process is ended.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count

from benchmarks.requests import Connection, request
from tests.attacks.documents import BY_NAME

# Requests are made anew, so that no cache knows them. Long ones, which take a while to make, are sent again.
_LONG, _DIFFERENT = 20_000, 20
# How long they attack before it is looked what comes of that.
_BEGUN_SECONDS = 1.5


def _requests(url: str, name: str) -> Iterator[bytes]:
    kept: list[bytes] = []
    numbers = count(1000)
    while len(kept) < _DIFFERENT:
        made = request(f"{url}/graphql", json.dumps(BY_NAME[name].body(next(numbers))).encode())
        if len(made) > _LONG:
            kept.append(made)
        yield made
    while True:
        yield from kept


async def _attack(url: str, source: str, sent: Iterator[bytes]) -> None:
    while True:
        with suppress(ConnectionError, OSError):
            connection = await Connection.open(url, source)
            while True:
                await connection.ask(next(sent))
        await asyncio.sleep(0.05)


async def _all(url: str, name: str, clients: int, sources: Sequence[str]) -> None:
    sent = _requests(url, name)
    await asyncio.gather(*(_attack(url, sources[client % len(sources)], sent) for client in range(clients)))


@contextmanager
def attacking(url: str, name: str, clients: int, sources: Sequence[str]) -> Iterator[None]:
    """They attack meanwhile."""
    command = [sys.executable, "-m", "benchmarks.attackers", url, name, str(clients), *sources]
    with subprocess.Popen(command) as process:
        try:
            time.sleep(_BEGUN_SECONDS)
            assert process.poll() is None
            yield
        finally:
            process.kill()


if __name__ == "__main__":
    os.nice(5)
    asyncio.run(_all(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]))
