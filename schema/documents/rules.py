"""Which rules of validation a document has to be held to: those that are about something that stands in it.

Each rule is asked at each node, and those for variables walk through the document once more. Most documents have no
directive, many no variable or fragment: that is seen in their text, without looking at what the signs mean there.
"""

from collections.abc import Iterable, Iterator

from graphql import (
    ASTValidationRule,
    DeferStreamDirectiveLabel,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    FragmentsOnCompositeTypesRule,
    KnownArgumentNamesRule,
    KnownDirectivesRule,
    KnownFragmentNamesRule,
    NoFragmentCyclesRule,
    NoUndefinedVariablesRule,
    NoUnusedFragmentsRule,
    NoUnusedVariablesRule,
    OverlappingFieldsCanBeMergedRule,
    PossibleFragmentSpreadsRule,
    SingleFieldSubscriptionsRule,
    StreamDirectiveOnListField,
    UniqueArgumentNamesRule,
    UniqueDirectivesPerLocationRule,
    UniqueFragmentNamesRule,
    UniqueInputFieldNamesRule,
    UniqueVariableNamesRule,
    ValuesOfCorrectTypeRule,
    VariablesAreInputTypesRule,
    VariablesInAllowedPositionRule,
)
from graphql.validation import MaxIntrospectionDepthRule
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

Rule = type[ASTValidationRule]

# Those that are about what only stands in a document together with one of these signs.
_BY_SIGNS: dict[tuple[str, ...], tuple[Rule, ...]] = {
    ("$",): (
        *(UniqueVariableNamesRule, VariablesAreInputTypesRule, NoUndefinedVariablesRule, NoUnusedVariablesRule),
        VariablesInAllowedPositionRule,
    ),
    ("@",): (
        *(KnownDirectivesRule, UniqueDirectivesPerLocationRule, DeferStreamDirectiveOnRootField),
        *(DeferStreamDirectiveOnValidOperationsRule, DeferStreamDirectiveLabel, StreamDirectiveOnListField),
    ),
    ("...", "fragment"): (
        *(UniqueFragmentNamesRule, KnownFragmentNamesRule, NoUnusedFragmentsRule, NoFragmentCyclesRule),
        *(PossibleFragmentSpreadsRule, FragmentsOnCompositeTypesRule),
    ),
    ("(",): (
        *(KnownArgumentNamesRule, UniqueArgumentNamesRule, ValuesOfCorrectTypeRule, UniqueInputFieldNamesRule),
        *(MaybeNullValidationRule, OneOfInputValidationRule),
    ),
    ("subscription",): (SingleFieldSubscriptionsRule,),
    ("__",): (MaxIntrospectionDepthRule,),
}
_SIGNS = {rule: signs for signs, some in _BY_SIGNS.items() for rule in some}
# Those that walk through the document by themselves; of variables they share the way.
_LATER: tuple[tuple[Rule, ...], ...] = (
    (NoUndefinedVariablesRule, NoUnusedVariablesRule, VariablesInAllowedPositionRule),
    (OverlappingFieldsCanBeMergedRule,),
)


def needed(rules: Iterable[Rule], query: str) -> list[Rule]:
    """Those of the rules that can find something wrong with the document."""
    return [rule for rule in rules if rule not in _SIGNS or any(sign in query for sign in _SIGNS[rule])]


def in_parts(rules: Iterable[Rule]) -> Iterator[list[Rule]]:
    """The rules in parts of about the same work, of which each can be asked by itself."""
    rest = list(rules)
    for some in _LATER:
        part = [rule for rule in rest if rule in some]
        rest = [rule for rule in rest if rule not in some]
        if part:
            yield part
    yield rest[::2]
    yield rest[1::2]
