"""How the types of `schema/` declare their fields.

- `plain`: an attribute of the row.
- `relation`: a batch function of `resolvers/` (see `resolvers.loaders`), through a DataLoader. The function
  stands in the field's metadata, where executor and hub read them.
- `mutation`: runs a resolver and turns its user errors into the payload's `userErrors`.

Types are never instantiated: resolvers return rows, `is_type_of` says which row is which type.
"""

import inspect
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import wraps
from operator import attrgetter
from typing import Annotated, Any, TypeVar, get_args

import strawberry
from graphql import FieldNode, FragmentSpreadNode, GraphQLResolveInfo, InlineFragmentNode, SelectionSetNode
from graphql.execution.values import VariableValues, get_directive_values
from graphql.type import GraphQLIncludeDirective, GraphQLSkipDirective
from strawberry.types import Info as StrawberryInfo
from strawberry.types.base import has_object_definition
from strawberry.utils.str_converters import to_snake_case

from auth.refusals import BadRequest, Unauthenticated
from auth.viewer import GUEST
from models.sql.paging import PageArguments
from resolvers.context import Context
from resolvers.loaders import Batch
from resolvers.user_errors import UserErrors
from schema.declare.ids import key_of
from schema.declare.seen_by import SeenBy
from schema.strawberry_internals import graphql_info
from subscriptions.changes import Noun
from subscriptions.response_cache import row_tags

Info = StrawberryInfo[Context, Any]
Type = TypeVar("Type")


class Uncacheable(Enum):
    """Why no answer that holds this field is cached."""

    UNKNOWN = "nobody has said what it depends on"
    BY_CLOCK = "its value changes by time alone"
    BY_LOG = "it says where the log of changes stands"


BY_CLOCK, BY_LOG = Uncacheable.BY_CLOCK, Uncacheable.BY_LOG

# What a field's value depends on for a guest, besides the row that it belongs to: empty, where of nothing else.
DependsOn = Collection[Noun] | Uncacheable
EVERYTHING: Collection[Noun] = frozenset(Noun)
# Which rows a root shows, as tags (`subscriptions.response_cache`): of what it found, and its arguments.
ShownRows = Callable[..., Iterable[str]]


@dataclass(frozen=True)
class Relation:
    """What is known of a relation: its batch function, and fixed arguments of it."""

    batch: Batch
    fixed: dict[str, Any]
    # The columns of the parents that the function reads; None: nobody said.
    needs: frozenset[str] | None


def plain(description: str, *, name: str | None = None, depends_on: DependsOn = ()) -> Any:
    """A field that is an attribute of the row, of the same name. Who sees the object sees it."""
    return strawberry.field(description=description, name=name, metadata={"made_of": depends_on})


