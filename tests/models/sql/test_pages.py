"""Pages against lists: whatever is asked for, a page is what slicing the sorted list gives."""

import base64
from collections.abc import Sequence
from itertools import product
from typing import Any

import orjson
import pytest
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models import Group, GroupMembership, Member, MembershipStatus, MemberStatus
from models.sql.compile import QuerySpec, query_spec
from models.sql.keyset_page import followed
from models.sql.orders import Key, Order, by_id, by_instant
from models.sql.page_cursors import BadPage, Fingerprint, fingerprint, read_cursor, write_cursor
from models.sql.paging import Edge, Page, PageArguments, ReadPage, page, pages
from models.sql.projection import Projection, Selection, ToOne
from tests.statements import statements
from tests.world import World

ALL = frozenset({"edges", "nodes", "page_info", "total_count"})
ORDERS = [
    Order("id", (by_id(),)),
    Order("newest", (by_id(descending=True),)),
    Order("status", (Key("status", str), by_id())),
    Order("joined", (by_instant("created_at", descending=True), by_id(descending=True))),
]
STATUSES = (MembershipStatus.ACTIVE, MembershipStatus.LEFT, MembershipStatus.ACTIVE)


def active(_visibility: Any) -> Q:
    return Q(status=MemberStatus.ACTIVE)


TO_ALL = ToOne(Member, lambda _visibility: Q(), "member_id", must_be=True)
TO_ACTIVE, TO_SEEN = ToOne(Member, active, "member_id", must_be=True), ToOne(Member, active, "member_id")


def sorted_by(order: Order, rows: Sequence[GroupMembership]) -> list[GroupMembership]:
    return sorted(
        rows, key=lambda row: [getattr(row, key.name) for key in order.keys], reverse=order.keys[0].descending
    )


def cut(rows: list[GroupMembership], size: int, backwards: bool) -> list[GroupMembership]:
    return rows[max(0, len(rows) - size) :] if backwards else rows[:size]


def cursor(mark: Fingerprint, order: Order, row: GroupMembership) -> str:
    return write_cursor(mark.text, [getattr(row, key.name) for key in order.keys])


async def made(world: World, sizes: Sequence[int]) -> list[Group]:
    """Groups with so many memberships, made in turn, the newest first of the group that comes last."""
    groups = [await world.group(f"G{number}") for number in range(len(sizes))]
    for number in range(max(sizes)):
        status = MemberStatus.SUSPENDED if number % 3 == 1 else MemberStatus.ACTIVE
        member = await world.member(f"M{number}", status)
        for group, size in reversed([*zip(groups, sizes, strict=True)]):
            if number < size:
                await world.membership(group, member, STATUSES[number % 3])
    return groups


def listing(rows: QuerySet[GroupMembership], *, keys_first: bool) -> QuerySpec[GroupMembership]:
    """The rows as a listing, of which pages find the keys first or not."""
    return QuerySpec(GroupMembership, lambda: rows, None, keys_first=keys_first)


def shown(found: Page[Any]) -> tuple[list[int], bool, bool, int | None]:
    return [row.id for row in found.rows], found.has_previous_page, found.has_next_page, found.total_count


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
@pytest.mark.parametrize("how", ["by parent", "by itself", "keys first"])
async def test_a_page_is_a_slice_of_the_list_between_its_cursors(world: World, order: Order, how: str) -> None:
    group, _other = await made(world, (6, 9))
    mine = GroupMembership.filter(group_id=group.id)
    mark = fingerprint("memberships", group.id)
    rows = sorted_by(order, await mine)
    for after, before, size, backwards in product((None, 0, 2, 5), (None, 0, 3, 5), (0, 1, 3, 9), (False, True)):
        arguments = PageArguments(
            first=None if backwards else size,
            after=None if after is None else cursor(mark, order, rows[after]),
            last=size if backwards else None,
            before=None if before is None else cursor(mark, order, rows[before]),
        )
        part = rows[0 if after is None else after + 1 : 6 if before is None else before]
        expected = cut(part, size, backwards)
        more = len(part) > size
        if how == "by parent":  # which has an index of its own, whatever the listing says
            everywhere = listing(GroupMembership.all(), keys_first=size % 2 == 1)
            found = (await pages(everywhere, order, arguments, selection=ALL, marks={group.id: mark}, by="group_id"))[
                group.id
            ]
            assert found.source == (everywhere, "group_id", group.id)
        else:
            alone = listing(mine, keys_first=how == "keys first")
            found = await page(alone, order, arguments, selection=ALL, mark=mark)
            assert found.source == (alone, None, None)
        place = (after, before, size, backwards)
        previous = after is not None or (backwards and more)
        following = before is not None or (not backwards and more)
        assert shown(found) == ([row.id for row in expected], previous, following, 6), place
        ends = [cursor(mark, order, row) for row in expected]
        assert (found.start_cursor, found.end_cursor) == ((ends[0], ends[-1]) if ends else (None, None)), place
        assert [(edge.cursor, edge.row.id, edge.node) for edge in found.edges] == [
            (one, row.id, row) for one, row in zip(ends, expected, strict=True)
        ]
        assert found.nodes == found.rows
        assert found.page_info is found


