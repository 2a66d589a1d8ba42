"""Ends the subscriptions of a session that ends, also where they share one that executes as a guest.

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
from subscriptions.shared_subscriptions import Subscriber


def _nothing() -> None:
    """A guest's subscription isn't watched."""


class Sessions:
    """Who sits where by which session, in this process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._subscribers: dict[UUID, set[Subscriber]] = {}
        self._task: asyncio.Task[None] | None = None

    def watch(self, subscriber: Subscriber, context: Context) -> Callable[[], None]:
        """Watch for the end of the viewer's session, until what is returned is called."""
        session_id = context.viewer.session_id
        if session_id is None:
            return _nothing
        self._subscribers.setdefault(session_id, set()).add(subscriber)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())

        def unwatch() -> None:
            self._subscribers[session_id].discard(subscriber)
            if not self._subscribers[session_id]:
                del self._subscribers[session_id]
            if not self._subscribers and self._task is not None:
                self._task.cancel()
                self._task = None

        return unwatch

    async def _watch(self) -> None:
        with suppress(Stopping):
            async for session_id in self._ended():
                for subscriber in list(self._subscribers.get(session_id, ())):
                    subscriber.refuse(Unauthenticated(_("Your session has ended: please sign in again.")))

    async def _ended(self) -> AsyncIterator[UUID]:
        hub = self._services.hub
        follower = hub.attach_behind(hub.position)
        while True:
            try:
                some = await follower.batch()
            except CursorExpired:
                follower = hub.attach_behind(hub.position)
                continue
            for logged in some:
                if isinstance(logged.change, SessionEnded):
                    yield UUID(logged.change.session_id)