def computed(
    description: str, *, needs: Collection[str] | None = None, within: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    """A method as a field: computed from the row (`self`) alone, without fetching anything.

    `needs`: the columns that it reads, of an edge those of `row`; where they aren't said, whole rows are read for it.
    `within`: what it gives is the row itself, as another type.
    """

    def decorate(method: Callable[..., Any]) -> Any:
        known = None if needs is None else frozenset(needs)
        metadata = {"made_of": (), "method": method, "needs": known, "within": within}
        return strawberry.field(resolver=method, description=description, metadata=metadata)

    return decorate


def of_row(column: str, description: str) -> Any:
    """A field of an edge: a column of the row that the edge is made of, which isn't its node."""
    read = attrgetter(f"row.{column}")

    def resolve(self: Any) -> Any:
        return read(self)

    known = {"method": read, "needs": frozenset((column,)), "within": False, "of_row": column}
    metadata = {"made_of": (), **known}
    return strawberry.field(resolver=resolve, description=description, metadata=metadata)


def argument(kind: Any, description: str) -> Any:
    """The type of an argument with its description, for `relation(arguments=...)`."""
    return Annotated[kind, strawberry.argument(description=description)]


FORWARDS: dict[str, Any] = {
    "first": argument(int | None, "How many of the first ones, at most 100; 20 where neither is given."),
    "after": argument(str | None, "The cursor after which to begin: `pageInfo.endCursor` of the page before."),
}
PAGE: dict[str, Any] = {
    **FORWARDS,
    "last": argument(int | None, "How many of the last ones, at most 100. Not together with `first`."),
    "before": argument(str | None, "The cursor before which to end: `pageInfo.startCursor` of the page after."),
}

# For a `relation` that shows something of the viewer's own, or of a member that they act for: see
# `auth.access.accounts.in_whose_place`.
OF_WHOM: dict[str, Any] = {
    "arguments": {
        "member_id": argument(
            strawberry.ID | None,
            "Of this member, one that the viewer acts for; left out: the viewer's own. Of any other it is null.",
        )
    },
    "ids": {"member_id": "Member"},
}


def relation(
    batch: Batch,
    description: str,
    *,
    depends_on: DependsOn = Uncacheable.UNKNOWN,
    arguments: dict[str, Any] | None = None,
    ids: Mapping[str, str] | None = None,
    needs: Collection[str] | None = None,
    seen_by: SeenBy = SeenBy.EVERYONE,
    **fixed: Any,
) -> Any:
    """A field that `batch` resolves, for all parents of a level at once.

    `seen_by`: who sees it of those who see its object. `batch` decides that, by `auth.access`; here it is said.

    `needs`: the columns of the parents that `batch` reads; where they aren't said, whole rows are read for it. An
    `auth.access.rows.ForeignKeyRelation` says so itself, and may be read by a join with its parents.

    `depends_on` names the nouns whose rows `batch` looks at for a guest, filters and visibility included. Where `batch`
    asks what time it is, that is BY_CLOCK.

    `arguments` are GraphQL arguments by Python name, each optional: those of a page reach `batch` together as
    `page: PageArguments`, inputs as what their `plain()` gives, what was left out not at all. `ids` says of which type
    an opaque id among them is: it becomes the key of the row, -1 (nobody's) where it is none of that type; null is as
    if it were left out. `fixed` is handed to `batch` as it is.
    """
    arguments = arguments or {}

    async def resolve(self: Any, info: Info, **given: Any) -> Any:
        values = given_values(given, paged="first" in arguments, ids=ids)
        return await info.context.loaders.load(batch, self, selected(info), {**fixed, **values})

    _sign(resolve, arguments)
    return strawberry.field(
        resolver=resolve,
        description=description,
        metadata={
            "made_of": depends_on,
            "seen_by": seen_by,
            "relation": Relation(batch, fixed, None if needs is None else frozenset(needs)),
            "paged": "first" in arguments,
            "ids": ids,
        },
    )


def root(
    resolver: Callable[..., Awaitable[Any]],
    description: str,
    *,
    depends_on: DependsOn = Uncacheable.UNKNOWN,
    shows: ShownRows | None = None,
    arguments: dict[str, Any] | None = None,
) -> Any:
    """A root field: `resolver(ctx, columns, **arguments)`, with the arguments and `depends_on` as in `relation`.

    Where the answer depends on single rows of the nouns that it is made of, `shows` says on which: what changes others
    leaves it cached.
    """
    if shows is not None:
        resolver = _showing(resolver, shows)
    arguments = arguments or {}

    async def resolve(self: Any, info: Info, **given: Any) -> Any:
        values = given_values(given, paged="first" in arguments)
        return await resolver(info.context, selected(info), **values)

    _sign(resolve, arguments)
    return strawberry.field(
        resolver=resolve,
        description=description,
        metadata={
            "made_of": depends_on,
            "shows": resolver.__name__ if shows is not None else None,
            "root": resolver,
            "paged": "first" in arguments,
        },
    )


def _showing(resolver: Callable[..., Awaitable[Any]], shows: ShownRows) -> Callable[..., Awaitable[Any]]:
    @wraps(resolver)
    async def show(ctx: Context, columns: frozenset[str], **arguments: Any) -> Any:
        found = await resolver(ctx, columns, **arguments)
        if ctx.shown is not None:
            ctx.shown.setdefault(resolver.__name__, set()).update(shows(found, **arguments))
        return found

    return show


def one_of(noun: Noun) -> ShownRows:
    """What a root shows that finds a row of this noun, or none: then any that comes may be it."""

    def shows(row: Any, **arguments: Any) -> Iterable[str]:
        key = getattr(row, "id", None)
        return (noun.value,) if key is None else row_tags(noun, key)

    return shows


def subscription(
    resolver: Callable[..., Awaitable[Any]],
    description: str,
    *,
    for_everyone: bool = False,
    arguments: dict[str, Any] | None = None,
    **ids: str,
) -> Any:
    """A subscription: `resolver(ctx, **arguments)` gives the asynchronous generator of its updates.

    `for_everyone`: what it tells is the same whoever asks, so that it may be executed once for all
    (`schema.operations.sharing`).

    What it refuses before that, the subscription is refused with. `ids` says of which type an opaque id is: it becomes
    the key of the row, -1 (nobody's) where it is none of that type.
    """
    arguments = arguments or {}

    async def resolve(self: Any, info: Info, **given: Any) -> Any:
        values = given_values(given, paged=False, ids=ids)
        return await resolver(info.context, **values)

    _sign(resolve, arguments)
    return strawberry.subscription(
        resolver=resolve, description=description, metadata={"for_everyone": for_everyone, "root": resolver}
    )


def required(kind: Any, description: str) -> "RequiredArgument":
    """As `argument`, for one that must be given."""
    return RequiredArgument(argument(kind, description))


def defaulted(kind: Any, description: str, default: Any) -> "RequiredArgument":
    """As `argument`, for one that has a default value in the schema."""
    return RequiredArgument(argument(kind, description), default)


def optional(description: str) -> Any:
    """A field of an input that may be left out."""
    return strawberry.field(description=description, default=strawberry.UNSET)


@dataclass(frozen=True)
class RequiredArgument:
    """An argument that isn't simply optional."""

    annotation: Any
    default: Any = inspect.Parameter.empty


def _sign(resolve: Callable[..., Any], arguments: dict[str, Any]) -> None:
    """Give `resolve` the signature from which Strawberry reads a field's arguments."""
    parameters = [
        inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Info),
    ]
    for name, kind in arguments.items():
        declared = kind if isinstance(kind, RequiredArgument) else RequiredArgument(kind, strawberry.UNSET)
        parameters.append(
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=declared.default, annotation=declared.annotation
            )
        )
    resolve.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    resolve.__annotations__ = {p.name: p.annotation for p in parameters[1:]}


