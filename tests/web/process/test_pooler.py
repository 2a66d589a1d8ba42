"""A server behind PgBouncer: by the session it serves as ever, by the transaction it doesn't start."""

from pathlib import Path

import httpx
import pytest

from tests.conditions import until
from tests.servers import pgbouncer
from tests.web.listening import KEY, Listener, changing, heard, listening, served, staged
from tests.web.server import command


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_by_the_session_nothing_is_missing(database_url: str, redis_url: str, tmp_path: Path) -> None:
    server, _slash, name = database_url.rpartition("/")
    with pgbouncer(server, "session", default_pool_size=40) as pooler:
        async with staged(database_url) as stage, served(stage, tmp_path, redis_url) as servers:
            for _number in range(2):
                await servers.start(DATABASE_URL=f"{pooler}/{name}")
            follower = Listener(stage, servers.urls, await stage.start())
            async with listening([follower]):
                async with changing(stage, servers.urls, writers=2) as answered:
                    await until(lambda: len(answered) >= 20)
                await heard(stage, [follower], len(answered))
            async with httpx.AsyncClient(trust_env=False) as client:
                for url in servers.urls():
                    assert (await client.get(f"{url}/health/ready")).json()["status"] == "ok"
            assert all("Traceback" not in server.log for server in servers.all)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.parametrize("mode", ["transaction", "statement"])
def test_by_the_transaction_it_does_not_start(database_url: str, redis_url: str, tmp_path: Path, mode: str) -> None:
    server, _slash, name = database_url.rpartition("/")
    with pgbouncer(server, mode) as pooler:
        url = f"{pooler}/{name}"
        for arguments in ("serve", "migrate"):
            done = command(
                arguments, PORT=0, DATA_DIR=tmp_path / "data", DATABASE_URL=url, SECRET_KEY=KEY, REDIS_URL=redis_url
            )
            assert (done.returncode, done.stdout) == (2, ""), done.stderr
            assert done.stderr.startswith("DATABASE_URL leads to a pooler")
            assert done.stderr.count("\n") == 1
