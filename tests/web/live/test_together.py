"""Sockets, event streams and parts sit in the same groups, and an idle socket holds next to nothing."""

import asyncio
import contextvars
import gc
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any

import psutil
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from websockets.frames import Frame, Opcode

from models import Member
from subscriptions import changes
from subscriptions.outbox import Changes
from tests.conditions import until
from tests.statements import statements
from tests.web.live.test_graphql_transport_ws import opened, say
from tests.web.server import Server
from tests.web.transports import Updates, by_events, by_parts, by_socket
from tests.world import SCHEMA, World
from web.http.endpoint import GraphQLEndpoint
from web.http.origins import Origins
from web.live.websocket import BoundedSocket, head, protocol
from web.settings import Settings

WATCH = """subscription ($after: String) { offerPublished(after: $after) { cursor offer { title owner { name } } } }"""
FIGURES = "subscription { networkStatistics { memberCount } }"


class _InProcess(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[tuple[str, GraphQLEndpoint]]:
    """A server in this process: its address, and what it serves."""
    settings = Settings()
    view = GraphQLEndpoint(SCHEMA, world.services, settings, Origins(None, []))
    app = Starlette(routes=[Route("/graphql", view), WebSocketRoute("/graphql", view)])
    config = uvicorn.Config(
        app,
        ws=protocol(settings),
        lifespan="off",
        log_config=None,
        access_log=False,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        timeout_graceful_shutdown=5,
    )
    server = _InProcess(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        task = asyncio.create_task(server.serve([listener]))
        await until(lambda: server.started)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", view
        finally:
            server.should_exit = True
            await task
    assert len(view.fan_out.shared) == 0
    assert view.limits.sockets.taken == view.limits.subscriptions.taken == 0


async def publish(world: World, title: str, owner: Member | None = None) -> None:
    """Put an entry onto the board."""
    offer = await world.offer(title, owner)

    async def work(told: Changes) -> None:
        told.tell(changes.OfferPublished(offer.id))

    await world.services.outbox.write(work)


async def following(updates: Updates, heard: list[dict[str, Any]]) -> None:
    """Keep what comes."""
    async for payload in updates:
        if "data" in payload or "errors" in payload:
            heard.append(payload)


@asynccontextmanager
async def audience(url: str, after: str | None, each: int) -> AsyncIterator[list[list[dict[str, Any]]]]:
    """So many clients of each transport, and what they heard."""
    logs: list[list[dict[str, Any]]] = []
    async with AsyncExitStack() as stack:
        tasks = []
        for _number in range(each):
            for transport in (by_socket, by_events, by_parts):
                updates = await stack.enter_async_context(transport(url, WATCH, {"after": after}))
                logs.append([])
                tasks.append(asyncio.create_task(following(updates, logs[-1])))
        yield logs
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_change_is_executed_once_for_all_transports(world: World) -> None:
    outside, owner = contextvars.copy_context(), await world.member()
    with statements() as sent:
        async with serving(world) as (url, view), audience(url, None, 3) as logs:
            await until(lambda: view.fan_out.shared.waiting == [9])
            for title in ("Eins", "Zwei"):
                sent.clear()
                await asyncio.create_task(publish(world, title, owner), context=outside)
                await until(lambda: all(log and title in str(log[-1]) for log in logs))  # noqa: B023
                assert len(sent) == 2, sent  # the entry, and its owner
            assert all(log == logs[0] for log in logs)
            assert [update["data"]["offerPublished"]["offer"]["title"] for update in logs[0]] == ["Eins", "Zwei"]
            assert logs[0][0]["extensions"]["cursor"] == logs[0][0]["data"]["offerPublished"]["cursor"]


async def test_who_comes_back_at_once_shares_what_was_missed(world: World) -> None:
    begun = await world.services.hub.cursor()
    for number in range(3):
        await publish(world, f"Nr. {number}")
    await until(lambda: world.services.hub.position.seq >= 3)
    with statements() as sent:
        async with serving(world) as (url, view), audience(url, begun, 4) as logs:
            await until(lambda: view.fan_out.shared.waiting == [12] and all(len(log) == 3 for log in logs))
            assert all(log == logs[0] for log in logs)
            # Once for all, unless a moment lies between some and others: then once for each moment.
            of_offers = [one for one in sent if "offer_topic" in one]
            assert 3 <= len(of_offers) <= 9, of_offers


async def test_an_idle_socket_has_no_task(world: World) -> None:
    async with serving(world) as (url, view), AsyncExitStack() as stack:
        for _number in range(5):
            await stack.enter_async_context(by_socket(url, WATCH, {}))
        await until(lambda: view.fan_out.shared.waiting == [5])
        running = {getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()}
        assert not running & {"Handshake.run", "Operation._run"}, running


async def test_a_socket_that_is_gone_is_freed_without_the_garbage_collector(world: World) -> None:
    def sockets() -> int:
        return sum(issubclass(type(one), BoundedSocket) for one in gc.get_objects())

    async with serving(world) as (url, view):
        gc.collect()
        before = sockets()
        gc.disable()
        try:
            async with AsyncExitStack() as stack:
                for _number in range(5):
                    await stack.enter_async_context(by_socket(url, WATCH, {}))
                await until(lambda: view.fan_out.shared.waiting == [5])
                assert sockets() == before + 5
            await until(lambda: view.limits.sockets.taken == 0)
            await until(lambda: sockets() == before)
        finally:
            gc.enable()


async def test_what_a_client_completes_is_over_at_once_and_its_id_is_free(world: World) -> None:
    async with serving(world) as (url, view), AsyncExitStack() as stack:
        server: Any = type("", (), {"socket_url": url.replace("http", "ws") + "/graphql"})
        client = await stack.enter_async_context(opened(server))
        for _number in range(50):
            await say(client, type="subscribe", id="1", payload={"query": WATCH})
            await say(client, type="complete", id="1")
        await until(lambda: len(view.fan_out.shared) == 0)
        await until(lambda: view.limits.subscriptions.taken == 0)
        await say(client, type="subscribe", id="1", payload={"query": WATCH})
        await until(lambda: view.fan_out.shared.waiting == [1])


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 100_000])
def test_a_frame_has_the_header_of_its_length(size: int) -> None:
    assert head(size) + bytes(size) == Frame(Opcode.TEXT, bytes(size)).serialize(mask=False)


def test_an_idle_subscribed_socket_holds_little_memory(tmp_path_factory: pytest.TempPathFactory) -> None:
    """In a process that served nothing before; 5,000 of them hold less each."""

    async def subscribe(server: Server, stack: AsyncExitStack, number: int) -> None:
        for _number in range(number):
            await stack.enter_async_context(by_socket(server.url, WATCH, {}))

    async def measure(server: Server) -> float:
        process = psutil.Process(server.process.pid)
        async with AsyncExitStack() as stack:
            await subscribe(server, stack, 100)  # what is loaded at the first use
            before = process.memory_info().rss
            await subscribe(server, stack, 400)
            await asyncio.to_thread(server.ask, "{ liveCursor }")  # it has read all that came before
            return float(process.memory_info().rss - before) / 400 / 1024

    with Server(tmp_path_factory.mktemp("memory") / "data") as server:
        assert asyncio.run(measure(server)) < 30
