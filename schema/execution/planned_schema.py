"""A schema whose operations are compiled and planned: what is kept of them is gone when the schema is."""

from typing import Any

import strawberry

from schema.documents.bounds import Bounds
from schema.execution.fallback import Fallbacks
from schema.execution.turns import Turns
from schema.operations.operation_cache import Operations
from schema.strawberry_internals import graphql_schema, mend_introspection

# What compiled operations may take, in bytes, where nothing else is said.
OPERATION_CACHE_BYTES = 32 * 2**20


class PlannedSchema(strawberry.Schema):
    """A schema that keeps the operations that were executed on it compiled, in so many bytes, each within `bounds`."""

    def __init__(
        self,
        *arguments: Any,
        operation_cache_bytes: int = OPERATION_CACHE_BYTES,
        bounds: Bounds | None = None,
        turns: Turns | None = None,
        **more: Any,
    ) -> None:
        super().__init__(*arguments, **more)
        mend_introspection(graphql_schema(self))
        self.operations = Operations(self, operation_cache_bytes, bounds or Bounds())
        self.fallbacks = Fallbacks()
        self.turns = turns or Turns()
