"""Writes the README of the benchmarks from the figures that are kept."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.alone import WORKLOADS
from benchmarks.beside import OURS, READS, REMEMBERED
from benchmarks.kit import GRAPHQL, NODE
from benchmarks.networks import Figures
from benchmarks.results import FOLDER, kept
from benchmarks.search_report import qualities, searched
from benchmarks.start import started
from benchmarks.tables import made, number, table

_HEAD = (Path(__file__).parent / "head.md").read_text
_WHAT = {
    "W1": "the board: 50 entries with owner and group",
    "W2": "20 groups with their number of members, 10 members and 5 events each",
    "W3": "one entry by id, 1,000 ids in turn",
    "W4": "publish an entry",
}


def written() -> str:
    """The README."""
    makers: dict[str, Callable[[dict[str, Any]], str]] = {
        "alone": _alone,
        "start": started,
        "steps": _steps,
        "roots": _roots,
        "sockets": _live,
        "board": _board,
        "members": _members,
        "search": searched,
        "quality": qualities,
        "attacks": _attacks,
        "limits": _limits,
        "flames": _flames,
    }
    parts = [_HEAD().rstrip(), _beside()]
    for name, make in makers.items():
        part = kept(name)
        parts.append(make(part) if part else f"The part `{name}` has not been run.")
    return "\n\n".join(parts) + "\n"


# ---------------------------------------------------------------- beside the other servers


def _beside() -> str:
    """The parts that run beside the kit's servers, those of them that are kept."""
    texts = ["## Beside the other servers"]
    figures: dict[str, dict[str, Figures]] = {}
    for name in ("reads", "writes", "fanouts", "reading-fanouts"):
        part = kept(name)
        if part is None:
            continue
        options = part["options"]
        figures |= part["figures"]
        rounds = f"Medians of {options['rounds']} interleaved rounds, of {options['seconds']:g} s for requests."
        texts.append(f"{name.capitalize()}: {made(part)} {rounds}")
    if not figures:
        return "The parts beside the other servers have not been run."
    texts += ["### Figures to reach", table(("what", "to reach", "measured", "reached"), _goals(figures))]
    for workload, servers in figures.items():
        title, _space, reading = workload.partition(" ")
        if title in _WHAT:
            texts += [f"### {title}: {_WHAT[title]}", _requests(servers)]
        else:
            how = ", each delivery reads the entry (ours reads it once for all who see the same)" if reading else ""
            texts += [f"### One entry to {int(title[1:]):,} sockets{how}", _fanout(servers)]
    return "\n\n".join(texts)


def _requests(servers: dict[str, Figures]) -> str:
    head = (
        *("server", "server CPU, µs a request", "spread", "database CPU, µs", "requests/s", "p50, ms", "p99, ms"),
        *("RSS, MiB", "errors"),
    )
    names = ("cpu_us", "spread", "database_cpu_us", "requests_per_s", "p50_ms", "p99_ms", "rss_mib", "wrong")
    return table(head, [_row(server, one, names) for server, one in servers.items()])


def _fanout(servers: dict[str, Figures]) -> str:
    head = (
        *("server", "server CPU, µs a delivery", "spread", "p99, ms", "to the last socket, p99, ms"),
        *("KiB a socket", "RSS, MiB", "lost, doubled, out of order, wrong"),
    )
    names = ("cpu_us", "spread", "p99_ms", "last_of_n_p99_ms", "rss_kib_per_connection", "rss_after_mib", "wrong")
    return table(head, [_row(server, one, names) for server, one in servers.items()])


def _row(server: str, one: Figures, names: Sequence[str]) -> list[str]:
    if "cpu_us" not in one:
        return [server, "failed: " + "; ".join(one["failed"]), *[""] * (len(names) - 1)]
    shown = [f"±{one[name]:.0%}" if name == "spread" else number(one.get(name)) for name in names]
    shown[-1] = str(one["wrong"])
    return [f"**{server}**" if server.startswith(OURS) else server, *shown]


