"""Does it grow flat? Pages of a board of up to 2,000,000 entries at any depth, of a group of up to 10,000 members."""

import asyncio
import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import orjson

from benchmarks.data import Made
from benchmarks.documents import BOARD, body
from benchmarks.filling import multiply
from benchmarks.networks import Figures, Kind, Meter, Network, Parts, network
from benchmarks.requests import load, request
from models import Offer, OfferDirection
from models.database.connect import configuration, connected
from tests.web.server import Server

MEMBERS = """query Members($after: String) { group(slug: "gruppe-1") {
  members(first: 50, after: $after) { edges { cursor role node { id name } } pageInfo { hasNextPage } }
} }"""
COUNT = """{ group(slug: "gruppe-1") { memberCount } }"""

_SEEKING = {"direction": "SEEK"}
# The smallest board: 20,000 entries, seven minutes apart.
_BOARD = Made()
_LENGTH = timedelta(minutes=7 * _BOARD.offers)


async def _measured(server: Server, query: str, variables: dict[str, object], seconds: float) -> Figures:
    """What a document costs, asked again and again by one client: CPU of the server, and the time until the answer."""
    url = f"{server.url}/graphql"
    sent = [request(url, body({"query": query, "variables": variables}))]
    await load([url], sent, seconds / 4, connections=1)
    meter = Meter(server)
    found = await load([url], sent, seconds, connections=1)
    return {"cpu_us": meter.seconds / found.requests * 1e6, "p50_ms": found.p50_ms, "p99_ms": found.p99_ms}


async def _cursor(network: Network, server: Server, place: int) -> str:
    """The cursor of the entry at this place of the board. Nobody could walk there in reasonable time: it is made of the
    first page's cursor, whose keys are put in the place of that entry's."""
    first = server.ask(BOARD, first=1, filter=_SEEKING)["data"]["offers"]["pageInfo"]["endCursor"]
    mark, *_keys = orjson.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    async with connected(configuration(network.url)):
        rows = Offer.filter(direction=OfferDirection.SEEK).order_by("-newest_at", "-id").offset(place).limit(1)
        newest_at, key = (await rows.values_list("newest_at", "id"))[0]
    assert isinstance(newest_at, datetime)
    return base64.urlsafe_b64encode(orjson.dumps([mark, newest_at.isoformat(), key])).decode().rstrip("=")


async def _count(network: Network) -> int:
    async with connected(configuration(network.url)):
        return await Offer.filter(direction=OfferDirection.SEEK).count()


@contextmanager
def _board(kind: Kind, parts: Parts, offers: int) -> Iterator[Network]:
    with network(kind, _BOARD, parts) as made:
        asyncio.run(multiply(made.url, max(offers // _BOARD.offers, 1), _LENGTH))
        yield made


def board(kind: Kind, parts: Parts, offers: int, seconds: float) -> list[Figures]:
    """A page of fifty entries at the beginning, in the middle and at the end of a board of so many."""
    found = []
    with _board(kind, parts, offers) as made, made.server() as server:
        seeking = asyncio.run(_count(made))
        for depth, place in {"beginning": None, "middle": seeking // 2, "end": seeking - 52}.items():
            after = None if place is None else asyncio.run(_cursor(made, server, place))
            variables = {"first": 50, "filter": _SEEKING, "after": after}
            figures = asyncio.run(_measured(server, BOARD, variables, seconds))
            found.append({"database": kind, "offers": offers, "depth": depth, **figures})
    return found


def members(kind: Kind, parts: Parts, count: int, seconds: float) -> list[Figures]:
    """A page of fifty members of a group of so many at its beginning and in its middle, and their number."""
    found = []
    data = Made(members=count, groups=1, memberships=count, offers=100)
    with network(kind, data, parts) as made, made.server() as server:
        after = None
        for _ in range(count // 100):
            edges = server.ask(MEMBERS, after=after)["data"]["group"]["members"]["edges"]
            after = edges[-1]["cursor"]
        asked = {
            "beginning": (MEMBERS, {"after": None}),
            "middle": (MEMBERS, {"after": after}),
            "count": (COUNT, {}),
        }
        for depth, (query, variables) in asked.items():
            figures = asyncio.run(_measured(server, query, variables, seconds))
            found.append({"database": kind, "members": count, "depth": depth, **figures})
    return found
