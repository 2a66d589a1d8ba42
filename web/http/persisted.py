"""Documents that a client names by hash or id instead of sending them.

None are kept here: who asks so is told `PERSISTED_QUERY_NOT_SUPPORTED`, by which the clients' own links send the
document whole, and go on doing so. Over HTTP the answer is JSON also where a stream was asked for: urql takes a stream
that holds an error alone for the subscription's. https://www.apollographql.com/docs/apollo-server/performance/apq
"""

from collections.abc import Mapping
from typing import Any


def names_document(parameters: Mapping[str, Any]) -> bool:
    """Whether a request without a document names one: by `extensions.persistedQuery`, or by `documentId`."""
    if parameters.get("query"):
        return False
    extensions = parameters.get("extensions")
    by_hash = isinstance(extensions, dict) and isinstance(extensions.get("persistedQuery"), dict)
    return by_hash or isinstance(parameters.get("documentId"), str)
