"""A document compiled once: all that is known of an operation before anybody has given it variables."""

import hashlib
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import cached_property
from typing import Any
from weakref import ref

import orjson
import strawberry
from cachetools import LRUCache
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
)
from graphql.execution.values import VariableValues

from auth.refusals import Refusal, TooComplex
from schema.documents.bounds import Bounds, check_document, check_text, check_variables
from schema.documents.lru_cache import BytesCache
from schema.documents.parsing import let_go_of_tokens, parsed
from schema.documents.rules import in_parts, needed
from schema.documents.selections import conditions_of, fields_beneath, nodes_of
from schema.documents.validation import validate
from schema.operations.cache_dependencies import Dependencies, dependencies_of
from schema.operations.cost import Number, cost_of, number_of
from schema.operations.error_paths import locate_in_document
from schema.operations.sharing_key import Sharing, sharing_of
from schema.planning.plan import OperationPlan
from schema.planning.planner import Planner, UnplannedError
from schema.strawberry_internals import graphql_schema, validation_rules

# Of longer documents nothing is kept, nor are they shared or their answers cached: clients send few, and short ones.
LONGEST_DOCUMENT = 20_000
# In how many variants of what `@skip` and `@include` read an operation is kept planned.
_VARIANTS = 20
# What the parts take in memory, on average and rather more, in bytes: a node of the document, an error,
# a planned field with the code that is generated for it, and all else. tests/schema/operations/test_operation_cache.py
# holds them to what is taken.
_NODE, _ERROR, _FIELD, _REST = 280, 1500, 4500, 16_000
# Of a document of more letters the rules are asked one part after the other.
_LONG = 1000
# So many mistakes are told at most.
_MOST_ERRORS = 50
# Of how many variables of which length, as JSON, it is kept what they cost.
_MOST_ADMITTED, _LONGEST_VARIABLES = 20, 300


_USUAL = Bounds()


