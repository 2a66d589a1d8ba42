"""What a plan finds, as SQL: the rows whose keys it has, and their scores. Both are bound, as JSON."""

from typing import TypeVar

from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.search.plan import Hits, SearchPlan
from models.search.tables import Kind
from models.sql.expressions import Late, SqlExpression
from models.sql.statements import connection

Row = TypeVar("Row", bound=Model)

_TABLES = {Kind.MEMBER: "member", Kind.GROUP: "working_group", Kind.EVENT: "event", Kind.OFFER: "offer"}
_TABLES[Kind.GROUP_POST] = "group_post"
_KEYS = {
    "sqlite": "(SELECT value FROM json_each(?))",
    "postgres": "(SELECT CAST(value AS INT) FROM json_array_elements_text(CAST(? AS json)) AS value)",
}
_SCORE = {
    "sqlite": "json_extract(?, '$.\"' || {key} || '\"')",
    "postgres": "CAST(CAST(? AS jsonb) ->> CAST({key} AS text) AS INT)",
}


# What is bound for the hits of a listing whose text is known by what they are not: see `listed`.
_KEYS_OF_HITS, _SCORES_OF_HITS = Late("keys"), Late("scores")


class _LateHits(Hits):
    """What stands for the hits of any plan."""

    keys_json = _KEYS_OF_HITS
    scores_json = _SCORES_OF_HITS


# Any plan: all that the text of a statement depends on.
ANY_PLAN = SearchPlan((), 0, hits=dict.fromkeys(Kind, _LateHits({})))


def late_hits(plan: SearchPlan) -> tuple[tuple[Late, str], ...]:
    """What is to be bound where a statement was made for `ANY_PLAN`, of a plan for one kind."""
    assert plan.hits is not None, "what it finds was looked for"
    (hits,) = plan.hits.values()
    return (_KEYS_OF_HITS, hits.keys_json), (_SCORES_OF_HITS, hits.scores_json)


def found(rows: QuerySet[Row], kind: Kind, plan: SearchPlan | None) -> QuerySet[Row]:
    """Those of `rows` that the plan finds, None all."""
    if plan is None:
        return rows
    keys = SqlExpression(_KEYS[_dialect()], (_hits(kind, plan).keys_json,))
    return rows.filter(Q(id__in=keys.annotation()))


def score(kind: Kind, plan: SearchPlan) -> SqlExpression:
    """How well a row that the plan finds answers it, as an expression over its table."""
    key = f'"{_TABLES[kind]}"."id"'
    return SqlExpression(_SCORE[_dialect()].format(key=key), (_hits(kind, plan).scores_json,))


def _hits(kind: Kind, plan: SearchPlan) -> Hits:
    assert plan.hits is not None, "what it finds was looked for"
    return plan.hits[kind]


def _dialect() -> str:
    return connection().capabilities.dialect
