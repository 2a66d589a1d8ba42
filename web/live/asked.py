"""An operation, as a client asks for it over any transport."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from strawberry.types.graphql import OperationType

from web.http.persisted import DocumentName, Documents


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation, as a client asks for it."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None
    # Which kinds of operations may be executed; None: all.
    allowed: Iterable[OperationType] | None = None
    # What it names its document by, which may stand for `query`.
    name: DocumentName | None = None

    async def whole(self, documents: Documents) -> "Asked":
        """The same with the document that it asks for. Raises as `Documents.text`."""
        text = await documents.text(self.query, self.name)
        return self if text is self.query else replace(self, query=text)