def given_values(given: dict[str, Any], *, paged: bool, ids: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Arguments as resolvers take them: no UNSET, inputs made plain, `ids` keys, those of a page as `page`."""
    values = {name: plain_value(value) for name, value in given.items() if value is not strawberry.UNSET}
    for name, type_name in (ids or {}).items():
        if values.get(name) is not None:
            values[name] = key_or_nobody(type_name, values[name])
    if paged:
        page = {name: values.pop(name) for name in PAGE if name in values}
        values["page"] = PageArguments(**page)
    return values


def plain_value(value: Any) -> Any:
    """An input as its `plain()` makes it (filters: the dataclass of `models.filters`), else as `given` does."""
    if hasattr(value, "plain"):
        return value.plain()
    return given(value) if has_object_definition(value) else value


def restrictions(filter: Any, **ids: str) -> dict[str, Any]:
    """What the input of a filter restricts, for its dataclass in `models.filters`: no nulls, lists as tuples.

    `ids` as in `given`. Raises `BadRequest` for a list of more than a hundred entries.
    """
    found: dict[str, Any] = {}
    for name, one in vars(filter).items():
        if one is strawberry.UNSET or one is None:
            continue
        if isinstance(one, list):
            one = tuple(dict.fromkeys(one))
            if len(one) > 100:
                raise BadRequest("A list in a filter has at most 100 entries.")
        found[name] = key_or_nobody(ids[name], one) if name in ids else plain_value(one)
    return found


def given(value: Any, **ids: str) -> dict[str, Any]:
    """What was given of an input, by Python name, null included; nested inputs likewise.

    `ids` says of which type the opaque id in a field is: it becomes the key of the row, -1 (nobody's) where it is of
    another type or no id at all.
    """
    values: dict[str, Any] = {}
    for name, one in vars(value).items():
        if isinstance(one, strawberry.Some):
            one = one.value
        elif one is strawberry.UNSET or (one is None and _is_maybe(value, name)):
            continue
        if name in ids and one is not None:
            one = key_or_nobody(ids[name], one)
        values[name] = given(one) if has_object_definition(one) else one
    return values


def _is_maybe(value: Any, name: str) -> bool:
    """Whether a None in this field says that it was left out: so it does in a `strawberry.Maybe`."""
    annotation = type(value).__dataclass_fields__[name].type
    return "Maybe" in str(annotation) or any("Some" in str(part) for part in get_args(annotation))


def key_or_nobody(type_name: str, value: str) -> int:
    """The key of an opaque id of this type; -1, which no row has, where it is none."""
    key = key_of(type_name, value)
    return -1 if key is None else key


def selected(info: Info) -> frozenset[str]:
    """The names of the fields selected beneath this one, as in Python, those of fragments included."""
    raw = graphql_info(info)
    names: set[str] = set()

    def collect(selections: SelectionSetNode | None) -> None:
        for node in selections.selections if selections else ():
            if not _included(node, raw):
                continue
            if isinstance(node, FieldNode):
                names.add(to_snake_case(node.name.value))
            elif isinstance(node, InlineFragmentNode):
                collect(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                collect(raw.fragments[node.name.value].selection_set)

    for field_node in raw.field_nodes:
        collect(field_node.selection_set)
    return frozenset(names)


def _included(node: Any, raw: GraphQLResolveInfo[Any]) -> bool:
    if not node.directives:
        return True
    plain: Any = raw.variable_values  # not as declared: Strawberry gives resolvers the coerced values only
    values = VariableValues({}, plain)
    skip = get_directive_values(GraphQLSkipDirective, node, values)
    if skip and skip["if"]:
        return False
    include = get_directive_values(GraphQLIncludeDirective, node, values)
    return include is None or bool(include["if"])


def mutation(payload: type[Any], description: str) -> Callable[[Callable[..., Awaitable[Any]]], Any]:
    """A mutation that answers with `payload`, null where it was refused or failed.

    The decorated method returns the payload, or raises `UserErrors`, which become a payload with `userErrors` and
    the fields that they bring; `Refusal`s become top-level errors. Afterwards the viewer is read afresh where
    what the mutation changed may have changed their rights.
    """

    def decorate(method: Callable[..., Awaitable[Any]]) -> Any:
        @wraps(method)
        async def resolve(*args: Any, **given: Any) -> Any:
            info: Info = given["info"] if "info" in given else args[1]
            try:
                answer = await method(*args, **given)
            except UserErrors as errors:
                info.context.forget()
                return payload(**errors.payload, user_errors=errors.errors)
            try:
                await info.context.settle()
            except Unauthenticated:
                info.context.viewer = GUEST
            return answer

        @wraps(method)
        async def once(*args: Any, **given: Any) -> Any:
            info: Info = given["info"] if "info" in given else args[1]
            return await info.context.mutation.once(info.path.key, lambda: resolve(*args, **given))

        return strawberry.mutation(resolver=once, description=description, metadata={"mutation": once})

    return decorate


def user_errors() -> Any:
    """The field `userErrors` of a payload: empty where the mutation did what it was asked."""
    return strawberry.field(
        default_factory=list,
        description="What the caller can mend; empty where it was done. With any of them nothing was changed.",
    )


def describe(values: type[StrEnum], description: str, **descriptions: str) -> None:
    """Make an enum of `models/` or `resolvers/` one of the schema's, each value with its description.

    Raises `TypeError` where a value has none, or a description no value.
    """
    if {value.name for value in values} != set(descriptions):
        raise TypeError(f"descriptions of {values.__name__} don't match its values")
    strawberry.enum(values, description=description)
    for value in values.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = descriptions[value.name]
