"""Documents that are sent to make a server work: each made anew for a number, so that no cache knows it already."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]

# Codes of what isn't begun.
REFUSED = frozenset(("BAD_REQUEST", "TOO_COMPLEX", "RATE_LIMITED"))


@dataclass(frozen=True)
class Attack:
    """A request of a guest, made by `body` for a number.

    `refused`: the codes of which one is told; nothing of it is done. Empty where it may be answered.
    """

    name: str
    body: Callable[[int], Body]
    refused: frozenset[str] = field(default=REFUSED)
    # What one request of it may cost the server at most, in ms of CPU: 5 where it is refused, 100 where it is answered.
    most_ms: float = 5.0
    # What it took before there were limits, in ms, as it was seen then; None where nobody measured it.
    before_ms: float | None = None


def codes_of(answer: Any) -> set[str]:
    """The codes of the errors of an answer."""
    return {error["extensions"]["code"] for error in answer.get("errors", ())}


def matches_of_matches(number: int) -> Body:
    """Fitting entries of fitting entries, six levels: 50 to the sixth."""
    text = "id"
    for _level in range(6):
        text = f"matches(first: 50) {{ nodes {{ {text} }} }}"
    return {"query": f"{{ again{number}: offers(first: 100) {{ nodes {{ {text} }} }} }}"}


def members_of_groups(number: int) -> Body:
    """The members of the groups of the members of the groups, nine levels."""
    text = "id"
    for level in range(9):
        text = f"{'groups' if level % 2 == 0 else 'members'}(first: 100) {{ nodes {{ {text} }} }}"
    return {"query": f"{{ again{number}: __typename {text} }}"}


def doubling_fragments(number: int) -> Body:
    """Each fragment spreads the one before twice: 2^11 fields of 1.2 KB."""
    parts = [f"fragment f0 on Query {{ again{number}: __typename network {{ name }} }}"]
    parts += [f"fragment f{at} on Query {{ ...f{at - 1} ...f{at - 1} }}" for at in range(1, 12)]
    return {"query": f"{{ ...f11 }} {' '.join(parts)}"}


def deep_fragments(number: int) -> Body:
    """The same by aliases, which can't be merged."""
    parts = [f"fragment f0 on Query {{ again{number}: __typename network {{ name }} }}"]
    parts += [
        f"fragment f{at} on Query {{ ...f{at - 1} a{at}: network {{ name }} ...f{at - 1} }}" for at in range(1, 40)
    ]
    return {"query": f"{{ ...f39 }} {' '.join(parts)}"}


def circular_fragments(number: int) -> Body:
    """Fragments that spread each other."""
    return {
        "query": f"{{ ...a }} fragment a on Query {{ again{number}: __typename ...b }} "
        "fragment b on Query { network { name } ...a }"
    }


def combining_marks(number: int) -> Body:
    """A search for 32 KB of marks upon one letter."""
    text = f"a{number}" + "\u0316\u0301" * 8000
    return {
        "query": "query ($text: String!) { search(text: $text) { nodes { __typename } } }",
        "variables": {"text": text},
    }


def combining_marks_in_a_literal(number: int) -> Body:
    """The same within the document."""
    text = f"a{number}" + "\u0316\u0301" * 8000
    return {"query": f'{{ search(text: "{text}") {{ nodes {{ __typename }} }} }}'}


def many_integers(number: int) -> Body:
    """200,000 integers for a list of enums: each would be an error with a text of its own."""
    values = [number, *[7] * 199_999]
    query = "query ($all: [OfferCategory!]) { offers(filter: {categories: $all}) { totalCount } }"
    return {"query": query, "variables": {"all": values}}


def unknown_fields(number: int) -> Body:
    """20,000 fields that there aren't."""
    return {"query": "{ " + " ".join(f"f{number}x{at}" for at in range(20_000)) + " }"}


def repeated_field(number: int) -> Body:
    """One field a thousand times, each to be compared with each other."""
    return {"query": f"{{ again{number}: __typename {'network { name } ' * 1000} }}"}


def many_aliases(number: int) -> Body:
    """One field by a thousand names."""
    return {"query": f"{{ {' '.join(f'a{number}x{at}: network {{ name }}' for at in range(1000))} }}"}


def many_directives(number: int) -> Body:
    """Ten thousand directives on one field."""
    return {"query": f"{{ again{number}: __typename {'@include(if: true) ' * 10_000} }}"}


def many_operations(number: int) -> Body:
    """A thousand operations, of which one is asked for."""
    text = " ".join(f"query q{at} {{ again{number}: __typename }}" for at in range(1000))
    return {"query": text, "operationName": "q7"}


def deep_selection(number: int) -> Body:
    """Nested as deep as fits."""
    return {"query": f"{{ again{number}: __typename " + "network { " * 3000 + "name" + " }" * 3000 + " }"}


def deep_list(number: int) -> Body:
    """A literal of lists in lists."""
    return {"query": f"{{ again{number}: nodes(ids: {'[' * 3000}{']' * 3000}) {{ id }} }}"}


