"""Search through all that everybody can find: members, groups, events and entries of the board in one list.

The simplest form that is right: all words of the text have to occur; what has them all in its name or title comes
first, then the newest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from auth.access.events import visible_events
from auth.access.groups import visible_groups
from auth.access.members import visible_members
from auth.access.offers import offers_in_lists
from auth.viewer import Viewer
from models import Event, EventStatus, Group, GroupStatus, Member, MemberStatus, Offer, OfferStatus
from models.filters.conditions import with_words, with_words_first
from models.sql.orders import Key, Order, by_id, by_instant
from models.sql.paging import Fingerprint, Page, PageArguments, fingerprint, read_cursor, write_cursor
from models.text.folding import words
from resolvers.context import Context


class SearchType(StrEnum):
    MEMBER = "MEMBER"
    GROUP = "GROUP"
    EVENT = "EVENT"
    OFFER = "OFFER"


@dataclass(frozen=True)
class _Kind:
    """How one type is searched: its rows in lists, the folded name, the instant that makes one newer."""

    model: type[Model]
    listed: Callable[[Viewer], Q]
    name_sql: str
    instant: str = "created_at"


_KINDS: dict[SearchType, _Kind] = {
    SearchType.MEMBER: _Kind(
        Member, lambda viewer: visible_members(viewer) & Q(status=MemberStatus.ACTIVE), '"member"."name_key"'
    ),
    SearchType.GROUP: _Kind(
        Group, lambda viewer: visible_groups(viewer) & ~Q(status=GroupStatus.CLOSED), '"working_group"."name_key"'
    ),
    SearchType.EVENT: _Kind(
        Event,
        lambda viewer: visible_events(viewer) & Q(status=EventStatus.PUBLISHED),
        # The folded title is what the folded text begins with; ß is two letters there.
        """substr("event"."search_text", 1, 2 * length("event"."title") - length(replace("event"."title", 'ß', '')))""",
    ),
    SearchType.OFFER: _Kind(
        Offer,
        lambda viewer: offers_in_lists(viewer) & Q(status=OfferStatus.PUBLISHED),
        '"offer"."title_text"',
        "newest_at",
    ),
}

# The order of the mixed list. At the same instant, types follow each other as in SearchType.
ORDER = Order(
    "found",
    (Key("in_name", int, True), by_instant("instant", descending=True), Key("type", int), by_id(descending=True)),
)
SortKeys = tuple[int, datetime, int, int]


class _Found(Page[Any]):
    def __init__(self, mark: Fingerprint, total_count: int | None) -> None:
        super().__init__(total_count)
        self._mark = mark
        # By the identity of its row.
        self.sort_keys: dict[int, SortKeys] = {}

    def cursor_of(self, row: Any) -> str:
        return write_cursor(self._mark.text, self.sort_keys[id(row)])


async def search(
    ctx: Context,
    columns: frozenset[str],
    text: str,
    page: PageArguments,
    types: Sequence[SearchType] | None = None,
) -> Page[Any]:
    """A page of what contains every word of `text`: a statement a type, another where the count is wanted.

    A text without any word finds nothing. Raises `BadPage`.
    """
    size = page.size
    kinds = [kind for kind in SearchType if kind in (types or SearchType)]
    mark = fingerprint("search", words(text), kinds)
    position: SortKeys | None = None
    if page.after is not None:
        in_name, instant, number, key = read_cursor(page.after, mark, ORDER)
        position = (in_name, instant, number, key)
    found = _Found(mark, 0 if "total_count" in columns else None)
    if not words(text):
        return found
    for kind in kinds:
        if "total_count" in columns:
            found.total_count = (found.total_count or 0) + await _rows(ctx, kind, text).count()
    if columns & {"edges", "nodes", "page_info"}:
        await _fill(ctx, found, kinds, text, position, size)
    if "page_info" in columns and position is not None:
        found.has_previous_page = await _any_before(ctx, kinds, text, position)
    return found


async def _fill(
    ctx: Context,
    found: _Found,
    kinds: Sequence[SearchType],
    text: str,
    position: SortKeys | None,
    size: int,
) -> None:
    """Merge the first rows of each type behind the position: what is on the page is among them."""
    some: list[tuple[SortKeys, Any]] = []
    for kind in kinds:
        some += [(_position(kind, row), row) for row in await _read(ctx, kind, text, position, size + 1)]
    some.sort(key=lambda one: (one[0][0], one[0][1], -one[0][2], one[0][3]), reverse=True)
    found.rows = [row for _position, row in some[:size]]
    found.sort_keys = {id(row): at for at, row in some[:size]}
    found.has_next_page = len(some) > size


async def _any_before(ctx: Context, kinds: Sequence[SearchType], text: str, position: SortKeys) -> bool:
    """Whether anything stands at the position or before it."""
    for kind in kinds:
        if await _ranked(ctx, kind, text).filter(~_behind(kind, position)).exists():
            return True
    return False


def _rows(ctx: Context, kind: SearchType, text: str) -> QuerySet[Any]:
    how = _KINDS[kind]
    return how.model.filter(how.listed(ctx.viewer), with_words(text))


def _ranked(ctx: Context, kind: SearchType, text: str) -> QuerySet[Any]:
    in_name = with_words_first(_KINDS[kind].name_sql, text).annotation()
    return _rows(ctx, kind, text).annotate(in_name=in_name)


async def _read(ctx: Context, kind: SearchType, text: str, position: SortKeys | None, limit: int) -> list[Any]:
    rows = _ranked(ctx, kind, text)
    if position is not None:
        rows = rows.filter(_behind(kind, position))
    return list(await rows.order_by("-in_name", f"-{_KINDS[kind].instant}", "-id").limit(limit))


def _behind(kind: SearchType, position: SortKeys) -> Q:
    """The rows of one type that stand behind a position of the mixed list."""
    in_name, instant, number, key = position
    column = _KINDS[kind].instant
    older: dict[str, Any] = {"in_name": in_name, f"{column}__lt": instant}
    same: dict[str, Any] = {"in_name": in_name, column: instant}
    behind = Q(in_name__lt=in_name) | Q(**older)
    if _number(kind) > number:
        behind |= Q(**same)
    elif _number(kind) == number:
        behind |= Q(**same, id__lt=key)
    return behind


def _number(kind: SearchType) -> int:
    return list(SearchType).index(kind)


def _position(kind: SearchType, row: Any) -> SortKeys:
    return row.in_name, getattr(row, _KINDS[kind].instant), _number(kind), row.pk
