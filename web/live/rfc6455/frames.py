"""What comes on the connection of a WebSocket: one request, then frames (RFC 6455), which are put together to messages.

`websockets` reads them, and knows nothing of connections; nothing is compressed.
"""

import asyncio
from abc import abstractmethod

from websockets.frames import CloseCode as ProtocolCode
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import SEND_EOF, State
from websockets.server import ServerProtocol
from websockets.typing import BytesLike

from web.live.rfc6455.contracts import close_of, free, was_failed
from web.live.rfc6455.listener import DEAF, Listener

# In place of what reads frames, where the connection is lost.
_NO_FRAMES = ServerProtocol(state=State.CLOSED)


class Framed(asyncio.Protocol):
    """A connection of which frames are read. A message goes to the listener at once."""

    __slots__ = ("_frames", "_is_over", "_is_text", "_listener", "_message", "transport")

    transport: asyncio.Transport

    def __init__(self, max_size: int) -> None:
        self._frames = ServerProtocol(max_size=max_size)
        self._listener: Listener = DEAF
        # Whether the listener was told that this is the end.
        self._is_over = False
        # Of a message in fragments: what has come of it.
        self._message: bytearray | None = None
        self._is_text = False

    @property
    def ending(self) -> tuple[int, str] | None:
        """Code and reason by which the client closed the socket, or else this server; None where neither did."""
        close = close_of(self._frames)
        return (close.code, close.reason) if close is not None else None

    def data_received(self, data: bytes) -> None:
        """Take the request, then frames. Pings and a close are answered behind what their messages are answered."""
        self._frames.receive_data(data)
        for event in self._frames.events_received():
            if isinstance(event, Frame):
                self._take(event)
            elif isinstance(event, Request):
                self._begin(event)
        self._flush()

    @abstractmethod
    def _begin(self, request: Request) -> None:
        """Answer the request."""

    @abstractmethod
    def _end(self) -> None:
        """Tell the listener, once, that this is the end."""

    @abstractmethod
    def _close(self) -> None:
        """Close the connection."""

    @abstractmethod
    def _cut_later(self) -> None:
        """Cut the connection in a while, unless it is closed by then."""

    @property
    def _ends(self) -> bool:
        # The client's close may have been read together with the message that is being handled.
        return self._is_over or self._frames.state is not State.OPEN or self.transport.is_closing()

    def _take(self, frame: Frame) -> None:
        if self._is_over:
            return
        match frame.opcode:
            case Opcode.CLOSE:
                self._end()
            case Opcode.TEXT | Opcode.BINARY:
                self._is_text = frame.opcode is Opcode.TEXT
                if frame.fin:
                    self._hand_over(frame.data)
                else:
                    self._message = bytearray(frame.data)
            case Opcode.CONT:
                assert self._message is not None, "The frames are in order."
                # Not a list: fragments may be as many as they like, and empty.
                self._message += frame.data
                if frame.fin:
                    data, self._message = self._message, None
                    self._hand_over(data)

    def _hand_over(self, data: BytesLike) -> None:
        if self._ends:
            return
        if not self._is_text:
            self._listener.received(bytes(data))
            return
        try:
            text = str(data, "utf-8")
        except UnicodeDecodeError:
            self._frames.fail(ProtocolCode.INVALID_DATA)
            self._flush()
            return
        self._listener.received(text)

    def _flush(self) -> None:
        """Send what `websockets` wants to say, and part where that is the last."""
        output = self._frames.data_to_send()
        if not output or self.transport.is_closing():
            return
        self.transport.write(b"".join(output))
        if SEND_EOF in output:
            self._end()
            self._part()

    def _part(self) -> None:
        """Close the connection: where the client was wrong and may still be sending, first in one direction.

        Else it would be reset, and the client wouldn't learn why (RFC 6455, 7.1.1).
        """
        if was_failed(self._frames) and self.transport.can_write_eof():
            self.transport.write_eof()
            self._cut_later()
        else:
            self._close()

    @property
    def _is_lost(self) -> bool:
        return self._frames is _NO_FRAMES

    def _lose(self) -> None:
        """The connection is lost: let go of what reads it, which holds itself."""
        if not self._is_lost:
            free(self._frames)
            self._frames = _NO_FRAMES
