"""What an operation costs, in points, before it is executed: found in the document once, a few products for variables.

Each field costs its price (`schema.declare.prices`) as often as it may stand in the answer, each object some points
besides, and what is read by a statement of its own costs that once for its place in the document. docs/cost.md says so
to clients, who can compute it.

Conservative: what `@skip` and `@include` leave out counts; of an interface or a union the dearest type does.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    value_from_ast_untyped,
)

from auth.refusals import TooComplex
from models.sql.paging import DEFAULT_SIZE, LARGEST_SIZE
from schema.declare.prices import LENGTH, LONGEST_TEXT, OBJECT, TYPED, VALUE, Price, Size
from schema.documents.introspection import INTROSPECTING, lengths_of
from schema.documents.selections import Fragments, collected, is_list, metadata_of, variables_of

Variables = Mapping[str, Any]
# A number of points, or of entries, or how it comes from the variables.
Number = int | Callable[[Variables], int]
# The value of an argument, or how it comes from the variables.
Given = Callable[[Variables], Any]

# So many fields of the schema itself cost a point: they are read from memory.
_INTROSPECTED = 20


def cost_of(
    schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Fragments, most_fields: int
) -> Number:
    """The points of a valid operation.

    Raises `TooComplex` where it has more fields than `most_fields` with its fragments written out.
    """
    walk = _Walk(schema, fragments, operation, most_fields)
    return walk.cost(schema.get_root_type(operation.operation), operation)


def number_of(number: Number, variables: Variables) -> int:
    """The number for these variables, as they were sent or as they were coerced."""
    return number if isinstance(number, int) else number(variables)


class _Walk:
    """One way through an operation, each fragment as often as it is spread: `most_fields` ends it."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Fragments, operation: OperationDefinitionNode, most_fields: int
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._most_fields = most_fields
        self._fields = 0
        # What is paid once for a place in the document.
        self._once: list[Number] = []
        self._defaults = {
            one.variable.name.value: value_from_ast_untyped(one.default_value)
            for one in operation.variable_definitions or ()
            if one.default_value is not None
        }

    def cost(self, type_: Any, operation: OperationDefinitionNode) -> Number:
        each = self._object(type_, [operation.selection_set], None)
        return _sum([each, *self._once])

    def _objects(self, type_: Any, selections: Sequence[SelectionSetNode], length: Number | None) -> Number:
        """What one object costs, of the dearest of the types that may stand there."""
        if is_abstract_type(type_):
            possible = self._schema.get_possible_types(type_)
            return _most([self._object(one, selections, length) for one in possible])
        return self._object(type_, selections, length)

    def _object(self, type_: Any, selections: Sequence[SelectionSetNode], length: Number | None) -> Number:
        """`length`: of the lists in it of which nothing is said, those of a page."""
        fields = collected(self._schema, self._fragments, type_, selections, _always)
        self._fields += len(fields)
        if self._fields > self._most_fields:
            raise TooComplex(f"The operation has more than {self._most_fields} fields, with its fragments written out.")
        return _sum([OBJECT, *(self._field(type_, nodes, length) for nodes in fields.values())])

    def _field(self, parent: Any, nodes: list[FieldNode], length: Number | None) -> Number:
        node = nodes[0]
        name = node.name.value
        declared = self._schema.get_field(parent, name)
        assert declared is not None  # it is valid
        if name in INTROSPECTING:
            return _part(self._beneath(declared, nodes, None), _INTROSPECTED)
        known = metadata_of(declared)
        price: Price = known.get("price", VALUE)
        self._once += [price.once, *self._surcharges(declared, node)]
        if parent is self._schema.mutation_type:
            self._once += [_folded(self._read(one.value), _typed) for one in node.arguments or ()]
        if not is_composite_type(get_named_type(declared.type)):
            return price.each
        own = self._length(parent, node, known)
        beneath = self._beneath(declared, nodes, own if own is not None else length)
        return _sum([price.each, beneath])

    def _beneath(self, declared: GraphQLField, nodes: list[FieldNode], length: Number | None) -> Number:
        """What is selected of a field's objects, as often as there may be any."""
        selections = [one.selection_set for one in nodes if one.selection_set is not None]
        type_ = get_named_type(declared.type)
        if not is_list(declared.type):
            return self._objects(type_, selections, length)
        one = self._objects(type_, selections, None)
        return _product(LENGTH if length is None else length, one)

    def _length(self, parent: Any, node: FieldNode, known: Mapping[str, Any]) -> Number | None:
        """How many entries the field's list may have, or the lists in the page that it is; None: not said."""
        if parent.name.startswith("__"):
            return lengths_of(self._schema).get(node.name.value)
        if known.get("paged"):
            return self._page(node)
        size: int | Size | None = known.get("size")
        if not isinstance(size, Size):
            return size
        return _counted([self._given(node, size.argument)], size.default, size.most)

    def _page(self, node: FieldNode) -> Number:
        return _counted([self._given(node, "first"), self._given(node, "last")], DEFAULT_SIZE, LARGEST_SIZE)

    def _given(self, node: FieldNode, name: str) -> Given | None:
        """What is given as an argument, None where nothing is."""
        return next((self._read(one.value) for one in node.arguments or () if one.name.value == name), None)

    def _read(self, value: ValueNode) -> Given:
        defaults = self._defaults
        if isinstance(value, VariableNode):
            name, default = value.name.value, defaults.get(value.name.value)
            return lambda variables: variables.get(name, default)
        if any(True for _name in variables_of(value)):
            return lambda variables: value_from_ast_untyped(value, {**defaults, **variables})
        return _Constant(value_from_ast_untyped(value))

    def _surcharges(self, declared: GraphQLField, node: FieldNode) -> list[Number]:
        """What fields of filters add to it, where they are given."""
        found: list[Number] = []
        for name, argument in declared.args.items():
            type_ = get_named_type(argument.type)
            prices = _prices_of(type_) if isinstance(type_, GraphQLInputObjectType) else {}
            given = self._given(node, name) if prices else None
            if given is not None:
                found.append(_folded(given, partial(_surcharge, prices)))
        return found


