"""The matches of an entry: which, why, in which order, to whom, in how many statements."""

from datetime import date
from typing import Any

import pytest

import resolvers.matches.candidates
from models import (
    DismissedMatch,
    District,
    Offer,
    OfferCategory,
    OfferResponse,
    OfferStatus,
    ResponseStatus,
)
from resolvers.demo import load_demo
from schema.declare.ids import global_id
from tests.resolvers.matches.asking import MATCHES, PROVIDE, about, matches, titles
from tests.statements import statements
from tests.world import World

DISMISS = """mutation ($own: ID!, $match: ID!) { dismissMatch(ownId: $own, matchId: $match) {
  offer { title } userErrors { code } } }"""


async def test_only_what_can_fit(world: World) -> None:
    owner = await world.member()
    offer = await world.offer("Saal für eine Hochzeit", owner, category=OfferCategory.ROOM)
    await world.offer("Saal im Dorf", category=OfferCategory.ROOM, direction=PROVIDE)
    await world.offer("Zelt im Dorf", category=OfferCategory.ROOM, direction=PROVIDE)
    await world.offer("Saal für ein Konzert", category=OfferCategory.ROOM)
    await world.offer("Saal des Besitzers", owner, category=OfferCategory.ROOM, direction=PROVIDE)
    for status in set(OfferStatus) - {OfferStatus.PUBLISHED}:
        await world.offer("Saal, der nicht da ist", category=OfferCategory.ROOM, direction=PROVIDE, status=status)
    for asker in (None, owner, await world.office()):
        assert await titles(world, offer, asker) == ["Saal im Dorf"]


async def test_what_else_fits_raises_the_score_and_is_named(world: World) -> None:
    mitte = await District.create(slug="mitte", name="Mitte", name_key="mitte")
    room: dict[str, Any] = {"category": OfferCategory.ROOM}
    offer = await about(
        await world.offer(
            "Saal und Küche", district=mitte, languages=["de-AT", "tr"], available_until=date(2026, 5, 1), **room
        ),
        "sport",
        "kultur",
    )
    fits = await world.offer(
        "Saal mit Küche",
        direction=PROVIDE,
        venue_name="Halle",
        venue_district=mitte,
        languages=["tr-TR", "de"],
        available_from=date(2026, 5, 1),
        **room,
    )
    await about(fits, "sport")
    await about(
        await world.offer("Saal mit Küche, zu spät", direction=PROVIDE, available_from=date(2026, 5, 2), **room),
        "sport",
    )
    await about(await world.offer("Kleiner Saal", direction=PROVIDE, languages=["de"], **room), "kultur", "jugend")
    found = (await matches(world, offer))["edges"]
    assert [(edge["node"]["title"], edge["score"], edge["reasons"]) for edge in found] == [
        (
            "Saal mit Küche",
            0.93,
            ["SIMILAR_TEXT", "SHARED_TOPIC", "SAME_CATEGORY", "SAME_DISTRICT", "OVERLAPPING_TIME", "SHARED_LANGUAGE"],
        ),
        ("Kleiner Saal", 0.45, ["SIMILAR_TEXT", "SHARED_TOPIC", "SAME_CATEGORY"]),
    ]


async def test_who_says_the_same_in_other_words_fits_where_all_else_is_the_same(world: World) -> None:
    mitte = await District.create(slug="mitte", name="Mitte", name_key="mitte")
    offer = await about(await world.offer("Suche", district=mitte), "sport")
    await about(await world.offer("Biete", district=mitte, direction=PROVIDE), "sport")
    await about(await world.offer("Anderswo", direction=PROVIDE), "sport")
    found = (await matches(world, offer))["edges"]
    assert [(edge["node"]["title"], edge["reasons"]) for edge in found] == [
        ("Biete", ["SHARED_TOPIC", "SAME_CATEGORY", "SAME_DISTRICT"])
    ]


