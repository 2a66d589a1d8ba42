"""The index is current when the transaction is that changed a row; what shows in many rows follows by the job."""

import asyncio
from typing import Any

import pytest

from models import District, Member, NetworkRole, Offer, OfferStatus, OfferTopic, SynonymGroup, SynonymTerm, Topic
from models.search.tables import Kind
from models.sql.statements import Statement
from resolvers.context import system_context
from resolvers.search import indexing
from resolvers.search.indexing import index_pending, index_row, index_showing, rebuild
from resolvers.search.synonyms import store_synonyms, store_terms
from schema.declare.ids import global_id
from tests.world import World

_POSTINGS = Statement("SELECT term, weight, listed FROM search_posting WHERE kind = ? AND row_id = ?")
_PENDING = Statement("SELECT kind, row_id FROM search_pending")
# Of one connection.
_PREPARED = Statement(
    "SELECT statement, custom_plans > 5 AS anew FROM pg_prepared_statements WHERE custom_plans + generic_plans > 5"
)


async def postings(kind: Kind, row: Any) -> dict[str, int]:
    return {one["term"]: one["weight"] for one in await _POSTINGS.rows(kind.value, row.id)}


async def listed(kind: Kind, row: Any) -> set[int]:
    return {one["listed"] for one in await _POSTINGS.rows(kind.value, row.id)}


async def in_transaction(world: World, work: Any) -> None:
    await world.services.outbox.write(lambda _changes: work())


async def test_what_a_mutation_makes_and_changes_is_indexed_with_it(world: World) -> None:
    erika = await world.member()
    asker = await world.account(erika)
    topic = await Topic.create(slug="umwelt", name="Umwelt", name_key="umwelt", synonyms=["Natur"])
    made = await world.ask(
        """mutation ($topics: [String!]) { createOffer(input: {direction: SEEK, category: HELPING_HANDS,
        title: "Imkerin gesucht", description: "Für unsere Bienen", topics: $topics})
        { offer { id } userErrors { code } } }""",
        asker,
        topics=[topic.slug],
    )
    assert made.data is not None, made.errors
    offer = await Offer.get(title="Imkerin gesucht")
    found = await postings(Kind.OFFER, offer)
    assert found["imk"] > found["umwelt"] > found["bien"]
    assert {"~natur", "must"} <= found.keys()  # the topic's synonym, and Erika Muster's name
    changed = await world.ask(
        """mutation ($id: ID!) { updateOffer(input: {id: $id, title: "Schreiner gesucht", topics: []})
        { userErrors { code } } }""",
        asker,
        id=made.data["createOffer"]["offer"]["id"],
    )
    assert changed.data == {"updateOffer": {"userErrors": []}}
    found = await postings(Kind.OFFER, offer)
    assert "schrein" in found
    assert not {"imk", "umwelt", "~natur"} & found.keys()


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_postgres_plans_once_what_publishing_sends(world: World) -> None:
    """It tries five plans made for the values that it is given: who is the sixth has the one for any, or costs more."""
    asker = await world.account(await world.member(), role=NetworkRole.OFFICE)
    await Topic.create(slug="umwelt", name="Umwelt", name_key="umwelt")
    for _time in range(20):
        await world.data(
            """mutation { createOffer(input: {direction: SEEK, category: HELPING_HANDS, title: "Imkerin gesucht",
            description: "Für unsere Bienen", topics: ["umwelt"], publish: true}) { userErrors { code } } }""",
            asker,
        )
    # So many at once that each connection is asked.
    sent = [row for rows in await asyncio.gather(*(_PREPARED.rows() for _each in range(50))) for row in rows]
    assert any(row["statement"].startswith('INSERT INTO "offer"') for row in sent)
    assert not [row["statement"] for row in sent if row["anew"]]


async def test_everybody_finds_what_is_listed_whoever_changes_its_state(world: World) -> None:
    owner = await world.member()
    offer = await world.offer("Honig", owner, status=OfferStatus.DRAFT)
    assert await listed(Kind.OFFER, offer) == {0}
    offer.status, offer.published_at, offer.expires_at = OfferStatus.PUBLISHED, offer.created_at, offer.created_at
    await offer.save()
    assert await listed(Kind.OFFER, offer) == {1}
    await Member.filter(id=owner.id).update(status="SUSPENDED")
    assert await listed(Kind.OFFER, offer) == {0}
    assert await listed(Kind.MEMBER, owner) == {0}
    await Member.filter(id=owner.id).update(status="ACTIVE")
    assert await listed(Kind.OFFER, offer) == {1}


