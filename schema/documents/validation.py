"""Validating a document so that nothing of it outlives that.

`graphql.validate` makes visitors whose maps of methods hold the visitors themselves: five hundred objects, more for a
longer document, which hold it in circles until the garbage collector finds them. Where documents are new, as attackers
send them, that looks without end, and what has grown old with its document stops everybody for a third of a second.
Here the maps are emptied at the end. What is left in a circle is what is known of variables, and of fragments that
spread each other.
"""

from collections.abc import Iterable

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    ParallelVisitor,
    TypeInfo,
    TypeInfoVisitor,
    ValidationContext,
    Visitor,
    visit,
)
from graphql.validation.validate import FragmentNestingVisitor, ValidationAbortedError, query_document_keys_to_validate

_TOO_MANY = "Too many validation errors, error limit reached. Validation aborted."


def validate(
    schema: GraphQLSchema,
    document: DocumentNode,
    rules: Iterable[type[ASTValidationRule]],
    most_errors: int,
    *,
    hide_suggestions: bool = False,
) -> list[GraphQLError]:
    """What is wrong with a document by these rules, as `graphql.validate` says it of a schema that is valid."""
    errors: list[GraphQLError] = []

    def on_error(error: GraphQLError) -> None:
        if len(errors) >= most_errors:
            raise ValidationAbortedError(_TOO_MANY)
        errors.append(error)

    type_info = TypeInfo(schema)
    context = ValidationContext(schema, document, type_info, on_error, hide_suggestions)
    visitors: list[Visitor] = [rule(context) for rule in rules]
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    if fragments:
        visitors.insert(0, FragmentNestingVisitor(fragments))
    together = ParallelVisitor(visitors)
    walking = TypeInfoVisitor(type_info, together)
    try:
        visit(document, walking, query_document_keys_to_validate)
    except ValidationAbortedError as error:
        error.__context__ = None
        errors.append(error.with_traceback(None))
    except RecursionError:
        errors.append(ValidationAbortedError("Validation aborted."))
    finally:
        for visitor in (*visitors, together, walking):
            visitor.enter_leave_map.clear()
    return errors
