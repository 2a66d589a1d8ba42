"""How long a statement may take: as long as `STATEMENT_SECONDS` says, but for what a process does by itself.

    with unlimited():
        ...

What is begun within, tasks among it, has no limit: jobs, migrations. Each backend cuts off what takes longer, and its
caller gets the one error that says so (`models.database.errors`); the connection is as good as before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_unlimited: ContextVar[bool] = ContextVar("unlimited", default=False)

is_unlimited = _unlimited.get


@contextmanager
def unlimited() -> Iterator[None]:
    """Statements within may take as long as they need."""
    before = _unlimited.set(True)
    try:
        yield
    finally:
        _unlimited.reset(before)
