"""What the server's end of a WebSocket needs of uvicorn and websockets beyond what these document.

It is checked when this is imported: an upgrade that changes it ends the start with a sentence that says where to look.
"""

import asyncio
import inspect
from collections.abc import MutableSet
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import Close
from websockets.frames import CloseCode as ProtocolCode
from websockets.protocol import SEND_EOF, State
from websockets.server import ServerProtocol


@dataclass(frozen=True, slots=True)
class Given:
    """What uvicorn gives to the class of its option `ws`, for each connection.

    It calls the class with `config`, `server_state` and `app_state`, then `connection_made`, then `data_received` with
    the request, as the client has written it; and `shutdown` at the end of the server, of each of its `connections`.
    """

    app: ASGIApp
    asgi_version: str
    root_path: str
    state: dict[str, Any]
    # Of every response.
    headers: list[tuple[bytes, bytes]]
    max_size: int
    # Who is connected, and what runs: a server that stops waits for both.
    connections: MutableSet[Any]
    tasks: set[asyncio.Task[None]]

    @classmethod
    def by(cls, config: uvicorn.Config, server_state: ServerState, app_state: dict[str, Any]) -> "Given":
        """As uvicorn names it."""
        return cls(
            app=config.loaded_app,
            asgi_version=config.asgi_version,
            root_path=config.root_path,
            state=app_state.copy(),
            headers=server_state.default_headers,
            max_size=config.ws_max_size,
            connections=server_state.connections,
            tasks=server_state.tasks,
        )


def close_of(frames: ServerProtocol) -> Close | None:
    """The close that was received, or else the one that was sent."""
    return frames.close_rcvd or frames.close_sent


def was_failed(frames: ServerProtocol) -> bool:
    """Whether the client has broken the protocol (RFC 6455, 7.1.7), and may still be sending."""
    return frames.state is State.CLOSING and frames.close_rcvd is None


def free(frames: ServerProtocol) -> None:
    """Take apart what waits for bytes that won't come: it holds itself, in the frame of its generator."""
    vars(frames).clear()


def _check(holds: bool, library: str, where: str) -> None:
    if not holds:
        raise ImportError(
            f"WebSockets can't be served with this {library}: compare {where} with web/live/rfc6455/contracts.py, "
            "say there what has changed, and run tests/web/live."
        )


def _check_uvicorn() -> None:
    own = WebSocketsSansIOProtocol
    is_called_so = {"config", "server_state", "app_state"} <= set(inspect.signature(own).parameters)
    config = uvicorn.Config(_check, interface="asgi3", http="httptools", ws="none", log_config=None)
    config.load()
    try:
        Given.by(config, ServerState(), {})
        is_given = True
    except AttributeError:
        is_given = False
    _check(
        is_called_so and is_given and hasattr(own, "shutdown"),
        "uvicorn",
        f"{own.__module__}, `uvicorn.server.ServerState`, and who calls them,",
    )


def _check_websockets() -> None:
    frames = ServerProtocol(state=State.OPEN)
    frames.receive_data(b"\x80\x00")  # unmasked, and a continuation of nothing
    known = {"close_rcvd", "close_sent"} <= set(vars(frames))
    sent = close_of(frames) if known else None
    is_said = sent is not None and sent.code == ProtocolCode.PROTOCOL_ERROR and SEND_EOF in frames.data_to_send()
    _check(is_said and was_failed(frames), "websockets", "websockets.protocol.Protocol")
    free(frames)


_check_uvicorn()
_check_websockets()
