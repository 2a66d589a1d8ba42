"""What the README says of searching: what it costs, and how well it finds."""

from typing import Any

from benchmarks.networks import Figures
from benchmarks.tables import made, number, table

# What p95 of server and database together is to stay under, in ms: 30, but for what reads the whole board's facets.
_GOAL, _GOALS = 30, {"facets": 60}


def searched(part: dict[str, Any]) -> str:
    """What searching costs."""
    figures = part["figures"]
    head = ("database", "question", "ways", "CPU, p50, ms", "p95, ms", "to reach", "reached", "answered, p95, ms")
    rows = [_question(one["database"], name, asked) for one in figures for name, asked in one["questions"].items()]
    engines = ("database", "bare, p50, ms", "p95, ms")
    publishing = (
        "database",
        "publish, CPU, ms",
        "without, ms",
        "beside that",
        "at most 2 ×",
        "just started",
        "without",
    )
    return "\n\n".join(
        [
            f"## Searching {figures[0]['offers']:,} entries",
            f"{made(part)} One client; CPU of the server and of PostgreSQL's processes together. Each question is asked"
            " in several ways, each of these again and again; p50 and p95 are of the ways' means.",
            table(head, rows),
            "The bare engine finds the same texts among the entries alone, the best of five times each: FTS5 with its"
            " stemmer, and `german` with pg_trgm; no HTTP, no GraphQL, no synonyms, nobody's rights.",
            table(engines, [_bare(one) for one in figures]),
            "To publish takes the search's index, and the matches that the job looks for; what it takes without either"
            " stands beside it. At first is just after a start, when no entry is known that others are compared with.",
            table(publishing, [_published(one) for one in figures]),
        ]
    )


def _question(database: str, name: str, asked: Figures) -> list[str]:
    most = _GOALS.get(name, _GOAL)
    goal = [f"under {most}", "yes" if asked["cpu_p95_ms"] < most else "**no**"]
    costs = [number(asked[cost]) for cost in ("cpu_p50_ms", "cpu_p95_ms")]
    return [database, name, str(asked["ways"]), *costs, *goal, number(asked["wall_p95_ms"])]


def _bare(one: Figures) -> list[str]:
    return [one["database"], *(number(one["bare"][name]) for name in ("best_p50_ms", "best_p95_ms"))]


def _published(one: Figures) -> list[str]:
    both = one["published"], one["published_unindexed"]
    published, without = (figures["cpu_ms"] for figures in both)
    reached = "yes" if published <= 2 * without else "**no**"
    first = [number(figures["first_cpu_ms"]) for figures in both]
    return [one["database"], number(published), number(without), f"{published / without:.1f} ×", reached, *first]


def qualities(part: dict[str, Any]) -> str:
    """How well it finds, beside the bare engines."""
    figures = part["figures"]
    ours, bare = [one["database"] for one in figures], [f"bare, {one['database']}" for one in figures]
    rows = [
        [kind, str(count), *(f"{one[whose][kind]:.2f}" for whose in ("ours", "bare") for one in figures)]
        for kind, count in figures[0]["queries"].items()
    ]
    return "\n\n".join(
        [
            "## How well it finds",
            f"{made(part)} NDCG@10 of the judged queries of `tests/resolvers/search`, asked of the demonstration."
            " The bare engines have the titles and texts that everybody finds, and want all words.",
            table(("kind", "queries", *ours, *bare), rows),
        ]
    )
