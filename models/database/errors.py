"""One error for a database that can't serve now: `DBConnectionError`. Relays wait after it, clients get UNAVAILABLE.

The database is away, or full, or lets nobody write, or has no connection left: whatever it is, it is none of the
server's mistakes, the operator mends it, and the same may go through later. The drivers have dozens of names for that,
according to the instant at which it happened. `postgres.errors` and `sqlite.errors` sort them, and only that of the
database in use is loaded. `args[0]` of the error is the driver's own.
"""

from collections.abc import Callable
from enum import Enum

import structlog
from tortoise.exceptions import BaseORMException, DBConnectionError

from models.database.outage_log import Outages

log = structlog.get_logger()


class Trouble(Enum):
    """What an error says of the database."""

    AWAY = "it doesn't serve"
    UNWRITABLE = "it answers what is read, and takes nothing that is written"
    BUSY = "this statement met another one: nothing is wrong with the database"
    CUT_OFF = "this statement took longer than it may, or somebody cancelled it"


def unreachable(
    error: BaseException,
    outages: Outages,
    trouble: Callable[[object], Trouble | None],
) -> DBConnectionError | None:
    """What to raise instead of an error of the driver's or of Tortoise's, once it is noted; None: the error itself.

    `trouble` tells what an error of the driver's says of the database; None where it says nothing of it.
    """
    if isinstance(error, DBConnectionError):
        return None  # it is noted
    cause = error.args[0] if isinstance(error, BaseORMException) and error.args else error
    kind = trouble(cause)
    if kind is None:
        return None
    if kind is Trouble.CUT_OFF:
        outages.cut_off += 1
        log.warning("a statement took too long, and was cut off: see STATEMENT_SECONDS")
    elif kind is not Trouble.BUSY:
        outage = outages.away if kind is Trouble.AWAY else outages.unwritable
        outage.failed(reason_of(cause))
    return DBConnectionError(cause)


def reason_of(error: object) -> str:
    """What an error says, in one line."""
    return " ".join(str(error).split()) or type(error).__name__
