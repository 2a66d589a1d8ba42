"""Search through all that everybody can find: members, groups, events, entries of the board and posts in one list.

What its text means says `resolvers.search.understand`; the more of its words something has, and the more they weigh in
it, the earlier it comes, the newest first among equals.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from auth.access.events import visible_events
from auth.access.groups import finds_unlisted_posts, visible_groups, visible_posts
from auth.access.members import visible_members
from auth.access.moderation import finds_what_is_hidden
from auth.access.offers import finds_withheld_offers, offers_in_lists
from auth.viewer import Viewer
from models import Event, EventStatus, Group, GroupPost, GroupStatus, Member, MemberStatus, Offer, OfferStatus
from models.search.highlights import Highlight, highlights
from models.search.plan import NOTHING, SearchPlan
from models.search.sql import found as found_by
from models.search.sql import score
from models.search.tables import Kind
from models.sql.orders import Key, Order, by_id, by_instant
from models.sql.page_cursors import Fingerprint, fingerprint, read_cursor, write_cursor
from models.sql.paging import Edge, Page, PageArguments
from models.text.folding import words
from resolvers.context import Context
from resolvers.search.understand import understand


class SearchType(StrEnum):
    MEMBER = "MEMBER"
    GROUP = "GROUP"
    EVENT = "EVENT"
    OFFER = "OFFER"
    GROUP_POST = "GROUP_POST"


# What is searched where no types are asked for: those that clients have known from the beginning.
EVERY_CLIENT_KNOWS = (SearchType.MEMBER, SearchType.GROUP, SearchType.EVENT, SearchType.OFFER)


@dataclass(frozen=True)
class _Kind:
    """How one type is searched: its rows in lists, and the instant that makes one newer."""

    kind: Kind
    model: type[Model]
    listed: Callable[[Viewer], Q]
    instant: str = "created_at"
    # Whether the viewer may find more than everybody does.
    finds_more: Callable[[Viewer], bool] = lambda viewer: False


_KINDS: dict[SearchType, _Kind] = {
    SearchType.MEMBER: _Kind(
        Kind.MEMBER,
        Member,
        lambda viewer: visible_members(viewer) & Q(status=MemberStatus.ACTIVE),
        finds_more=finds_what_is_hidden,
    ),
    SearchType.GROUP: _Kind(
        Kind.GROUP,
        Group,
        lambda viewer: visible_groups(viewer) & ~Q(status=GroupStatus.CLOSED),
        finds_more=finds_what_is_hidden,
    ),
    SearchType.EVENT: _Kind(
        Kind.EVENT,
        Event,
        lambda viewer: visible_events(viewer) & Q(status=EventStatus.PUBLISHED),
        finds_more=finds_what_is_hidden,
    ),
    SearchType.OFFER: _Kind(
        Kind.OFFER,
        Offer,
        lambda viewer: offers_in_lists(viewer) & Q(status=OfferStatus.PUBLISHED),
        "newest_at",
        finds_withheld_offers,
    ),
    SearchType.GROUP_POST: _Kind(Kind.GROUP_POST, GroupPost, visible_posts, "published_at", finds_unlisted_posts),
}

# The order of the mixed list. At the same instant, types follow each other as in SearchType.
ORDER = Order(
    "found",
    (Key("score", int, True), by_instant("instant", descending=True), Key("type", int), by_id(descending=True)),
)
SortKeys = tuple[int, datetime, int, int]


# The texts of a row in which its words are marked: the fields, as the API names them, and the attributes.
_TEXTS = {
    Member: ("name", "about"),
    Group: ("name", "purpose"),
    Event: ("title", "description"),
    Offer: ("title", "description"),
    GroupPost: ("title", "body"),
}


class FoundEdge(Edge):
    """Something that was found, and where in its texts."""

    __slots__ = ()

    @property
    def highlights(self) -> list[Highlight]:
        """Where in its title or name, and then in its text, the words were found."""
        terms = self.page.plan.terms  # type: ignore[attr-defined]
        return [one for name in _TEXTS[type(self.node)] for one in highlights(name, getattr(self.node, name), terms)]


class _Found(Page[Any]):
    def __init__(self, mark: Fingerprint, total_count: int | None, text: str) -> None:
        super().__init__(total_count)
        # What the text was understood as; nothing where it has no words.
        self.plan: SearchPlan = NOTHING
        self._text = text
        self._mark = mark
        # By the identity of its row.
        self.sort_keys: dict[int, SortKeys] = {}

    @property
    def edges(self) -> list[Edge]:
        """The edges of the page."""
        return [FoundEdge(self, row, node) for row, node in zip(self.rows, self.nodes, strict=True)]

    @property
    def corrected_text(self) -> str | None:
        """The text as it was searched for, where a word of it was taken for a typing error."""
        corrected = self._text
        for word in sorted(self.plan.words, key=lambda one: one.start, reverse=True):
            if word.corrected is not None:
                corrected = corrected[: word.start] + word.corrected + corrected[word.end :]
        return corrected if corrected != self._text else None

    def cursor_of(self, row: Any) -> str:
        return write_cursor(self._mark.text, self.sort_keys[id(row)])


async def search(
    ctx: Context,
    columns: frozenset[str],
    text: str,
    page: PageArguments,
    types: Sequence[SearchType] | None = None,
) -> Page[Any]:
    """A page of what `text` finds: a statement a type, another where the count is wanted, some to understand it.

    A text without any word finds nothing. Raises `BadPage`.
    """
    size = page.size
    kinds = [kind for kind in SearchType if kind in (types or EVERY_CLIENT_KNOWS)]
    mark = fingerprint("search", words(text), kinds)
    position: SortKeys | None = None
    if page.after is not None:
        points, instant, number, key = read_cursor(page.after, mark, ORDER)
        position = (points, instant, number, key)
    found = _Found(mark, 0 if "total_count" in columns else None, text)
    if not words(text):
        return found
    more = any(_KINDS[kind].finds_more(ctx.viewer) for kind in kinds)
    found.plan = plan = await understand(text, [_KINDS[kind].kind for kind in kinds], unlisted=more)
    for kind in kinds:
        if "total_count" in columns:
            found.total_count = (found.total_count or 0) + await _rows(ctx, kind, plan).count()
    if columns & {"edges", "nodes", "page_info"}:
        await _fill(ctx, found, kinds, plan, position, size)
    if "page_info" in columns and position is not None:
        found.has_previous_page = await _any_before(ctx, kinds, plan, position)
    return found


async def _fill(
    ctx: Context,
    found: _Found,
    kinds: Sequence[SearchType],
    plan: SearchPlan,
    position: SortKeys | None,
    size: int,
) -> None:
    """Merge the first rows of each type behind the position: what is on the page is among them."""
    some: list[tuple[SortKeys, Any]] = []
    for kind in kinds:
        some += [(_position(kind, row), row) for row in await _read(ctx, kind, plan, position, size + 1)]
    some.sort(key=lambda one: (one[0][0], one[0][1], -one[0][2], one[0][3]), reverse=True)
    found.rows = [row for _position, row in some[:size]]
    found.sort_keys = {id(row): at for at, row in some[:size]}
    found.has_next_page = len(some) > size


async def _any_before(ctx: Context, kinds: Sequence[SearchType], plan: SearchPlan, position: SortKeys) -> bool:
    """Whether anything stands at the position or before it."""
    for kind in kinds:
        if await _ranked(ctx, kind, plan).filter(~_behind(kind, position)).exists():
            return True
    return False


def _rows(ctx: Context, kind: SearchType, plan: SearchPlan) -> QuerySet[Any]:
    how = _KINDS[kind]
    return found_by(how.model.filter(how.listed(ctx.viewer)), how.kind, plan)


def _ranked(ctx: Context, kind: SearchType, plan: SearchPlan) -> QuerySet[Any]:
    return _rows(ctx, kind, plan).annotate(score=score(_KINDS[kind].kind, plan).annotation())


async def _read(ctx: Context, kind: SearchType, plan: SearchPlan, position: SortKeys | None, limit: int) -> list[Any]:
    """The first rows of a type behind a position. The best are asked for first: mostly the viewer may see these."""
    assert plan.hits is not None
    of_kind = _KINDS[kind].kind
    found: list[Any] = []
    whole = plan.hits[of_kind] if position is None else plan.hits[of_kind].upto(position[0])
    best = whole.best(2 * limit)
    for hits in (best,) if best is whole else (best, whole):
        if len(found) < limit and hits.scores:
            rows = _ranked(ctx, kind, replace(plan, hits={of_kind: hits}))
            if position is not None:
                rows = rows.filter(_behind(kind, position))
            found = list(await rows.order_by("-score", f"-{_KINDS[kind].instant}", "-id").limit(limit))
    return found


def _behind(kind: SearchType, position: SortKeys) -> Q:
    """The rows of one type that stand behind a position of the mixed list."""
    points, instant, number, key = position
    column = _KINDS[kind].instant
    older: dict[str, Any] = {"score": points, f"{column}__lt": instant}
    same: dict[str, Any] = {"score": points, column: instant}
    behind = Q(score__lt=points) | Q(**older)
    if _number(kind) > number:
        behind |= Q(**same)
    elif _number(kind) == number:
        behind |= Q(**same, id__lt=key)
    return behind


def _number(kind: SearchType) -> int:
    return list(SearchType).index(kind)


def _position(kind: SearchType, row: Any) -> SortKeys:
    return row.score, getattr(row, _KINDS[kind].instant), _number(kind), row.pk
