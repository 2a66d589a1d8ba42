"""What clients get is the same whether it is executed for all together or for each alone, and on every transport."""

import asyncio
import itertools
import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLObjectType, parse
from graphql.language import FieldNode, OperationDefinitionNode

from models import Account, FoundMatch, NetworkRole, Offer, OfferStatus, Report, SavedSearch
from subscriptions import changes
from subscriptions.changes import Change, OfferSentBack
from subscriptions.outbox import Changes, Outbox
from subscriptions.outbox_relay import hint
from subscriptions.redis_client import connect
from tests.conditions import until
from tests.web.listening import PATIENCE, Stage, served, staged
from tests.web.transports import Transport, by_events, by_parts, by_socket
from tests.world import SCHEMA, World

ENTRY = "offer { id title version viewerCanUpdate statusReason owner { name email } }"
DOCUMENTS = [
    f"subscription ($after: String) {{ offerPublished(after: $after) {{ occurredAt {ENTRY} cursor }} }}",
    f"subscription ($id: ID!, $after: String) {{ offerChanged(id: $id, after: $after) {{ change {ENTRY} offerId }} }}",
    """subscription ($after: String) { groupUpdated(after: $after) { groupId change { __typename
      ... on GroupMemberJoined { role member { email name } } ... on GroupDetailsChanged { fields } }
      group { viewerCanUpdate name } cursor } }""",
    "subscription ($after: String) { eventChanged(after: $after) { event { title viewerCanUpdate } change eventId } }",
    f"""subscription {{ liveOffers(first: 3) {{ __typename ... on LiveUpdate {{ cursor }}
      ... on OffersSnapshot {{ totalCount offers {{ title viewerCanUpdate }} }}
      ... on OffersPatch {{ steps {{ __typename ... on OfferEntered {{ index {ENTRY} }}
        ... on OfferRefreshed {{ index {ENTRY} }} ... on OfferLeft {{ offerId }} }} totalCount }} }} }}""",
    "subscription { networkStatistics { seekingOfferCount memberCount } }",
]
# What guests are refused.
OWN = [
    """subscription ($after: String) { matchFound(after: $after) { cursor own { title viewerCanUpdate }
      match { title version viewerCanUpdate owner { name email } } score reasons } }""",
    f"""subscription ($after: String) {{ savedSearchHit(after: $after) {{ cursor savedSearch {{ name newCount }}
      {ENTRY} }} }}""",
    """subscription ($after: String) { officeQueueChanged(after: $after) {
      cursor applications reviews openReports staleOffers } }""",
]
# How many updates each of them has sent at first, and after each step of what happens.
EXPECTED = [(0, 0, 0, 0, 1, 1), (1, 1, 0, 0, 2, 1), (1, 2, 1, 0, 3, 1), (1, 2, 2, 1, 3, 1), (1, 3, 2, 2, 4, 2)]


def test_every_subscription_of_the_schema_is_tried() -> None:
    tried = set()
    for document in (*DOCUMENTS, *OWN):
        (operation,) = parse(document).definitions
        assert isinstance(operation, OperationDefinitionNode)
        tried |= {node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode)}
    subscription = SCHEMA._schema.subscription_type
    assert isinstance(subscription, GraphQLObjectType)
    assert tried == set(subscription.fields)


class Client:
    """What one client gets, as text: the order of keys counts."""

    def __init__(self, transport: Transport, url: str, document: str, token: str | None) -> None:
        self.asked = (document, token)
        self._transport, self._url = transport, url
        self.heard: list[str] = []

    async def listen(self, variables: dict[str, Any]) -> None:
        """Until the subscription ends."""
        document, token = self.asked
        async with self._transport(self._url, document, variables, token=token) as updates:
            async for payload in updates:
                assert "errors" not in payload, payload
                if "data" in payload:
                    assert payload["extensions"]["cursor"]
                    if document is DOCUMENTS[-1]:  # a state, at most once a second: it may be newer than its cursor
                        del payload["extensions"]
                    self.heard.append(json.dumps(payload))


