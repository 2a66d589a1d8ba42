"""Counts the SQL statements that a piece of code sends: it and the tasks that it starts, not what runs beside it."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

_counted: ContextVar[object] = ContextVar("counted", default=None)


class Statement(str):
    """A statement as it was logged, with its values behind it; and both apart."""

    sql: str
    values: Sequence[Any]


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.statements: list[Statement] = []

    def emit(self, record: logging.LogRecord) -> None:
        if _counted.get() is not self:
            return
        text = record.getMessage()
        if text.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            statement = Statement(text)
            sql, values = record.args if isinstance(record.args, tuple) else (text, ())
            statement.sql, statement.values = str(sql), list(cast("Sequence[Any]", values or ()))
            self.statements.append(statement)


@contextmanager
def statements() -> Iterator[list[Statement]]:
    """The statements that Tortoise sends within the block, in order."""
    logger = logging.getLogger("tortoise.db_client")
    before, handler = logger.level, _Collector()
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    token = _counted.set(handler)
    try:
        yield handler.statements
    finally:
        _counted.reset(token)
        logger.removeHandler(handler)
        logger.setLevel(before)
