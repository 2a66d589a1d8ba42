"""Who asks, as the database said a moment ago: a statement for many requests, where one for each would say the same.

What is known of who asks holds for a second at most, and no longer than nothing is heard that may have changed it: of
what this process commits that is at once, before the answer leaves; of what others commit, and tell in the log, as soon
as this one has read it. So who is signed out, or suspended, by another process may go on reading for as long as the log
takes, some milliseconds, and in no case longer than a second. Nobody changes anything by what is known: who asks is
read anew for that.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from time import monotonic

from auth.viewer import Viewer
from subscriptions.changes import Change
from subscriptions.ring import Ring

# So many are known at most: a viewer takes some KiB.
_MOST = 1000


class KnownViewers:
    """The viewers that this process has read within so many `seconds`, by what they ask by; none are kept for 0."""

    def __init__(self, ring: Ring, seconds: float) -> None:
        self._ring = ring
        self._seconds = seconds
        # Each until when, as of the monotonic clock: the first ones end first.
        self._known: OrderedDict[Hashable, tuple[Viewer, float]] = OrderedDict()
        # Rises when all are forgotten: what was begun before isn't kept.
        self._turn = 0
        # How far the ring has been looked at.
        self._epoch = self._seen = 0

    def __len__(self) -> int:
        return len(self._known)

    def get(self, credential: Hashable) -> Viewer | None:
        """Who asks by this, where that is known."""
        self._learn()
        found = self._known.get(credential)
        return found[0] if found is not None and found[1] > monotonic() else None

    async def read(self, credential: Hashable, load: Callable[[], Awaitable[Viewer]]) -> Viewer:
        """What `load` says of who asks by this, which is known from now on. Raises what that raises."""
        self._learn()
        turn, instant = self._turn, monotonic()
        viewer = await load()
        self._learn()
        if turn == self._turn and self._seconds:
            self._keep(credential, viewer, instant)
        return viewer

    def committed(self, told: Sequence[Change]) -> None:
        """A transaction of this process has ended that told of these; one that told of nothing may have done anything.

        To be called before anybody learns of it.
        """
        if not told or _touches_rights(told):
            self._forget()

    def _keep(self, credential: Hashable, viewer: Viewer, instant: float) -> None:
        known = self._known
        known.pop(credential, None)
        while known and (len(known) >= _MOST or next(iter(known.values()))[1] <= instant):
            known.popitem(last=False)
        known[credential] = (viewer, instant + self._seconds)

    def _learn(self) -> None:
        """Take in what the ring has read since the last time."""
        ring = self._ring
        if ring.head == self._seen and ring.epoch == self._epoch:
            return
        some = ring.behind(self._seen, ring.head - self._seen) if ring.epoch == self._epoch else None
        if some is None or _touches_rights([logged.change for logged in some]):
            self._forget()
        self._epoch, self._seen = ring.epoch, ring.head

    def _forget(self) -> None:
        self._known.clear()
        self._turn += 1


def _touches_rights(changes: Sequence[Change]) -> bool:
    return any(change.touches_rights for change in changes)