async def steps_of(stage: Stage, world: World) -> list[list[Change]]:
    """Something of each kind, step by step; the entry goes off the board, and out of others' sight, at the end."""
    group, event, member = await world.group(), await world.event(), await world.member("Neu")
    key = stage.offer.id
    return [
        [changes.OfferPublished(key)],
        [changes.OfferUpdated(key), changes.GroupDetailsChanged(group.id, ["name"])],
        [changes.GroupMemberJoined(group.id, member.id, "MEMBER"), changes.EventUpdated(event.id)],
        [OfferSentBack(key), changes.EventSeatsChanged(event.id)],
    ]


@pytest.mark.parametrize("database_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.soak)], indirect=True)
async def test_what_is_one_s_own_is_sent_the_same_on_every_transport_and_to_no_guest(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    """Of what fits an entry of one's own, of what a saved search finds, and of what waits for the office."""
    async with staged(database_url) as stage, served(stage, tmp_path, redis_url) as servers, AsyncExitStack() as stack:
        world, after = World(None), await stage.start()  # type: ignore[arg-type]
        await Account.all().update(role=NetworkRole.OFFICE)
        await SavedSearch.create(account=await Account.get(), name="Biete", criteria={"direction": "PROVIDE"})
        other = await world.offer(stage.offer.title, await world.member("Neu"), direction="PROVIDE")

        async def work(into: Changes) -> None:
            pair = changes.MatchFound(stage.offer.id, other.id, stage.offer.owner_id, other.owner_id)
            await FoundMatch.create(seek=stage.offer, provide=other)  # so no server finds it once more
            report = await Report.create(target_type="Offer", target_key=other.id, reason="SPAM")
            into.tell(changes.OfferPublished(other.id), pair, changes.ReportFiled(report.id))

        await Outbox(on_commit=lambda: None).write(work)
        together, alone = await asyncio.gather(servers.start(), servers.start(SHARED_UPDATES=0))
        ways = [(transport, together.url) for transport in (by_socket, by_socket, by_events, by_parts)]
        ways += [(by_socket, alone.url)]
        clients = [Client(transport, url, document, stage.token) for (transport, url) in ways for document in OWN]
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        listening = [tasks.create_task(one.listen({"after": after})) for one in clients]
        await until(lambda: all(one.heard for one in clients), PATIENCE)
        for document in OWN:
            async with by_socket(together.url, document, {"after": after}) as updates:
                refused = await anext(aiter(updates))
            assert refused["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        for task in listening:
            task.cancel()
        for document in OWN:
            assert len({tuple(one.heard) for one in clients if one.asked[0] == document}) == 1


@pytest.mark.parametrize("database_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.soak)], indirect=True)
async def test_what_is_sent_is_the_same_together_and_alone_and_on_every_transport(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with staged(database_url) as stage, served(stage, tmp_path, redis_url) as servers, AsyncExitStack() as stack:
        steps = await steps_of(stage, World(None))  # type: ignore[arg-type]
        together, alone = await asyncio.gather(servers.start(), servers.start(SHARED_UPDATES=0))
        variables = {"id": stage.offer_id, "after": await stage.start()}
        ways = [(transport, together.url) for transport in (by_socket, by_socket, by_events, by_parts)]
        ways += [(by_socket, alone.url)]
        several = itertools.product(ways, DOCUMENTS, (None, stage.token))
        clients = [Client(transport, url, *asked) for (transport, url), *asked in several]
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        listening = [tasks.create_task(one.listen(variables)) for one in clients]
        redis = await stack.enter_async_context(connect(redis_url))

        async def all_have_heard(expected: tuple[int, ...]) -> None:
            counts = dict(zip(DOCUMENTS, expected, strict=True))
            await until(lambda: all(len(one.heard) == counts[one.asked[0]] for one in clients), PATIENCE)

        await all_have_heard(EXPECTED[0])
        for told, expected in zip(steps, EXPECTED[1:], strict=True):

            async def work(into: Changes, told: list[Change] = told) -> None:
                if OfferSentBack(stage.offer.id) in told:
                    await Offer.filter(id=stage.offer.id).update(status=OfferStatus.DRAFT, published_at=None)
                into.tell(*told)

            await Outbox(on_commit=lambda: None).write(work)
            await hint(redis)
            await all_have_heard(expected)
        for task in listening:
            task.cancel()
        for asked in {one.asked for one in clients}:
            heard = {tuple(one.heard) for one in clients if one.asked == asked}
            assert len(heard) == 1, heard
