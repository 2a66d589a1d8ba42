"""One search through members, groups, events and entries: what everybody can find, in a stable order."""

from datetime import timedelta
from typing import Any

import pytest

from models import Event, EventStatus, Group, GroupStatus, Member, MemberStatus, Offer, OfferStatus, now
from models.search.tables import SynonymGroup
from resolvers.search.indexing import index_row
from resolvers.search.synonyms import store_terms
from tests.statements import statements
from tests.world import World

SEARCH = """query($text: String!, $types: [SearchType!], $first: Int, $after: String) {
  search(text: $text, types: $types, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
    edges { cursor node { __typename ... on Member { name } ... on Group { name } ... on Event { title }
      ... on Offer { title } } } } }"""


async def search(world: World, text: str, by: Any = None, **more: Any) -> dict[str, Any]:
    return dict((await world.data(SEARCH, by, text=text, **more))["search"])


def names(found: dict[str, Any]) -> list[str]:
    nodes = [edge["node"] for edge in found["edges"]]
    return [f"{node['__typename']} {node.get('name') or node.get('title')}" for node in nodes]


async def test_finds_all_types_and_only_what_everybody_can_find(world: World) -> None:
    for status in MemberStatus:
        await world.member(f"Chor {status}", status)
    for group_status in GroupStatus:
        await world.group(f"Chor {group_status}", status=group_status)
    for event_status in EventStatus:
        await world.event(f"Chor {event_status}", status=event_status)
    for offer_status in OfferStatus:
        await world.offer(f"Chor {offer_status}", status=offer_status)
    await world.member("Niemand")
    expected = {
        "Member Chor ACTIVE",
        "Group Chor FORMING",
        "Group Chor ACTIVE",
        "Group Chor PAUSED",
        "Event Chor PUBLISHED",
        "Offer Chor PUBLISHED",
    }
    for by in (None, await world.member("Erika"), await world.office()):
        found = await search(world, "CHÖR", by)
        assert set(names(found)) == expected
        assert found["totalCount"] == 6
    for kind in ("MEMBER", "GROUP", "EVENT", "OFFER"):
        found = await search(world, "chor", types=[kind, kind])
        assert {name.split()[0].upper() for name in names(found)} == {kind}
        assert found["totalCount"] == len(names(found)) == (3 if kind == "GROUP" else 1)
    assert (await search(world, "chor", types=[]))["totalCount"] == 6


async def test_the_more_words_the_earlier_and_what_lacks_one_where_hardly_anything_has_all(world: World) -> None:
    await world.offer("Chor sucht Saal")
    await world.offer("Saal")
    assert names(await search(world, "saal chor")) == ["Offer Chor sucht Saal", "Offer Saal"]
    assert names(await search(world, "saal trompete")) == ["Offer Saal", "Offer Chor sucht Saal"]
    for number in range(3):
        await world.offer(f"Chor im Saal {number}")
    assert "Offer Saal" not in names(await search(world, "saal chor"))
    assert names(await search(world, "trompete posaune")) == []
    assert names(await search(world, "100 % _ ' \\ \" \x00 \ud800")) == []


@pytest.mark.parametrize("text", ["", "   ", "\n", "\x00"])
async def test_a_text_without_words_finds_nothing(world: World, text: str) -> None:
    await world.offer("Chor")
    assert await search(world, text) == {
        "totalCount": 0,
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "endCursor": None},
        "edges": [],
    }


async def filled(world: World) -> list[str]:
    """A mixed world; the names in the order that a search for `chor` has to give."""
    instant = now().replace(microsecond=0)
    in_name = []
    for days in range(3):
        when = instant - timedelta(days=days)
        member = await world.member(f"Chor {days}", created_at=when)
        group = await world.group(f"Chor {days}", created_at=when)
        event = await world.event(f"Chor Straße {days}", created_at=when)
        offers = [await world.offer(f"Chor {days} {letter}", newest_at=when) for letter in "ab"]
        in_name += [f"Member {member.name}", f"Group {group.name}", f"Event {event.title}"]
        in_name += [f"Offer {offer.title}" for offer in reversed(offers)]
    in_text = []
    later = instant + timedelta(days=1)
    for model in (Member, Group, Event, Offer):
        name = "Anderes"
        row: Any = await getattr(world, model.__name__.lower())(name)
        row.update_from_dict({_TEXT[model.__name__]: "Hier singt der Chor"})
        row.update_from_dict({_INSTANT.get(model.__name__, "created_at"): later})
        await row.save()
        await index_row(row)
        in_text.append(f"{model.__name__} {name}")
    return in_name + in_text


_INSTANT = {"Offer": "newest_at"}
_TEXT = {"Member": "about", "Group": "purpose", "Event": "description", "Offer": "description"}


async def test_names_first_then_the_newest(world: World) -> None:
    expected = await filled(world)
    assert names(await search(world, "chor", first=100)) == expected


