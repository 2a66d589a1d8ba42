"""What is used of uvicorn's HTTP protocol that it keeps to itself.

It is checked when this is imported: an upgrade that changes it ends the start with a sentence that says where to look.
"""

from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

__all__ = ["HttpToolsProtocol", "RequestResponseCycle"]

# Of a connection: what it reads and answers, and who else is connected.
_OF_A_CONNECTION = {
    *("client", "connections", "cycle", "expect_100_continue", "flow", "headers", "loop", "parser", "pipeline"),
    *("server_state", "tasks", "timeout_keep_alive_task", "transport"),
}
_CALLED = (
    *("connection_made", "connection_lost", "data_received", "handle_websocket_upgrade", "on_header"),
    *("on_headers_complete", "on_message_begin", "on_message_complete", "on_response_complete"),
    *("_should_upgrade", "_start_asgi_task", "_unset_keepalive_if_required"),
)
# Of a request and its answer.
_OF_A_CYCLE = {
    *("disconnected", "expected_content_length", "keep_alive", "logger", "message_event", "response_complete"),
    *("response_started", "scope", "transport"),
}


async def _nothing(_scope: Any, _receive: Any, _send: Any) -> None:
    """An application."""


def _holds() -> bool:
    config = uvicorn.Config(_nothing, interface="asgi3", http="httptools", ws="none", log_config=None)
    connection = HttpToolsProtocol(config=config, server_state=ServerState(), app_state={}, _loop=cast(Any, object()))
    arguments: dict[str, Any] = dict.fromkeys(RequestResponseCycle.__init__.__annotations__)
    arguments.pop("return", None)
    return (
        set(vars(connection)) >= _OF_A_CONNECTION
        and all(callable(getattr(connection, name, None)) for name in _CALLED)
        and set(vars(RequestResponseCycle(**arguments))) >= _OF_A_CYCLE
        and "read_paused" in FlowControl.__init__.__code__.co_names
    )


if not _holds():
    raise ImportError(
        "HTTP can't be served with this uvicorn: compare uvicorn.protocols.http.httptools_impl with what stands beside "
        "web/limits/uvicorn_adapter.py, say there what has changed, and run tests/web/limits."
    )