async def test_an_order_that_runs_both_ways_has_no_places(world: World) -> None:
    order, mark = Order("mixed", (by_instant("created_at", descending=True), by_id())), fingerprint("m")
    (group,) = await made(world, (2,))
    (first, _second) = (await page(GroupMembership.all(), order, PageArguments(), selection=ALL, mark=mark)).rows
    assert first.group_id == group.id
    after = PageArguments(after=cursor(mark, order, first))
    with pytest.raises(AssertionError):
        await page(GroupMembership.all(), order, after, selection=ALL, mark=mark)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
async def test_pages_of_many_parents_are_those_of_each(world: World, order: Order) -> None:
    groups = [*await made(world, (5, 2, 3)), await world.group("empty")]
    marks = {group.id: fingerprint("m", group.id) for group in groups}
    for size, backwards in product((0, 1, 2, 9), (False, True)):
        arguments = PageArguments(first=None if backwards else size, last=size if backwards else None)
        with statements() as sent:
            found = await pages(GroupMembership.all(), order, arguments, selection=ALL, marks=marks, by="group_id")
        assert len(sent) == 2
        assert set(found) == set(marks)
        for group in groups:
            rows = sorted_by(order, await GroupMembership.filter(group_id=group.id))
            part = cut(rows, size, backwards)
            more = len(rows) > size
            expected = ([row.id for row in part], backwards and more, not backwards and more, len(rows))
            assert shown(found[group.id]) == expected, (size, backwards, group.name)
            ends = [cursor(marks[group.id], order, row) for row in part]
            assert [edge.cursor for edge in found[group.id].edges] == ends
    assert await pages(GroupMembership.all(), order, PageArguments(), selection=ALL, marks={}, by="group_id") == {}


async def test_a_cursor_belongs_to_one_parent_alone(world: World) -> None:
    groups = await made(world, (3, 3))
    marks = {group.id: fingerprint("m", group.id) for group in groups}
    row = await GroupMembership.get(group_id=groups[0].id, member__name="M1")
    for name, some in product(("after", "before"), ([groups[1]], groups)):
        arguments = PageArguments(**{name: cursor(marks[groups[0].id], ORDERS[0], row)})  # type: ignore[arg-type]
        with pytest.raises(BadPage, match="another list"):
            await pages(
                GroupMembership.all(),
                ORDERS[0],
                arguments,
                selection=ALL,
                marks={one.id: marks[one.id] for one in some},
                by="group_id",
            )


