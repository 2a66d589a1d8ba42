"""A server that stops says so, loses nothing, and ends in time."""

import asyncio
import itertools
import random
import signal
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.conditions import until
from tests.web.listening import CHANGED, Listener, change, changing, heard, listening, served, staged
from tests.web.live.test_graphql_transport_ws import closed, opened
from tests.web.process.test_crashes import Valkey
from tests.web.server import Server, no_valkey_left
from tests.web.sticking import STUCK
from tests.web.transports import by_events, by_parts, by_socket

_BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"


@contextmanager
def ended(server: Server) -> Iterator[None]:
    """The server, ended whatever happens."""
    try:
        yield
    finally:
        if server.process.poll() is None:
            server.process.kill()
        server.process.wait()


async def test_readiness_fails_first_then_sockets_are_closed_one_by_one(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", SHUTDOWN_NOTICE_SECONDS=1.5, SHUTDOWN_SOCKETS_PER_SECOND=20)
    with ended(server):
        await asyncio.to_thread(server.ready)
        async with AsyncExitStack() as stack:
            sockets = [await stack.enter_async_context(opened(server)) for _number in range(20)]
            server.process.send_signal(signal.SIGTERM)
            async with httpx.AsyncClient(trust_env=False) as client:

                async def state() -> str:
                    return str((await client.get(f"{server.url}/health/ready")).json()["status"])

                async def stopping() -> bool:
                    return await state() == "stopping"

                await until(stopping)
                async with opened(server):  # it is still accepted
                    pass
            ends: list[float] = []

            async def see(number: int) -> int:
                code, _reason = await closed(sockets[number])
                ends.append(time.monotonic())
                return code

            codes = await asyncio.gather(*(see(number) for number in range(len(sockets))))
            assert set(codes) == {1012}
            assert ends[-1] - ends[0] > 0.4  # at 20 a second they take one second, with chance
        code = await asyncio.to_thread(server.process.wait, 30)
        assert code == 0


@pytest.mark.parametrize("database_url", [pytest.param("sqlite", marks=pytest.mark.soak), "postgres"], indirect=True)
async def test_rolling_restart_under_load_loses_nothing(database_url: str, redis_url: str, tmp_path: Path) -> None:
    """Two servers, each replaced while clients follow, over every transport, and write."""
    async with staged(database_url) as stage, served(stage, tmp_path, redis_url) as servers:
        old = await asyncio.gather(*(servers.start() for _number in range(2)))
        start = await stage.start()
        sockets = [Listener(stage, servers.urls, start) for _number in range(4)]
        streams = [
            Listener(stage, servers.urls, start, transport=transport, by_id=by_id)
            for transport, by_id in ((by_events, False), (by_events, True), (by_parts, False))
        ]
        listeners = [*sockets, *streams]
        async with listening(listeners), changing(stage, servers.urls, writers=3) as answered:
            for server in old:
                await servers.start()
                begun = time.monotonic()
                server.process.send_signal(signal.SIGTERM)
                assert await asyncio.to_thread(server.process.wait, 30) == 0
                assert time.monotonic() - begun < 30
                assert "Traceback" not in server.log
        async with listening(listeners):
            await heard(stage, listeners, len(answered))
        codes = {code for one in sockets for code in one.closes}
        assert 1012 in codes
        assert codes <= {1012, 1006, None}


@pytest.mark.parametrize("database_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.soak)], indirect=True)
async def test_mutations_that_run_are_finished(database_url: str, redis_url: str, tmp_path: Path) -> None:
    """What was answered is there, and what was not answered is there wholly or not at all; the process ends in time."""
    async with staged(database_url) as stage, served(stage, tmp_path, redis_url) as servers:
        server = await servers.start()
        follower = Listener(stage, servers.urls, await stage.start())
        answered: list[int] = []
        dice = random.Random(3)

        async def write(writer: int) -> None:
            async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
                for number in itertools.count():
                    try:
                        await asyncio.wait_for(
                            change(stage, lambda: [server.url], f"Nummer {writer}.{number}", dice, client), 10
                        )
                    except TimeoutError:
                        return
                    answered.append(number)

        writing = [asyncio.create_task(write(writer)) for writer in range(8)]
        await until(lambda: len(answered) > 20)
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(server.process.wait, 30) == 0
        assert time.monotonic() - begun < 30
        for task in writing:
            task.cancel()
        await asyncio.gather(*writing, return_exceptions=True)
        assert len(await stage.oracle()) >= len(answered)
        await servers.start()
        async with listening([follower]):
            await heard(stage, [follower], len(answered))


@pytest.mark.soak
async def test_a_server_with_many_sockets_ends_in_time(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    with ended(server):
        await asyncio.to_thread(server.ready)
        async with AsyncExitStack() as stack:
            sockets = [await stack.enter_async_context(opened(server)) for _number in range(2000)]
            begun = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            assert {(await closed(one))[0] for one in sockets} == {1012}
            assert await asyncio.to_thread(server.process.wait, 30) == 0
            assert time.monotonic() - begun < 30


async def test_a_server_whose_loop_is_stuck_ends_in_time(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", ("-m", "tests.web.sticking"), SHUTDOWN_SECONDS=1)
    with no_valkey_left(server.folder), ended(server):
        await asyncio.to_thread(server.ready)
        _reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        await writer.drain()
        await until(lambda: STUCK in server.log)
        server.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(server.process.wait, 15) == 1
        assert "stopping takes too long" in server.log
        writer.close()


@pytest.mark.soak
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.parametrize("what", ["redis", "database", "both"])
async def test_a_server_ends_in_time_whatever_does_not_answer(
    database_url: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, what: str
) -> None:
    """Redis stands still, the database is locked, and clients of every kind are there, who read or don't."""
    valkey = Valkey(tmp_path_factory.mktemp("v"))
    await valkey.start()
    async with AsyncExitStack() as stack:
        stack.callback(valkey.kill)
        stage = await stack.enter_async_context(staged(database_url))
        servers = await stack.enter_async_context(served(stage, tmp_path, valkey.url))
        server = await servers.start()
        variables = {"id": stage.offer_id, "after": await stage.start()}
        for transport in (by_socket, by_events, by_parts) * 5:
            await stack.enter_async_context(transport(server.url, CHANGED, variables))
        async with changing(stage, servers.urls, writers=4) as answered:
            await until(lambda: len(answered) > 100)
        if what != "database":
            await stack.enter_async_context(valkey.stopped())
        if what != "redis":
            blocking = await asyncpg.connect(database_url)
            stack.push_async_callback(blocking.close)
            await stack.enter_async_context(blocking.transaction())
            await blocking.execute("LOCK TABLE change, change_log IN ACCESS EXCLUSIVE MODE")
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=60))
        writing = asyncio.create_task(change(stage, lambda: [server.url], "Zuletzt", random.Random(1), client))
        if what == "redis":  # no mutation waits for it
            await writing
        else:
            await until(partial(blocking.fetchval, _BLOCKED))
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(server.process.wait, 60)
        assert time.monotonic() - begun < 32
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
