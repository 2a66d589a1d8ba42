"""What the answers to guests depend on: found in the document, by what each field of the schema says of itself.

An answer may be cached until something that it depends on changes: see `subscriptions.response_cache`. Conservative by
default: a field that doesn't say what it depends on, or whose value changes by time alone, keeps the whole answer from
being cached. Directives are not looked at: what `@skip` leaves out counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graphql import GraphQLField, GraphQLSchema, OperationDefinitionNode

from resolvers.context import BY_CLOCK
from schema.declare import fields
from schema.declare.fields import Uncacheable
from schema.documents.selections import Fragments, fields_beneath, metadata_of
from subscriptions.changes import Noun


@dataclass(frozen=True)
class Dependencies:
    """What answers to an operation depend on."""

    # Of these nouns any row.
    nouns: frozenset[Noun]
    # The roots, by name, that say which rows they show; without that it is any row of these nouns.
    roots: Mapping[str, frozenset[Noun]]

    def tags(self, shown: Mapping[str, Iterable[str]]) -> frozenset[str] | None:
        """What an answer is tagged with in whose making the roots have shown these rows.

        None where it must not be cached: an argument asked for what goes by the clock.
        """
        if BY_CLOCK in shown:
            return None
        found: set[str] = {*self.nouns}
        for name, nouns in self.roots.items():
            found.update(shown.get(name) or nouns)
        return frozenset(found)


def dependencies_of(
    schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Fragments
) -> Dependencies | None:
    """What a guest's answers to a valid query depend on; None where they must not be cached.

    Whoever caches answers must see for himself that there were no errors.
    """
    nouns: set[Noun] = set()
    roots: dict[str, frozenset[Noun]] = {}
    for node, declared in fields_beneath(schema, (schema.query_type, operation.selection_set), fragments):
        if node.name.value.startswith("__"):  # the schema itself stays the same
            continue
        if not declared:
            return None
        for one in declared:
            depends_on = dependencies_of_field(one)
            if isinstance(depends_on, Uncacheable):
                return None
            shows = metadata_of(one).get("shows")
            if shows is not None:
                roots[shows] = frozenset(depends_on)
            else:
                nouns.update(depends_on)
    return Dependencies(frozenset(nouns), roots)


def dependencies_of_field(field: GraphQLField) -> fields.DependsOn:
    """What the field's metadata says; UNKNOWN where it says nothing."""
    depends_on: fields.DependsOn = metadata_of(field).get("depends_on", Uncacheable.UNKNOWN)
    return depends_on
