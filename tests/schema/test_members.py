"""What is shown of members, to whom, in how many statements."""

from typing import Any

import pytest

from models import (
    Account,
    Audience,
    District,
    Member,
    MembershipStatus,
    MemberStatus,
    MemberTopic,
    OfferStatus,
    Representation,
    Topic,
)
from schema.declare.ids import global_id
from tests.statements import statements
from tests.world import World

pytestmark = pytest.mark.walk

By = Member | Account | None


async def names(world: World, by: By = None, **variables: Any) -> list[str]:
    """The members of a list."""
    document = """query($f: MemberFilter, $s: MemberSort! = NAME) {
        members(filter: $f, sort: $s) { nodes { name } totalCount } }"""
    found = (await world.data(document, by, **variables))["members"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["name"] for node in found["nodes"]]


# ---------------------------------------------------------------- who is seen


async def test_by_slug_and_by_id_the_invisible_is_null(world: World) -> None:
    applicant = await world.member("Neu", MemberStatus.APPLIED)
    anna = await world.member("Anna")
    club = await world.organisation("Verein", by=anna, status=MemberStatus.SUSPENDED)
    gone = await world.member("Weg", MemberStatus.LEFT)
    document = "query($s: String!, $id: ID!) { member(slug: $s) { name } node(id: $id) { id } }"
    office = await world.office()
    for by, member, visible in (
        (None, anna, True),
        (None, applicant, False),
        (anna, applicant, False),
        (applicant, applicant, True),
        (anna, club, True),
        (applicant, club, False),
        (anna, gone, False),
        (office, applicant, True),
        (office, gone, True),
    ):
        found = await world.data(document, by, s=member.slug, id=global_id("Member", member.id))
        assert [one is not None for one in found.values()] == [visible] * 2
    for slug in ("gibt-es-nicht", "", "\x00", "\ud800", "x" * 500):
        assert await world.data("query($s: String!) { member(slug: $s) { name } }", s=slug) == {"member": None}


async def test_a_list_holds_the_active_ones_unless_asked_for_others(world: World) -> None:
    anna = await world.member("Anna")
    applicant = await world.member("Neu", MemberStatus.APPLIED)
    await world.organisation("Verein", by=anna, status=MemberStatus.APPLIED)
    await world.member("Aus", MemberStatus.SUSPENDED)
    office = await world.office()
    every: dict[str, Any] = {"f": {"statuses": [status.value for status in MemberStatus]}}
    applied: dict[str, Any] = {"f": {"statuses": ["APPLIED"]}}
    assert await names(world) == await names(world, office) == await names(world, f={"statuses": []}) == ["Anna"]
    assert await names(world, **every) == ["Anna"]
    assert await names(world, **applied) == []
    assert await names(world, anna, **applied) == ["Verein"]
    assert await names(world, applicant, **every) == ["Anna", "Neu"]
    assert await names(world, office, **applied) == ["Neu", "Verein"]
    assert await names(world, office, **every) == ["Anna", "Aus", "Neu", "Verein"]


# ---------------------------------------------------------------- filters and orders


async def test_all_fields_of_a_filter_have_to_hold_of_a_list_one_entry(world: World) -> None:
    sport = await Topic.create(slug="sport", name="Sport", name_key="sport")
    youth = await Topic.create(slug="jugend", name="Jugend", name_key="jugend")
    town = await District.create(slug="mitte", name="Mitte", name_key="mitte")
    anna = await world.member("Anna Ärztin", district=town)
    club = await world.organisation("Sportverein Straße", district=town)
    school = await world.organisation("Schule")
    for member, topics in ((anna, (sport,)), (club, (sport, youth)), (school, (youth,))):
        for position, topic in enumerate(topics):
            await MemberTopic.create(member=member, topic=topic, position=position)
    every = ["Anna Ärztin", "Schule", "Sportverein Straße"]
    for given, expected in (
        (None, every),
        ({}, every),
        ({"kinds": None, "topics": [], "districts": None, "text": ""}, every),
        ({"kinds": ["PERSON"]}, ["Anna Ärztin"]),
        ({"kinds": ["PERSON", "ORGANISATION"]}, every),
        ({"topics": ["sport", "jugend"]}, every),
        ({"topics": ["jugend"]}, ["Schule", "Sportverein Straße"]),
        ({"districts": ["mitte"], "topics": ["jugend"]}, ["Sportverein Straße"]),
        ({"text": "ARZTIN  anna"}, ["Anna Ärztin"]),
        ({"text": "strasse"}, ["Sportverein Straße"]),
        ({"text": "anna schule"}, ["Anna Ärztin", "Schule"]),  # where nobody has both words, half of them do
        ({"text": "anna schule", "kinds": ["PERSON"]}, ["Anna Ärztin"]),
        ({"text": "schule", "districts": ["mitte"]}, []),
        ({"text": "gibtsnicht"}, []),
        ({"text": "%"}, []),
        ({"text": "_"}, []),
    ):
        assert await names(world, f=given) == expected, given


