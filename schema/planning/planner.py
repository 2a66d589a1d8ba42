"""Makes the plan of an operation: what is selected, of what, and where it comes from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import strawberry
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
    get_named_type,
)
from graphql.execution.values import VariableValues
from strawberry.utils.str_converters import to_snake_case
from tortoise.models import Model

from models.sql.projection import Selection
from schema.documents.introspection import INTROSPECTING, Introspection
from schema.documents.lru_cache import BytesCache
from schema.documents.selections import collected, included
from schema.nodes import models_of_types, node_id
from schema.planning.arguments import Arguments
from schema.planning.needed_columns import tell
from schema.planning.plan import FieldPlan, From, ObjectPlan, OperationPlan, RootPlan
from schema.strawberry_internals import definition_of, graphql_schema

# Scalars whose values are written as they are, and those that the bytes of the answer need no help with.
_PLAIN = frozenset(("String", "ID", "Int", "Boolean", "Float", "EmailAddress", "PhoneNumber", "URL", "LocalTime"))
_MOMENTS = frozenset(("DateTime", "Date"))
# How many fields a plan may have: fragments that spread one another can make any number of few lines.
_MOST_FIELDS = 1500


class UnplannedError(Exception):
    """There is no plan for this, for the reason that is said: graphql-core executes it."""


class Planner:
    """Makes plans for the operations of a schema, for the values that `@skip` and `@include` read.

    What coerced values the plan keeps it keeps in `values`.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
        values: BytesCache[Any],
    ) -> None:
        self._strawberry = schema
        self._schema: GraphQLSchema = graphql_schema(schema)
        self._fragments = fragments
        self._variables = variables
        self._values = values
        self._size = 0

    def plan(self, operation: OperationDefinitionNode) -> OperationPlan:
        """The plan of an operation. Raises `UnplannedError` where it isn't known which roots it has."""
        type_ = self._schema.get_root_type(operation.operation)
        if type_ is None or operation.directives:
            raise UnplannedError("directives of the operation")
        nodes = self._collect(type_, [operation.selection_set])
        roots = [self._root(operation, type_, key, some) for key, some in nodes.items()]
        return OperationPlan(type_.name, roots, self._size)

    def _root(
        self, operation: OperationDefinitionNode, type_: GraphQLObjectType, key: str, nodes: list[FieldNode]
    ) -> RootPlan:
        alone = replace(operation, selection_set=SelectionSetNode(selections=tuple(nodes)))
        declared = self._schema.get_field(type_, nodes[0].name.value)
        root = RootPlan(key, nodes, declared is None or not isinstance(declared.type, GraphQLNonNull), alone)
        if nodes[0].name.value in INTROSPECTING:
            root.introspection = Introspection(alone, self._fragments)
            return root
        before = self._size
        try:
            root.field = self._field(type_, key, nodes)
        except UnplannedError as error:
            self._size = before
            root.reason = f"no plan: {error}"
        else:
            tell(root.field)
        return root

    def _object(self, type_: GraphQLObjectType, selections: Sequence[SelectionSetNode]) -> ObjectPlan:
        nodes = self._collect(type_, selections)
        self._size += len(nodes)
        if self._size > _MOST_FIELDS:
            raise UnplannedError(f"more than {_MOST_FIELDS} fields")
        fields = [self._field(type_, key, some) for key, some in nodes.items()]
        model = models_of_types.get(type_.name)
        return ObjectPlan(type_.name, model if model is not None and issubclass(model, Model) else None, fields)

    def _collect(self, type_: GraphQLObjectType, selections: Iterable[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        return collected(self._schema, self._fragments, type_, selections, self._included)

    def _included(self, node: Any) -> bool:
        if any(one.name.value not in ("skip", "include") for one in node.directives or ()):
            raise UnplannedError("an unknown directive")
        return included(node, self._variables)

    def _field(self, parent: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> FieldPlan:
        name = nodes[0].name.value
        if name == "__typename":
            return FieldPlan(key, name, From.TYPE_NAME, "String", False, False, False, Arguments.NONE)
        declared = parent.fields.get(name)
        definition = definition_of(declared) if declared else None
        if declared is None or definition is None:
            raise UnplannedError(f"{parent.name}.{name} is not of this schema's making")
        plan = self._shape(declared, key, definition.python_name)
        plan.arguments = Arguments(self._strawberry, declared, definition, nodes[0], self._values)
        self._origin(plan, parent, definition)
        if plan.leaf is None:
            named = get_named_type(declared.type)
            selections = [node.selection_set for node in nodes if node.selection_set is not None]
            for type_ in self._possible(named):
                plan.objects[type_.name] = self._object(type_, selections)
            plan.is_abstract = not isinstance(named, GraphQLObjectType)
        names = (to_snake_case(name) for name in self._names(nodes, set()))
        plan.selection = Selection(names)
        return plan

    def _names(self, nodes: Iterable[Any], visited: set[str]) -> Iterator[str]:
        """The names of all fields selected beneath, whatever the type, as `schema.declare.info.selected` finds them."""
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
            plan.origin = From.METHOD_OF_INFO if known.get("takes_info") else From.METHOD
            if known["method"] is node_id:
                plan.origin = From.ID
            plan.method, plan.needs, plan.within = known["method"], known["needs"], known["within"]
            plan.of_row = known.get("of_row")
        elif definition.base_resolver is not None:
            raise UnplannedError(f"{parent.name}.{plan.name} has a resolver that nothing is known of")

    def _possible(self, type_: GraphQLNamedType) -> list[GraphQLObjectType]:
        if isinstance(type_, GraphQLObjectType):
            return [type_]
        assert isinstance(type_, (GraphQLInterfaceType, GraphQLUnionType))
        return list(self._schema.get_possible_types(type_))


def _leaf(type_: Any, is_list: bool) -> str | None:
    """The kind of a leaf, None for objects. Raises `UnplannedError` for what the executor can't write."""
    if isinstance(type_, GraphQLEnumType):
        if any(name != value.value for name, value in type_.values.items()):
            raise UnplannedError(f"values of {type_.name} have other names")
        return "enum"
    if isinstance(type_, GraphQLScalarType):
        if type_.name in _PLAIN or (type_.name in _MOMENTS and not is_list):
            return str(type_.name)
        raise UnplannedError(f"the scalar {type_.name}{' in lists' * is_list}")
    if isinstance(type_, GraphQLList):
        raise UnplannedError("a list of lists")
    return None