async def test_what_is_deleted_leaves_nothing_behind(world: World) -> None:
    offer = await world.offer("Honig")
    await in_transaction(world, rebuild)
    await offer.delete()
    assert await postings(Kind.OFFER, offer) == {}
    assert (Kind.OFFER.value, offer.id) not in {(row["kind"], row["row_id"]) for row in await _PENDING.rows()}


async def test_a_new_name_is_found_in_what_shows_it(world: World) -> None:
    owner = await world.organisation("Kaninchenzüchter")
    offer = await world.offer("Zaun", owner)
    asker = await world.office()
    answer = await world.ask(
        """mutation ($id: ID!) { updateMember(input: {id: $id, name: "Igelfreunde"}) { userErrors { code } } }""",
        asker,
        id=global_id("Member", owner.id),
    )
    assert answer.data == {"updateMember": {"userErrors": []}}, answer.errors
    found = await postings(Kind.OFFER, offer)
    assert "igelfreund" in found
    assert not any(term.startswith("kaninchen") for term in found)


async def test_topics_and_districts_are_found_by_their_new_names(world: World) -> None:
    topic = await Topic.create(slug="umwelt", name="Umwelt", name_key="umwelt")
    district = await District.create(slug="ehmen", name="Ehmen", name_key="ehmen")
    part = await District.create(slug="moerse", name="Mörse", name_key="morse", parent=district)
    offer = await world.offer("Zaun", district=part)
    await OfferTopic.create(offer=offer, topic=topic, position=0)
    await index_row(offer)
    assert {"umwelt", "ehm", "mors"} <= (await postings(Kind.OFFER, offer)).keys()
    topic.name, district.name = "Klima", "Velstove"
    await topic.save()
    await district.save()
    await in_transaction(world, lambda: index_showing(topic))
    await in_transaction(world, lambda: index_showing(district))
    found = await postings(Kind.OFFER, offer)
    assert {"klima", "velstov", "mors"} <= found.keys()
    assert not {"umwelt", "ehm"} & found.keys()


async def test_what_shows_in_many_rows_is_left_to_the_job(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(indexing, "_AT_ONCE", 2)
    monkeypatch.setattr(indexing, "_BATCH", 2)
    owner = await world.organisation("Kaninchenzüchter")
    offers = [await world.offer(f"Zaun {number}", owner) for number in range(5)]
    owner.name = "Igelfreunde"
    await owner.save()
    await in_transaction(world, lambda: index_showing(owner))
    assert [
        await postings(Kind.OFFER, offer) for offer in offers if "igelfreund" in await postings(Kind.OFFER, offer)
    ] == []
    assert await index_pending(system_context(world.services)) == 5
    assert all(["igelfreund" in await postings(Kind.OFFER, offer) for offer in offers])
    assert await index_pending(system_context(world.services)) == 0


async def test_a_rebuild_makes_every_row_what_it_is(world: World) -> None:
    offer = await world.offer("Honig")
    before = await postings(Kind.OFFER, offer)
    await Statement("DELETE FROM search_posting").rows()
    await in_transaction(world, rebuild)
    assert await index_pending(system_context(world.services)) > 0
    assert await postings(Kind.OFFER, offer) == before


async def test_the_first_synonyms_are_stored_once_with_their_terms(world: World) -> None:
    await store_synonyms(world.services.outbox)
    groups = await SynonymGroup.all().count()
    assert groups > 100
    await store_synonyms(world.services.outbox)
    assert await SynonymGroup.all().count() == groups
    assert await SynonymTerm.filter(term="imk", narrower=False).exists()


async def test_a_changed_group_has_the_terms_of_its_words(world: World) -> None:
    group = await SynonymGroup.create(words=["Sofa", "Couch"])
    await in_transaction(world, lambda: store_terms(group))
    group.words = ["Sofa", "alte Möbel"]
    await in_transaction(world, lambda: store_terms(group))
    terms = [term.term for term in await SynonymTerm.filter(group_id=group.id).order_by("id")]
    assert terms == ["sofa", "alt mobel"]
