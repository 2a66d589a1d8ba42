"""Runs the benchmarks: `make bench`, or `python -m benchmarks --help`.

Each part keeps its figures in `benchmarks/results/`; `report` writes `benchmarks/README.md` from what is kept.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop

from benchmarks import (
    alone,
    attacks,
    beside,
    flames,
    flat,
    limits,
    live,
    quality,
    report,
    results,
    roots,
    search,
    start,
    steps,
)
from benchmarks.data import Made
from benchmarks.kit import GRAPHQL, Kit
from benchmarks.networks import Kind, Network, network, own_parts

KINDS: tuple[Kind, ...] = ("postgres", "sqlite")
Options = argparse.Namespace


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


@contextmanager
def _network(kind: Kind = "postgres") -> Iterator[Network]:
    with own_parts() as parts, network(kind, Made(), parts) as made:
        yield made


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    return uvloop.run(work)


def _beside(options: Options, work: Callable[[beside.Run], Any]) -> Any:
    kit = Kit.named(options.peers)
    if kit is None:
        _say("left out: name the folder of the kit of other servers by PEERS")
        return None
    return work(beside.Run(kit, options.servers, options.rounds, options.seconds))


def _reads(options: Options) -> Any:
    return _beside(options, beside.reading)


def _writes(options: Options) -> Any:
    return _beside(options, beside.writing)


def _fanouts(options: Options) -> Any:
    def work(run: beside.Run) -> Any:
        found: dict[str, Any] = {}
        for workload in options.fanouts:
            found |= beside.telling(run, workload)
        return found

    return _beside(options, work)


def _reading_fanouts(options: Options) -> Any:
    return _beside(options, lambda run: beside.telling_by_reading(run, options.fanouts[0]))


def _alone(options: Options) -> Any:
    found = []
    rest = alone.other_cores(options.cores) if options.cores else ()
    for kind in KINDS:
        with alone.on_cores(rest), _network(kind) as made:
            for processes in (1, 2):
                found += alone.workloads(made, options.seconds, processes=processes, cores=options.cores)
    return found


def _steps(options: Options) -> Any:
    if not steps.are_known():
        _say("left out: the commits of the steps aren't here")
        return None
    with _network() as made:
        return steps.steps(made, options.rounds, options.seconds)


def _start(options: Options) -> Any:
    with own_parts() as parts, start.only_what_runs() as python:
        return [one for kind in KINDS for one in start.starts(kind, parts, python, options.rounds)]


def _roots(options: Options) -> Any:
    with _network() as made:
        return roots.roots(made, options.rounds, options.seconds)


def _sockets(options: Options) -> Any:
    found = []
    with _network() as made:
        for sockets, filters, processes in (
            (options.sockets // 5, 1, 1),
            (options.sockets, 1, 1),
            (options.sockets, 50, 1),
            (options.sockets, 1, 2),
        ):
            with made.server() as one, made.server() as two:
                servers = [one, two][:processes]
                found.append(_run(live.deliveries(made, servers, sockets, options.publishes, filters)))
    return found


def _latency(options: Options) -> Any:
    with _network() as made, made.server() as server:
        return _run(live.deliveries(made, [server], options.sockets // 5, 10 * options.publishes))


def _idle(options: Options) -> Any:
    with _network() as made, made.server() as server:
        return _run(live.idle(server, options.sockets))


def _cut(options: Options) -> Any:
    with _network() as made, made.server() as server:
        return _run(live.cut(made, server, options.sockets, 5))


def _grown(measure: Callable[..., list[Any]], sizes: Sequence[int], seconds: float) -> Any:
    with own_parts() as parts:
        return [one for kind in KINDS for size in sizes for one in measure(kind, parts, size, seconds)]


def _board(options: Options) -> Any:
    return _grown(flat.board, options.offers, options.seconds)


def _members(options: Options) -> Any:
    return _grown(flat.members, options.members, options.seconds)


def _search(options: Options) -> Any:
    with own_parts() as parts:
        return [search.search(kind, parts, options.entries, options.seconds / 20) for kind in KINDS]


def _quality(_options: Options) -> Any:
    with own_parts() as parts:
        return [quality.qualities(kind, parts) for kind in KINDS]


def _attacks(options: Options) -> Any:
    with _network() as made:
        return attacks.attacks(made, options.seconds)


def _limits(options: Options) -> Any:
    with _network() as made:
        return limits.limits(made, options.rounds, options.seconds / 2)


def _flames(options: Options) -> Any:
    with _network() as made:
        return flames.flames(made, results.FOLDER, options.seconds, options.sockets // 5)


PARTS: dict[str, Callable[[Options], Any]] = {
    "reads": _reads,
    "writes": _writes,
    "fanouts": _fanouts,
    "reading-fanouts": _reading_fanouts,
    "alone": _alone,
    "steps": _steps,
    "start": _start,
    "roots": _roots,
    "sockets": _sockets,
    "latency": _latency,
    "idle": _idle,
    "cut": _cut,
    "board": _board,
    "members": _members,
    "search": _search,
    "quality": _quality,
    "attacks": _attacks,
    "limits": _limits,
    "flames": _flames,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all, if none is named")
    parser.add_argument("--peers", metavar="KIT", help="folder of the kit of other servers; or the environment's PEERS")
    parser.add_argument("--short", action="store_true", help="small, to try the benchmarks themselves; keeps nothing")

    def few(text: str) -> list[str]:
        return [part for part in text.split(",") if part]

    def numbers(text: str) -> list[int]:
        return [int(part) for part in few(text)]

    parser.add_argument("--servers", type=few, default=["raw", *GRAPHQL], help="of the kit, with commas")
    parser.add_argument("--fanouts", type=few, default=["F1000", "F5000"], help="of the kit: F and a number of sockets")
    parser.add_argument("--rounds", type=int, default=3, help="with the kit, and of the steps")
    parser.add_argument("--seconds", type=float, default=6, help="of each load")
    parser.add_argument("--sockets", type=int, default=5000)
    parser.add_argument("--publishes", type=int, default=20, help="to those sockets")
    parser.add_argument("--offers", type=numbers, default=[20_000, 200_000, 2_000_000], help="sizes of the board")
    parser.add_argument("--entries", type=int, default=100_000, help="of the board that is searched")
    parser.add_argument("--cores", type=numbers, default=[], help="of `alone`: one of their own for each server")
    parser.add_argument("--members", type=numbers, default=[100, 10_000], help="sizes of a group")
    return parser


_SHORT: dict[str, Any] = {
    "servers": ["raw"],
    "fanouts": ["F100"],
    "rounds": 1,
    "seconds": 1.0,
    "sockets": 500,
    "publishes": 4,
    "offers": [20_000, 40_000],
    "entries": 3000,
    "members": [100, 500],
}


def main() -> None:
    """Run the parts that the command line names."""
    options = _parser().parse_args()
    if unknown := set(options.parts) - set(PARTS) - {"report"}:
        raise SystemExit(f"There is no part {', '.join(sorted(unknown))}, only {', '.join(PARTS)} and report.")
    if options.short:
        vars(options).update(_SHORT)
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    kept = {name: value for name, value in vars(options).items() if name not in ("parts", "peers", "short")}
    for part in options.parts or PARTS:
        if part == "report":
            continue
        _say(part)
        figures = PARTS[part](options)
        if figures is not None and options.short:
            print(part, figures)
        elif figures is not None:
            results.keep(part, kept, figures)
    if not options.short:
        (Path(__file__).parent / "README.md").write_text(report.written())


if __name__ == "__main__":
    main()
