"""What a live update costs the server: `make bench`.

Starts servers of their own, connects sockets that subscribe to `offerPublished`, publishes entries one after the other,
and checks every delivery by its number. Says how much CPU time of the server each delivery took, the mutation
included, with subscriptions that ask the same executed together and, to compare, each by itself.
"""

import argparse
import asyncio
import itertools
import json
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.web.process import Server

SUBSCRIBE = """subscription ($filter: OfferFilter) { offerPublished(filter: $filter) {
  offer { id title direction category publishedAt owner { id name } } } }"""
SIGN_IN = 'mutation { signIn(input: {email: "office@mitwirk.example", password: "mitwirk-demo"}) { accessToken } }'
PUBLISH = """mutation ($input: CreateOfferInput!) { createOffer(input: $input) { offer { id } userErrors { code } } }"""
OTHERS = ["COOPERATION", "EXPERTISE", "FUNDING", "MATERIAL", "OTHER", "ROOM", "TRAINING"]
PATIENCE = 120.0


def filters(count: int) -> list[dict[str, Any]]:
    """So many different filters, all of which let a call for helping hands through."""
    some = itertools.chain.from_iterable(itertools.combinations(OTHERS, size) for size in range(len(OTHERS) + 1))
    return [{"categories": ["HELPING_HANDS", *names]} for names in itertools.islice(some, count)]


class Load:
    """Sockets that listen, and what they heard."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.sockets: list[ClientConnection] = []
        self.readers: list[asyncio.Task[None]] = []
        self.heard: list[list[int]] = []
        self.arrived: dict[int, int] = {}
        self.all = asyncio.Event()
        signed_in = server.ask(SIGN_IN)["data"]["signIn"]
        self.headers = {"Authorization": f"Bearer {signed_in['accessToken']}"}
        members = server.ask("{ members(first: 1) { nodes { id } } }")["data"]["members"]["nodes"]
        self.owner_id = members[0]["id"]

    async def open(self, count: int, distinct: int) -> None:
        """Connect and subscribe, some at a time."""
        variables = filters(distinct)
        for start in range(0, count, 50):
            some = range(start, min(start + 50, count))
            await asyncio.gather(*(self._open({"filter": variables[number % distinct]}) for number in some))
        await asyncio.sleep(2)

    async def _open(self, variables: dict[str, Any]) -> None:
        socket = await connect(
            self.server.socket_url,
            subprotocols=[Subprotocol("graphql-transport-ws")],
            compression=None,
            proxy=None,
            ping_interval=None,
            open_timeout=PATIENCE,
        )
        await socket.send('{"type":"connection_init"}')
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        payload = {"query": SUBSCRIBE, "variables": variables}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        self.sockets.append(socket)
        self.heard.append([])
        self.readers.append(asyncio.create_task(self._read(socket, self.heard[-1])))

    async def _read(self, socket: ClientConnection, heard: list[int]) -> None:
        async for text in socket:
            message = json.loads(text)
            if message["type"] != "next":
                assert message["type"] == "ping", message
                continue
            number = int(message["payload"]["data"]["offerPublished"]["offer"]["title"].split()[-1])
            heard.append(number)
            self.arrived[number] = self.arrived.get(number, 0) + 1
            if self.arrived[number] == len(self.sockets):
                self.all.set()

    async def publish(self, number: int) -> float:
        """Publish an entry; how many milliseconds it took until the last socket had it."""
        values = {
            "direction": "SEEK",
            "category": "HELPING_HANDS",
            "title": f"Helfende Hände {number}",
            "description": "Wer hilft am Wochenende beim Aufbau? Kuchen gibt es natürlich auch.",
            "ownerId": self.owner_id,
            "publish": True,
        }
        self.all.clear()
        started = time.perf_counter()
        body = {"query": PUBLISH, "variables": {"input": values}}
        answer = await asyncio.to_thread(self.server.client.post, "/graphql", json=body, headers=self.headers)
        assert answer.json()["data"]["createOffer"]["userErrors"] == [], answer.text
        if self.sockets:
            async with asyncio.timeout(PATIENCE):
                await self.all.wait()
        return (time.perf_counter() - started) * 1000

    async def close(self) -> None:
        """Leave."""
        for reader in self.readers:
            reader.cancel()
        for socket in self.sockets:
            socket.transport.abort()


async def measure(folder: Path, sockets: int, distinct: int, publishes: int, shared: bool) -> dict[str, Any]:
    """One server, one load."""
    with Server(folder / "data", DEMO=1, SHARED_UPDATES=int(shared)) as server:
        process = psutil.Process(server.process.pid)

        def cpu() -> float:
            times = process.cpu_times()
            return times.user + times.system

        load = Load(server)
        before = cpu()
        for number in range(10):
            await load.publish(number)
        alone = (cpu() - before) / 10
        memory = process.memory_info().rss
        await load.open(sockets, distinct)
        memory = process.memory_info().rss - memory
        for number in range(10, 13):
            await load.publish(number)
        before, lasts = cpu(), []
        for number in range(13, 13 + publishes):
            lasts.append(await load.publish(number))
        spent = cpu() - before
        wanted = list(range(10, 13 + publishes))
        wrong = sum(one != wanted for one in load.heard)
        await load.close()
    deliveries = publishes * sockets
    return {
        "CPU per delivery, µs": spent / deliveries * 1e6,
        "without the mutation, µs": (spent - alone * publishes) / deliveries * 1e6,
        "to the last socket, median ms": sorted(lasts)[len(lasts) // 2],
        "slowest ms": max(lasts),
        "KiB per socket": memory / sockets / 1024,
        "sockets with a loss, repeat or wrong order": wrong,
    }


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--publishes", type=int, default=20)
    parser.add_argument("--filters", type=int, default=50, help="different filters in the second round, at most 128")
    arguments = parser.parse_args()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(f"{arguments.sockets} sockets, {os.cpu_count()} cores")
    for shared in (True, False):
        for distinct in (1, arguments.filters):
            publishes = arguments.publishes if shared else max(arguments.publishes // 4, 1)
            with tempfile.TemporaryDirectory() as folder:
                found = asyncio.run(measure(Path(folder), arguments.sockets, distinct, publishes, shared))
            print(f"\n{'together' if shared else 'each by itself'}, {distinct} filter{'s' * (distinct > 1)}")
            for name, value in found.items():
                print(f"  {name:<44}{value:>10.1f}")


if __name__ == "__main__":
    main()
