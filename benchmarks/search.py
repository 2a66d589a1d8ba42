"""What searching costs on a board of 100,000 entries: by the server and by the database, at one client.

Each question is asked in several ways, each again and again: what one of these costs is a mean, p50 and p95 are taken
of these means. So a text that is dear stands out, and a clock's grain doesn't.
"""

import asyncio
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import psutil

from benchmarks.bare import bare_engine
from benchmarks.documents import body, publish
from benchmarks.networks import Figures, Kind, Network, Parts, backends, network, used
from benchmarks.requests import Connection, judged, request
from benchmarks.worded import Worded
from models import Offer
from models.database.connect import configuration, connected
from resolvers.demo.offers import ENTRIES
from resolvers.network.town_file import wolfsburg
from tests.web.server import Server

# What a server is that indexes nothing it publishes, and looks for no matches.
UNINDEXED = ("-m", "benchmarks.unindexed")
TEXTS = (
    *("vorlesen", "Fahrrad reparieren", "Kinder", "Hilfe im Garten", "Nachhilfe Mathe", "Deutsch lernen", "Saal"),
    *("Sprachcafé", "alte Menschen besuchen", "Gärten", "Fluechtlinge", "Vorleserr", "Gemeinschaftsgarten", "Barri"),
    *("Jugendliche Computer Schule", "Musik Chor Instrument", "Bohrmaschine leihen", "samstags Kaffee und Kuchen"),
    "Kinder Schule Garten Fahrrad Musik Menschen Deutsch Sport Werkzeug Kuchen",
    "Raum Hilfe Stunden Samstag Gruppe Verein Familien Jugendliche Sprache Computer",
)
_BEGUN = ("vo", "gar", "Fahrr", "Nachh", "sprach", "Kinder spie", "re", "Jug", "Mus", "Werkz", "sa", "Deutsch le")
_TOPICS = ("umwelt", "bildung", "sport")
_LIST = "query ($filter: OfferFilter, $sort: OfferSort!) { offers(first: 20, filter: $filter, sort: $sort) {"
_NODES = "nodes { id title direction } pageInfo { hasNextPage endCursor }"
_FACETS = """query ($filter: OfferFilter) { offers(first: 0, filter: $filter) { facets { directions { direction count }
  categories { category count } topics { topic { slug } count } districts { district { slug } count } } } }"""
_SEARCH = """query ($text: String!) { search(first: 10, text: $text) { correctedText edges { highlights { field }
  node { ... on Offer { title } ... on Member { name } ... on Group { name } ... on Event { title } } } } }"""
_SUGGEST = "query ($text: String!) { suggest(text: $text, first: 8) { text } }"
_MAP = "query ($bounds: GeoBoundsInput!, $zoom: Int!) { offerMap(bounds: $bounds, zoom: $zoom) { count } }"
_MATCHES = "query ($slug: String!) { offer(slug: $slug) { matches(first: 10) { edges { score node { title } } } } }"

# So often each is asked at least: processor time is told in hundredths of a second.
_LEAST = 10

Asked = tuple[str, Mapping[str, Any]]


def _places() -> list[tuple[float, float]]:
    return [one.location for one in wolfsburg().districts if one.location][::4]


def _rectangle(place: tuple[float, float], degrees: float) -> dict[str, Any]:
    north, east = place
    return {
        "southWest": {"latitude": north - degrees, "longitude": east - 1.6 * degrees},
        "northEast": {"latitude": north + degrees, "longitude": east + 1.6 * degrees},
    }