class Operation:
    """One operation of a document, compiled by `Operations.of`. What isn't needed always is found at first use.

    `errors` says what is wrong with the document: then nothing can be executed, and `document` and `node` are None.
    `node` is also None where the document has no operation of this name.
    """

    def __init__(
        self, schema: strawberry.Schema, query: str, name: str | None, values_bytes: int, bounds: Bounds
    ) -> None:
        self._strawberry = schema
        self.bounds = bounds
        self._schema = graphql_schema(schema)
        self.query = query
        self.name = name
        self.document: DocumentNode | None = None
        self.errors: list[GraphQLError] = []
        self.node: OperationDefinitionNode | None = None
        # Of one that was rejected.
        self._kind: OperationType | None = None
        self.fragments: dict[str, FragmentDefinitionNode] = {}
        self.is_short = len(query) + len(name or "") <= LONGEST_DOCUMENT
        # Called when it holds more than before.
        self.grew: Callable[[Operation], None] = lambda _self: None
        # What it costs, by its variables as JSON.
        self._admitted: dict[bytes, int] = {}
        # Values of its variables, and of its fields' arguments, as they were coerced.
        self.values: BytesCache[Any] = BytesCache(values_bytes, _telling(self))
        self._size = _REST + 6 * len(query)
        self._plans: LRUCache[tuple[Any, ...], OperationPlan | None] = LRUCache(_VARIANTS)

    @classmethod
    def parsed(
        cls, schema: strawberry.Schema, query: str, name: str | None, values_bytes: int = 0, bounds: Bounds = _USUAL
    ) -> "Operation":
        """The operation `name` of a document, parsed and validated; the only one where there is no name.

        Of one that can't be executed nothing stays but what is wrong with it.
        """
        steps = cls.in_steps(schema, query, name, values_bytes, bounds)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                made: Operation = end.value
                return made

    @classmethod
    def in_steps(
        cls, schema: strawberry.Schema, query: str, name: str | None, values_bytes: int = 0, bounds: Bounds = _USUAL
    ) -> Generator[None, None, "Operation"]:
        """As `parsed`, step by step: who asks for it may do something else in between."""
        made = cls(schema, query, name, values_bytes, bounds)
        try:
            check_text(query, name, bounds)
            yield
            document = parsed(query)
            yield
            made._take(document, check_document(document, bounds))
            if len(query) > _LONG:
                made._refuse_what_is_dear()
            yield
            yield from made._validate(document)
            if made.is_valid:
                _computed = made._points
                let_go_of_tokens(document)
        except Exception as error:
            made.errors = [_as_error(error)]
        if made.errors:
            made._reject()
        return made

    @classmethod
    def of_document(
        cls, schema: strawberry.Schema, document: DocumentNode, node: OperationDefinitionNode, bounds: Bounds
    ) -> "Operation":
        """An operation of a document that somebody else has parsed and validated."""
        made = cls(schema, "", node.name.value if node.name else None, 0, bounds)
        made._take(document, sum(1 for _node in nodes_of(document)))
        return made

    def _take(self, document: DocumentNode, nodes: int) -> None:
        self.document = document
        self.node = get_operation_ast(document, self.name)
        self.fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        self._size += _NODE * nodes

    def _refuse_what_is_dear(self) -> None:
        """Raise `TooComplex` where it costs too much whatever its variables are: to validate it takes as long again."""
        try:
            points = self._points
        except Exception:  # it isn't valid then, and validation says why
            return
        if isinstance(points, int):
            self._allow(points)

    def _validate(self, document: DocumentNode) -> Iterator[None]:
        rules = needed(validation_rules(introspection=self.bounds.introspection), self.query)
        hidden = not self.bounds.suggestions
        is_long = len(self.query) > _LONG
        for some in in_parts(rules) if is_long else [rules]:
            most = _MOST_ERRORS - len(self.errors)
            self.errors += validate(self._schema, document, some, most, hide_suggestions=hidden)
            yield
            if len(self.errors) >= _MOST_ERRORS:
                break
        # The specification's GetOperation (6.1): Strawberry would execute the first one.
        operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
        if len(operations) > 1 and self.name is None:
            text = "The document holds several operations: say by `operationName` which one to execute."
            self.errors = [GraphQLError(text, operations)]
        locate_in_document(document, self.errors)

    def _reject(self) -> None:
        """Let go of the document, which holds its tokens, and of what the errors know of it."""
        self._kind = self.kind
        self.errors = [_alone(error) for error in self.errors]
        self.document, self.node, self.fragments = None, None, {}
        self._size = _REST + 6 * len(self.query) + _ERROR * len(self.errors)

    @cached_property
    def _points(self) -> Number:
        assert self.node is not None
        return cost_of(self._schema, self.node, self.fragments, self.bounds.document_fields)

    def admit(self, variables: Mapping[str, Any] | None) -> int:
        """What it costs with these variables, in points: of a subscription each update. See `schema.operations.cost`.

        To be asked before anything is made of the variables, whichever way an operation comes. Raises `TooComplex`
        where that is more than allowed, or the variables are; `GraphQLError` for a list in them that is too long.
        """
        try:
            text = orjson.dumps(variables) if variables else b""
        except TypeError:  # nested deeper than it writes
            return self._judged(variables or {})
        known = self._admitted.get(text)
        if known is None:
            known = self._judged(variables or {})
            if len(text) <= _LONGEST_VARIABLES and len(self._admitted) < _MOST_ADMITTED:
                self._admitted[text] = known
        return known

    def _judged(self, variables: Mapping[str, Any]) -> int:
        check_variables(variables, self.bounds)
        points = number_of(self._points, variables)
        self._allow(points)
        return points

    def _allow(self, points: int) -> None:
        limit = self.bounds.cost_limit
        if points > limit:
            text = (
                f"The operation costs {points} points, and {limit} are allowed: ask for fewer entries, or fewer fields."
            )
            raise TooComplex(text, requested=points, limit=limit)

    @property
    def is_valid(self) -> bool:
        """Whether it can be executed."""
        return self.node is not None and not self.errors

    @property
    def kind(self) -> OperationType | None:
        """Query, mutation or subscription."""
        return self._kind if self.node is None else self.node.operation

    @property
    def is_subscription(self) -> bool:
        """Whether it is a subscription."""
        return self.kind is OperationType.SUBSCRIPTION

    @property
    def is_mutation(self) -> bool:
        """Whether it is a mutation."""
        return self.kind is OperationType.MUTATION

    @property
    def is_answered_at_once(self) -> bool:
        """Whether it is a query or mutation that can be executed."""
        return self.is_valid and not self.is_subscription

    @property
    def size(self) -> int:
        """An estimate of the bytes that it holds now."""
        return self._size + self.values.size

    @cached_property
    def hash(self) -> str:
        """What the log knows its document by: the beginning of the SHA-256 of its text."""
        return hashlib.sha256(self.query.encode(errors="replace")).hexdigest()[:16]

    @cached_property
    def asks_live_cursor(self) -> bool:
        """Whether it selects a field `liveCursor`, wherever: the cursor has to be read before anything else."""
        if self.node is None or "liveCursor" not in self.query:
            return False
        root = self._schema.get_root_type(self.node.operation)
        beneath = fields_beneath(self._schema, (root, self.node.selection_set), self.fragments)
        return any(node.name.value == "liveCursor" for node, _declared in beneath)

    @cached_property
    def sharing(self) -> Sharing | None:
        """How it can be shared; None where it can't, or is no valid subscription."""
        if self.node is None or not (self.is_valid and self.is_short and self.is_subscription):
            return None
        try:
            return sharing_of(self._schema, self.node, self.fragments)
        except RecursionError:
            return None

    @cached_property
    def dependencies(self) -> Dependencies | None:
        """What a guest's answers to it are made of; None where they must not be cached, or it is no valid query."""
        if self.node is None or not (self.is_valid and self.is_short and self.kind is OperationType.QUERY):
            return None
        return dependencies_of(self._schema, self.node, self.fragments)

    @cached_property
    def _conditions(self) -> list[str]:
        assert self.node is not None
        return conditions_of(self.node, self.fragments)

    def plan(self, variables: VariableValues) -> OperationPlan | None:
        """The plan for these variables; None where there is none, and graphql-core has to execute it."""
        key = tuple([variables.coerced.get(name) for name in self._conditions])
        try:
            return self._plans[key]
        except KeyError:
            plan = self._plans[key] = self._make(variables)
            return plan

    def _make(self, variables: VariableValues) -> OperationPlan | None:
        assert self.node is not None
        try:
            plan = Planner(self._strawberry, self.fragments, variables, self.values).plan(self.node)
        except (UnplannedError, RecursionError):
            return None
        if len(self._plans) < _VARIANTS:  # else one of about the same size makes room
            self._size += _FIELD * plan.size
            self.grew(self)
        return plan


def _telling(operation: Operation) -> Callable[[], None]:
    """What tells that an operation has grown, and doesn't hold it: in a circle it would outlive its use."""
    known = ref(operation)

    def tell() -> None:
        if (alive := known()) is not None:
            alive.grew(alive)

    return tell


def _alone(error: GraphQLError) -> GraphQLError:
    """An error that says where it is, and holds on to nothing of the document."""
    cause = error.original_error if isinstance(error.original_error, Refusal) else None
    made = GraphQLError(error.message, original_error=cause, extensions=error.extensions)
    made.locations = error.locations
    return made


def _as_error(error: Exception) -> GraphQLError:
    """An error of the request that holds on to nothing of where it was found."""
    error = error.with_traceback(None)
    return error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
