"""The whole database as values: to tell that nothing has changed."""

from typing import Any

from tortoise.context import require_context


async def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, by table."""
    context = require_context()
    connection, apps = context.db(), context.apps
    assert apps is not None
    tables = {}
    for model in apps["models"].values():
        rows = await connection.execute_query_dict(f'SELECT * FROM "{model._meta.db_table}" ORDER BY 1')
        tables[model._meta.db_table] = [tuple(str(value) for value in row.values()) for row in rows]
    return tables
