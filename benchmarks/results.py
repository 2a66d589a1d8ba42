"""Where figures are kept: a JSON file for each part, beside the README that is made of them."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.networks import Figures

FOLDER = Path(__file__).parent / "results"
_PACKAGES = ("strawberry-graphql", "graphql-core", "starlette", "tortoise-orm", "asyncpg", "redis", "uvicorn", "uvloop")


def machine() -> dict[str, Any]:
    """What the figures were made on."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "kernel": platform.release().partition("-")[0],
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def keep(part: str, options: dict[str, Any], figures: Any) -> None:
    """Keep a part's figures, with where, when and how they were made."""
    FOLDER.mkdir(exist_ok=True)
    load = os.getloadavg()[1]
    kept = {
        "made_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": machine(),
        "load": round(load, 1),
        "options": options,
        "figures": figures,
    }
    (FOLDER / f"{part}.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def kept(part: str) -> dict[str, Any] | None:
    """What is kept of a part, None where it never ran."""
    path = FOLDER / f"{part}.json"
    found: dict[str, Any] | None = json.loads(path.read_text()) if path.exists() else None
    return found


def condensed(measured: Iterable[dict[str, Any]]) -> dict[str, dict[str, Figures]]:
    """What the kit measured, by workload and server: median of the rounds, their spread, the sum of what was wrong."""
    rounds: dict[str, dict[str, list[Figures]]] = {}
    for one in measured:
        rounds.setdefault(one["workload"], {}).setdefault(one["server"], []).append(one["figures"])
    return {
        workload: {server: _condensed(figures) for server, figures in servers.items()}
        for workload, servers in rounds.items()
    }


def _condensed(rounds: Sequence[Figures]) -> Figures:
    failed = [one["failed"] for one in rounds if "failed" in one]
    good = [one for one in rounds if "failed" not in one]
    if not good:
        return {"failed": failed}
    fan_out = "paced" in good[0]
    counted = [one.get("paced", one) for one in good]
    names = {
        "cpu_us": counted,
        "p50_ms": counted,
        "p99_ms": counted,
        "last_of_n_p99_ms": counted,
        "requests_per_s": counted,
        "foreign_cpus": counted,
        "rss_mib": good,
        "rss_after_mib": good,
        "rss_kib_per_connection": good,
    }
    figures: Figures = {
        name: median([one[name] for one in where]) for name, where in names.items() if where and name in where[0]
    }
    costs = [one["cpu_us"] for one in counted]
    figures["rounds"] = len(good)
    figures["spread"] = (max(costs) - min(costs)) / 2 / (median(costs) or 1)
    if failed:
        figures["failed"] = failed
    figures["wrong"] = sum(_wrong(one) for one in good) if fan_out else sum(one["errors"] for one in good)
    return figures


def _wrong(one: Figures) -> int:
    """Deliveries lost, doubled, out of order or of wrong content, and sockets that weren't there."""
    parts = [one[name] for name in ("paced", "burst") if name in one]
    faults = sum((part[name] or 0) for part in parts for name in ("lost", "doubled", "reordered"))
    return int(faults + one["wrong"] + one["subscribers"] - one["connected"])
