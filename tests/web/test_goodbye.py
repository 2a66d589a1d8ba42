"""A server that stops says so, loses nothing, and ends in time."""

import asyncio
import itertools
import random
import signal
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.conditions import until
from tests.web.listening import Listener, change, changing, heard, listening, served, staged
from tests.web.process import Server
from tests.web.test_sockets import closed, opened


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
    """Two servers, each replaced while clients follow and write."""
    async with staged(database_url) as stage, served(stage, tmp_path, redis_url) as servers:
        old = await asyncio.gather(*(servers.start() for _number in range(2)))
        listeners = [Listener(stage, servers.urls, await stage.start()) for _number in range(6)]
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
        codes = {code for one in listeners for code in one.closes}
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