async def test_page_by_page_while_entries_come_and_go(world: World) -> None:
    offer = await world.offer("Klavier gesucht")
    others = [await world.offer(f"Klavier {number}", direction=PROVIDE) for number in range(6)]
    first = await matches(world, offer, first=2)
    assert [node["title"] for node in first["nodes"]] == ["Klavier 5", "Klavier 4"]
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (True, False)
    assert first["pageInfo"]["endCursor"] == first["edges"][1]["cursor"]
    await others[4].delete()
    await world.offer("Klavier 6", direction=PROVIDE)
    second = await matches(world, offer, first=4, after=first["pageInfo"]["endCursor"])
    assert [node["title"] for node in second["nodes"]] == ["Klavier 3", "Klavier 2", "Klavier 1", "Klavier 0"]
    assert (second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (False, True)
    key = global_id("Offer", (await world.offer("Andere Suche")).id)
    for bad in ({"after": first["pageInfo"]["endCursor"]}, {"after": "x"}, {"first": 101}, {"first": -1}):
        assert (await world.ask(MATCHES, id=key, **bad)).codes == ["BAD_REQUEST"], bad


async def test_as_many_statements_for_many_entries_as_for_one(world: World) -> None:
    document = (
        "{ offers(filter: {direction: SEEK}) { nodes { matches(first: 3) { edges { score node { title } } } } } }"
    )
    counts = []
    for number in range(5):
        await about(await world.offer(f"Klavier S{number}"), "musik")
        await about(await world.offer(f"Klavier B{number}", direction=PROVIDE), "musik")
        if number in (0, 4):
            with statements() as sent:
                found = (await world.data(document))["offers"]["nodes"]
            assert [len(one["matches"]["edges"]) for one in found] == [min(number + 1, 3)] * (number + 1)
            counts.append(len(sent))
    assert counts[0] == counts[1] <= 7


async def test_of_a_board_of_any_size_those_are_compared_that_share_most(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolvers.matches.candidates, "COMPARED", 3)
    offer = await world.offer("Klavier und Geige für ein Konzert")
    for number in range(3):
        await world.offer(f"Klavier {number}", direction=PROVIDE)
    await world.offer("Klavier und Geige", direction=PROVIDE)
    for number in range(3, 6):
        await world.offer(f"Klavier {number}", direction=PROVIDE)
    assert (await titles(world, offer))[0] == "Klavier und Geige"
    assert len(await titles(world, offer)) <= 3


async def test_what_is_answered_is_no_match_any_more_to_those_concerned(world: World) -> None:
    owner, other, third = [await world.member(name) for name in ("Eine", "Andere", "Dritte")]
    club = await world.organisation("Verein", by=owner)
    offer = await world.offer("Klavier gesucht", owner)
    answered = await world.offer("Klavier 0", other, direction=PROVIDE)
    await world.offer("Klavier 1", third, direction=PROVIDE)
    await OfferResponse.create(offer=answered, member=club, message="Gern.")
    to_own = await OfferResponse.create(offer=offer, member=third, message="Gern.", status=ResponseStatus.DECLINED)
    assert await titles(world, offer, owner) == []
    for asker in (None, other, await world.office()):
        assert await titles(world, offer, asker) == ["Klavier 1", "Klavier 0"]
    to_own.status = ResponseStatus.WITHDRAWN
    await to_own.save()
    assert await titles(world, offer, owner) == ["Klavier 1"]


async def test_a_match_is_dismissed_for_its_own_side(world: World) -> None:
    owner, other = await world.member("Eine"), await world.member("Andere")
    offer = await world.offer("Klavier gesucht", owner)
    match = await world.offer("Klavier", other, direction=PROVIDE)
    named = {"own": global_id("Offer", offer.id), "match": global_id("Offer", match.id)}
    for _twice in range(2):
        assert await world.data(DISMISS, owner, **named) == {
            "dismissMatch": {"offer": {"title": "Klavier gesucht"}, "userErrors": []}
        }
    assert await DismissedMatch.all().count() == 1
    assert await titles(world, offer, owner) == []
    assert await titles(world, offer, other) == ["Klavier"]
    assert await titles(world, match, other) == ["Klavier gesucht"]
    assert await world.told() == []


@pytest.mark.parametrize(
    ("who", "code"), [("guest", "UNAUTHENTICATED"), ("other", "FORBIDDEN"), ("office", "FORBIDDEN")]
)
async def test_nobody_else_dismisses_it(world: World, who: str, code: str) -> None:
    owner = await world.member("Eine")
    askers: dict[str, Any] = {"guest": None, "other": await world.member("Andere"), "office": await world.office()}
    offer = await world.offer("Klavier gesucht", owner)
    match = await world.offer("Klavier", direction=PROVIDE)
    named = {"own": global_id("Offer", offer.id), "match": global_id("Offer", match.id)}
    assert (await world.ask(DISMISS, askers[who], **named)).codes == [code]
    draft = await world.offer("Entwurf", status=OfferStatus.DRAFT)
    assert (await world.ask(DISMISS, owner, **{**named, "match": global_id("Offer", draft.id)})).codes == ["NOT_FOUND"]
    assert (await world.ask(DISMISS, owner, **{**named, "match": global_id("Group", 1)})).codes == ["NOT_FOUND"]
    assert await DismissedMatch.all().count() == 0


PAIRS = {
    "Näherinnen und Näher für den Reparaturtreff": "Reißverschlüsse einsetzen, Säume kürzen, Knöpfe annähen",
    "Vorlesen in der Grundschule: eine Stunde in der Woche": "Lesestunde am Vormittag",
    "Fahrerinnen und Fahrer für die Abendtour": "Kleinbus fahren nach Feierabend",
    "Jemand zum Schachspielen mit Herrn K.": "Eine Partie Schach und ein Gespräch am Nachmittag",
    "Schulranzen und Sportbeutel, gut erhalten": "Zwei Ranzen und ein Turnbeutel",
    "Ein Sofa, das auf der Bühne sterben darf": "Sofa aus braunem Cord zu verschenken",
    "Trockener Lagerplatz für Zelte und Kochkisten": "Halbe Garage, trocken und abschließbar",
    "Zwei Klassenräume für die Samstagsschule": "Unsere Klassenräume stehen samstags leer",
    "Wer baut uns eine neue Website?": "Websites für Vereine: schlicht, schnell, ohne Werbung",
    "Baumschnitt: Wer zeigt uns, wie es richtig geht?": "Apfelbäume: Ich zeige den richtigen Schnitt",
    "Supervision für unsere Gruppenleitungen": "Supervision für Ehrenamtliche, vier Abende im Jahr",
    "Ärztin oder Arzt für eine Sprechstunde im Monat": "Arzt im Ruhestand hat zwei Stunden im Monat frei",
    "Wie leitet man eine Jugendgruppe? Schulung gesucht": "Kurs zur Jugendleiterkarte in den Ferien",
    "Prüferin oder Prüfer für den Jahresabschluss": "Kassenprüfung für kleine Vereine",
    "Hilfe mit dem Smartphone für unseren Kaffeekreis": "Smartphone-Sprechstunde für Seniorenkreise",
    "Garnituren und ein Pavillon für den Tag der offenen Tür": "Bierzeltgarnituren und zwei Pavillons für Feste",
    "Auffrischung in Erster Hilfe für zwölf Übungsleiterinnen": "Erste-Hilfe-Kurs bei euch im Vereinsheim",
    "Arabisch gesucht: Gespräche mit Kita und Schule": "Übersetzen bei Elterngesprächen: Arabisch und Französisch",
    "Ein ruhiger Hund für unsere Gäste": "Therapiehund Ole besucht Gruppen und Heime",
}
# Nothing on the demonstration's board fits these.
LONELY = ("Bürgerscheune für Versammlungen und kleine Konzerte", "Alte Fotos und Schmalfilme aus den Dörfern")


async def test_the_demonstration_s_pairs_find_each_other_first(world: World) -> None:
    await load_demo(await world.context())
    offers = {offer.title: offer for offer in await Offer.filter(status=OfferStatus.PUBLISHED)}
    for seek, provide in PAIRS.items():
        assert (await titles(world, offers[seek]))[:1] == [provide]
        assert (await titles(world, offers[provide]))[:1] == [seek]
    for title in LONELY:
        assert await titles(world, offers[title]) == []
    several = [title for title, offer in offers.items() if len(await titles(world, offer)) > 2]
    assert several == [], "more than two are mostly senseless"
