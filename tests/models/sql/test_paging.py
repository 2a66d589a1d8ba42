"""Relay connections by keyset: stable when rows come and go, the same on both databases."""

import pytest

from models import GroupMembership, Member
from models.sql.orders import Key, Order, by_id
from models.sql.page_cursors import BadPage, fingerprint
from models.sql.paging import PageArguments, page, pages
from tests.statements import statements
from tests.world import World

BY_NAME = Order("name", (Key("name_key", str), by_id()))
ALL = frozenset({"edges", "page_info", "total_count"})
MARK = fingerprint("members")


async def names(**arguments: object) -> list[str]:
    found = await page(Member.all(), BY_NAME, PageArguments(**arguments), selection=ALL, mark=MARK)  # type: ignore[arg-type]
    return [member.name for member in found.rows]


async def test_german_sorting(world: World) -> None:
    for name in ("Zebra", "Ärzte", "Apfel", "Öko", "Otto", "ähnlich", "„Anker“", "Straße", "Strasse 2"):
        await world.member(name)
    assert await names() == [
        "ähnlich",
        "„Anker“",
        "Apfel",
        "Ärzte",
        "Öko",
        "Otto",
        "Straße",
        "Strasse 2",
        "Zebra",
    ]


async def test_walks_both_ways_through_everything_while_rows_come_and_go(world: World) -> None:
    for number in range(10):
        await world.member(f"M{number}")
    first = await page(Member.all(), BY_NAME, PageArguments(first=4), selection=ALL, mark=MARK)
    assert [m.name for m in first.rows] == ["M0", "M1", "M2", "M3"]
    assert (first.has_next_page, first.has_previous_page, first.total_count) == (True, False, 10)
    await first.rows[3].delete()
    await world.member("M00")
    second = await page(Member.all(), BY_NAME, PageArguments(first=4, after=first.end_cursor), selection=ALL, mark=MARK)
    assert [m.name for m in second.rows] == ["M4", "M5", "M6", "M7"]
    assert (second.has_next_page, second.has_previous_page) == (True, True)
    back = await page(
        Member.all(), BY_NAME, PageArguments(last=2, before=second.start_cursor), selection=ALL, mark=MARK
    )
    assert [m.name for m in back.rows] == ["M1", "M2"]
    assert (back.has_next_page, back.has_previous_page) == (True, True)
    end = await page(Member.all(), BY_NAME, PageArguments(last=3), selection=ALL, mark=MARK)
    assert [m.name for m in end.rows] == ["M7", "M8", "M9"]
    assert (end.has_next_page, end.has_previous_page) == (False, True)


async def test_a_page_for_each_of_many_parents_takes_one_statement(world: World) -> None:
    groups = [await world.group(f"G{number}") for number in range(3)]
    for number in range(5):
        member = await world.member(f"M{number}")
        for group in groups[: number % 3 + 1]:
            await world.membership(group, member)
    order = Order("joined", (by_id(descending=True),))
    with statements() as sent:
        found = await pages(
            GroupMembership.all(),
            order,
            PageArguments(first=2),
            selection=ALL,
            marks={group.id: fingerprint("m", group.id) for group in groups},
            by="group_id",
        )
    assert [len(found[group.id].rows) for group in groups] == [2, 2, 1]
    assert [found[group.id].total_count for group in groups] == [5, 3, 1]
    assert [found[group.id].has_next_page for group in groups] == [True, True, False]
    assert [row.id for row in found[groups[0].id].rows] == sorted(
        (row.id for row in found[groups[0].id].rows), reverse=True
    )
    assert len(sent) == 2


@pytest.mark.walk
@pytest.mark.parametrize(
    "arguments",
    [
        {"first": 1, "last": 1},
        {"first": 101},
        {"last": -1},
        {"after": "nonsense"},
        {"after": ""},
        {"before": "WzFd"},
        {"after": "W10"},
    ],
)
async def test_what_the_contract_forbids_is_refused(world: World, arguments: dict[str, object]) -> None:
    with pytest.raises(BadPage):
        await names(**arguments)


async def test_a_cursor_of_another_list_is_refused(world: World) -> None:
    await world.member("A")
    found = await page(Member.all(), BY_NAME, PageArguments(), selection=ALL, mark=fingerprint("other"))
    with pytest.raises(BadPage, match="another list"):
        await names(after=found.end_cursor)