def _goals(figures: dict[str, dict[str, Figures]]) -> list[list[str]]:
    """Each goal, and whether it is reached."""
    rows: list[list[str]] = []

    def goal(what: str, words: str, value: float | None, limit: float | None) -> None:
        if value is not None and limit is not None:
            rows.append([what, f"{words}: {number(limit)}", number(value), "yes" if value <= limit else "**no**"])

    def of(workload: str, server: str, name: str = "cpu_us") -> float | None:
        value = figures.get(workload, {}).get(server, {}).get(name)
        return float(value) if value is not None else None

    def least(workload: str, name: str = "cpu_us", servers: Sequence[str] = GRAPHQL) -> float | None:
        values = [value for server in servers if (value := of(workload, server, name)) is not None]
        return min(values) if values else None

    def times(factor: float, value: float | None) -> float | None:
        return factor * value if value is not None else None

    for workload in READS:
        goal(f"{workload}, CPU, µs", "less than every other GraphQL server", of(workload, OURS), least(workload))
    for workload in READS[:2]:
        goal(f"{workload}, CPU, µs", "aim: half of the fastest", of(workload, OURS), times(0.5, least(workload)))
    goal("W3, CPU, µs", "1.5 × go_typed", of("W3", OURS), times(1.5, of("W3", "go_typed")))
    goal("W4, CPU, µs", "2 × yoga_bun", of("W4", OURS), times(2, of("W4", "yoga_bun")))
    stock = of("W4", "strawberry_plain")
    goal("W4, CPU, µs", "stock Strawberry's", of("W4", OURS), stock)
    goal("W4, CPU, µs", "aim: half of that", of("W4", OURS), times(0.5, stock))
    for workload in (name for name in figures if name.startswith("F") and " " not in name):
        goal(f"{workload}, CPU, µs", "1.5 × raw", of(workload, OURS), times(1.5, of(workload, "raw")))
        goal(f"{workload}, CPU, µs", "aim: raw", of(workload, OURS), of(workload, "raw"))
        tenth = times(0.1, of(workload, "strawberry_plain"))
        goal(f"{workload}, CPU, µs", "1/10 of stock Strawberry's", of(workload, OURS), tenth)
        last = least(workload, "last_of_n_p99_ms")
        goal(f"{workload}, to the last, p99, ms", "less than every other", of(workload, OURS, "last_of_n_p99_ms"), last)
        wrong = of(workload, OURS, "wrong")
        goal(f"{workload}, lost, repeated, out of order", "none", wrong, 0.0)
    for workload in READS:
        goal(f"{workload} remembered, CPU, µs", "2.5 × raw", of(workload, REMEMBERED), times(2.5, of(workload, "raw")))
    for workload in READS:
        other = least(workload, "p99_ms")
        goal(f"{workload}, p99, ms", "less than every other GraphQL server", of(workload, OURS, "p99_ms"), other)
    for workload in ("W3", "W4"):
        what = "memory after W1 to W3, MiB" if workload == "W3" else "memory after W4, MiB"
        memory = least(workload, "rss_mib", NODE)
        goal(what, "less than every Node server", of(workload, OURS, "rss_mib"), memory)
    return rows


# ---------------------------------------------------------------- by ourselves


def _alone(part: dict[str, Any]) -> str:
    head = (
        *("database", "processes", "workload", "server CPU, µs", "database CPU, µs", "requests/s", "p50, ms"),
        *("p99, ms", "RSS, MiB"),
    )
    names = ("cpu_us", "database_cpu_us", "requests_per_s", "p50_ms", "p99_ms", "rss_mib")
    rows = [
        [
            one["database"],
            str(one["processes"]),
            one["workload"],
            *(number(one.get(name)) for name in names),
        ]
        for one in part["figures"]
    ]
    return "\n\n".join(
        [
            "## One process and two, PostgreSQL and SQLite",
            f"{made(part)} 32 connections; {_cores(part)} SQLite is part of the server: two read twice as much.",
            table(head, rows),
        ]
    )


def _cores(part: dict[str, Any]) -> str:
    if cores := part["options"].get("cores"):
        return f"each server has a core of its own ({', '.join(map(str, cores))}), client and database have the others."
    return (
        "client, servers and database share the cores. On two of them one server with PostgreSQL and the client leaves "
        "little idle: what a second one may bring there is told by the CPU of a request with two beside that with one."
    )


def _steps(part: dict[str, Any]) -> str:
    head = ("what was added", *(f"{workload}, µs" for workload in WORKLOADS))
    rows = [[one["step"], *(number(one[workload]) for workload in WORKLOADS)] for one in part["figures"]]
    options = part["options"]
    return "\n\n".join(
        [
            "## What each optimisation brought",
            f"{made(part)} Server CPU a request, PostgreSQL, one process, 32 connections: the program as it was after "
            f"each step, medians of {options['rounds']} interleaved rounds of {options['seconds']:g} s.",
            table(head, rows),
        ]
    )


def _roots(part: dict[str, Any]) -> str:
    head = ("document", "server CPU, µs", "beside what it stands with")
    rows = []
    for one in part["figures"]:
        times = "" if one["times"] is None else f"{one['times']:.1f} ×"
        rows.append([one["document"], number(one["cpu_us"]), times])
    options = part["options"]
    return "\n\n".join(
        [
            "## A root field that is refused, or asks for the schema, beside the board",
            f"{made(part)} Server CPU a request, PostgreSQL, one connection, medians of {options['rounds']} "
            f"interleaved rounds of {options['seconds']:g} s for all documents.",
            table(head, rows),
        ]
    )


