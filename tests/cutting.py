"""Cuts the database off in the very instant in which a statement is sent: real connections, really cut."""

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar

import asyncpg

from models import Offer

_spared: ContextVar[bool] = ContextVar("spared", default=False)
_END = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@contextmanager
def spared() -> Iterator[None]:
    """What is sent within, and by the tasks that it starts, is neither counted nor cut."""
    token = _spared.set(True)
    try:
        yield
    finally:
        _spared.reset(token)


class Cutter(logging.Handler):
    """Cuts at the statement `at`, counted from `arm`: on PostgreSQL the connections, on SQLite the statement itself."""

    def __init__(self, url: str) -> None:
        super().__init__(logging.DEBUG)
        self._url = url
        self._left: int | None = None
        self._threads = ThreadPoolExecutor(1)

    def arm(self, at: int) -> None:
        """Cut at the statement of this number, from 0 on."""
        self._left = at

    @property
    def has_cut(self) -> bool:
        """Whether so many statements came since it was armed."""
        return self._left is None

    def emit(self, record: logging.LogRecord) -> None:
        """Called with each statement just before it is sent."""
        if self._left is None or _spared.get():
            return
        if self._left > 0:
            self._left -= 1
            return
        self._left = None
        if self._url.startswith("sqlite"):
            self._interrupt_next()
        else:
            self._threads.submit(asyncio.run, self._end_connections()).result()

    async def _end_connections(self) -> None:
        connection = await asyncpg.connect(self._url)
        await connection.execute(_END)
        await connection.close()

    def _interrupt_next(self) -> None:
        """The statement that is sent next is interrupted, as by a limit of time: SQLite has nothing else to cut."""
        connection = Offer._meta.db._connection
        left = iter((1,))
        connection._tx.put_nowait((None, lambda: connection._conn.set_progress_handler(lambda: next(left, 0), 1)))


@contextmanager
def cutting(url: str) -> Iterator[Cutter]:
    """A cutter of the statements that are sent within."""
    logger = logging.getLogger("tortoise.db_client")
    before, cutter = logger.level, Cutter(url)
    logger.addHandler(cutter)
    logger.setLevel(logging.DEBUG)
    try:
        yield cutter
    finally:
        logger.removeHandler(cutter)
        logger.setLevel(before)
