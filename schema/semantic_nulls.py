"""Which nullable fields of the roots are null only where there is an error: told in the SDL by `@semanticNonNull`.

Root fields are nullable so that one that fails spoils no other. Clients that know the directive take such a field for
non-null where they handle errors by themselves: https://specs.apollo.dev/nullability/v0.4/. It says nothing to the
server, nor to introspection, which has no place for it.
"""

from graphql import (
    FieldDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    ObjectTypeDefinitionNode,
    is_non_null_type,
    parse,
)

from schema.documents.selections import metadata_of

_DIRECTIVE = '''"""
Null only where `errors` names the field: the value, or, by levels, those in its lists.
"""
directive @semanticNonNull(levels: [Int!]! = [0]) on FIELD_DEFINITION

'''


def semantic_non_nulls(schema: GraphQLSchema) -> set[tuple[str, str]]:
    """The fields of query and mutation, by type and name, that are nullable and null only with an error."""
    roots = [one for one in (schema.query_type, schema.mutation_type) if isinstance(one, GraphQLObjectType)]
    return {
        (root.name, name)
        for root in roots
        for name, field in root.fields.items()
        if metadata_of(field).get("semantic_non_null") and not is_non_null_type(field.type)
    }


def with_semantic_nulls(sdl: str, marked: set[tuple[str, str]]) -> str:
    """The SDL with the directive, defined and at these fields."""
    places: list[int] = []
    for type_ in parse(sdl).definitions:
        if isinstance(type_, ObjectTypeDefinitionNode):
            places += [_end(field) for field in type_.fields or () if (type_.name.value, field.name.value) in marked]
    for place in sorted(places, reverse=True):
        sdl = f"{sdl[:place]} @semanticNonNull{sdl[place:]}"
    return _DIRECTIVE + sdl


def _end(field: FieldDefinitionNode) -> int:
    assert field.type.loc is not None
    return field.type.loc.end
