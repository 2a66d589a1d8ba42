"""The head of an answer and what follows it are sent together: one call of the system, one packet, one waking client.

uvicorn writes the head when an answer begins, and its body by a second call. Either costs as much as all that is done
for an answer that is remembered. Where an answer says how long it is, and so is at hand, its head waits for its body.
"""

import asyncio

from web.limits.uvicorn_adapter import RequestResponseCycle

# What is longer isn't copied behind a head.
_COPIED = 65_536


class AnswerWriter:
    """What the answers of a connection are written to, one after the other, in the place of its transport."""

    __slots__ = ("_begins", "_head", "_sink")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._sink = transport
        # Whose head comes next, and what has come of it.
        self._begins: RequestResponseCycle | None = None
        self._head = b""

    def begin(self, cycle: RequestResponseCycle) -> None:
        """Have a request's answer written to this."""
        self._begins = cycle
        self._head = b""
        cycle.transport = self  # type: ignore[assignment]  # as much of one as it uses

    def write(self, data: bytes) -> None:
        """Send this, if it is no head that something will follow."""
        cycle = self._begins
        if cycle is not None and cycle.response_started:  # else it is only told to go on (100)
            self._begins = None
            if cycle.expected_content_length and cycle.scope["method"] != "HEAD":
                self._head = data
                return
        elif self._head:
            if len(data) <= _COPIED:
                data = self._head + data
            else:
                self._sink.write(self._head)
            self._head = b""
        self._sink.write(data)

    def close(self) -> None:
        """End the connection, once all is sent."""
        if self._head:
            self._sink.write(self._head)
            self._head = b""
        self._sink.close()

    def is_closing(self) -> bool:
        """Whether the connection ends, or has ended."""
        return self._sink.is_closing()