async def test_orders(world: World) -> None:
    for name in ("Zoe", "Ärzte", "Apfel"):
        await world.member(name)
    assert await names(world) == ["Apfel", "Ärzte", "Zoe"]
    assert await names(world, s="NEWEST") == ["Apfel", "Ärzte", "Zoe"]
    assert await names(world, s="NAME") == ["Apfel", "Ärzte", "Zoe"]
    await world.member("Berta")
    assert await names(world, s="NEWEST") == ["Berta", "Apfel", "Ärzte", "Zoe"]


async def test_a_cursor_belongs_to_its_filter_and_sort(world: World) -> None:
    for name in ("A", "B", "C"):
        await world.member(name)
    first = await world.data("{ members(first: 1) { pageInfo { endCursor hasNextPage } } }")
    cursor = first["members"]["pageInfo"]["endCursor"]
    document = (
        "query($c: String!, $f: MemberFilter, $s: MemberSort! = NAME) { members(after: $c, filter: $f, sort: $s) "
    )
    document += "{ edges { node { name } cursor } pageInfo { hasPreviousPage } } }"
    found = (await world.data(document, c=cursor))["members"]
    assert [edge["node"]["name"] for edge in found["edges"]] == ["B", "C"]
    assert found["pageInfo"] == {"hasPreviousPage": True}
    for other in ({"f": {"kinds": ["PERSON"]}}, {"s": "NEWEST"}):
        answer = await world.ask(document, c=cursor, **other)
        assert (answer.data, answer.codes) == ({"members": None}, ["BAD_REQUEST"])
    same = (await world.data(document, c=cursor, f={"kinds": [], "text": None}))["members"]
    assert len(same["edges"]) == 2


# ---------------------------------------------------------------- contact data


async def test_contact_data_of_many_take_a_statement_a_field_or_none(world: World) -> None:
    viewer = await world.member("Fragt")
    group = await world.group("AG", coordinator=viewer)
    for number in range(12):
        member = await world.member(
            f"M{number}",
            email=f"m{number}@example.org",
            phone=None if number % 2 else "+495361280",
            email_audience=list(Audience)[number % 4],
            phone_audience=Audience.EVERYONE,
        )
        await world.membership(group, member)
    document = "{ members { nodes { email phone } } }"
    ctx = await world.context(viewer)
    with statements() as sent:
        found = await world.data(document, ctx)
    assert len(sent) == 2, "the page; groups and responses for the addresses; nothing for the numbers"
    assert sum(node["email"] is not None for node in found["members"]["nodes"]) == 9
    for by in (None, await world.office()):
        ctx = await world.context(by)
        with statements() as sent:
            await world.data(document, ctx)
        assert len(sent) == 1


# ---------------------------------------------------------------- what hangs on a member


async def test_a_member_s_groups_with_its_role(world: World) -> None:
    anna, ben = await world.member("Anna"), await world.member("Ben")
    first, second = await world.group("Eins", coordinator=anna), await world.group("Zwei", coordinator=ben)
    await world.membership(second, anna)
    await world.membership(await world.group("Drei"), anna, MembershipStatus.REQUESTED)
    document = """query($s: String!) { member(slug: $s) { groups { totalCount
        edges { role joinedAt node { name } membership { id } } nodes { name } pageInfo { hasNextPage } } } }"""
    found = (await world.data(document, s=anna.slug))["member"]["groups"]
    assert [(edge["role"], edge["node"]["name"]) for edge in found["edges"]] == [
        ("COORDINATOR", first.name),
        ("MEMBER", second.name),
    ]
    assert (found["totalCount"], len(found["nodes"])) == (2, 2)


async def test_a_suspended_member_s_groups_are_its_own_and_the_office_s_affair(world: World) -> None:
    anna = await world.member("Anna")
    await world.group("Eins", coordinator=anna)
    await Member.filter(id=anna.id).update(status=MemberStatus.SUSPENDED)
    document = "query($s: String!) { member(slug: $s) { groups { totalCount nodes { name } } } }"
    for by in (anna, await world.office()):
        assert (await world.data(document, by, s=anna.slug))["member"]["groups"]["totalCount"] == 1
    assert (await world.data(document, s=anna.slug))["member"] is None