@pytest.mark.parametrize("how", ["many", "one", "keys first"])
@pytest.mark.parametrize("join", [None, TO_ALL, TO_ACTIVE, TO_SEEN], ids=["itself", "all", "must", "may"])
async def test_rows_lead_to_nodes_that_the_viewer_may_see(world: World, how: str, join: ToOne | None) -> None:
    """Where there must be one, a row without it is none; where there may be, it isn't shown, and counts."""
    groups = (await made(world, (7, 4)))[: 2 if how == "many" else 1]
    leads_to = ("there", join) if join else None
    order = ORDERS[1]
    for backwards, size in product((False, True), (2, 3, 9)):
        arguments = PageArguments(first=None if backwards else size, last=size if backwards else None)
        marks = {group.id: fingerprint("m", group.id) for group in groups}
        if how == "keys first":
            ((key, mark),) = marks.items()
            mine = listing(GroupMembership.filter(group_id=key), keys_first=True)
            found = {key: await page(mine, order, arguments, selection=ALL, mark=mark, leads_to=leads_to)}
        else:
            found = await pages(
                GroupMembership.all(), order, arguments, selection=ALL, marks=marks, by="group_id", leads_to=leads_to
            )
        for group in groups:
            rows = sorted_by(order, await GroupMembership.filter(group_id=group.id).select_related("member"))
            if join is TO_ACTIVE:
                rows = [row for row in rows if row.member.status is MemberStatus.ACTIVE]
            part = cut(rows, size, backwards)
            if join is TO_SEEN:
                part = [row for row in part if row.member.status is MemberStatus.ACTIVE]
            one = found[group.id]
            assert [row.id for row in one.rows] == [row.id for row in part]
            assert one.total_count == len(rows)
            assert (one.has_previous_page, one.has_next_page) == (
                backwards and len(rows) > size,
                not backwards and len(rows) > size,
            )
            if join is None:
                assert one.nodes == one.rows
            else:
                assert [(node.id, node.name) for node in one.nodes] == [
                    (row.member.id, row.member.name) for row in part
                ]
                assert [edge.node for edge in one.edges] == one.nodes


async def test_of_what_rows_lead_to_only_selected_columns_are_read(world: World) -> None:
    (group,) = await made(world, (2,))
    selection = Selection({"nodes"})
    selection.nodes, selection.row_columns = Projection(Member, frozenset({"name"})), frozenset({"status"})
    found = await page(
        GroupMembership.all(),
        ORDERS[0],
        PageArguments(first=1),
        selection=selection,
        mark=fingerprint("m", group.id),
        leads_to=("there", TO_ALL),
    )
    ((row,), (node,)) = (found.rows, found.nodes)
    assert (node.name, row.status) == ("M0", MembershipStatus.ACTIVE)
    assert not hasattr(node, "slug")
    assert not hasattr(row, "role")


async def test_beyond_a_cursor_only_rows_with_a_node_count(world: World) -> None:
    """Before the first that has one there is nothing, whatever rows there are."""
    (group,) = await made(world, (3,))  # the second is suspended
    mark = fingerprint("m", group.id)
    rows = await GroupMembership.filter(group_id=group.id).order_by("id")
    await Member.filter(id=rows[0].member_id).update(status=MemberStatus.SUSPENDED)
    for join, lies_before in ((TO_ACTIVE, False), (TO_SEEN, True)):
        found = await page(
            GroupMembership.filter(group_id=group.id),
            ORDERS[0],
            PageArguments(after=cursor(mark, ORDERS[0], rows[1])),
            selection=ALL,
            mark=mark,
            leads_to=("there", join),
        )
        assert (found.has_previous_page, found.has_next_page) == (lies_before, False)
        assert [node.name for node in found.nodes] == ["M2"]


SELECTIONS: list[tuple[frozenset[str], int]] = [
    (frozenset(), 0),
    (frozenset({"edges"}), 1),
    (frozenset({"nodes"}), 1),
    (frozenset({"page_info"}), 1),
    (frozenset({"total_count"}), 1),
    (frozenset({"nodes", "total_count"}), 2),
]


@pytest.mark.parametrize(("selection", "asks"), SELECTIONS)
async def test_only_what_is_selected_is_read(world: World, selection: frozenset[str], asks: int) -> None:
    (group,) = await made(world, (4,))
    mark = fingerprint("m")
    rows = await GroupMembership.all().order_by("id")
    for after in (None, cursor(mark, ORDERS[0], rows[0])):
        with statements() as sent:
            found = await page(
                GroupMembership.filter(group_id=group.id),
                ORDERS[0],
                PageArguments(first=2, after=after),
                selection=selection,
                mark=mark,
            )
        has_rows, tells = bool(selection & {"edges", "nodes", "page_info"}), "page_info" in selection
        start = 0 if after is None else 1
        assert [row.id for row in found.rows] == ([row.id for row in rows[start : start + 2]] if has_rows else [])
        assert (found.has_next_page, found.has_previous_page) == (tells, tells and after is not None)
        assert found.total_count == (4 if "total_count" in selection else None)
        assert len(sent) == asks + (tells and after is not None)
        expected = cursor(mark, ORDERS[0], rows[start]) if has_rows else None
        assert found.start_cursor == expected


