"""Objects that can be asked for by their opaque id, and the lists they come in."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

import strawberry

from models.sql.page_cursors import BadPage
from models.sql.paging import LARGEST_SIZE
from models.sql.projection import Selection
from resolvers.context import Context
from schema.declare.fields import BY_LOG, computed, plain
from schema.declare.ids import global_id, read_global_id, read_uuid
from schema.declare.info import Info
from schema.declare.prices import CURSOR
from schema.declare.seen_by import SeenBy
from schema.strawberry_internals import graphql_info
from subscriptions.changes import Noun
from subscriptions.response_cache import row_tags

# By type: a function (ctx, keys, columns) that gives the rows of these keys that the viewer may see, by key.
Access = Callable[[Context, Sequence[Any], frozenset[str]], Awaitable[dict[Any, Any]]]
_accesses: dict[str, Access] = {}
# The types whose keys are UUIDs; those of all others are numbers.
_by_uuid: set[str] = set()
# By the name of a type: what its rows are.
models_of_types: dict[str, type[Any]] = {}


def node_id(self: Any, info: Info) -> strawberry.ID:
    """The opaque id of a row, as the type that it is shown as."""
    return strawberry.ID(global_id(graphql_info(info).parent_type.name, self.pk))


@strawberry.interface(description="Relay's global object identification: whatever has an id can be fetched by it.")
class Node:
    id: strawberry.ID = computed(
        "Opaque and unique among all types; stays the same for as long as the object exists.", needs=["id"]
    )(node_id)


def node(
    model: type[Any], access: Access, description: str, noun: str | None = None, *, by_uuid: bool = False
) -> Callable[[type[Any]], Any]:
    """A type of Node whose rows are of `model`, and which `access` fetches as far as the viewer may see them.

    `noun` is what sentences call such an object; None where everyone sees all of them. The description of each field
    ends with who sees it. `by_uuid`: its keys are UUIDs, no numbers.
    """

    def decorate(cls: type[Any]) -> Any:
        _accesses[cls.__name__] = access
        if by_uuid:
            _by_uuid.add(cls.__name__)
        made = row_type(model, description)(cls)
        for field in made.__strawberry_definition__.fields:
            if field.python_name != "id":
                seen_by: SeenBy = field.metadata.get("seen_by", SeenBy.EVERYONE)
                field.description = f"{field.description} {seen_by.sentence(noun, field.python_name)}".strip()
        return made

    return decorate


def row_type(model: type[Any], description: str) -> Callable[[type[Any]], Any]:
    """A type whose rows are of `model`."""

    def decorate(cls: type[Any]) -> Any:
        cls.is_type_of = classmethod(lambda _cls, row, _info: isinstance(row, model))
        models_of_types[cls.__name__] = model
        return strawberry.type(cls, description=description)

    return decorate


async def one_node(ctx: Context, columns: frozenset[str], id: str) -> Any:
    """The object of this id, None where there is nothing that the viewer may see."""
    return (await many_nodes(ctx, columns, [id]))[0]


async def many_nodes(ctx: Context, columns: frozenset[str], ids: Sequence[str]) -> list[Any]:
    """The objects of these ids in their order, None where the viewer may see nothing: one fetch a type."""
    if len(ids) > LARGEST_SIZE:
        raise BadPage(f"At most {LARGEST_SIZE} ids at a time.")
    wanted: dict[str, set[Any]] = {}
    found = [_named(value) for value in ids]
    for one in found:
        if one and one[0] in _accesses:
            wanted.setdefault(one[0], set()).add(one[1])
    types = columns.types if isinstance(columns, Selection) else None
    rows = {
        name: await _accesses[name](ctx, sorted(keys), (types or {}).get(name, columns))
        for name, keys in wanted.items()
    }
    return [rows.get(one[0], {}).get(one[1]) if one else None for one in found]


def _named(value: str) -> tuple[str, int | UUID] | None:
    """Type and key of an opaque id, whichever kind of keys the type has."""
    found = read_global_id(value)
    if found is not None:
        return None if found[0] in _by_uuid else found
    uuids = ((name, read_uuid(name, value)) for name in _by_uuid)
    return next(((name, key) for name, key in uuids if key is not None), None)


# Of the types whose rows changes name, the noun; of others what their rows are made of.
_NOUNS = {"Member": Noun.MEMBER, "Group": Noun.GROUP, "GroupPost": Noun.POST, "Event": Noun.EVENT, "Offer": Noun.OFFER}
_MADE_OF: dict[str, Collection[Noun]] = {
    "GroupMembership": (Noun.MEMBERSHIP, Noun.MEMBER),
    "Topic": (Noun.TOWN,),
    "District": (Noun.TOWN,),
    "Synonyms": (Noun.TOWN,),
    # Guests see none.
    "ApiKey": (),
    "AuditEntry": (),
    "Invitation": (),
    "OfferResponse": (),
    "Report": (),
    "Registration": (),
    "SavedSearch": (),
    "SignInSession": (),
}


def shown_nodes(_found: Any, id: str | None = None, ids: Sequence[str] = ()) -> Iterable[str]:
    """Which rows the roots show that find objects by their ids: those, whether or not there are any yet."""
    for value in (*ids, *([id] if id is not None else [])):
        named = _named(value)
        if named is None or named[0] not in _accesses:
            continue
        type_name, key = named
        if isinstance(key, int) and type_name in _NOUNS:
            yield from row_tags(_NOUNS[type_name], key)
        else:
            yield from _MADE_OF.get(type_name, Noun)


@strawberry.type(description="Where a page lies in its list (Relay).")
class PageInfo:
    has_next_page: bool = plain("Whether there are entries after this page.")
    has_previous_page: bool = plain("Whether there are entries before this page.")
    start_cursor: str | None = plain("The cursor of the first entry; null where the page is empty.")
    end_cursor: str | None = plain("The cursor of the last entry; null where the page is empty.")


def live_cursor() -> Any:
    """The field `liveCursor` of a list or of the root."""

    async def resolve(self: Any, info: Info) -> str:
        return info.context.live_cursor or await info.context.services.hub.cursor()

    return strawberry.field(
        resolver=resolve,
        description="Where live updates stood when this was read: given as `after` to a subscription, nothing that "
        "this answer doesn't show is missed.",
        metadata={"depends_on": BY_LOG, "live_cursor": True, "price": CURSOR},
    )
