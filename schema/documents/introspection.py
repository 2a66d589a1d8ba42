"""What is asked of the schema itself: answered by graphql-core once, for the schema stays the same."""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from math import ceil
from typing import Any

import orjson
from graphql import GraphQLSchema, OperationDefinitionNode, print_ast
from graphql.execution.values import VariableValues

from schema.documents.lru_cache import BytesCache
from schema.documents.selections import Fragments, fragments_used, variables_of

INTROSPECTING = frozenset(("__schema", "__type"))
_BESIDES = 500


@lru_cache(8)
def lengths_of(schema: GraphQLSchema) -> Mapping[str, int]:
    """How long the lists are, on average, that the schema shows of itself."""
    types = schema.type_map.values()
    fields = [field for one in types for field in getattr(one, "fields", {}).values()]
    arguments = [argument for field in fields for argument in getattr(field, "args", {})]
    values = [value for one in types for value in getattr(one, "values", {})]
    each = max(ceil(len(fields) / len(types)), 1)
    return {
        "types": len(types),
        "directives": len(schema.directives),
        "fields": each,
        "inputFields": each,
        "args": max(ceil(len(arguments) / max(len(fields), 1)), 1),
        "enumValues": max(ceil(len(values) / len(types)), 1),
        "interfaces": 1,
        "possibleTypes": 1,
    }


class Introspection:
    """A root field that asks for the schema, as `alone` selects it."""

    def __init__(self, alone: OperationDefinitionNode, fragments: Fragments) -> None:
        self._parts = (alone.selection_set, *fragments_used(alone, fragments))

    @cached_property
    def _text(self) -> str:
        return "\n".join(map(print_ast, self._parts))

    @cached_property
    def _names(self) -> list[str]:
        return sorted({name for part in self._parts for name in variables_of(part)})

    def key(self, variables: VariableValues) -> tuple[Any, ...]:
        """What all have in common that get the same answer."""
        return self._text, *[(name in variables.coerced, variables.coerced.get(name)) for name in self._names]

    def keep(self, cache: BytesCache[bytes], key: tuple[Any, ...], value: Any) -> bytes:
        """Keep an answer, which has no errors, as JSON."""
        content = orjson.dumps(value)
        cache.keep(key, content, _BESIDES + len(content) + 4 * len(repr(key)))
        return content
