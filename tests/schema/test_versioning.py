"""What docs/versioning.md promises: nothing goes that wasn't announced, and what is deprecated says until when."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, is_introspection_type
from graphql.utilities import find_breaking_changes

from schema.roots import sdl

ROOT = Path(__file__).parents[2]
RELEASED = (ROOT / "schema/released.graphql").read_text()
CHANGES = (ROOT / "docs/api-changes.md").read_text()
HALF_A_YEAR = timedelta(days=180)
_REASON = re.compile(r"Since (\d{4}-\d\d-\d\d), until (\d{4}-\d\d-\d\d): .+")


def deprecated(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Everything that is deprecated, as `find_breaking_changes` calls it, and the reason."""
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind):
            continue
        for value, one in getattr(kind, "values", {}).items():
            yield from _of(f"{name}.{value}", one)
        for field, one in getattr(kind, "fields", {}).items():
            yield from _of(f"{name}.{field}", one)
            for argument, other in getattr(one, "args", {}).items():
                yield from _of(f"{name}.{field}({argument}:)", other)


def _of(place: str, one: Any) -> Iterator[tuple[str, str]]:
    if one.deprecation_reason is not None:
        yield place, one.deprecation_reason


def days_of(reason: str) -> tuple[date, date] | None:
    """Since when, and until when it works at least; None where it doesn't say so."""
    match = _REASON.fullmatch(reason)
    try:
        return (date.fromisoformat(match[1]), date.fromisoformat(match[2])) if match else None
    except ValueError:  # 2027-02-30
        return None


def undated(schema: GraphQLSchema) -> list[str]:
    """What is deprecated without half a year's notice."""
    known = {place: days_of(reason) for place, reason in deprecated(schema)}
    return [place for place, days in known.items() if days is None or days[1] - days[0] < HALF_A_YEAR]


def unannounced(released: GraphQLSchema, served: GraphQLSchema, today: date) -> list[str]:
    """What breaks clients of the last release, but for what went after the day that was announced."""
    due = {place for place, reason in deprecated(released) if (days := days_of(reason)) and days[1] < today}
    changes = [change.description for change in find_breaking_changes(released, served)]
    return [text for text in changes if not (text.endswith("was removed.") and text.split()[-3] in due)]


SERVED = build_schema(sdl())


def test_nothing_goes_that_the_last_release_had_and_did_not_announce() -> None:
    assert unannounced(build_schema(RELEASED), SERVED, datetime.now(UTC).date()) == []


def test_what_is_deprecated_says_since_when_and_until_when() -> None:
    assert undated(SERVED) == []


OLD = """
type Query { a: Int, b(x: Int, y: Int %(mark)s): Int %(mark)s, e(i: I): E }
enum E { P, Q %(mark)s }
input I { v: Int, w: Int %(mark)s }
"""
MARK = '@deprecated(reason: "Since 2027-01-15, until 2027-07-31: use `a`.")'
AFTER = date(2027, 8, 1)


@pytest.mark.parametrize(
    ("new", "place"),
    [
        ("type Query { a: Int, e(i: I): E } enum E { P Q } input I { v: Int w: Int }", "Query.b"),
        ("type Query { a: Int, b(x: Int): Int, e(i: I): E } enum E { P Q } input I { v: Int w: Int }", "y"),
        ("type Query { a: Int, b(x: Int, y: Int): Int, e(i: I): E } enum E { P } input I { v: Int w: Int }", "Q"),
        ("type Query { a: Int, b(x: Int, y: Int): Int, e(i: I): E } enum E { P Q } input I { v: Int }", "I.w"),
    ],
)
def test_what_was_announced_may_go_after_its_day_and_nothing_else_may(new: str, place: str) -> None:
    announced, silent = (build_schema(OLD % {"mark": mark}) for mark in (MARK, ""))
    served = build_schema(new)
    assert unannounced(announced, served, AFTER) == []
    for released, today in ((announced, AFTER - timedelta(days=1)), (silent, AFTER)):
        (found,) = unannounced(released, served, today)
        assert place in found
    tightened = build_schema(new.replace("a: Int", "a: String"))
    assert len(unannounced(announced, tightened, AFTER)) == 1


@pytest.mark.parametrize(
    "reason",
    [
        "use `a`",
        "Since 2027-01-15: use `a`.",
        "Since 2027-01-15, until 2027-06-30: too soon.",
        "Since 2027-01-15, until 2027-02-30: no day.",
        "Since 2027-01-15, until 2027-12-31: ",
    ],
)
def test_a_date_that_is_none_or_too_soon_is_found(reason: str) -> None:
    bad = build_schema(OLD % {"mark": f'@deprecated(reason: "{reason}")'})
    assert undated(bad) == ["Query.b", "Query.b(y:)", "E.Q", "I.w"]
    assert undated(build_schema(OLD % {"mark": MARK})) == []


def test_the_page_of_changes_tells_of_what_there_is_and_of_everything_deprecated() -> None:
    newest = CHANGES.split("\n## ")[1]
    assert newest.startswith("Unreleased\n")
    assert f"\n## {RELEASED[2:].partition(':')[0]}\n" in CHANGES  # the release that is compared with, and its day
    named = re.findall(r"`([A-Z]\w+)\.(\w+)`", newest)
    assert named
    for type_name, field in named:
        kind: Any = SERVED.type_map[type_name]
        assert field in {*getattr(kind, "fields", {}), *getattr(kind, "values", {})}, f"{type_name}.{field}"
    assert [place for place, _reason in deprecated(SERVED) if f"`{place}`" not in CHANGES] == []