class _Constant:
    """A value that no variable changes."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self, _variables: Variables) -> Any:
        return self.value


def _always(_node: Any) -> bool:
    return True


def _folded(given: Given, made: Callable[[Any], int]) -> Number:
    """What is made of a value, at once where no variable changes it."""
    if isinstance(given, _Constant):
        return made(given.value)
    return lambda variables: made(given(variables))


def _prices_of(type_: GraphQLInputObjectType) -> dict[str, int]:
    found = {name: metadata_of(field).get("price", 0) for name, field in type_.fields.items()}
    return {name: price for name, price in found.items() if price}


def _surcharge(prices: Mapping[str, int], value: Any) -> int:
    if not isinstance(value, Mapping):
        return 0
    return sum(price for name, price in prices.items() if _is_given(value.get(name)))


def _typed(value: Any) -> int:
    """What the texts in a value that a mutation is given add, however deep they stand in it.

    What is longer than any text may be is refused as such, unread.
    """
    letters, within = 0, [value]
    while within:
        one = within.pop()
        if isinstance(one, str):
            letters += len(one) if len(one) <= LONGEST_TEXT else 0
        elif isinstance(one, Mapping):
            within += one.values()
        elif isinstance(one, (list, tuple)):
            within += one
    return round(letters * TYPED)


def _is_given(value: Any) -> bool:
    return value is not None and value is not Undefined


def _counted(given: Sequence[Given | None], default: int, most: int) -> Number:
    """How many entries the first of the values says that there is, else `default`."""
    there = [one for one in given if one is not None]

    def count(values: Iterable[Any]) -> int:
        value = next(filter(_is_given, values), default)
        if isinstance(value, (list, tuple)):
            value = len(value)
        return max(0, min(value, most)) if isinstance(value, int) else most

    if all(isinstance(one, _Constant) for one in there):
        return count([one({}) for one in there])
    return lambda variables: count([one(variables) for one in there])


def _sum(numbers: Iterable[Number]) -> Number:
    fixed, others = 0, []
    for one in numbers:
        if isinstance(one, int):
            fixed += one
        else:
            others.append(one)
    return (lambda variables: fixed + sum([one(variables) for one in others])) if others else fixed


def _product(one: Number, other: Number) -> Number:
    if isinstance(one, int) and isinstance(other, int):
        return one * other
    return lambda variables: number_of(one, variables) * number_of(other, variables)


def _most(numbers: Sequence[Number]) -> Number:
    fixed = [one for one in numbers if isinstance(one, int)]
    if len(fixed) == len(numbers):
        return max(fixed, default=0)
    return lambda variables: max(number_of(one, variables) for one in numbers)


def _part(number: Number, parts: int) -> Number:
    return number // parts + 1 if isinstance(number, int) else lambda variables: number(variables) // parts + 1
