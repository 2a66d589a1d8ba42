"""What a database keeps of rows that are gone: pages that aren't used any more, and samples for its planner."""

import structlog
from tortoise.backends.base.client import BaseDBAsyncClient

log = structlog.get_logger()


async def scrub(connection: BaseDBAsyncClient) -> bool:
    """Let nothing of deleted and overwritten rows stay in the file; whether it is done, else ask again.

    SQLite writes its file anew (VACUUM), which takes about a second for every hundred megabytes, in which others wait
    to write; and empties its log, which it can't while another process reads. PostgreSQL frees what nobody sees any
    more, beside all other work, for new rows to overwrite; its own archive of changes is the operator's.
    """
    if connection.capabilities.dialect != "sqlite":
        await connection.execute_query("VACUUM (ANALYZE)")
        return True
    await connection.execute_query("ANALYZE")
    await connection.execute_query("PRAGMA temp_store = FILE")  # else the whole new file were in memory at first
    try:
        await connection.execute_query("VACUUM")
    finally:
        await connection.execute_query("PRAGMA temp_store = MEMORY")
    _count, rows = await connection.execute_query("PRAGMA wal_checkpoint(TRUNCATE)")
    is_done = not rows[0]["busy"]
    if not is_done:
        log.info("the log of the database is emptied later: others read it")
    return is_done
