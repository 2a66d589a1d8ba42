"""The one way to change what exists, and the one order in which a change is refused.

1. Nobody is signed in: `UNAUTHENTICATED`. The operation is not for the viewer's role, whatever it is asked on:
   `FORBIDDEN`.
2. Visibility: the viewer doesn't see the object: `NOT_FOUND`.
3. Right: the viewer sees it, but may not do this to it: `FORBIDDEN`.
4. Input: all that is wrong with what was typed, as `userErrors`.
5. Version: `ifVersion` is not the object's, be it older or newer: `CONFLICT`, with the object as it is.
6. State: the object's state, or that of what it depends on, doesn't allow it: `userErrors`.

So nobody learns by their input what they may not see or do, and nobody mends input for something they may not do.
`find` is a function of `auth.access`, which locks the rows that it finds: 1 to 3 are its part.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tortoise.models import Model

from auth.viewer import Viewer
from models import now
from resolvers.context import Context
from resolvers.language import _
from resolvers.places import set_topics
from resolvers.user_errors import UserError, UserErrorCode, UserErrors
from resolvers.validation import Check, Values
from subscriptions.changes import Change
from subscriptions.outbox import Changes

Found = TypeVar("Found")
Result = TypeVar("Result")
Row = TypeVar("Row", bound=Model)


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
        if check is not None:
            check.done()
        return await act(changes, found)

    return await ctx.outbox.write(work)


async def _nothing_follows(ctx: Context, row: Any, changed: Collection[str], values: Values) -> None:
    pass


@dataclass(frozen=True)
class Update(Generic[Row]):
    """How the update mutation of a noun changes a row, which has a version and topics.

    `judge` gives the columns of what stands in the values; `possible` looks at the row's state, with those columns;
    `settle` judges the changed row as a whole, and does what follows from it: it is given the names of what changed.
    """

    # The field of the mutation's payload that shows the row.
    shown_as: str
    find: Callable[[Viewer, int | None], Awaitable[Row]]
    judge: Callable[[Check, Values], Awaitable[dict[str, Any]]]
    possible: Callable[[Context, Row, dict[str, Any]], None]
    # The columns that follow from others.
    derive: Callable[[Row], Row]
    # The rows that say which topics it has, and their column that names it.
    topics: tuple[type[Model], str]
    told: Callable[[Row, Collection[str]], Iterable[Change]]
    settle: Callable[[Context, Row, Collection[str], Values], Awaitable[None]] = _nothing_follows


async def update(ctx: Context, key: int | None, values: Values, how: Update[Row]) -> Row:
    """Change what stands in `values` of the row `key`: its version rises where anything is another than before.

    Raises `Unauthenticated`, `NotFound`, `Forbidden`, `UserErrors`.
    """

    async def act(changes: Changes, row: Any) -> Row:
        check = Check("input")
        columns = await how.judge(check, values)
        topics = await check.topics("topics", values) if "topics" in values else None
        check.done()
        _must_be_current(row, values.get("if_version"), how.shown_as)
        how.possible(ctx, row, columns)
        changed = [name for name, value in columns.items() if getattr(row, name) != value]
        row.update_from_dict({name: columns[name] for name in changed})
        await how.settle(ctx, row, changed, values)
        if topics is not None and await set_topics(*how.topics, row.id, topics):
            changed.append("topics")
        if changed:
            row.version, row.updated_at = row.version + 1, now()
            await how.derive(row).save()
            changes.tell(*how.told(row, changed))
        return row  # type: ignore[no-any-return]

    return await change(ctx, lambda: how.find(ctx.viewer, key), act)


def _must_be_current(row: Any, version: int | None, shown_as: str) -> None:
    """Raises `UserErrors` where the row isn't of this version: one that it never had is nobody's reading of it."""
    if version is not None and version != row.version:
        error = UserError((), UserErrorCode.CONFLICT, _("Somebody changed this in the meantime."))
        raise UserErrors([error], **{shown_as: row})
