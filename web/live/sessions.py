"""Ends what runs by a session, or a partner's key, that ends: subscriptions, also where they share one that executes
as a guest, and sockets, also where nothing runs on them.

That a token is over is seen where the client's connection is: a socket closes, a stream ends.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Protocol

from auth.refusals import CursorExpired, Refusal
from resolvers.context import Context, Services
from subscriptions.changes import CredentialEnded
from subscriptions.hub import Stopping


class Watched(Protocol):
    """What somebody has by their session, or key."""

    def refuse(self, refusal: Refusal) -> None:
        """End it."""


def _nothing() -> None:
    """What a guest has isn't watched."""


class Sessions:
    """Who sits where by which session, or key, in this process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._watched: dict[str, set[Watched]] = {}
        self._task: asyncio.Task[None] | None = None

    def watch(self, watched: Watched, context: Context) -> Callable[[], None]:
        """Watch for the end of that by which the viewer asks, until what is returned is called."""
        credential = context.viewer.credential
        if credential is None:
            return _nothing
        self._watched.setdefault(credential, set()).add(watched)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())

        def unwatch() -> None:
            self._watched[credential].discard(watched)
            if not self._watched[credential]:
                del self._watched[credential]
            if not self._watched and self._task is not None:
                self._task.cancel()
                self._task = None

        return unwatch

    async def _watch(self) -> None:
        with suppress(Stopping):
            async for end in self._ended():
                for watched in list(self._watched.get(end.credential, ())):
                    watched.refuse(end.refusal())

    async def _ended(self) -> AsyncIterator[CredentialEnded]:
        hub = self._services.hub
        follower = hub.attach_behind(hub.position)
        while True:
            try:
                some = await follower.batch()
            except CursorExpired:
                follower = hub.attach_behind(hub.position)
                continue
            for logged in some:
                if isinstance(logged.change, CredentialEnded):
                    yield logged.change
