"""How many rows a statement looks at, by the database's own account."""

import itertools
import sqlite3
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from tortoise.context import require_context

from tests.statements import Statement

# How often SQLite is asked, in steps of its virtual machine; and how many it needs for a row, with what hangs on it.
_STEPS = 50
_STEPS_A_ROW = 20


@dataclass
class Examined:
    """What a statement costs: rows of one table that it looks at, at most, and rows that it sorts."""

    rows: float
    sorted: float
    plan: str


async def examined(statement: Statement) -> Examined:
    """Execute a statement, and ask the database how."""
    connection: Any = require_context().db()
    if connection.capabilities.dialect == "sqlite":
        return _on_sqlite(statement, connection.filename)
    (row,) = await connection.execute_query_dict(
        f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement.sql}", list(statement.values or ())
    )
    (plan,) = row.values()
    looked_at: Counter[str] = Counter()
    lines: list[str] = []
    ordered = _walk(orjson.loads(plan)[0]["Plan"], looked_at, lines)
    return Examined(max(looked_at.values(), default=0), ordered, ", ".join(lines))


def _walk(node: dict[str, Any], looked_at: Counter[str], lines: list[str]) -> float:
    """Count what a node of a plan looked at, by table, and those below it; how many rows were sorted there at most."""
    kind, loops, ordered = node["Node Type"], node["Actual Loops"], 0.0
    lines.append(f"{kind} {node.get('Index Name') or node.get('Relation Name') or ''}")
    if "Relation Name" in node:
        removed = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
        looked_at[node["Relation Name"]] += round((node["Actual Rows"] + removed) * loops)
    for child in node.get("Plans", ()):
        if kind == "Sort":
            ordered = child["Actual Rows"] * child["Actual Loops"]
        ordered = max(ordered, _walk(child, looked_at, lines))
    return ordered


def _on_sqlite(statement: Statement, path: str) -> Examined:
    """SQLite counts no rows, but tells what its virtual machine does: some steps for a row that is passed by."""
    values = [_plain(value) for value in statement.values]
    own = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        plan = [row[3] for row in own.execute(f"EXPLAIN QUERY PLAN {statement.sql}", values)]
        steps = itertools.count()
        own.set_progress_handler(lambda: next(steps) and 0, _STEPS)
        own.execute(statement.sql, values).fetchall()
    finally:
        own.close()
    return Examined(next(steps) * _STEPS / _STEPS_A_ROW, 0, "; ".join(plan))


def _plain(value: Any) -> Any:
    """A value as Tortoise's driver takes it."""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value
