"""Refusals of callers whose budget is spent are held back: so many a second of each caller are answered, and in all.

To refuse costs a tenth of a millisecond. But whoever asks without end asks again the moment that they are answered, and
fifty of those would keep the processor busy with nothing else. What is held back costs its request's task and a timer;
more of what its connection sends isn't looked at meanwhile.
"""

import asyncio

from cachetools import LRUCache

# Of so many callers it is known when the next refusal is due.
_CALLERS = 20_000
# However many there are of one caller, each is answered within so many seconds.
_MOST_SECONDS = 30.0


class HeldRefusals:
    """Of one caller `each` a second, of all `together` a second; at most `most` are held at a time."""

    def __init__(self, each: float, together: float, most: int) -> None:
        self._each, self._together, self._most = 1 / each, 1 / together, most
        self._due: LRUCache[str, float] = LRUCache(_CALLERS)
        self._due_of_all = 0.0
        self._held = 0

    @property
    def held(self) -> int:
        """How many are held now."""
        return self._held

    async def hold(self, caller: str) -> bool:
        """Wait until a refusal of this caller is due. False, at once, where there are too many that wait."""
        if self._held >= self._most:
            return False
        instant = asyncio.get_running_loop().time()
        self._held += 1
        try:
            await asyncio.sleep(self.due(caller, instant) - instant)
        finally:
            self._held -= 1
        return True

    def due(self, caller: str, instant: float) -> float:
        """When a refusal that is made at this instant is due: each behind the one before."""
        latest = instant + _MOST_SECONDS
        of_all = self._due_of_all = min(max(self._due_of_all, instant) + self._together, latest)
        own = self._due[caller] = min(max(self._due.get(caller, 0.0), instant) + self._each, latest)
        return max(own, of_all)
