"""The only documents that a server answers, where its operator lists them: TRUSTED_DOCUMENTS names the file.

It is a manifest as the clients' own tools write it: that of Apollo (`generate-persisted-query-manifest`), or a plain
object of documents by their ids, as graphql-codegen's client preset and Relay's compiler write. A client names a
document by its id, as `documentId` or as Apollo's links do, or sends the very text.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from auth.refusals import BadRequest, DocumentNotTrusted
from web.http.persisted import DocumentName

APOLLO = "apollo-persisted-query-manifest"
# Larger than what an application asks in its whole life.
_LARGEST_FILE = 64_000_000


class ManifestError(Exception):
    """The file is no manifest; the text says why."""


class TrustedDocuments:
    """Documents by their ids, and the server's own pages' beside them. Nothing else is answered."""

    def __init__(self, manifest: Mapping[str, str], own: Iterable[str]) -> None:
        self._texts = {*manifest.values(), *own}
        # As the GraphQL-over-HTTP appendix names a document, whatever the manifest calls it; and as Apollo's links do.
        self._named = {name: text for text in self._texts for name in _names_of(text)} | dict(manifest)

    async def text(self, query: str, name: DocumentName | None) -> str:
        """As `Documents.text`. Raises `DocumentNotTrusted`."""
        named = None if name is None else self._named.get(name.id or name.hash or "")
        if query and named is not None and named != query:
            raise BadRequest("The document is not the one of this name.")
        found = query or named
        if found is None or found not in self._texts:
            raise DocumentNotTrusted
        return found


def _names_of(text: str) -> Iterator[str]:
    hash = sha256(text.encode(errors="replace")).hexdigest()
    yield hash
    yield f"sha256:{hash}"


def read_manifest(path: Path) -> dict[str, str]:
    """The documents of a manifest by their ids. Raises `ManifestError`."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise ManifestError(f"has more than {_LARGEST_FILE} bytes")
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise ManifestError(f"can't be read ({error.strerror})") from None
    except ValueError:
        raise ManifestError("holds no JSON") from None
    found = dict(_documents_in(content))
    if not found:
        raise ManifestError("holds no documents")
    return found


def _documents_in(content: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(content, dict):
        raise ManifestError("holds no object of documents by their ids")
    if content.get("format") == APOLLO:
        if content.get("version") != 1 or not isinstance(content.get("operations"), list):
            raise ManifestError("is a manifest of Apollo's of another version than 1")
        pairs = [(one.get("id"), one.get("body")) for one in content["operations"] if isinstance(one, dict)]
    else:
        pairs = list(content.items())
    for id, text in pairs:
        if not (isinstance(id, str) and isinstance(text, str) and id and text.strip()):
            raise ManifestError(f"holds something that is no document, at {str(id)[:100]!r}")
        yield id, text
