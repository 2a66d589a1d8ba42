"""What is to be done for an operation: a tree of the selected objects and their fields, found once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)
from graphql.execution.values import VariableValues, get_directive_values
from graphql.type import GraphQLIncludeDirective, GraphQLSkipDirective
from strawberry.utils.str_converters import to_snake_case
from tortoise.models import Model

from models.sql.projection import Selection
from schema.declare.fields import Relation
from schema.nodes import models_of_types, node_id
from schema.operations.arguments import Arguments
from schema.operations.plan_cache import PlannedSchema

# Scalars whose values are written as they are, and those that the bytes of the answer need no help with.
_PLAIN = frozenset(("String", "ID", "Int", "Boolean", "Float", "EmailAddress", "PhoneNumber", "URL"))
_MOMENTS = frozenset(("DateTime", "Date"))


class UnplannedError(Exception):
    """There is no plan for this: graphql-core executes it."""


class From(Enum):
    """Where the value of a field comes from."""

    TYPE_NAME = auto()
    ID = auto()
    ATTRIBUTE = auto()
    METHOD = auto()
    RELATION = auto()
    ROOT = auto()
    MUTATION = auto()
    LIVE_CURSOR = auto()
    # The update of a subscription.
    EVENT = auto()


@dataclass(slots=True)
class FieldPlan:
    """A field of an object, under one key of the answer."""

    key: str
    name: str
    origin: From
    # The name of the scalar, "enum", or None where it is an object.
    leaf: str | None
    nullable: bool
    is_list: bool
    items_nullable: bool
    arguments: Arguments
    method: Callable[..., Any] | None = None
    relation: Relation | None = None
    # By the name of its type: what is selected of the object.
    objects: dict[str, "ObjectPlan"] = field(default_factory=dict)
    # Of METHOD and RELATION: the columns of the row that it reads; None: nobody said.
    needs: frozenset[str] | None = None
    # The value is the row itself.
    within: bool = False
    # The attribute that holds the row that it leads to, where that was read with its parent.
    joined: str | None = None
    # Of an edge: the column of the row that it is made of.
    of_row: str | None = None
    # Of a page's edges or nodes: what writes them of records, by what these hold, what they are sorted by, and whether
    # bytes are selection; None where rows are needed. See `records.record_writer`.
    record_writers: dict[tuple[Any, ...], Callable[..., list[Any]] | None] = field(default_factory=dict)
    selection: Selection = field(default_factory=Selection)

    @property
    def one_object(self) -> "ObjectPlan | None":
        """What is selected of the object, where it can only be of one type."""
        return next(iter(self.objects.values())) if len(self.objects) == 1 and not self.is_abstract else None

    is_abstract: bool = False


@dataclass(slots=True)
class ObjectPlan:
    """What is selected of the objects of one type."""

    type_name: str
    # What its rows are, where they come from a table.
    model: type[Model] | None
    fields: list[FieldPlan]
    # By whether bytes are selection: what makes the objects of a level, see `writing.writer`.
    writers: dict[bool, tuple[list[FieldPlan], Callable[..., list[Any]]]] = field(default_factory=dict)


class Planner:
    """Makes plans for the operations of a schema. Raises `UnplannedError` where that can't be done."""

    def __init__(
        self,
        schema: PlannedSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
    ) -> None:
        self._strawberry = schema
        self._schema: GraphQLSchema = schema._schema
        self._fragments = fragments
        self._variables = variables

    def plan(self, operation: OperationDefinitionNode) -> ObjectPlan:
        """The plan of an operation, for the values that `@skip` and `@include` read."""
        root = self._schema.get_root_type(operation.operation)
        if root is None or operation.directives:
            raise UnplannedError
        return self._object(root, [operation.selection_set])

    def _object(self, type_: GraphQLObjectType, selections: Sequence[SelectionSetNode]) -> ObjectPlan:
        nodes: dict[str, list[FieldNode]] = {}
        self._collect(type_, selections, nodes, set())
        fields = [self._field(type_, key, some) for key, some in nodes.items()]
        model = models_of_types.get(type_.name)
        return ObjectPlan(type_.name, model if model is not None and issubclass(model, Model) else None, fields)

    def _collect(
        self,
        type_: GraphQLObjectType,
        selections: Iterable[SelectionSetNode],
        found: dict[str, list[FieldNode]],
        visited: set[str],
    ) -> None:
        """The specification's CollectFields (6.3.2)."""
        for selection in selections:
            for node in selection.selections:
                if not self._included(node):
                    continue
                if isinstance(node, FieldNode):
                    key = node.alias.value if node.alias else node.name.value
                    found.setdefault(key, []).append(node)
                elif isinstance(node, InlineFragmentNode):
                    condition = node.type_condition
                    if condition is None or self._applies(condition.name.value, type_):
                        self._collect(type_, [node.selection_set], found, visited)
                elif isinstance(node, FragmentSpreadNode):
                    fragment = self._fragments[node.name.value]
                    if node.name.value not in visited and self._applies(fragment.type_condition.name.value, type_):
                        visited.add(node.name.value)
                        self._collect(type_, [fragment.selection_set], found, visited)

    def _included(self, node: Any) -> bool:
        if any(one.name.value not in ("skip", "include") for one in node.directives or ()):
            raise UnplannedError
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not (skip and skip["if"]) and (include is None or bool(include["if"]))

    def _applies(self, condition: str, type_: GraphQLObjectType) -> bool:
        found = self._schema.get_type(condition)
        if isinstance(found, (GraphQLInterfaceType, GraphQLUnionType)):
            return self._schema.is_sub_type(found, type_)
        return found is type_

    def _field(self, parent: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> FieldPlan:
        name = nodes[0].name.value
        if name == "__typename":
            return FieldPlan(key, name, From.TYPE_NAME, "String", False, False, False, Arguments.NONE)
        declared = parent.fields.get(name)
        definition = declared.extensions.get("strawberry-definition") if declared else None
        if declared is None or definition is None:
            raise UnplannedError
        plan = self._shape(declared, key, definition.python_name)
        plan.arguments = Arguments(self._strawberry, declared, definition, nodes[0])
        self._origin(plan, parent, definition)
        if plan.leaf is None:
            named = self._named(declared)
            selections = [node.selection_set for node in nodes if node.selection_set is not None]
            for type_ in self._possible(named):
                plan.objects[type_.name] = self._object(type_, selections)
            plan.is_abstract = not isinstance(named, GraphQLObjectType)
        names = (to_snake_case(name) for name in self._names(nodes, set()))
        plan.selection = Selection(names)
        return plan

    def _names(self, nodes: Iterable[Any], visited: set[str]) -> Iterator[str]:
        """The names of all fields selected beneath, whatever the type, as `fields.selected` finds them."""
        for node in nodes:
            for one in node.selection_set.selections if node.selection_set else ():
                if not self._included(one):
                    continue
                if isinstance(one, FieldNode):
                    yield one.name.value
                elif isinstance(one, InlineFragmentNode):
                    yield from self._names([one], visited)
                elif isinstance(one, FragmentSpreadNode) and one.name.value not in visited:
                    visited.add(one.name.value)
                    yield from self._names([self._fragments[one.name.value]], visited)

    def _shape(self, declared: GraphQLField, key: str, python_name: str) -> FieldPlan:
        type_: Any = declared.type
        nullable = not isinstance(type_, GraphQLNonNull)
        type_ = type_ if nullable else type_.of_type
        is_list = isinstance(type_, GraphQLList)
        items_nullable = False
        if is_list:
            type_ = type_.of_type
            items_nullable = not isinstance(type_, GraphQLNonNull)
            type_ = type_ if items_nullable else type_.of_type
        leaf = _leaf(type_, is_list)
        return FieldPlan(key, python_name, From.ATTRIBUTE, leaf, nullable, is_list, items_nullable, Arguments.NONE)

    def _origin(self, plan: FieldPlan, parent: GraphQLObjectType, definition: Any) -> None:
        """Where the value comes from, as the field's metadata say."""
        known = definition.metadata
        if "relation" in known:
            plan.origin, plan.relation, plan.needs = From.RELATION, known["relation"], known["relation"].needs
        elif parent is self._schema.subscription_type:
            plan.origin = From.EVENT
        elif "root" in known:
            plan.origin, plan.method = From.ROOT, known["root"]
        elif "mutation" in known:
            plan.origin, plan.method = From.MUTATION, known["mutation"]
        elif "live_cursor" in known:
            plan.origin = From.LIVE_CURSOR
        elif "method" in known:
            plan.origin = From.ID if known["method"] is node_id else From.METHOD
            plan.method, plan.needs, plan.within = known["method"], known["needs"], known["within"]
            plan.of_row = known.get("of_row")
        elif definition.base_resolver is not None:
            raise UnplannedError

    def _named(self, declared: GraphQLField) -> GraphQLNamedType:
        type_: Any = declared.type
        while isinstance(type_, (GraphQLNonNull, GraphQLList)):
            type_ = type_.of_type
        found: GraphQLNamedType = type_
        return found

    def _possible(self, type_: GraphQLNamedType) -> list[GraphQLObjectType]:
        if isinstance(type_, GraphQLObjectType):
            return [type_]
        assert isinstance(type_, (GraphQLInterfaceType, GraphQLUnionType))
        return list(self._schema.get_possible_types(type_))


def _leaf(type_: Any, is_list: bool) -> str | None:
    """The kind of a leaf, None for objects. Raises `UnplannedError` for what the executor can't write."""
    if isinstance(type_, GraphQLEnumType):
        if any(name != value.value for name, value in type_.values.items()):
            raise UnplannedError
        return "enum"
    if isinstance(type_, GraphQLScalarType):
        if type_.name in _PLAIN or (type_.name in _MOMENTS and not is_list):
            return str(type_.name)
        raise UnplannedError
    if isinstance(type_, GraphQLList):
        raise UnplannedError
    return None
