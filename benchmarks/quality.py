"""How well a search finds what people want, beside the bare engine: NDCG@10 of the judged queries, by kind.

They are asked of the demonstration, as tests/resolvers/search/test_quality.py does, which says what the figures mean.
"""

import asyncio
import json
import secrets
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.bare import SCOPES, bare
from benchmarks.networks import Figures, Kind, Parts, send
from tests.migrated import migrated_file
from tests.resolvers.search import test_quality
from tests.resolvers.search.test_quality import SETS, quality
from tests.web.server import Server, command

JUDGED: list[dict[str, Any]] = [
    judged
    for files in SETS.values()
    for file in files
    for judged in json.loads((Path(test_quality.__file__).parent / file).read_text())
]
_TYPES = {"search": None, "members": ["MEMBER"], "events": ["EVENT"], "groups": ["GROUP"]}
_SEARCH = """query ($text: String!, $types: [SearchType!]) { page: search(first: 10, text: $text, types: $types) {
  totalCount nodes { ... on Member { name } ... on Group { name } ... on Event { title } ... on Offer { title } } } }"""
_OFFERS = """query ($text: String!) { page: offers(first: 10, filter: {text: $text}, sort: RELEVANCE) { totalCount
  nodes { title } } }"""
Found = tuple[list[str], int]


def _ours(server: Server) -> Callable[[str, str], Found]:
    def find(scope: str, text: str) -> Found:
        asked = {"text": text} if scope == "offers" else {"text": text, "types": _TYPES[scope]}
        page = server.ask(_OFFERS if scope == "offers" else _SEARCH, **asked)["data"]["page"]
        return list(dict.fromkeys(node.get("title") or node.get("name") or "" for node in page["nodes"])), page[
            "totalCount"
        ]

    return find


def _by_kind(find: Callable[[str, str], Found]) -> dict[str, float]:
    reached: dict[str, list[float]] = defaultdict(list)
    for one in JUDGED:
        reached[one["kind"]].append(quality(one, *find(one["scope"], one["query"])))
    return {kind: sum(figures) / len(figures) for kind, figures in sorted(reached.items())}


def _bare(kind: Kind, url: str) -> dict[str, float]:
    every = tuple(table for tables in SCOPES.values() for table in tables)
    answers: dict[tuple[str, str], list[str]] = {}
    for scope in {one["scope"] for one in JUDGED}:
        with bare(kind, url, SCOPES.get(scope, every)) as find:
            for one in JUDGED:
                if one["scope"] == scope:
                    answers[scope, one["query"]] = list(dict.fromkeys(find(one["query"])))
    return _by_kind(lambda scope, text: (answers[scope, text], len(answers[scope, text])))


def qualities(kind: Kind, parts: Parts) -> Figures:
    """The figures of a new network with the demonstration."""
    folder = Path(tempfile.mkdtemp(prefix="mw-bench-"))
    name = f"bench_{secrets.token_hex(4)}"
    url = f"{parts.postgres_url}/{name}" if kind == "postgres" else f"sqlite://{folder / 'network.sqlite3'}"
    settings: dict[str, Any] = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "REDIS_URL": parts.redis_url,
        "DATABASE_URL": url,
    }
    try:
        if kind == "postgres":
            asyncio.run(send(f"{parts.postgres_url}/postgres", f"CREATE DATABASE {name}"))
            made = command("migrate", DATA_DIR=folder / "migrating", **settings)
            assert made.returncode == 0, made.stderr
        else:
            shutil.copy(migrated_file(), folder / "network.sqlite3")
        (folder / "server").mkdir()
        with Server(folder / "server", cold=True, DEMO=1, RESPONSE_CACHE=0, LOG_LEVEL="warning", **settings) as server:
            ours = _by_kind(_ours(server))
        return {"database": kind, "ours": ours, "bare": _bare(kind, url), "queries": _counted(JUDGED)}
    finally:
        if kind == "postgres":
            asyncio.run(send(f"{parts.postgres_url}/postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        shutil.rmtree(folder, ignore_errors=True)


def _counted(judged: Sequence[dict[str, Any]]) -> dict[str, int]:
    kinds = [one["kind"] for one in judged]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}
