"""The search that a database has by itself, on the same entries: FTS5 of SQLite, `german` and pg_trgm of PostgreSQL."""

import asyncio
import re
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import asyncpg

from benchmarks.networks import Figures, Kind

Find = Callable[[str], list[str]]
_TABLES = {"offer": ("title", "description"), "event": ("title", "description"), "member": ("name", "about")}
_TABLES["working_group"] = ("name", "purpose")
_LISTED = {"offer": "= 'PUBLISHED'", "event": "= 'PUBLISHED'", "member": "= 'ACTIVE'", "working_group": "<> 'CLOSED'"}
SCOPES = {"offers": ("offer",), "events": ("event",), "members": ("member",), "groups": ("working_group",)}


def _all(kinds: Sequence[str]) -> str:
    return " UNION ALL ".join(
        f"SELECT '{kind}' AS kind, {_TABLES[kind][0]} AS title, COALESCE({_TABLES[kind][1]}, '') AS body FROM {kind}"
        f" WHERE status {_LISTED[kind]}"
        for kind in kinds
    )


@contextmanager
def fts5(path: str, kinds: Sequence[str] = ("offer",)) -> Iterator[Find]:
    """FTS5 with the stemmer that it has, which is for English, on the rows of a file: all words, the best by bm25."""
    with closing(sqlite3.connect(path)) as made:
        made.execute("ATTACH ':memory:' AS bare")
        made.execute(
            "CREATE VIRTUAL TABLE bare.entry USING fts5(title, body, tokenize='porter unicode61 remove_diacritics 2')"
        )
        made.execute(f"INSERT INTO bare.entry (title, body) SELECT title, body FROM ({_all(kinds)})")

        def find(text: str) -> list[str]:
            words = " ".join(f'"{word}"' for word in re.findall(r"\w+", text))
            sql = "SELECT title FROM bare.entry WHERE entry MATCH ? ORDER BY bm25(entry, 5.0, 1.0) LIMIT 10"
            return [title for (title,) in made.execute(sql, (words,))] if words else []

        yield find


@contextmanager
def german(url: str, kinds: Sequence[str] = ("offer",)) -> Iterator[Find]:
    """Stems of `german` in a column of their own; and titles that are alike by their trigrams: typing errors."""
    with asyncio.Runner() as runner:
        made: Any = runner.run(asyncpg.connect(url))
        runner.run(
            made.execute(
                f"""CREATE EXTENSION IF NOT EXISTS pg_trgm; DROP TABLE IF EXISTS bare_entry;
                CREATE TABLE bare_entry AS SELECT title, setweight(to_tsvector('german', title), 'A')
                    || setweight(to_tsvector('german', body), 'D') AS words FROM ({_all(kinds)}) AS known;
                CREATE INDEX ON bare_entry USING gin (words); CREATE INDEX ON bare_entry USING gin (title gin_trgm_ops);
                ANALYZE bare_entry"""
            )
        )
        sql = """SELECT title FROM bare_entry, websearch_to_tsquery('german', $1) AS asked
            WHERE words @@ asked OR title % $1
            ORDER BY ts_rank(words, asked) DESC, similarity(title, $1) DESC LIMIT 10"""
        yield lambda text: [row[0] for row in runner.run(made.fetch(sql, text))]
        runner.run(made.execute("DROP TABLE bare_entry"))
        runner.run(made.close())


@contextmanager
def bare(kind: Kind, url: str, kinds: Sequence[str] = ("offer",)) -> Iterator[Find]:
    """What finds the titles of these kinds by a text, the best ten."""
    with fts5(url.removeprefix("sqlite://"), kinds) if kind == "sqlite" else german(url, kinds) as find:
        yield find


def bare_engine(kind: Kind, url: str, texts: Sequence[str]) -> Figures:
    """How long the bare engine takes for what these texts find among entries: without HTTP and GraphQL around it."""
    with bare(kind, url) as find:
        took = []
        for text in texts:
            times = []
            for _round in range(5):
                begun = time.perf_counter()
                find(text)
                times.append(time.perf_counter() - begun)
            took.append(min(times))
    ordered = sorted(took)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return {"best_p50_ms": statistics.median(ordered) * 1000, "best_p95_ms": p95 * 1000}