def questions(offers: int) -> dict[str, list[Asked]]:
    """What is asked, by its name, each in several ways."""
    near = [{"near": {"latitude": north, "longitude": east, "radiusKm": 3}} for north, east in _places()]
    seen = [{"bounds": _rectangle(place, 0.02)} for place in _places()]
    narrowed: list[dict[str, Any]] = [{}, {"direction": "SEEK"}, {"categories": ["ROOM"]}, {"districts": ["nordstadt"]}]
    narrowed += [{"topics": [topic]} for topic in _TOPICS]
    listed, counted = f"{_LIST} {_NODES} }} }}", f"{_LIST} totalCount }} }}"
    return {
        "search": [(_SEARCH, {"text": text}) for text in TEXTS],
        "a filter's text, by relevance": [(listed, {"filter": {"text": one}, "sort": "RELEVANCE"}) for one in TEXTS],
        "suggest": [(_SUGGEST, {"text": text}) for text in _BEGUN],
        "near, 3 km, newest": [(listed, {"filter": one, "sort": "NEWEST"}) for one in near],
        "near, 3 km, by distance": [(listed, {"filter": one, "sort": "DISTANCE"}) for one in near],
        "near, 3 km, how many": [(counted, {"filter": one, "sort": "NEWEST"}) for one in near],
        "bounds, newest": [(listed, {"filter": one, "sort": "NEWEST"}) for one in seen],
        "offerMap, a part of the town": [(_MAP, {"bounds": _rectangle(one, 0.02), "zoom": 14}) for one in _places()],
        "offerMap, all of the town": [(_MAP, {"bounds": _rectangle((52.42, 10.79), 0.12), "zoom": 11})],
        "matches": [(_MATCHES, {"slug": f"eintrag-{key}"}) for key in range(1, offers, offers // 20)],
        "facets": [(_FACETS, {"filter": one}) for one in narrowed],
    }


class Cost:
    """Processor time of a server and of what PostgreSQL does for its database."""

    def __init__(self, made: Network, server: Server) -> None:
        self._server = psutil.Process(server.process.pid)
        self._network = made

    def seconds(self) -> float:
        """Used until now."""
        return used((self._server, *backends(self._network)))


async def _each(server: Server, cost: Cost, asked: Sequence[bytes], seconds: float) -> Figures:
    """What these requests cost, each asked for so long."""
    connection = await Connection.open(f"{server.url}/graphql")
    means, waited = [], []
    for sent in asked:
        judged(await connection.ask(sent))
        begun, used, count = time.perf_counter(), cost.seconds(), 0
        while count < _LEAST or time.perf_counter() - begun < seconds:
            before = time.perf_counter()
            await connection.ask(sent)
            waited.append(time.perf_counter() - before)
            count += 1
        means.append((cost.seconds() - used) / count)
    connection.close()
    return {"ways": len(asked), **_spread("cpu", means), **_spread("wall", waited)}


def _spread(name: str, seconds: Sequence[float]) -> Figures:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return {f"{name}_p50_ms": statistics.median(ordered) * 1000, f"{name}_p95_ms": p95 * 1000}


async def _published(made: Network, server: Server, seconds: float) -> Figures:
    """What publishing costs, with all that follows from it: of a server that has just started, and of the same later.

    At first it knows nothing of the entries that it compares with each other. For each of the `seconds` a thousand are
    published, whatever that takes: each publishing counts the publisher's entries.
    """
    url, token, cost = f"{server.url}/graphql", made.token(server), Cost(made, server)
    connection, workload = await Connection.open(url), publish(made.publisher)
    texts = [(entry.title, entry.description) for entry in ENTRIES]

    async def send(number: int) -> None:
        title, description = texts[number % len(texts)]
        values = {**workload["variables"]["input"], "title": f"{title} {number}"[:200], "description": description}
        sent = body({"query": workload["query"], "variables": {"input": values}})
        judged(await connection.ask(request(url, sent, token)))

    async def measured(numbers: range) -> float:
        used = cost.seconds()
        for number in numbers:
            await send(number)
        await asyncio.sleep(2)  # what they leave to do is done, and counted
        return (cost.seconds() - used) / len(numbers) * 1000

    known, first = 10, 10 + int(seconds * 1000)
    await measured(range(known))
    found = {"first_cpu_ms": await measured(range(known, first))}
    found["cpu_ms"] = await measured(range(first, 3 * first))
    connection.close()
    return found


async def _take_back(made: Network, offers: int) -> None:
    """Delete what was published beyond so many entries."""
    async with connected(configuration(made.url)):
        await Offer.filter(id__gt=offers).delete()


def measured(made: Network, offers: int, seconds: float) -> Figures:
    """The figures of a network with so many indexed entries."""
    found: Figures = {"database": made.kind, "offers": offers, "questions": {}}
    with made.server() as server:
        cost = Cost(made, server)
        for name, asked in questions(offers).items():
            url = f"{server.url}/graphql"
            sent = [request(url, orjson.dumps({"query": query, "variables": given})) for query, given in asked]
            found["questions"][name] = asyncio.run(_each(server, cost, sent, seconds))
    found["bare"] = bare_engine(made.kind, made.url, TEXTS)
    for name, settings in (("published", {}), ("published_unindexed", {"program": UNINDEXED})):
        with made.server(**settings) as server:
            found[name] = asyncio.run(_published(made, server, seconds))
        asyncio.run(_take_back(made, offers))
    return found


def search(kind: Kind, parts: Parts, offers: int, seconds: float) -> Figures:
    """What searching costs on a new board of so many entries, which is indexed once."""
    with network(kind, Worded(offers=offers), parts) as made:
        return measured(made, offers, seconds)
