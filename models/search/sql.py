"""A plan as SQL: which rows it finds, and their scores. The same on both databases, by integers alone."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.search.plan import ANOTHER, FOUND, MOST_OTHERS, NOTHING, TOGETHER, PlannedWord, SearchPlan
from models.search.sentences import STRONG
from models.search.tables import Kind
from models.search.weights import TEXT
from models.sql.expressions import SqlExpression

Row = TypeVar("Row", bound=Model)

# Of a term that many rows have so many are looked at, those in which it weighs most, and of these the newest.
MOST_ROWS = 1000
_TABLES = {Kind.MEMBER: "member", Kind.GROUP: "working_group", Kind.EVENT: "event", Kind.OFFER: "offer"}
_TABLES[Kind.GROUP_POST] = "group_post"
# As a part of a compound is found: see PlannedWord.
_ENOUGH = f"AND weight >= {TEXT}"


def found(rows: QuerySet[Row], kind: Kind, plan: SearchPlan | None, *, unlisted: bool = False) -> QuerySet[Row]:
    """Those of `rows` that the plan finds, None all; with `unlisted` also what not everybody finds in lists."""
    if plan is None:
        return rows
    if not plan.words:
        return rows.filter(id=-1)
    rows = rows.filter(Q(id__in=candidates(kind, plan, unlisted=unlisted).annotation()))
    if len(plan.words) == 1:
        return rows
    return rows.annotate(words_found=_count(kind, plan).annotation()).filter(words_found__gte=plan.need)


def candidates(kind: Kind, plan: SearchPlan, *, unlisted: bool = False) -> SqlExpression:
    """The keys of what has a word of the plan, as a subquery; of words that have to be there, of one of them."""
    words = _driving(plan)
    parts: list[SqlExpression] = []
    for listed in (1, 0) if unlisted else (1,):
        for word in words:
            parts += _rows_with(kind, listed, word)
    sql = " UNION ALL ".join(part.sql for part in parts)
    return SqlExpression(f"(SELECT row_id FROM ({sql}) AS candidate)", _values(parts))


def _driving(plan: SearchPlan) -> Iterable[PlannedWord]:
    """Words of which every row that is found has one: one word where all have to be there, the rarest."""
    total = sum(word.counts for word in plan.words)
    missing = total - plan.need
    musts = [word for word in plan.words if word.counts > missing]
    if musts:
        return [min(musts, key=lambda word: (len(word.frequent), len(word.terms)))]
    return plan.words


def _rows_with(kind: Kind, listed: int, word: PlannedWord) -> Iterable[SqlExpression]:
    where = f"kind = {kind.value} AND listed = {listed} AND term"
    rare = [term for term, _percent in word.terms if term not in word.frequent]
    if rare:
        yield SqlExpression(f"SELECT row_id FROM search_posting WHERE {where} IN ({_marks(rare)})", tuple(rare))
    for term, _percent in word.terms:
        if term in word.frequent:
            best = f"SELECT row_id FROM search_posting WHERE {where} = ? ORDER BY weight DESC, row_id DESC"
            yield SqlExpression(f"SELECT row_id FROM ({best} LIMIT {MOST_ROWS}) AS best", (term,))
    if word.together:
        first, *others = (f"SELECT row_id FROM search_posting WHERE {where} = ? {_ENOUGH}" for _part in word.together)
        whole = first + "".join(f" AND row_id IN ({other})" for other in others)
        yield SqlExpression(f"SELECT row_id FROM ({whole} LIMIT {MOST_ROWS}) AS whole", word.together)


def score(kind: Kind, plan: SearchPlan | None) -> SqlExpression:
    """How well a row answers the plan, as an expression over its table: the sum of what its words add."""
    parts = [_added(kind, word) for word in (plan or NOTHING).words]
    return SqlExpression(f"({' + '.join(part.sql for part in parts) or '0'})", _values(parts))


def _count(kind: Kind, plan: SearchPlan) -> SqlExpression:
    """The sum of what those of the plan's words count that a row has."""
    parts = []
    for word in plan.words:
        held = _single(kind, word), *([_whole(kind, word)] if word.together else [])
        sql = " OR ".join(f"COALESCE({one.sql}, 0) > 0" for one in held)
        parts.append(SqlExpression(f"CASE WHEN {sql} THEN {word.counts} ELSE 0 END", _values(held)))
    return SqlExpression(f"({' + '.join(part.sql for part in parts)})", _values(parts))


