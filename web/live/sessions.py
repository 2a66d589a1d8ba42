"""Takes the seats of those whose session ends, also where a group executes as a guest.

That a token is over is seen where the client's connection is: a socket closes, a stream ends.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from uuid import UUID

from auth.refusals import CursorExpired, Unauthenticated
from resolvers.context import Context, Services
from resolvers.language import _
from subscriptions.changes import SessionEnded
from subscriptions.hub import Stopping
from subscriptions.shared import Seat


def _nothing() -> None:
    """A guest's seat isn't watched."""


class Sessions:
    """Who sits where by which session, in this process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._seats: dict[UUID, set[Seat]] = {}
        self._task: asyncio.Task[None] | None = None

    def watch(self, seat: Seat, context: Context) -> Callable[[], None]:
        """Watch for the end of the viewer's session, until what is returned is called."""
        session_id = context.viewer.session_id
        if session_id is None:
            return _nothing
        self._seats.setdefault(session_id, set()).add(seat)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())

        def unwatch() -> None:
            self._seats[session_id].discard(seat)
            if not self._seats[session_id]:
                del self._seats[session_id]
            if not self._seats and self._task is not None:
                self._task.cancel()
                self._task = None

        return unwatch

    async def _watch(self) -> None:
        with suppress(Stopping):
            async for session_id in self._ended():
                for seat in list(self._seats.get(session_id, ())):
                    seat.take_away(Unauthenticated(_("Your session has ended: please sign in again.")))

    async def _ended(self) -> AsyncIterator[UUID]:
        hub = self._services.hub
        follower = hub.attach_behind(hub.position)
        while True:
            try:
                some = await follower.batch()
            except CursorExpired:
                follower = hub.attach_behind(hub.position)
                continue
            for told in some:
                if isinstance(told.change, SessionEnded):
                    yield UUID(told.change.session_id)
