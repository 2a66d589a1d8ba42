"""What is written for the data protection officer: docs/privacy.md, whose tables say what is declared in code.

A table stands between `<!-- stored -->` and `<!-- /stored -->`; whatever stands there is replaced.
"""

import re
from collections.abc import Iterable, Mapping

from models.privacy.declaration import Column, Erased, Row, Table
from models.privacy.personal_data import DERIVED, IMPERSONAL, PERSONAL
from resolvers.limits.kept_for import KeptFor
from resolvers.privacy.expiry import RULES

_SETTING = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")


def filled(page: str, kept_for: KeptFor) -> str:
    """The page with its tables as they are by these times. Raises `ValueError` where it has no place for one."""
    made = {"stored": _stored(kept_for), "times": _times(kept_for), "others": _others()}
    for name, text in made.items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, found, rest = page.partition(begin)
        _old, closed, after = rest.partition(end)
        if not (found and closed):
            raise ValueError(f"docs/privacy.md has no {begin} with its {end}")
        page = f"{before}{begin}\n\n{text}\n\n{end}{after}"
    return page


def _stored(kept_for: KeptFor) -> str:
    """Each table that holds something personal, with its columns."""
    return "\n\n".join(_section(table, _days(kept_for)) for table in PERSONAL)


def _section(table: Table, days: Mapping[str, str]) -> str:
    erased = f"its rows are kept, emptied, for {table.why}" if table.row is Row.KEPT else "its rows are deleted"
    kept = (
        f"*Kept:* {_explained(table.kept_for, days)}. *Seen by:* {table.seen_by}. *When somebody is erased,* {erased}."
    )
    told = f"### `{table.name}`\n\n{table.en} {kept}"
    if table.row is Row.DELETED:
        rows: Iterable[Iterable[str]] = ([f"`{one.name}`", one.kind, one.purpose] for one in table.columns)
        return f"{told}\n\n{_table(('column', 'what it says', 'what for'), rows)}"
    rows = ([f"`{one.name}`", one.kind, one.purpose, _becomes(one)] for one in table.columns)
    return f"{told}\n\n{_table(('column', 'what it says', 'what for', 'when somebody is erased'), rows)}"


def _becomes(column: Column) -> str:
    return f"{column.erased}: {column.why}" if column.erased is Erased.KEPT else str(column.erased)


def _times(kept_for: KeptFor) -> str:
    """What is kept for a time only."""
    days = _days(kept_for)
    rows = ([rule.what, days[rule.setting], f"after {rule.since}", rule.then, f"`{rule.setting}`"] for rule in RULES)
    return _table(("what", "how long", "from when on", "then it is", "setting"), rows)


def _others() -> str:
    """The tables that hold nothing of anybody, and those that follow from others."""
    rows = [(f"`{model._meta.db_table}`", what, "nobody") for model, what in IMPERSONAL.items()]
    derived = [(f"`{name}`", what, "whose the rows are that it follows from") for name, what in DERIVED.items()]
    return _table(("table", "what it holds", "of whom"), [*rows, *derived])


def _days(kept_for: KeptFor) -> dict[str, str]:
    """By setting how long."""
    days = {rule.setting: getattr(kept_for, rule.name).total_seconds() / 86_400 for rule in RULES}
    return {setting: f"{some:g} days" if some else "days without end" for setting, some in days.items()}


def _explained(text: str, days: Mapping[str, str]) -> str:
    """The text with each setting as such, and with its days where it says days."""

    def said(found: re.Match[str]) -> str:
        name = found[0]
        return f"{days[name]} (`{name}`)" if name in days else f"`{name}`"

    return _SETTING.sub(said, text)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines).replace("| --- ", "|---").replace("|--- |", "|---|")
