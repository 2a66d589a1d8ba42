"""Whether a session of PostgreSQL is the client's own, or a pooler lends sessions by the transaction.

PgBouncer in transaction mode and its like do. Then what belongs to a session is anybody's: statements that are
prepared, advisory locks, settings. At best such statements fail, at worst they are another client's.
"""

from typing import Any

import asyncpg

# Where a pooler has two sessions to lend, and is busy, a round finds nothing once in four times.
_ROUNDS = 8
# What comes of statements that are prepared in another session.
_POOLED = (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError)
_PID = "SELECT pg_backend_pid()"


async def keeps_session(dsn: str, connect_seconds: float | None) -> bool:
    """Whether each connection keeps its session between transactions.

    It is told by what the sessions do, whatever lends them: a client that is idle keeps its process of the server from
    one transaction to the next, and no other client gets it. Which one a pooler lends is often the one used last, and
    sometimes the one used first: so one client looks whether it gets another's, and then whether it has lost its own.

    Raises what `asyncpg.connect` does.
    """
    # Nothing is to be prepared under a name: in such a pooler that of another client would be in its place.
    connect: Any = {"dsn": dsn, "timeout": connect_seconds, "statement_cache_size": 0}
    one = await asyncpg.connect(**connect)
    try:
        other = await asyncpg.connect(**connect)
        try:
            return await _are_apart(one, other)
        except _POOLED:
            return False
        except asyncpg.PostgresConnectionError as error:
            if "transaction" in str(error):  # by the statement: there are none
                return False
            raise
        finally:
            other.terminate()
    finally:
        one.terminate()


async def _are_apart(one: Any, other: Any) -> bool:
    mine = await _process_of(one)
    for _round in range(_ROUNDS):
        async with other.transaction():
            if await other.fetchval(_PID) == mine or await _process_of(one) != mine:
                return False
        if await _process_of(one) != mine:
            return False
    return True


async def _process_of(connection: Any) -> int:
    async with connection.transaction():
        return int(await connection.fetchval(_PID))
