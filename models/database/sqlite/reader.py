"""What is read of SQLite in a moment is read at once, in the event loop's own thread, by a connection of its own.

Through aiosqlite's thread a statement that takes SQLite 7 µs costs 100: a future, a queue, two switches of threads, and
each of its rows lets go of the interpreter and has to get it back. A file's pages mostly lie in memory, so that there
is nothing to wait for in another thread.

What takes longer than a moment is broken off and asked again as ever, where nobody else waits for it; and so, for a
while, is the same statement. Whatever goes wrong here is asked again, too: what is wrong is told there. Who reads sees
all that was committed, and waits for no transaction, as on PostgreSQL.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cachetools import TTLCache

# A moment: at most twice so many of SQLite's steps, 0.2 ms. For more the thread is worth its price, for it may run on
# another core. The first time may come early: SQLite counts on from where the same statement ended before.
_TIMES, _STEPS = 1, 2500
# So many statements are read in one turn of the loop, each of these times counting as one: then others have their say.
_IN_A_TURN = 4
# For so many seconds what took longer isn't tried again, and so many statements at most.
_SLOW_SECONDS, _SLOW = 10.0, 1000


class Reader:
    """Reads a file, whose statements may call `functions` of one value by their names."""

    def __init__(self, path: Path, functions: Mapping[str, Callable[[Any], Any]]) -> None:
        self._path, self._functions = path, functions
        self._connection: sqlite3.Connection | None = None
        self._times = 0
        # How many were read in this turn of the loop.
        self._read = 0
        self._slow: TTLCache[str, None] = TTLCache(_SLOW, _SLOW_SECONDS)

    async def read(self, query: str, values: Sequence[Any]) -> list[Any] | None:
        """The records of a SELECT; None where it has to be asked elsewhere."""
        if query in self._slow:
            return None
        if not self._read:
            asyncio.get_running_loop().call_soon(self._turn)
        elif self._read >= _IN_A_TURN:
            await asyncio.sleep(0)
        self._times = 0
        try:
            connection = self._connection or self._opened()
            return connection.execute(query, values).fetchall()
        except sqlite3.Error:
            if self._times > _TIMES:
                self._slow[query] = None
            return None
        finally:
            self._read += 1 + self._times

    def close(self) -> None:
        """Close the file, before its last other connection, which then clears up; who reads again opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> sqlite3.Connection:
        address = f"{self._path.absolute().as_uri()}?mode=ro"
        made = sqlite3.connect(address, uri=True, timeout=0, isolation_level=None, check_same_thread=False)
        for name, function in self._functions.items():
            made.create_function(name, 1, function, deterministic=True)
        made.row_factory = sqlite3.Row
        made.set_progress_handler(self._takes_long, _STEPS)
        self._connection = made
        return made

    def _turn(self) -> None:
        self._read = 0

    def _takes_long(self) -> bool:
        self._times += 1
        return self._times > _TIMES
