"""Takes the seats of those whose session ends, or whose token expires, also where a group executes as a guest."""

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import UUID

from auth.refusals import CursorExpired, Unauthenticated
from models import now
from resolvers.context import Context, Services
from resolvers.language import _
from subscriptions.changes import SessionEnded
from subscriptions.groups import Seat


def _nothing() -> None:
    """A guest's seat isn't watched."""


class Sessions:
    """Who sits where by which session, in this process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._seats: dict[UUID, set[Seat]] = {}
        self._task: asyncio.Task[None] | None = None

    def watch(self, seat: Seat, context: Context) -> Callable[[], None]:
        """Watch for the end of the viewer's session, and of their token, until what is returned is called."""
        session_id = context.viewer.session_id
        if session_id is None:
            return _nothing
        timer = None
        if context.expires_at is not None:
            seconds = max((context.expires_at - now()).total_seconds(), 0)
            text = _("The token is not valid or has expired: please sign in again.")
            timer = asyncio.get_running_loop().call_later(seconds, seat.take_away, Unauthenticated(text))
        self._seats.setdefault(session_id, set()).add(seat)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())

        def unwatch() -> None:
            if timer is not None:
                timer.cancel()
            self._seats[session_id].discard(seat)
            if not self._seats[session_id]:
                del self._seats[session_id]
            if not self._seats and self._task is not None:
                self._task.cancel()
                self._task = None

        return unwatch

    async def _watch(self) -> None:
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
            if some is None:
                return
            for told in some:
                if isinstance(told.change, SessionEnded):
                    yield UUID(told.change.session_id)