@pytest.mark.parametrize(("cursors", "beyond"), [*product((True, False), (True, False))])
async def test_what_a_selection_says_of_cursors_and_of_what_lies_beyond(
    world: World, cursors: bool, beyond: bool
) -> None:
    await made(world, (4,))
    order = ORDERS[2]
    selection = Selection(("nodes", "page_info"))
    selection.cursors, selection.beyond = cursors, beyond
    selection.nodes = Projection(GroupMembership, frozenset({"member_id"}))
    found = await page(GroupMembership.all(), order, PageArguments(first=2), selection=selection, mark=fingerprint("m"))
    assert found.has_next_page is beyond
    assert isinstance(found, ReadPage)
    assert found.mapper is not None
    held = set(vars(found.rows[0])) if hasattr(found.rows[0], "__dict__") else set(found.rows[0].__slots__)
    assert ("status" in held) is cursors
    assert "member_id" in held
    assert "role" not in held


# ---------------------------------------------------------------- cursors


def test_a_cursor_is_the_fingerprint_and_the_keys_in_base64url() -> None:
    for values in (["Ärzte", 12], ["~~~???>>>", 1], [1.5, 2], ["", 0], ["ab", 1], ["abc", 1]):
        text = write_cursor("12345678", values)
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        assert orjson.loads(raw) == ["12345678", *values]
        assert base64.urlsafe_b64encode(raw).decode().rstrip("=") == text


def test_a_fingerprint_tells_lists_apart() -> None:
    some = [fingerprint("a", 1), fingerprint("a", 2), fingerprint("b", 1), fingerprint("a"), fingerprint("a", None)]
    assert len({one.text for one in some}) == len(some)
    assert fingerprint("a", 1).text == some[0].text == some[0].text
    assert {len(one.text) for one in some} == {8}


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")


def test_a_cursor_is_read_for_its_list_and_its_order() -> None:
    mark, order = fingerprint("m"), Order("name", (Key("name", str), by_id()))
    for values in (["Ärzte", 12], ["~~~???>>>", 1], ["", 0], ["ab", 1], ["abc", 1], ["abcd", 1]):
        assert read_cursor(write_cursor(mark.text, values), mark, order) == values
    with pytest.raises(BadPage, match="another list"):
        read_cursor(write_cursor(fingerprint("n").text, ["a", 1]), mark, order)
    for wrong in (
        "", "x", "ä", "?", encoded([]), encoded({}), encoded(1), encoded(None), encoded("text"), encoded([mark.text]),
        encoded([mark.text, "a"]), encoded([mark.text, "a", 1, 2]), encoded([mark.text, 1, "a"]),
        encoded([mark.text, "a", 2**40]), encoded([mark.text, None, 1]),
    ):  # fmt: skip
        with pytest.raises(BadPage, match="no cursor"):
            read_cursor(wrong, mark, order)


def test_a_page_of_which_nothing_was_read_is_empty() -> None:
    empty: ReadPage[Any] = ReadPage(ORDERS[0], fingerprint("m"))
    assert (empty.rows, empty.nodes, empty.edges, empty.start_cursor, empty.end_cursor) == ([], [], [], None, None)
    assert (empty.has_next_page, empty.has_previous_page, empty.total_count) == (False, False, None)
    assert ReadPage(ORDERS[0], fingerprint("m"), "there", 7).total_count == 7
    assert Edge(empty, 1, 2) == (empty, 1, 2)


# ---------------------------------------------------------------- what rows lead to


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
async def test_what_rows_lead_to_comes_by_key_in_the_order_of_the_rows(world: World, order: Order) -> None:
    groups = [*await made(world, (5, 2, 4)), await world.group("empty")]
    keys = [group.id for group in (groups[0], groups[2], groups[3])]
    columns = Projection(Member, frozenset({"name"}))
    for join in (TO_ALL, TO_ACTIVE, TO_SEEN):
        with statements() as sent:
            found = await followed(query_spec(GroupMembership.all()), order, keys, "group_id", join, columns)
        assert len(sent) == 1
        expected = {}
        for key in keys[:2]:
            rows = sorted_by(order, await GroupMembership.filter(group_id=key).select_related("member"))
            seen = [row.member.name for row in rows if join is TO_ALL or row.member.status is MemberStatus.ACTIVE]
            expected[key] = seen
        assert {key: [one.name for one in some] for key, some in found.items()} == expected