def _attacks(part: dict[str, Any]) -> str:
    head = (
        *("what is sent", "bytes", "it is answered", "server CPU before, ms", "now, ms"),
        *("honest p99 beside one address, ms", "quiet", "", "beside fifty addresses, ms", "quiet", ""),
    )
    rows = [
        [
            *(one["attack"], number(one.get("bytes")), one.get("answer", "")),
            *(number(one.get(name)) for name in ("before_ms", "cpu_ms")),
            *_neighbour(one.get("one_address")),
            *_neighbour(one.get("different_addresses")),
        ]
        for one in part["figures"]
    ]
    return "\n\n".join(
        [
            "## What attacks cost",
            f"{made(part)} PostgreSQL, one process. CPU of one request that no cache knows; what it took before there "
            "were limits was seen on a machine of the same kind. Then 50 clients send it without end, in a process of "
            "their own, all from one address or each from another, none of which has spent its budget; and "
            "five who are honest ask for the board ten times a second each: the time in which 99 of 100 are answered, "
            "and that on the quiet server, just before and just after.",
            table(head, rows),
        ]
    )


def _limits(part: dict[str, Any]) -> str:
    head = ("what", "CPU without limits, µs", "with, µs", "beside that")
    rows = [
        [one["what"], number(one["unlimited"]), number(one["limited"]), f"{one['limited'] / one['unlimited'] - 1:+.1%}"]
        for one in part["figures"]
    ]
    options = part["options"]
    return "\n\n".join(
        [
            "## What limits cost who is honest",
            f"{made(part)} PostgreSQL, one process. Server CPU of a request or a delivery: by the server as it is, "
            "which limits this machine's own programs too, and by one that bounds nothing (`benchmarks/unlimited.py`); "
            f"medians of {options['rounds']} interleaved rounds.",
            table(head, rows),
        ]
    )


def _neighbour(one: Figures | None) -> list[str]:
    if one is None:
        return ["", "", ""]
    return [number(one["p99_ms"]), number(one["quiet_ms"]), f"{one['times_quiet']:.1f} ×"]


def _live(part: dict[str, Any]) -> str:
    texts = ["## Live updates", made(part)]
    head = (
        *("sockets", "filters", "processes", "server CPU, µs a delivery", "sent to last, p50, ms", "p99, ms"),
        *("lost", "out of order, doubled"),
    )
    names = ("sent_to_last_p50_ms", "sent_to_last_p99_ms", "lost", "wrong")
    shown = [
        [
            *(f"{one[name]:,}" for name in ("sockets", "filters", "processes")),
            number(one["cpu_us"]),
            *(number(one[name]) for name in names),
        ]
        for one in part["figures"]
    ]
    texts.append(table(head, shown))
    one_document, many = part["figures"][1]["cpu_us"], part["figures"][2]["cpu_us"]
    rows = [_goal("50 filters, to one document's cost", "2 ×", many / one_document, 2.0)]
    if latency := kept("latency"):
        found = latency["figures"]
        what = f"commit to the last of {found['sockets']:,} sockets, p99 of {found['publishes']}, ms"
        rows.append(_goal(what, "150", found["commit_to_last_p99_ms"], 150))
    if idle := kept("idle"):
        found = idle["figures"]
        what = f"memory of an idle subscribed socket, of {found['sockets']:,} in a fresh process, KiB"
        rows.append(_goal(what, "30", found["kib_per_socket"], 30))
    if cut := kept("cut"):
        found = cut["figures"]
        what = (
            f"{found['sockets']:,} clients cut at once: all resumed ({found['lost']} lost, {found['wrong']} wrong), s"
        )
        rows.append(_goal(what, "15", found["resumed_s"], 15))
    return "\n\n".join([*texts, table(("what", "to reach", "measured", "reached"), rows)])


def _goal(what: str, words: str, value: float, limit: float) -> list[str]:
    return [what, f"at most {words}", number(value), "yes" if value <= limit else "**no**"]


def _board(part: dict[str, Any]) -> str:
    return "\n\n".join(
        [
            "## Grows flat",
            f"{made(part)} One client that asks for one page after the other: 50 entries of the board (W1).",
            _grown(part["figures"], "offers"),
        ]
    )


def _members(part: dict[str, Any]) -> str:
    return f"A page of 50 members of one group, and how many there are:\n\n{_grown(part['figures'], 'members')}"


def _grown(figures: list[Figures], size: str) -> str:
    head = ("database", size, "where", "server CPU, µs", "p50, ms", "p99, ms")
    names = ("cpu_us", "p50_ms", "p99_ms")
    return table(
        head,
        [[one["database"], f"{one[size]:,}", one["depth"], *(number(one[name]) for name in names)] for one in figures],
    )


def _flames(part: dict[str, Any]) -> str:
    links = ", ".join(f"[{Path(name).stem}](results/{name})" for name in part["figures"] if (FOLDER / name).exists())
    return f"## Where the time goes\n\nFlame graphs by py-spy, {part['made_at'][:10]}: {links}."
