"""Are the answers right? Compared with the data set itself, as the kit compares its servers with the tables."""

import asyncio
from datetime import datetime
from typing import Any

from benchmarks.data import DataSet, Record
from benchmarks.documents import BOARD, READS, publish
from benchmarks.networks import Network
from benchmarks.sockets import Crowd, Press
from schema.declare.ids import global_id
from tests.web.server import Server

_PAGES = 3
_EACH = 800


def check(network: Network, server: Server, data: DataSet) -> None:
    """Raises `AssertionError` for the first answer that is wrong."""
    offers = list(data.records("offer"))
    names = {record["id"]: record["name"] for record in data.records("member")}
    groups = {record["id"]: record["name"] for record in data.records("group")}

    def entry(record: Record, shown: dict[str, Any]) -> None:
        group = record["group_id"]
        expected = {
            "id": global_id("Offer", record["id"]),
            "title": record["title"],
            "direction": record["kind"],
            "owner": {"id": global_id("Member", record["owner_id"]), "name": names[record["owner_id"]]},
            "group": {"id": global_id("Group", group), "name": groups[group]} if group else None,
        }
        assert {name: shown[name] for name in expected} == expected, (expected, shown)
        assert datetime.fromisoformat(shown["publishedAt"]) == record["published_at"], shown

    _check_board(server, offers, entry)
    for record in offers[::_EACH]:
        entry(record, server.ask(READS["W3"]["query"], id=global_id("Offer", record["id"]))["data"]["node"])
    assert server.ask(READS["W3"]["query"], id=global_id("Offer", 999_999_999))["data"]["node"] is None
    _check_groups(server, data, names)
    asyncio.run(_check_publish(network, server))


def _check_board(server: Server, offers: list[Record], entry: Any) -> None:
    """The board's pages one after the other, for both directions."""
    newest = sorted(offers, key=lambda record: (record["published_at"], record["id"]), reverse=True)
    for direction in ("SEEK", "PROVIDE"):
        listed = [record for record in newest if record["kind"] == direction]
        after = None
        for number in range(_PAGES):
            page = server.ask(BOARD, first=50, filter={"direction": direction}, after=after)["data"]["offers"]
            expected = listed[50 * number : 50 * (number + 1)]
            assert len(page["edges"]) == len(expected), page
            for record, edge in zip(expected, page["edges"], strict=True):
                entry(record, edge["node"])
            after = page["pageInfo"]["endCursor"]
            assert page["pageInfo"]["hasNextPage"] is (len(listed) > 50 * (number + 1))


def _check_groups(server: Server, data: DataSet, names: dict[int, str]) -> None:
    """Each group's count, its members who are in it longest, its first events."""
    workload = READS["W2"]
    shown = server.ask(workload["query"], **workload["variables"])["data"]["groups"]["nodes"]
    assert len(shown) == workload["variables"]["first"]
    members, events = list(data.records("membership")), list(data.records("event"))
    for group in shown:
        own = [one for one in members if global_id("Group", one["group_id"]) == group["id"]]
        assert group["memberCount"] == len(own)
        own.sort(key=lambda one: (one["joined_at"], one["id"]))
        assert [edge["node"]["name"] for edge in group["members"]["edges"]] == [
            names[one["member_id"]] for one in own[:10]
        ]
        hosted = [one for one in events if global_id("Group", one["group_id"]) == group["id"]]
        hosted.sort(key=lambda one: (one["starts_at"], one["id"]))
        assert [one["title"] for one in group["events"]["nodes"]] == [one["title"] for one in hosted[:5]]


async def _check_publish(network: Network, server: Server) -> None:
    """Who subscribed to the direction hears of a publish, or to both; who subscribed to the other one doesn't."""
    url = f"{server.url}/graphql"
    told = Crowd([url], [{"direction": "SEEK"}, None])
    others = Crowd([url], [{"direction": "PROVIDE"}])
    press = Press(url, publish(network.publisher), await asyncio.to_thread(network.token, server))
    try:
        await told.open(2)
        await others.open(1)
        await asyncio.sleep(1)
        await told.all_heard((await press.publish()).number)
        await told.all_heard((await press.publish()).number)
        await asyncio.sleep(0.5)
        assert not told.wrong
        assert not others.deliveries
    finally:
        told.leave()
        others.leave()
