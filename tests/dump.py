"""The whole database as values: to tell that nothing has changed.

What the relay does in the meantime is left out: it numbers changes that were committed before, whenever it comes to it.
"""

from typing import Any

from tortoise.context import require_context

from models import AuditEntry, Change, ChangeLog


async def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, by table, but for the numbering of changes."""
    context = require_context()
    connection, apps = context.db(), context.apps
    assert apps is not None
    tables = {}
    for model in apps["models"].values():
        if model is ChangeLog:
            continue
        rows = await connection.execute_query_dict(f'SELECT * FROM "{model._meta.db_table}" ORDER BY 1')
        if model is AuditEntry:  # that a sign-in failed is remembered, and changes nothing
            rows = [row for row in rows if row["succeeded"]]
        tables[model._meta.db_table] = [
            tuple(str(value) for name, value in row.items() if model is not Change or name != "seq") for row in rows
        ]
    return tables
