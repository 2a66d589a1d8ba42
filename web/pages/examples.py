"""Examples by task, which the playground opens and `/docs/examples` shows: read of the one file that both have.

The file is a GraphQL document. What stands above an operation, in comments, says what the operation is an example of.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from graphql import OperationDefinitionNode, parse

from resolvers.translation import LANGUAGES

SOURCE = Path(__file__).parent / "playground/src/examples.graphql"
# Where an example is listed, in this order.
TOPICS = ("read", "live", "take_part", "account")
_ENTRY = re.compile(r"(in|as|de|en|variables(?:\.de|\.en)?|fill): *(.*)")


@dataclass(frozen=True)
class Example:
    """An operation that does something people want to do.

    `titles`, `texts` and `variables` are by language. A value of the variables such as `<id>` stands for what `fill`, a
    query, answers first. `account` is whom of the demonstration it is for, None where it is for everybody.
    """

    name: str
    topic: str
    account: str | None
    titles: dict[str, str]
    texts: dict[str, str]
    query: str
    variables: dict[str, dict[str, Any]]
    fill: str | None


@cache
def examples() -> tuple[Example, ...]:
    """All of them, in the order of the file."""
    source = SOURCE.read_text("utf-8")
    found, end = [], 0
    for operation in parse(source).definitions:
        assert isinstance(operation, OperationDefinitionNode)
        assert operation.name is not None
        assert operation.loc is not None
        entries = _entries(source[end : operation.loc.start])
        end = operation.loc.end
        found.append(_example(operation.name.value, entries, source[operation.loc.start : end]))
    return tuple(found)


def _entries(comments: str) -> dict[str, str]:
    """What the comments say, by the word that begins an entry. Only what follows the last empty line counts."""
    entries: dict[str, str] = {}
    key = ""
    for line in comments.rstrip().rpartition("\n\n")[2].splitlines():
        text = line.removeprefix("#").strip()
        if begins := _ENTRY.fullmatch(text):
            key, entries[begins[1]] = begins[1], begins[2]
        elif key:
            entries[key] += f" {text}"
    return entries


def _example(name: str, entries: dict[str, str], query: str) -> Example:
    said = {language: entries[language].partition(" | ") for language in LANGUAGES}
    variables = {
        language: json.loads(entries.get(f"variables.{language}") or entries.get("variables") or "{}")
        for language in LANGUAGES
    }
    return Example(
        name=name,
        topic=entries["in"],
        account=entries.get("as"),
        titles={language: parts[0] for language, parts in said.items()},
        texts={language: parts[2] for language, parts in said.items()},
        query=query,
        variables=variables,
        fill=entries.get("fill"),
    )
