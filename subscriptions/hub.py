"""Who is listening in this process: hands numbered changes from the log to subscriptions."""

from collections.abc import AsyncGenerator

import models
from subscriptions.changes import Told
from subscriptions.cursors import Cursors, Position


class Hub:
    """What resolvers know of live delivery."""

    def __init__(self, cursors: Cursors) -> None:
        self._cursors = cursors

    async def cursor(self) -> str:
        """Where the log stands now, as the database says: read it before the data that it stands beside."""
        log = await models.ChangeLog.get(id="log")
        return self._cursors.make(Position(log.epoch, log.head))

    def follow(self, after: str | None) -> AsyncGenerator[Told, None]:
        """All changes since the cursor `after`, then those that come; without it, those that come from now on."""
        raise NotImplementedError