async def test_a_member_s_entries_off_the_board_are_for_its_own_side(world: World) -> None:
    anna, ben = await world.member("Anna"), await world.member("Ben")
    await world.offer("Alt", anna)
    await world.offer("Neu", anna)
    await world.offer("Entwurf", anna, OfferStatus.DRAFT)
    await world.offer("Fremd", ben)
    document = """query($s: String!, $f: OfferFilter) { member(slug: $s) {
        offers(filter: $f) { totalCount nodes { title } } } }"""
    drafts = {"statuses": ["DRAFT", "PUBLISHED"]}
    for by, given, expected in (
        (None, None, ["Neu", "Alt"]),
        (None, drafts, ["Neu", "Alt"]),
        (anna, None, ["Neu", "Alt"]),
        (anna, drafts, ["Entwurf", "Neu", "Alt"]),
        (None, {"text": "neu"}, ["Neu"]),
        (None, {"ownerId": global_id("Member", ben.id)}, []),
    ):
        found = (await world.data(document, by, s=anna.slug, f=given))["member"]["offers"]
        assert [node["title"] for node in found["nodes"]] == expected
        assert found["totalCount"] == len(expected)


async def test_who_represents_an_organisation_is_known_to_its_side_and_the_office(world: World) -> None:
    anna, ben = await world.member("Anna"), await world.member("Ben", MemberStatus.SUSPENDED)
    club = await world.organisation("Verein", by=anna)
    await Representation.create(organisation=club, person=ben)
    document = """query($s: String!) { member(slug: $s) { representatives { totalCount
        edges { since node { name } } nodes { name } } } }"""

    async def shown(by: By, member: Member) -> Any:
        found = (await world.data(document, by, s=member.slug))["member"]["representatives"]
        return found and (found["totalCount"], [edge["node"]["name"] for edge in found["edges"]])

    assert await shown(anna, club) == (1, ["Anna"]), "those whom the viewer may see"
    assert await shown(await world.office(), club) == (2, ["Anna", "Ben"])
    assert await shown(await world.member("Fremd"), club) is None
    assert await shown(None, club) is None
    assert await shown(ben, club) is None
    assert await shown(None, anna) == (0, [])


async def test_status_reasons_are_for_the_own_side_and_the_office(world: World) -> None:
    anna = await world.member("Anna")
    club = await world.organisation("Verein", by=anna, status=MemberStatus.SUSPENDED, status_reason="Unklar")
    open_one = await world.organisation("Offen", status_reason="Früher")
    document = "query($s: String!) { member(slug: $s) { statusReason viewerCanUpdate url } }"
    for by, member, expected in (
        (anna, club, {"statusReason": "Unklar", "viewerCanUpdate": False, "url": None}),
        (await world.office(), club, {"statusReason": "Unklar", "viewerCanUpdate": True, "url": None}),
        (anna, open_one, {"statusReason": None, "viewerCanUpdate": False, "url": None}),
    ):
        assert (await world.data(document, by, s=member.slug))["member"] == expected


async def test_a_nested_document_takes_a_statement_a_level_however_many_rows(world: World) -> None:
    town = await District.create(slug="mitte", name="Mitte", name_key="mitte")
    topic = await Topic.create(slug="sport", name="Sport", name_key="sport")
    document = """{ members(first: 50) { totalCount pageInfo { hasNextPage } nodes {
        name topics { name } district { name } email phone
        groups(first: 2) { totalCount edges { role node { name topics { slug } } } }
        offers(first: 2) { nodes { title district { name } } }
        representatives { nodes { name } }
    } } }"""
    office = await world.office()
    counts = []
    for size in (2, 7):
        for number in range(size):
            person = await world.member(f"P{size}-{number}", district=town)
            club = await world.organisation(f"V{size}-{number}", by=person)
            await MemberTopic.create(member=person, topic=topic, position=0)
            for _time in range(3):
                await world.membership(await world.group("AG"), person)
                await world.offer("Hilfe", club, district=town)
        ctx = await world.context(office)
        with statements() as sent:
            found = (await world.data(document, ctx))["members"]
        assert len(found["nodes"]) == found["totalCount"]
        counts.append(len(sent))
    # members with their districts, count; topics; memberships with the groups, count, the groups' topics; entries with
    # their districts; representations with the persons
    assert counts == [8, 8]


async def test_nodes_are_answered_in_the_order_asked_and_fetched_together(world: World) -> None:
    members = [global_id("Member", (await world.member(f"M{number}")).id) for number in range(5)]
    groups = [global_id("Group", (await world.group(f"G{number}")).id) for number in range(5)]
    ids = [one for pair in zip(reversed(members), groups, strict=True) for one in pair]
    with statements() as sent:
        found = await world.data("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[*ids, "nonsense", ids[0]])
    assert [one and one["id"] for one in found["nodes"]] == [*ids, None, ids[0]]
    assert len(sent) == 2  # one a type
