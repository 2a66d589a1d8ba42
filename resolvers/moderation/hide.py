"""What the office takes out of everybody's sight, with a reason, and gives back."""

from collections.abc import Mapping
from typing import Any

from auth.access.moderation import must_be_able_to_hide, row_to_hide
from auth.refusals import NotFound
from models import Event, Group, GroupPost, Member, Offer, now
from resolvers.context import Context
from resolvers.inputs.validation import Check
from resolvers.moderation.mails import tell_of_hiding
from resolvers.moderation.sight import sight_changes
from resolvers.search.indexing import index_showing
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import change, raise_version
from subscriptions.changes import GroupHidden, GroupReturned, MemberChanged, SearchIndexed
from subscriptions.outbox import Changes

# By the name of its type, as its opaque id says it.
HIDEABLE: Mapping[str, type[Any]] = {one.__name__: one for one in (Member, Group, GroupPost, Event, Offer)}


async def hide(ctx: Context, type_name: str, key: int | None, reason: str) -> Any:
    """Take a row out of everybody's sight, and what belongs to it; its own side reads why, and is written to.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, `UserErrors`.
    """
    check = Check()
    text = check.text("reason", {"reason": reason}, longest=1000, required=True)

    async def act(changes: Changes, row: Any) -> Any:
        if row.hidden_at is not None:
            raise refuse((), UserErrorCode.WRONG_STATE, _("This is hidden already."))
        await _become(ctx, changes, row, text)
        return row

    return await change(ctx, lambda: _find(ctx, type_name, key), act, check)


async def unhide(ctx: Context, type_name: str, key: int | None) -> Any:
    """Give a row back that was hidden. What is out of sight for another reason, too, stays so. Raises as `hide`."""

    async def act(changes: Changes, row: Any) -> Any:
        if row.hidden_at is None:
            raise refuse((), UserErrorCode.WRONG_STATE, _("This is not hidden."))
        await _become(ctx, changes, row, None)
        return row

    return await change(ctx, lambda: _find(ctx, type_name, key), act)


async def _find(ctx: Context, type_name: str, key: int | None) -> Any:
    must_be_able_to_hide(ctx.viewer)
    model = HIDEABLE.get(type_name)
    if model is None:
        raise NotFound
    return await row_to_hide(ctx.viewer, model, key)


async def _become(ctx: Context, changes: Changes, row: Any, reason: str | None) -> None:
    """Hidden for a reason, or, without one, not any more."""
    row.hidden_at, row.hidden_reason = (now(), reason) if reason is not None else (None, None)
    raise_version(row)
    async with sight_changes(ctx.rules, changes, row):
        await row.save(update_fields=["hidden_at", "hidden_reason", "version", "updated_at"])
        await row.refresh_from_db(fields=["withheld_at"])  # which the database keeps
        if isinstance(row, Member):
            changes.tell(MemberChanged(row.id))
        elif isinstance(row, Group):
            changes.tell((GroupReturned if reason is None else GroupHidden)(row.id))
            if await index_showing(row):  # what is of the group is found by its name
                changes.tell(SearchIndexed())
    await tell_of_hiding(ctx.rules, row)
