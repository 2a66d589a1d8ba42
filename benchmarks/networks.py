"""Databases filled for benchmarks, and servers that run on them as people start them: `python main.py serve`."""

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import asyncpg
import psutil

from benchmarks.data import DataSet
from benchmarks.filling import EMAIL, PASSWORD, Publisher, fill
from tests.migrated import migrated_file
from tests.servers import postgres, valkey
from tests.web.server import Server, command

Kind = Literal["postgres", "sqlite"]

SIGN_IN = """mutation ($email: EmailAddress!, $password: String!) {
  signIn(input: {email: $email, password: $password}) { accessToken userErrors { code } }
}"""

# Thousands of sockets from one address, and tokens that outlive a run. What costs time on a request stays as it is, and
# every request is executed, but where a benchmark is about answers that are remembered.
_SETTINGS: dict[str, Any] = {
    "SOCKETS_AT_ONCE": 20_000,
    "CONNECTIONS_AT_ONCE": 24_000,
    "SOCKETS_PER_ADDRESS": 20_000,
    "SUBSCRIPTIONS_AT_ONCE": 100_000,
    "SUBSCRIPTIONS_PER_ADDRESS": 100_000,
    "OFFERS_A_DAY": 10_000_000,
    "OFFERS_AT_ONCE": 10_000_000,
    "ACCESS_TOKEN_MINUTES": 1440,
    "LOG_LEVEL": "warning",
    "RESPONSE_CACHE": 0,
}


@dataclass
class Parts:
    """A PostgreSQL server and a Redis, up for as long as a benchmark runs. The URLs are without a database's name."""

    postgres_url: str
    redis_url: str


@contextmanager
def own_parts() -> Iterator[Parts]:
    """PostgreSQL and Valkey from their wheels."""
    with postgres() as postgres_url, valkey() as redis_url:
        yield Parts(postgres_url, redis_url)


@dataclass
class Network:
    """A filled database. Servers on it share its settings."""

    kind: Kind
    url: str
    publisher: Publisher
    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def server(self, **settings: Any) -> Iterator[Server]:
        """A server on it, a process of its own, that has served nothing yet."""
        folder = self.folder / f"server-{secrets.token_hex(4)}"
        folder.mkdir()
        with Server(folder, cold=True, **{**_SETTINGS, **self.settings, **settings}) as server:
            yield server

    def token(self, server: Server) -> str:
        """An access token of who publishes."""
        answer = server.ask(SIGN_IN, email=EMAIL, password=PASSWORD)
        return str(answer["data"]["signIn"]["accessToken"])


@contextmanager
def network(kind: Kind, data: DataSet, parts: Parts) -> Iterator[Network]:
    """A new network with these data, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="mw-bench-"))
    settings: dict[str, Any] = {"SECRET_KEY": secrets.token_urlsafe(48), "REDIS_URL": parts.redis_url}
    name = f"bench_{secrets.token_hex(4)}"
    try:
        if kind == "postgres":
            asyncio.run(send(f"{parts.postgres_url}/postgres", f"CREATE DATABASE {name}"))
            url = f"{parts.postgres_url}/{name}"
            made = command("migrate", DATABASE_URL=url, DATA_DIR=folder / "migrating", **settings)
            assert made.returncode == 0, made.stderr
        else:
            shutil.copy(migrated_file(), folder / "network.sqlite3")
            url = f"sqlite://{folder / 'network.sqlite3'}"
        publisher = asyncio.run(fill(url, data))
        yield Network(kind, url, publisher, folder, {**settings, "DATABASE_URL": url})
    finally:
        if kind == "postgres":
            asyncio.run(send(f"{parts.postgres_url}/postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        shutil.rmtree(folder, ignore_errors=True)


async def send(url: str, statement: str) -> None:
    """Send one statement to PostgreSQL."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def backends(network: Network) -> Iterator[psutil.Process]:
    """The processes that serve connections to the network's database: of PostgreSQL, for SQLite has none."""
    if network.kind == "postgres":
        name = network.url.rpartition("/")[2]
        for process in psutil.process_iter(["cmdline"]):
            if f" {name} " in " ".join(process.info["cmdline"] or ()):
                yield process


def used(processes: Iterable[psutil.Process]) -> float:
    """Processor time of processes until now, in user and in system mode, in seconds; of one that has ended, none."""
    total = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


class Meter:
    """Processor time and memory of server processes, and the time of the backends of the `network` they serve."""

    def __init__(self, *servers: Server, network: Network | None = None) -> None:
        self._processes = [psutil.Process(server.process.pid) for server in servers]
        self._backends = list(backends(network)) if network is not None else []
        self.restart()

    def restart(self) -> None:
        """Count from now on."""
        self._begun, self._begun_backends = used(self._processes), used(self._backends)

    @property
    def seconds(self) -> float:
        """Processor time of the servers since the start, in user and in system mode."""
        return used(self._processes) - self._begun

    @property
    def database_seconds(self) -> float:
        """The same of the database's backends, those that were there when the meter was made."""
        return used(self._backends) - self._begun_backends

    @property
    def memory(self) -> int:
        """Resident memory now, in bytes."""
        return sum(int(process.memory_info().rss) for process in self._processes)


Figures = dict[str, Any]