@pytest.mark.parametrize("size", [1, 2, 5])
async def test_page_by_page_through_the_mixed_list(world: World, size: int) -> None:
    expected = await filled(world)
    walked: list[str] = []
    after = None
    while True:
        found = await search(world, "chor", first=size, after=after)
        assert found["totalCount"] == len(expected)
        assert found["pageInfo"]["hasPreviousPage"] is (after is not None)
        walked += names(found)
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert walked == expected


async def test_a_page_stays_in_place_when_rows_come_and_go(world: World) -> None:
    expected = await filled(world)
    first = await search(world, "chor", first=6)
    await Offer.filter(title="Chor 0 a").delete()
    await world.offer("Chor neu")
    second = await search(world, "chor", first=100, after=first["pageInfo"]["endCursor"])
    assert names(second) == expected[6:]


async def test_a_title_is_told_from_the_text_behind_it(world: World) -> None:
    instant = now()
    for number, (title, description) in enumerate((("Großer Spaß", "Chor"), ("Straßenchor", "alle"))):
        event = await world.event(title)
        event.description, event.created_at = description, instant - timedelta(days=number)
        await event.save()
        await index_row(event)
    assert names(await search(world, "chor")) == ["Event Straßenchor", "Event Großer Spaß"]


async def test_a_cursor_of_another_search_is_refused(world: World) -> None:
    await world.offer("Chor und Saal")
    after = (await search(world, "chor", first=1))["pageInfo"]["endCursor"]
    for variables in (
        {"text": "saal", "after": after},
        {"text": "chor", "types": ["OFFER"], "after": after},
        {"text": "chor", "after": "nonsense"},
        {"text": "chor", "first": 101},
        {"text": "chor", "first": -1},
    ):
        answer = await world.ask(SEARCH, **variables)
        assert (answer.codes, answer.data) == (["BAD_REQUEST"], {"search": None}), variables


async def test_a_statement_a_type_another_for_the_count_and_three_to_understand_the_text(world: World) -> None:
    await filled(world)
    with statements() as sent:
        await world.data('{ search(text: "chor") { nodes { __typename } } }')
    assert len(sent) == 7
    with statements() as sent:
        await world.data('{ search(text: "chor") { totalCount } }')
    assert len(sent) == 7
    with statements() as sent:
        await world.data('{ search(text: "chor", types: [EVENT, OFFER]) { totalCount nodes { __typename } } }')
    assert len(sent) == 7
    with statements() as sent:
        await world.data('{ search(text: "eine", types: [EVENT, OFFER]) { nodes { __typename } } }')
    assert len(sent) == 0, "no word that says anything"
    with statements() as sent:
        await world.data('{ search(text: "") { totalCount nodes { __typename } } }')
    assert len(sent) == 0


MARKED = """query($text: String!, $types: [SearchType!]) { search(text: $text, types: $types) {
  correctedText edges { highlights { field start end } node { ... on Member { name about }
    ... on Group { name purpose } ... on Event { title description } ... on Offer { title description } } } } }"""


async def marked(world: World, text: str, **more: Any) -> tuple[str | None, list[str]]:
    """The corrected text, and the words that are marked in what was found, with their fields."""
    found = (await world.data(MARKED, None, text=text, **more))["search"]
    return found["correctedText"], [
        f"{one['field']}: {edge['node'][one['field']][one['start'] : one['end']]}"
        for edge in found["edges"]
        for one in edge["highlights"]
    ]


async def test_what_was_found_is_marked_in_title_and_text(world: World) -> None:
    offer = await world.offer("Wer pflegt die Gärten?")
    offer.description = "Ein 🌻 Garten, zwei Gartenhäuser und ein Auto."
    await offer.save()
    await index_row(offer)
    assert await marked(world, "Garten") == (
        None,
        ["title: Gärten", "description: Garten", "description: Gartenhäuser"],
    )
    await index_row(await world.member("Gartenfreunde", about="Wir gärtnern."))
    assert await marked(world, "gartenfreunde", types=["MEMBER"]) == (None, ["name: Gartenfreunde"])
    assert await marked(world, "...") == (None, [])


async def test_it_says_what_it_corrected(world: World) -> None:
    await world.offer("Vorlesen in der Grundschule")
    text, shown = await marked(world, "Kinder Vorleserr, bitte")
    assert text is not None
    assert text.startswith("Kinder Vorlese")
    assert text.endswith(", bitte")
    assert "title: Vorlesen" in shown
    assert (await marked(world, "Vorlesen"))[0] is None


async def test_two_words_that_mean_one_thing_are_two_where_nothing_has_that(world: World) -> None:
    group = await SynonymGroup.create(words=["Gassi gehen", "Hund ausführen"])
    await store_terms(group)
    await world.offer("Ein ruhiger Hund für unsere Gäste")
    assert names(await search(world, "Hund ausführen")) == ["Offer Ein ruhiger Hund für unsere Gäste"]
    offer = await world.offer("Wer mag Gassi gehen?")
    await index_row(offer)
    assert names(await search(world, "Hund ausführen")) == ["Offer Wer mag Gassi gehen?"]
