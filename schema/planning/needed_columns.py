"""What a plan needs to read: the columns of each level, and the rows that are read by joins with their parents."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tortoise.models import Model

from auth.access.rows import ForeignKeyRelation
from models.sql.projection import Projection, Selection, ToOne
from schema.planning.plan import FieldPlan, From, ObjectPlan

_METHODS = frozenset((From.METHOD, From.METHOD_OF_INFO))
# How many joins lead on from one row to the next: further on, each level is a statement of its own.
_DEEPEST = 3


@dataclass
class _Needed:
    """Columns (None: all) and joins of a row."""

    columns: set[str] | None = field(default_factory=set)
    joins: dict[str, tuple[ToOne, Projection]] = field(default_factory=dict)

    def add(self, columns: Iterable[str] | None) -> None:
        if columns is None:
            self.columns = None
        elif self.columns is not None:
            self.columns.update(columns)

    def join(self, name: str, join: ToOne, projection: Projection) -> None:
        known = self.joins.get(name)
        self.joins[name] = (join, projection if known is None else _merged(known[1], projection))

    def projection(self, model: type[Model]) -> Projection:
        columns = None if self.columns is None else frozenset(self.columns)
        joins = tuple((name, join, projection) for name, (join, projection) in sorted(self.joins.items()))
        return Projection(model, columns, joins)


def tell(one: FieldPlan) -> None:
    """Give a field, and all that lie beneath, what has to be read for them: `FieldPlan.selection`."""
    for inner in one.objects.values():
        for beneath in inner.fields:
            tell(beneath)
    if one.is_abstract:
        one.selection.types = {name: _of_rows(inner) for name, inner in one.objects.items()}
    elif one.objects:
        inner = next(iter(one.objects.values()))
        if inner.model is not None:
            one.selection.rows = _projection(inner, _DEEPEST)
        else:
            _tell_list(one.selection, inner)
    if one.relation is not None and isinstance(one.relation.batch, ForeignKeyRelation):
        one.joined = _attribute(one.relation.batch.join)


def _of_rows(plan: ObjectPlan) -> Selection:
    found = Selection()
    found.rows = None if plan.model is None else _projection(plan, _DEEPEST)
    return found


def _tell_list(selection: Selection, plan: ObjectPlan) -> None:
    """A connection: what is read of its rows, and of the nodes that they lead to."""
    rows = _Needed()
    nodes: list[ObjectPlan] = []
    around: set[str] = set()
    for one in plan.fields:
        beneath = [inner for some in one.objects.values() for inner in some.fields]
        if one.name == "nodes":
            nodes += one.objects.values()
        elif one.name == "edges":
            for inner in beneath:
                if inner.name == "node":
                    nodes += inner.objects.values()
                elif inner.origin in _METHODS:
                    rows.add(inner.needs)
        if one.name in ("edges", "page_info"):
            around.update(inner.name for inner in beneath)
    selection.cursors = bool(around & {"cursor", "start_cursor", "end_cursor"})
    selection.beyond = bool(around & {"has_next_page", "has_previous_page"})
    selection.row_columns = None if rows.columns is None else frozenset(rows.columns)
    models = {inner.model for inner in nodes}
    if len(models) == 1 and None not in models:
        projections = [_projection(inner, _DEEPEST) for inner in nodes]
        for one_projection in projections[1:]:
            projections[0] = _merged(projections[0], one_projection)
        selection.nodes = projections[0]


def _projection(plan: ObjectPlan, deep: int) -> Projection:
    assert plan.model is not None
    needed = _Needed()
    _gather(plan, plan.model, needed, deep)
    return needed.projection(plan.model)


def _gather(plan: ObjectPlan, model: type[Model], needed: _Needed, deep: int) -> None:
    """What the fields of a plan need of the row, and those of the same row shown as another type."""
    for one in plan.fields:
        if one.origin is From.ID:
            needed.add(["id"])
        elif one.origin is From.ATTRIBUTE:
            needed.add([one.name] if _is_column(one, model) else None)
        elif one.origin in _METHODS:
            needed.add(one.needs)
            if one.within:
                for inner in one.objects.values():
                    _gather(inner, model, needed, deep)
        elif one.origin is From.RELATION and one.relation is not None:
            _gather_relation(one, needed, deep)


def _gather_relation(one: FieldPlan, needed: _Needed, deep: int) -> None:
    assert one.relation is not None
    batch = one.relation.batch
    if not isinstance(batch, ForeignKeyRelation):
        needed.add(one.needs)
        return
    inner = None if one.is_abstract else next(iter(one.objects.values()))
    if deep and inner is not None and inner.model is batch.join.model:
        needed.join(_attribute(batch.join), batch.join, _projection(inner, deep - 1))
    else:
        needed.add([batch.join.by])


def _is_column(one: FieldPlan, model: type[Model]) -> bool:
    return not one.objects and one.name in model._meta.fields_db_projection


def _attribute(join: ToOne) -> str:
    """The attribute of a row that holds what its foreign key leads to."""
    return f"{join.by}_row"


def _merged(one: Projection, other: Projection) -> Projection:
    """What either needs."""
    needed = _Needed()
    for some in (one, other):
        needed.add(some.columns)
        for name, join, projection in some.joins:
            needed.join(name, join, projection)
    return needed.projection(one.model)
