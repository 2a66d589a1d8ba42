"""The one helper that writes: rows and changes in one transaction, told only once it is committed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from copy import copy
from typing import Any, Self, TypeVar

from tortoise.exceptions import BaseORMException
from tortoise.models import Model
from tortoise.transactions import in_transaction

import models
from models.logs.audit import Recorded, store
from models.logs.change_log import new_mark
from models.sql.statements import insert
from subscriptions.changes import Change

Result = TypeVar("Result")

_ATTEMPTS = 10
# PostgreSQL: serialization_failure, deadlock_detected, unique_violation.
_AGAIN = ("40001", "40P01", "23505")


class Changes:
    """The changes that a transaction is going to tell of, in order, and what it leaves in the audit.

    `watched` are the rows that it may change, with their columns as they were; `concerned` those of them that are known
    to be what it is about.
    """

    def __init__(self) -> None:
        self.told: list[Change] = []
        self.watched: list[tuple[Model, dict[str, Any]]] = []
        self.concerned: list[Model] = []
        # What else is otherwise, than columns of its rows.
        self.changed: list[str] = []
        self.entries: list[Recorded] = []

    def watch(self, *rows: Model) -> None:
        """Remember how these rows are, before anything is done to them."""
        self.watched.extend((row, dict(row.__dict__)) for row in rows)

    def concern(self, *rows: Model) -> None:
        """It is about these, where neither what was found nor what comes of it says so."""
        self.watch(*rows)
        self.concerned.extend(rows)

    def record(self, *entries: Recorded) -> None:
        """Leave these in the audit."""
        self.entries.extend(entries)

    def tell(self, *changes: Change) -> None:
        """Tell of these when the transaction is committed."""
        self.told.extend(changes)

    async def store(self) -> None:
        """Write them to the outbox, and the entries of the audit: with the last statement before the commit.

        Their ids are drawn when everything else is locked already, so that of two transactions of which one waited
        for the other's rows, the later one's changes have the higher ids.
        """
        instant = models.now()
        rows = [(change.kind, change.facts(), instant, new_mark()) for change in self.told]
        await store(self.entries)
        await insert(models.Change, ("kind", "facts", "occurred_at", "mark"), rows)


# Around a commit, and what follows it before anybody learns of it.
Committing = Callable[[Sequence[Change]], AbstractContextManager[None]]
# What a transaction leaves in the audit, by what it did and what came of it.
Record = Callable[[Changes, Any], None]


class Outbox:
    """Runs transactions. `on_commit` is called after each one that told of something: it wakes the relay.

    `committing` is entered, with what is told, before a transaction is committed or rolled back, and left afterwards.
    `ended` is called after each one, whether or not it told of something, or was committed: with what it told.
    """

    def __init__(
        self,
        on_commit: Callable[[], None],
        committing: Committing = lambda _told: nullcontext(),
        ended: Callable[[Sequence[Change]], None] = lambda _told: None,
    ) -> None:
        self._on_commit = on_commit
        self._committing = committing
        self._ended = ended
        self._hear: Callable[[Sequence[Change]], None] | None = None
        self._record: Record | None = None
        self._running: set[asyncio.Task[Any]] = set()

    def heard_by(self, hear: Callable[[Sequence[Change]], None], record: Record | None = None) -> Self:
        """The same outbox, which calls `hear` after each commit with what was told, be it nothing.

        `record` is called within each transaction, when `work` is done: it records what is to stand in the audit.
        """
        one = copy(self)
        one._hear, one._record = hear, record
        return one

    async def write(self, work: Callable[[Changes], Awaitable[Result]]) -> Result:
        """Run `work` in a transaction of its own; its result once that is committed.

        The transaction runs as a task of its own behind a shield: a client that leaves cancels its request, and a
        task cancelled inside a Tortoise transaction would lock SQLite for ever and lose a connection of PostgreSQL's
        pool. What was begun is therefore finished, whoever still waits for it.

        `work` may be run several times: where a constraint says that another transaction was first, or PostgreSQL
        asks for it, everything is rolled back and done again, and then sees what the other has written. So `work`
        does nothing but read and write rows of the database and `tell`; it starts no task and uses no loader. What
        it raises rolls back and comes out here.
        """
        return await asyncio.shield(self.begin(work))

    def begin(self, work: Callable[[Changes], Awaitable[Result]]) -> "asyncio.Task[Result]":
        """As `write`, for what nobody waits for: an error is nobody's then."""
        task = asyncio.create_task(self._write(work))
        self._running.add(task)
        task.add_done_callback(self._finished)
        return task

    async def drain(self) -> None:
        """Wait until every transaction that was begun has ended."""
        while self._running:
            await asyncio.wait(self._running)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # seen, also where nobody waits for it any more

    async def _write(self, work: Callable[[Changes], Awaitable[Result]]) -> Result:
        attempt = 0
        while True:
            attempt += 1
            changes = Changes()
            try:
                with ExitStack() as around:
                    async with in_transaction():
                        result = await work(changes)
                        if self._record is not None:
                            self._record(changes, result)
                        await changes.store()
                        if changes.told:
                            around.enter_context(self._committing(changes.told))
            except Exception as error:
                if attempt == _ATTEMPTS or not _worth_another_attempt(error):
                    raise
                await asyncio.sleep(0.002 * attempt)
            else:
                if changes.told:
                    self._on_commit()
                if self._hear is not None:
                    self._hear(changes.told)
                return result
            finally:  # a commit whose answer was lost may have come about
                self._ended(changes.told)


def _worth_another_attempt(error: Exception) -> bool:
    """A uniqueness that another transaction got first, or what PostgreSQL itself asks to repeat."""
    cause = error.args[0] if isinstance(error, BaseORMException) and error.args else error
    return getattr(cause, "sqlstate", None) in _AGAIN or "UNIQUE constraint failed" in str(cause)
