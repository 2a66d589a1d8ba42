"""The operations that are kept compiled: see `Operation`."""

from collections.abc import Generator
from weakref import WeakValueDictionary

import strawberry
from graphql import DocumentNode, OperationDefinitionNode

from schema.documents.bounds import Bounds
from schema.documents.lru_cache import BytesCache
from schema.operations.operation import Operation

# Which part of the bytes is for documents that can't be executed, for coerced values of one operation, for
# introspection, and for operations that one request alone asked for: the rest is for the others, their values among
# them. None of these takes a larger part than all of the new ones.
_REJECTED_PART, _VALUES_PART, _INTROSPECTION_PART, _NEW_PART = 16, 16, 16, 8
_USUAL = Bounds()


class Operations:
    """Compiles each operation of a schema once, and keeps those that were used of late, of `most` bytes together.

    What can't be parsed or validated is kept apart, and what no second request asked for, so that no number of hostile
    documents drives out a good one, nor fills the memory with what the garbage collector has to look through while
    everybody waits. What isn't kept, because it is too long or too large, is found as long as somebody else holds it.
    """

    def __init__(self, schema: strawberry.Schema, most: int, bounds: Bounds = _USUAL) -> None:
        self._schema = schema
        self.bounds = bounds
        self._values_bytes = most // _VALUES_PART
        self._rejected: BytesCache[Operation] = BytesCache(most // _REJECTED_PART)
        # The answers to what was asked of the schema itself, as JSON: see `introspection`.
        self.introspection: BytesCache[bytes] = BytesCache(most // _INTROSPECTION_PART)
        new = most // _NEW_PART
        self._new: BytesCache[Operation] = BytesCache(new, largest=new)
        rest = most - most // _REJECTED_PART - most // _INTROSPECTION_PART - new
        self._compiled: BytesCache[Operation] = BytesCache(rest, largest=new)
        self._held: WeakValueDictionary[tuple[str, str | None], Operation] = WeakValueDictionary()
        self._by_document: WeakValueDictionary[int, Operation] = WeakValueDictionary()
        # How often an operation was asked for, and how often it had to be compiled for that.
        self.asked = self.compiled = 0

    def of(self, query: str, name: str | None) -> Operation:
        """The operation `name` of a document; the only one where there is no name. See `Operation.errors`."""
        self.asked += 1
        key = (query, name)
        found = self._found(key)
        return self._compile(key) if found is None else found

    def again(self, query: str, name: str | None) -> Operation | None:
        """As `of`, for another request than the one that had it compiled; None where it would have to be compiled."""
        key = (query, name)
        found = self._compiled.get(key)
        if found is None:
            found = self._found(key)
            if found is not None and self._new.get(key) is found:
                self._new.drop(key)
                self._compiled.keep(key, found, found.size)
        if found is not None:
            self.asked += 1
        return found

    def in_steps(self, query: str, name: str | None) -> Generator[None, None, Operation]:
        """As `of`, but what isn't known is compiled step by step."""
        key = (query, name)
        if not self.knows(query, name):
            made = yield from Operation.in_steps(self._schema, *key, self._values_bytes, self.bounds)
            if not self.knows(query, name):  # else somebody else has compiled it meanwhile
                self._keep(key, made)
                self.compiled += 1
                self.asked += 1
                return made
        return self.of(query, name)

    def knows(self, query: str, name: str | None) -> bool:
        """Whether `of` has nothing to compile."""
        return self._found((query, name)) is not None

    def _found(self, key: tuple[str, str | None]) -> Operation | None:
        for cache in (self._compiled, self._new, self._rejected, self._held):
            if (found := cache.get(key)) is not None:
                return found
        return None

    def of_document(self, document: DocumentNode, node: OperationDefinitionNode) -> Operation:
        """The operation of a document that was compiled here, or that somebody else has parsed and validated."""
        found = self._by_document.get(id(document))
        return found if found is not None else Operation.of_document(self._schema, document, node, self.bounds)

    def known(self, document: DocumentNode) -> Operation | None:
        """The operation of a document that was compiled here; None of any other."""
        return self._by_document.get(id(document))

    @property
    def size(self) -> int:
        """The bytes that all of it is estimated at."""
        return self._compiled.size + self._new.size + self._rejected.size + self.introspection.size

    def _compile(self, key: tuple[str, str | None]) -> Operation:
        self.compiled += 1
        return self._keep(key, Operation.parsed(self._schema, *key, self._values_bytes, self.bounds))

    def _keep(self, key: tuple[str, str | None], made: Operation) -> Operation:
        if made.document is not None:
            self._by_document[id(made.document)] = made
        cache = self._new if made.is_valid else self._rejected
        if made.is_short and cache.keep(key, made, made.size):
            made.grew = self._account
        else:
            self._held[key] = made
        return made

    def _account(self, operation: Operation) -> None:
        """An operation holds more than before."""
        key = (operation.query, operation.name)
        for cache in (self._compiled, self._new):
            if cache.get(key) is operation:
                cache.keep(key, operation, operation.size)
