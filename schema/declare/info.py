"""What a resolver learns of its operation: context, and what is selected beneath its field."""

from typing import Any

from graphql import FieldNode, FragmentSpreadNode, GraphQLResolveInfo, InlineFragmentNode, SelectionSetNode
from graphql.execution.values import VariableValues, get_directive_values
from graphql.type import GraphQLIncludeDirective, GraphQLSkipDirective
from strawberry.types import Info as StrawberryInfo
from strawberry.utils.str_converters import to_snake_case

from resolvers.context import Context
from schema.strawberry_internals import graphql_info

Info = StrawberryInfo[Context, Any]


def selected(info: Info) -> frozenset[str]:
    """The names of the fields selected beneath this one, as in Python, those of fragments included."""
    raw = graphql_info(info)
    names: set[str] = set()

    def collect(selections: SelectionSetNode | None) -> None:
        for node in selections.selections if selections else ():
            if not _included(node, raw):
                continue
            if isinstance(node, FieldNode):
                names.add(to_snake_case(node.name.value))
            elif isinstance(node, InlineFragmentNode):
                collect(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                collect(raw.fragments[node.name.value].selection_set)

    for field_node in raw.field_nodes:
        collect(field_node.selection_set)
    return frozenset(names)


def _included(node: Any, raw: GraphQLResolveInfo[Any]) -> bool:
    if not node.directives:
        return True
    plain: Any = raw.variable_values  # not as declared: Strawberry gives resolvers the coerced values only
    values = VariableValues({}, plain)
    skip = get_directive_values(GraphQLSkipDirective, node, values)
    if skip and skip["if"]:
        return False
    include = get_directive_values(GraphQLIncludeDirective, node, values)
    return include is None or bool(include["if"])
