"""The one way to change what exists, to make what is new, and the one order in which a change is refused.

1. Nobody is signed in: `UNAUTHENTICATED`. The operation is not for the viewer's role, whatever it is asked on:
   `FORBIDDEN`.
2. Visibility: the viewer doesn't see the object: `NOT_FOUND`.
3. Right: the viewer sees it, but may not do this to it: `FORBIDDEN`.
4. Input: all that is wrong with what was typed, as `userErrors`.
5. Version: `ifVersion` is not the object's, be it older or newer: `CONFLICT`, with the object as it is.
6. State: the object's state, or that of what it depends on, doesn't allow it: `userErrors`.

`change` is that way; `update` is made of it for the nouns whose rows have a version, and `judge_new` begins what makes
a row with a slug and topics. What differs between these nouns stands in a `Versioned` each.

So nobody learns by their input what they may not see or do, and nobody mends input for something they may not do.
`find` is a function of `auth.access`, which locks the rows that it finds: 1 to 3 are its part.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Protocol, Self, TypeVar, cast

from tortoise.models import Model

from auth.viewer import Viewer
from models import now
from models.sql import statements
from models.sql.slugs import insert_with_slug
from models.sql.statements import new_row
from resolvers.context import Context
from resolvers.inputs.columns import Column, columns_of
from resolvers.inputs.validation import Check, Values
from resolvers.recorded import rows_of
from resolvers.search.indexing import index_changed, index_row
from resolvers.translation import _
from resolvers.user_errors import UserError, UserErrorCode, UserErrors
from subscriptions.changes import Change
from subscriptions.outbox import Changes

Found = TypeVar("Found")
Result = TypeVar("Result")
Row = TypeVar("Row", bound="VersionedRow")


class VersionedRow(Protocol):
    """What the nouns have in common."""

    id: Any
    version: Any
    updated_at: Any

    def derive(self) -> Self:
        """Fill the columns that follow from others."""


async def change(
    ctx: Context,
    find: Callable[[], Awaitable[Found]],
    act: Callable[[Changes, Found], Awaitable[Result]],
    check: Check | None = None,
) -> Result:
    """Do something to what `find` finds for the viewer, if there is nothing wrong with the input that `check` judged.

    `act` looks at the state first, and then writes. All in one transaction. Raises what `find` and `act` raise, and
    `UserErrors`.
    """
    ctx.viewer.must_be_signed_in()  # a guest costs no transaction

    async def work(changes: Changes) -> Result:
        found = await find()
        changes.watch(*rows_of(found))
        if check is not None:
            check.done()
        return await act(changes, found)

    return await ctx.outbox.write(work)


def _always_possible(ctx: Context, row: Any, columns: dict[str, Any]) -> None:
    pass


async def _nothing_follows(ctx: Context, row: Any, changed: Collection[str], values: Values) -> None:
    pass


@dataclass(frozen=True)
class Versioned(Generic[Row]):
    """How the rows of a noun, which have a version, are made and changed. What is new has a slug and topics, too.

    `possible` looks at the row's state, with the columns that are to change; `settle` judges the changed row as a
    whole, and does what follows from it: it is given the names of what changed.
    """

    model: type[Row]
    # The field of a mutation's payload that shows the row.
    shown_as: str
    # The column that the slug is made of.
    named_by: str
    # What may be typed.
    columns: Mapping[str, Column]
    find: Callable[[Viewer, int | None], Awaitable[Row]]
    told: Callable[[Row, Collection[str]], Iterable[Change]]
    # The rows that say which topics it has, and their column that names it; None where it has none.
    topics: tuple[type[Model], str] | None = None
    # The argument in which it is typed; none where each field is one.
    form: tuple[str, ...] = ("input",)
    possible: Callable[[Context, Row, dict[str, Any]], None] = _always_possible
    settle: Callable[[Context, Row, Collection[str], Values], Awaitable[None]] = _nothing_follows


@dataclass(frozen=True)
class NewRow(Generic[Row]):
    """What was typed of a row that is to be made, and, in `check`, what is wrong with it as far as is known."""

    noun: Versioned[Row]
    check: Check
    columns: dict[str, Any]
    topics: Sequence[int]

    def row(self, **more: Any) -> Row:
        """The new row, not stored yet, with `more` columns."""
        return cast("Row", new_row(cast("Any", self.noun.model), **self.columns, **more))

    def kept(self) -> dict[str, Any]:
        """What was typed, as JSON: for `kept_row`, where it becomes a row later."""
        columns = {
            name: value.isoformat() if isinstance(value, date) else value for name, value in self.columns.items()
        }
        return {"columns": columns, "topics": list(self.topics)}

    async def insert(self, row: Row) -> Row:
        """Store it with its topics, within the transaction."""
        await insert(row, getattr(row, self.noun.named_by))
        topics = None
        if self.noun.topics is not None:
            topics = self.topics
            await _add_topics(*self.noun.topics, row.id, topics)
        await index_row(cast("Any", row), new=True, topics=topics)
        return row


def kept_row(noun: Versioned[Row], kept: Mapping[str, Any]) -> NewRow[Row]:
    """What `NewRow.kept` has kept: nothing is wrong with it."""
    known = cast("Any", noun.model)._meta.fields_map
    columns = {name: known[name].to_python_value(value) for name, value in kept["columns"].items()}
    return NewRow(noun, Check(), columns, kept["topics"])


async def judge_new(noun: Versioned[Row], values: Values, path: tuple[str, ...] = ("input",)) -> NewRow[Row]:
    """Judge what was typed of a new row, at `path`. An input of something new has all that must not be empty."""
    check = Check(*path)
    columns = await columns_of(noun.columns, check, values)
    return NewRow(noun, check, columns, await check.topics("topics", values))


async def insert(row: Row, name: str) -> Row:
    """Store a new row, with a slug made of its name and what follows from its columns, within the transaction."""
    made = cast("Any", row)
    made.created_at = made.updated_at = now()
    await insert_with_slug(made.derive(), name)
    return row


def raise_version(row: VersionedRow) -> None:
    """It is another from now on: for what is stored next."""
    row.version, row.updated_at = row.version + 1, now()


async def update(ctx: Context, key: int | None, values: Values, noun: Versioned[Row]) -> Row:
    """Change what stands in `values` of the row `key`: its version rises where anything is another than before.

    Raises `Unauthenticated`, `NotFound`, `Forbidden`, `UserErrors`.
    """

    async def act(changes: Changes, row: Any) -> Row:
        check = Check(*noun.form)
        columns = await columns_of(noun.columns, check, values)
        topics = await check.topics("topics", values) if "topics" in values else None
        check.done()
        _must_be_current(row, values.get("if_version"), noun.shown_as)
        noun.possible(ctx, row, columns)
        changed = [name for name, value in columns.items() if getattr(row, name) != value]
        row.update_from_dict({name: columns[name] for name in changed})
        await noun.settle(ctx, row, changed, values)
        others = noun.topics is not None and topics is not None and topics != await _topics_of(*noun.topics, row.id)
        if changed or others:
            raise_version(row)
            await row.derive().save()
        if noun.topics is not None and topics is not None and others:
            # After the row, of which the database keeps a column by them.
            await _set_topics(*noun.topics, row.id, topics)
            changed.append("topics")
            changes.changed.append("topics")
        if changed:
            indexed = await index_changed(row, changed)
            changes.tell(*noun.told(row, changed), *indexed)
        return row  # type: ignore[no-any-return]

    return await change(ctx, lambda: noun.find(ctx.viewer, key), act)


def _must_be_current(row: Any, version: int | None, shown_as: str) -> None:
    """Raises `UserErrors` where the row isn't of this version: one that it never had is nobody's reading of it."""
    if version is not None and version != row.version:
        error = UserError((), UserErrorCode.CONFLICT, _("Somebody changed this in the meantime."))
        raise UserErrors([error], **{shown_as: row})


async def _topics_of(link: type[Model], by: str, key: int) -> list[int]:
    """The topics of the row `key`, in its order. The rows of `link` say so, under the lock of the row that has them."""
    rows = link.filter(**{by: key}).order_by("position", "id")
    return cast("list[int]", await rows.values_list("topic_id", flat=True))


async def _set_topics(link: type[Model], by: str, key: int, topic_ids: Sequence[int]) -> None:
    """Make these the topics of the row `key`, in this order."""
    await link.filter(**{by: key}).delete()
    await _add_topics(link, by, key, topic_ids)


async def _add_topics(link: type[Model], by: str, key: int, topic_ids: Sequence[int]) -> None:
    """The same for a row that has none yet. One statement, none where there are no topics."""
    rows = [(key, one, position) for position, one in enumerate(topic_ids)]
    await statements.insert(link, (by, "topic_id", "position"), rows)
