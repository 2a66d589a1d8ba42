"""What all subscriptions share: a place in the log, and rights as they are now."""

from collections.abc import AsyncGenerator, Callable, Coroutine, Hashable, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeVar

from auth.access.rows import Row, Visible, seen_by_keys
from auth.refusals import CursorExpired
from resolvers.context import Context
from subscriptions.changes import CredentialEnded, LoggedChange
from subscriptions.cursors import Position
from subscriptions.hub import Follower

Result = TypeVar("Result")


@asynccontextmanager
async def _fresh_cursor(ctx: Context) -> AsyncGenerator[None, None]:
    """Who is told that a cursor has expired is told where the log stands, too."""
    try:
        yield
    except CursorExpired as expired:
        expired.cursor = await ctx.services.hub.cursor()
        raise


class Watch:
    """One subscription's eyes on the log."""

    def __init__(self, ctx: Context, follower: Follower) -> None:
        self.ctx = ctx
        self._subscription = ctx.subscribe()
        self._subscription.progress = self._follower = follower

    @classmethod
    async def begin(cls, ctx: Context) -> "Watch":
        """Watch from now on: before anything is read that changes are to be told of."""
        return cls(ctx, await ctx.services.hub.attach(None))

    @classmethod
    async def resume(cls, ctx: Context, after: str | None) -> "Watch":
        """Watch from the cursor `after` on, or from what the client says to have heard last, or from now on.

        Raises `BadRequest` and `CursorExpired`.
        """
        subscription, hub = ctx.subscribe(), ctx.services.hub
        if subscription.span is not None and subscription.span.begin is not None:
            return cls(ctx, hub.attach_behind(subscription.span.begin))
        async with _fresh_cursor(ctx):
            return cls(ctx, await hub.attach(after, subscription.last_event_id))

    @property
    def goes_on(self) -> bool:
        """Whether it goes on for subscriptions that have begun: what is gone since then they are told, not refused."""
        span = self._subscription.span
        return span is not None and span.begin is not None and not span.is_first

    @property
    def position(self) -> Position:
        """How far this subscription has read."""
        return self._follower.position

    async def batch(self, patience: float | None = None) -> Sequence[LoggedChange] | None:
        """As `Follower.batch`; None at the end of the context's span. All of the batch before counts as told.

        Raises `Unauthenticated` when the session ends, the token expires or the key is revoked, too.
        """
        self._subscription.give_turn_back()
        self.ctx.must_be_valid()
        if self._is_done(self._follower.position):
            return None
        left = self.ctx.seconds_left
        limited = left is not None and (patience is None or left < patience)
        async with _fresh_cursor(self.ctx):
            some = await self._follower.batch(left if limited else patience)
        self.ctx.must_be_valid()
        mine = self.ctx.viewer.credential
        for logged in some:
            if isinstance(logged.change, CredentialEnded) and logged.change.credential == mine:
                raise logged.change.refusal
        return some

    @asynccontextmanager
    async def changes(self) -> AsyncGenerator[AsyncGenerator[LoggedChange, None], None]:
        """One change after the other, to the end of the context's span and no further."""

        async def each() -> AsyncGenerator[LoggedChange, None]:
            while (some := await self.batch()) is not None:
                for logged in some:
                    yield logged
                    if self._is_done(Position(logged.epoch, logged.seq, logged.mark)):
                        return

        async with aclosing(each()) as logged:
            yield logged

    async def look(self, place: LoggedChange | Position) -> str:
        """Read the viewer and their rights afresh, for the update at this place of the log; its cursor.

        What the update shows is read after this, which waits until it is this subscription's turn: see
        `subscriptions.update_turns`. Raises `Unauthenticated` where the session has ended.
        """
        await self._subscription.take_turn(self.ctx.services.hub.turns)
        self.ctx.must_be_valid()
        await self.ctx.renew()
        self.ctx.live_cursor = self.ctx.services.hub.cursor_of(place)
        self._subscription.position = Position(place.epoch, place.seq, place.mark)
        return self.ctx.live_cursor

    async def once(self, key: Hashable, read: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """What `read` gives, read once for all subscriptions that come to this change: see `ReadOnce`."""
        return await self.ctx.services.hub.readings.of(key, read)

    async def seen(self, model: type[Row], visible: Visible, key: int) -> Row | None:
        """The row of this key that the viewer may see, as it is now: read once for all who see the same."""
        viewer = self.ctx.viewer

        async def read() -> Row | None:
            return (await seen_by_keys(model, visible, viewer, [key])).get(key)

        return await self.once((model, visible, viewer.visibility, key), read)

    def _is_done(self, position: Position) -> bool:
        """All up to `position` is told: whether the span ends there."""
        span = self._subscription.span
        if span is None:
            return False
        span.done, span.has_begun = position, True
        span.reached = span.until is not None and position >= span.until
        return span.reached
