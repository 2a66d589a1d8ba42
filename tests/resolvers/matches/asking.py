"""How matches are asked for in tests."""

from typing import Any

from models import Offer, OfferDirection, OfferTopic, Topic
from resolvers.search.indexing import index_row
from schema.declare.ids import global_id
from tests.world import World

MATCHES = """query($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on Offer {
  matches(first: $first, after: $after) {
    edges { cursor score reasons node { title } } nodes { title }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }"""
PROVIDE = OfferDirection.PROVIDE


async def matches(world: World, offer: Offer, by: Any = None, **page: Any) -> dict[str, Any]:
    """A page of the matches of an entry."""
    return dict((await world.data(MATCHES, by, id=global_id("Offer", offer.id), **page))["node"]["matches"])


async def titles(world: World, offer: Offer, by: Any = None) -> list[str]:
    """Their titles, best first."""
    return [node["title"] for node in (await matches(world, offer, by))["nodes"]]


async def about(offer: Offer, *slugs: str) -> Offer:
    """The entry, with these topics."""
    for position, slug in enumerate(slugs):
        topic, _made = await Topic.get_or_create(slug=slug, defaults={"name": slug, "name_key": slug})
        await OfferTopic.create(offer=offer, topic=topic, position=position)
    await index_row(offer)
    return offer
