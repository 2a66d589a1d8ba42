"""How figures are shown in the README."""

from collections.abc import Iterable, Sequence
from typing import Any


def number(value: float | None) -> str:
    """A figure as it is shown."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def made(part: dict[str, Any]) -> str:
    """Where and when a part's figures were made."""
    machine = part["machine"]
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    return (
        f"{part['made_at'][:10]}, {machine['cores']} cores of {machine['cpu']}, {machine['memory_gib']} GiB, "
        f"Linux {machine['kernel']}, Python {machine['python']}, {packages}. "
        f"Load average of the five minutes before the end: {part['load']}."
    )
