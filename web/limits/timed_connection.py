"""How long a client may take: to send what it owes of a request, and to read what it is answered.

A request that comes whole costs no timer: there is one while a client owes something.
"""

import asyncio
from abc import abstractmethod
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from web.limits import rejections
from web.limits.rejections import Rejection
from web.limits.uvicorn_adapter import HttpToolsProtocol

# What of a message is being read.
NOTHING, HEAD, BODY = range(3)


class TimedConnection(HttpToolsProtocol):
    """A connection of HTTP/1.1 whose client may take so many seconds."""

    # With more than thirty names of its own in a dictionary an object is slow at each of them, and uvicorn has 27.
    __slots__ = ("_part", "_reading", "_timed", "_timer", "_unread")

    header_seconds = 10.0
    body_seconds = 30.0
    # Of an answer that waits for its client: so many bytes it has to read in so many seconds.
    unread_bytes = 65_536
    unread_seconds = 20.0

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._part = NOTHING
        self._timer: asyncio.TimerHandle | None = None
        self._timed = NOTHING
        # What waited for the client when that was last looked at, and when it will be again.
        self._unread = 0
        self._reading: asyncio.TimerHandle | None = None

    @abstractmethod
    def _reject(self, rejection: Rejection) -> None:
        """Say what is wrong, and end."""

    @abstractmethod
    def _cut(self, reason: str) -> None:
        """End at once; the reason is counted."""

    def pause_writing(self) -> None:
        """An answer waits for its client."""
        super().pause_writing()
        self._reads()
        self._unread = self.transport.get_write_buffer_size()
        self._reading = self.loop.call_later(self.unread_seconds, self._look_at_unread)

    def resume_writing(self) -> None:
        """The client has read it, mostly."""
        self._reads()
        super().resume_writing()

    def _wait_for(self, part: int) -> None:
        """The client owes this part of a request: so long it may take."""
        if self._timed == part:
            return
        self._unset_timer()
        self._timed = part
        self._timer = self.loop.call_later(self.body_seconds if part == BODY else self.header_seconds, self._late)

    def _late(self) -> None:
        self._unset_timer()
        if self.transport.is_closing():
            return
        if self._part == NOTHING:
            self.transport.close()
        elif self.flow.read_paused:  # by the server, which has enough to do
            self._wait_for(self._part)
        else:
            self._reject(rejections.TOO_SLOW)

    def _look_at_unread(self) -> None:
        """Cut a client that reads nothing, or next to nothing: it would keep its answer here for ever."""
        before, self._unread = self._unread, self.transport.get_write_buffer_size()
        if self._unread > before - self.unread_bytes:
            self._cut("unread")
        else:
            self._reading = self.loop.call_later(self.unread_seconds, self._look_at_unread)

    def _reads(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _unset_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._timed = NOTHING
