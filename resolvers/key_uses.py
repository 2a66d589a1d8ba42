"""When partners' keys were used last: written down once an hour at most, beside what is asked for."""

from datetime import datetime, timedelta

from tortoise.expressions import Q

from models import ApiKey, now
from subscriptions.outbox import Changes, Outbox

# How much older than the truth `last_used_at` may be.
_EXACT_TO = timedelta(hours=1)


class KeyUses:
    """What this process has written of late, by key: of many requests at once one writes."""

    def __init__(self) -> None:
        self._written: dict[int, datetime] = {}

    def note(self, outbox: Outbox, key: ApiKey) -> None:
        """The key is used now. Nobody waits for that to be written, and nothing fails where it can't be."""
        instant = now()
        before = instant - _EXACT_TO
        known = max(filter(None, (key.last_used_at, self._written.get(key.id))), default=None)
        if known is not None and known > before:
            return
        self._written = {id: written for id, written in self._written.items() if written > before}
        self._written[key.id] = instant

        async def work(changes: Changes) -> None:
            older = Q(last_used_at__isnull=True) | Q(last_used_at__lte=before)
            await ApiKey.filter(older, id=key.id).update(last_used_at=instant)

        outbox.begin(work)