def _added(kind: Kind, word: PlannedWord) -> SqlExpression:
    """What a word adds to a row's score: as `PlannedWord.found_in`."""
    held = _single(kind, word), *([_whole(kind, word)] if word.together else [])
    added = " + ".join(f"COALESCE({one.sql}, 0)" for one in held)
    return SqlExpression(f"(({added}) * {word.counts} / {STRONG})", _values(held))


def _single(kind: Kind, word: PlannedWord) -> SqlExpression:
    """The most that one of the word's terms counts in a row."""
    by_percent: dict[int, list[str]] = {}
    for term, percent in word.terms:
        by_percent.setdefault(percent, []).append(term)
    values: list[str] = []
    cases = []
    for percent, terms in by_percent.items():
        cases.append(f"WHEN p.term IN ({_marks(terms)}) THEN {percent}")
        values += terms
    terms = [term for term, _percent in word.terms]
    share = f"CASE {' '.join(cases)} ELSE 0 END" if len(by_percent) > 1 else str(next(iter(by_percent)))
    given = values if len(by_percent) > 1 else []
    most = f"MAX((p.weight + {FOUND}) * {share} / 100)"
    others = f"CASE WHEN COUNT(*) > {MOST_OTHERS} THEN {MOST_OTHERS} ELSE COUNT(*) - 1 END"
    held = f"FROM search_posting AS p {_of_row(kind)} AND p.term IN ({_marks(terms)})"
    sql = f"SELECT {most} + {ANOTHER} * ({others}) {held}"
    return SqlExpression(f"({sql})", (*given, *terms))


def _whole(kind: Kind, word: PlannedWord) -> SqlExpression:
    """What the word's parts count in a row that has them all."""
    parts = word.together
    sql = (
        f"SELECT CASE WHEN COUNT(*) = {len(parts)} THEN (MIN(p.weight) + {FOUND}) * {TOGETHER} / 100 END "
        f"FROM search_posting AS p {_of_row(kind)} AND p.term IN ({_marks(parts)}) AND p.weight >= {TEXT}"
    )
    return SqlExpression(f"({sql})", parts)


def _of_row(kind: Kind) -> str:
    return f'WHERE p.kind = {kind.value} AND p.row_id = "{_TABLES[kind]}"."id"'


def _marks(values: Iterable[str]) -> str:
    return ", ".join("?" for _value in values)


def _values(parts: Iterable[SqlExpression]) -> tuple[str | float, ...]:
    return tuple(value for part in parts for value in part.values)


def most_counted(plan: SearchPlan, kinds: Iterable[Kind]) -> SqlExpression:
    """A statement of one row: the most, as `most`, that words of the plan count together in one row of these kinds.

    And in how many rows all that the plan needs stands as it was typed, as `whole`: no synonyms.
    """
    parts: list[SqlExpression] = []
    for kind in kinds:
        for number, word in enumerate(plan.words):
            for counts, typed, one in (
                (word.counts, 0, word),
                (0, word.counts, replace(word, terms=word.terms[:1])),
            ):
                rows = list(_rows_with(kind, 1, one))
                having = " UNION ALL ".join(row.sql for row in rows)
                columns = f"{kind.value} AS kind, row_id, {number} AS number, {counts} AS counts, {typed} AS typed"
                parts.append(SqlExpression(f"SELECT DISTINCT {columns} FROM ({having}) AS having_it", _values(rows)))
    union = " UNION ALL ".join(part.sql for part in parts)
    sums = f"SELECT SUM(counts) AS total, SUM(typed) AS total_typed FROM ({union}) AS counted GROUP BY kind, row_id"
    most = f"MAX(total) AS most, SUM(CASE WHEN total_typed >= {plan.need} THEN 1 ELSE 0 END) AS whole"
    return SqlExpression(f"SELECT {most} FROM ({sums}) AS summed", _values(parts))