def deep_variable(number: int) -> Body:
    """A variable of objects in objects."""
    value: Any = number
    for _level in range(300):
        value = {"near": [value]}
    return {"query": "query ($f: OfferFilter) { offers(filter: $f) { totalCount } }", "variables": {"f": value}}


def long_name(number: int) -> Body:
    """An operation's name of 100 KB."""
    name = f"q{number}" + "x" * 100_000
    return {"query": f"query {name} {{ __typename }}", "operationName": name}


def introspection_in_circles(number: int) -> Body:
    """The fields of the types of the fields: introspection is as deep as it is asked for."""
    inner = "name"
    for _level in range(9):
        inner = f"fields {{ type {{ {inner} }} }}"
    return {"query": f"{{ again{number}: __schema {{ types {{ {inner} }} }} }}"}


def too_many_entries(number: int) -> Body:
    """More of a list than there may be at once."""
    return {"query": f"{{ again{number}: offers(first: {1001 + number}) {{ nodes {{ id }} }} }}"}


def wide_page(number: int) -> Body:
    """All boards there may be in one request, each of a hundred with what belongs to it."""
    one = "offers(first: 100) { nodes { id description owner { name groups { totalCount } } topics { name } } }"
    return {"query": f"{{ {' '.join(f'a{number}x{at}: {one}' for at in range(20))} }}"}


def many_searches(number: int) -> Body:
    """Full-text searches by many names."""
    parts = (f'a{at}: search(text: "e{number} {at}", first: 100) {{ nodes {{ __typename }} }}' for at in range(50))
    return {"query": f"{{ {' '.join(parts)} }}"}


# Ten words that many entries have, and ten that none has; the last letters differ each time.
FREQUENT = "hilfe kinder verein garten musik sport jugend deutsch fest haus"
STRANGE = " ".join(f"{word}zqx" for word in FREQUENT.split())


def searches_of_ten_words(number: int) -> Body:
    """As many searches of ten words as the cost lets through: nine would cost half a second."""
    parts = (
        f'a{at}: search(text: "{text} {number}", first: 1) {{ nodes {{ __typename }} }}'
        for at, text in enumerate((FREQUENT, STRANGE))
    )
    return {"query": f"{{ {' '.join(parts)} }}"}


def nine_searches_of_ten_words(number: int) -> Body:
    """More of them than that."""
    parts = (f'a{at}: search(text: "{FREQUENT} {number}", first: 1) {{ nodes {{ __typename }} }}' for at in range(9))
    return {"query": f"{{ {' '.join(parts)} }}"}


def filters_of_ten_words(number: int) -> Body:
    """As many lists with ten words in their filter as the cost lets through."""
    parts = (
        f'a{at}: offers(first: 1, filter: {{ text: "{text} {number}" }}) {{ nodes {{ id }} }}'
        for at, text in enumerate((FREQUENT, STRANGE, FREQUENT, STRANGE, FREQUENT))
    )
    return {"query": f"{{ {' '.join(parts)} }}"}


def many_circles(number: int) -> Body:
    """Distances to all entries by many names."""
    parts = (
        f"a{at}: offers(first: 100, sort: DISTANCE, filter: {{near: {{latitude: 52.{number}{at}, longitude: 10.8, "
        "radiusKm: 500}}) { totalCount nodes { id } }"
        for at in range(50)
    )
    return {"query": f"{{ {' '.join(parts)} }}"}


def broken(number: int) -> Body:
    """A document of 19 KB that ends too soon."""
    return {"query": f"{{ again{number}: __typename " + "network { name " * 1300}


# What the rows of "nobody can stop it" are, and what else is of their kind. What took milliseconds before was measured
# on the same machine as what takes them now.
ATTACKS = (
    Attack("matches of matches", matches_of_matches, before_ms=8000),
    Attack("members of groups", members_of_groups, before_ms=5700),
    Attack("doubling fragments", doubling_fragments, before_ms=4300),
    Attack("deep fragments", deep_fragments),
    Attack("circular fragments", circular_fragments),
    Attack("combining marks", combining_marks, frozenset(), 100.0, before_ms=3000),
    Attack("combining marks in a literal", combining_marks_in_a_literal, frozenset(), 100.0),
    Attack("many integers", many_integers, before_ms=10_900),
    Attack("unknown fields", unknown_fields, before_ms=2300),
    Attack("repeated field", repeated_field, before_ms=2200),
    Attack("many aliases", many_aliases),
    Attack("many directives", many_directives),
    Attack("many operations", many_operations),
    Attack("deep selection", deep_selection),
    Attack("deep list", deep_list),
    Attack("deep variable", deep_variable),
    Attack("long name", long_name),
    Attack("introspection in circles", introspection_in_circles),
    Attack("too many entries", too_many_entries),
    Attack("wide page", wide_page, frozenset(), 100.0),
    Attack("many searches", many_searches, frozenset(), 100.0),
    Attack("searches of ten words", searches_of_ten_words, frozenset(), 100.0),
    Attack("nine searches of ten words", nine_searches_of_ten_words),
    Attack("filters of ten words", filters_of_ten_words, frozenset(), 100.0),
    Attack("many circles", many_circles, frozenset(), 100.0),
    Attack("broken", broken),
)
BY_NAME = {attack.name: attack for attack in ATTACKS}
