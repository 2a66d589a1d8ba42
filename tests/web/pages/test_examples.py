"""Every example does what it says: each is tried as it stands, on a world that holds what it names."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest
from graphql import OperationType, get_operation_ast, parse, validate

from models import Event, Group, JoinPolicy, Member, Offer, OfferDirection
from resolvers.demo import ACCOUNTS, PASSWORD
from subscriptions import changes
from subscriptions.outbox import Changes
from tests.conditions import soon, until
from tests.world import SCHEMA, Answer, World
from web.pages.examples import TOPICS, Example, examples

MEMBER = "member@mitwirk.example"
# What is refused there is what it shows.
REFUSED = {"Errors"}


def kind_of(example: Example) -> OperationType:
    operation = get_operation_ast(parse(example.query))
    assert operation is not None
    return operation.operation


async def peopled(world: World) -> Member:
    """What the examples name, and who signs in for them."""
    world.without_rates()
    somebody = await world.member("Henrike Ahlers")
    group = await world.group("Suche-Biete-Plattform", somebody, join_policy=JoinPolicy.OPEN)
    assert group.slug == "suche-biete-plattform"
    await world.event("Sommerfest", somebody, group=group)
    place: dict[str, Any] = {"venue_name": "Rathaus", "venue_latitude": 52.42, "venue_longitude": 10.78}
    tuesday = [{"weekday": "TUESDAY", "from": "18:00", "until": "20:00"}]
    await world.offer("Hilfe beim Sommerfest", somebody, hours_per_week=2, times=tuesday, **place)
    await world.offer("Ein Raum", somebody, direction=OfferDirection.PROVIDE)
    member = await world.member("Tobias Wendlandt")
    account = await world.account(member)
    await account.update_from_dict({"email": MEMBER, "password_hash": await world.services.passwords.hash(PASSWORD)})
    await account.save()
    await world.organisation("Reparaturtreff", by=member)
    return member


async def variables_of(world: World, example: Example, language: str, by: Member | None) -> dict[str, Any]:
    """The example's variables, with what its `fill` answers first."""
    filled = first(await world.data(example.fill, by)) if example.fill else None

    def known(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: known(one) for name, one in value.items()}
        return filled if isinstance(value, str) and value.startswith("<") else value

    variables: dict[str, Any] = known(example.variables[language])
    assert (filled is None) == (variables == example.variables[language]), "either both, or neither"
    return variables


def first(value: Any) -> Any:
    """The first text in an answer."""
    while isinstance(value, (dict, list)):
        value = next(iter(value.values() if isinstance(value, dict) else value))
    return value


async def updated(world: World, example: Example, variables: dict[str, Any], by: Member | None) -> Answer:
    """The first update: at once, of what was missed, or when something happens then."""
    if "after" in variables:
        await tell_news(world)
    results: AsyncGenerator[Answer, None] = world.subscribe(example.query, by, **variables)
    async with aclosing(results):
        coming = asyncio.ensure_future(anext(results))
        await until(lambda: coming.done() or world.services.hub.waiting == 1)
        if "after" not in variables:
            await tell_news(world)
        return await soon(coming)


async def tell_news(world: World) -> None:
    offers, events, groups = await Offer.all(), await Event.all(), await Group.all()
    news = [
        *[changes.OfferPublished(offer.id) for offer in offers],
        *[changes.EventUpdated(event.id) for event in events],
        *[changes.GroupDetailsChanged(group.id, ["name"]) for group in groups],
    ]

    async def work(collected: Changes) -> None:
        collected.tell(*news)

    await world.services.outbox.write(work)


def test_there_are_twenty_and_each_says_what_it_is_for() -> None:
    assert len(examples()) >= 20
    assert len({one.name for one in examples()}) == len(examples())
    assert {one.topic for one in examples()} == set(TOPICS)
    for one in examples():
        assert not validate(SCHEMA._schema, parse(one.query)), one.name
        assert one.account is None or f"{one.account}@mitwirk.example" in ACCOUNTS
        for language in ("de", "en"):
            assert one.titles[language], one.name
            assert one.texts[language].endswith("."), one.name


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_each_does_what_it_says(world: World) -> None:
    member = await peopled(world)
    for number, example in enumerate(examples()):
        language = ("de", "en")[number % 2]
        by = None if example.account is None else member
        variables = await variables_of(world, example, language, by)
        if kind_of(example) is OperationType.SUBSCRIPTION:
            answer = await updated(world, example, variables, by)
        else:
            answer = await world.ask(example.query, by, language, **variables)
        assert not answer.errors, (example.name, answer.errors)
        assert answer.data, example.name
        (payload,) = answer.data.values()
        assert payload, f"{example.name} shows nothing"
        assert not isinstance(payload, dict) or payload.get("totalCount") != 0, f"{example.name} shows nothing"
        if kind_of(example) is OperationType.MUTATION:
            assert bool(payload["userErrors"]) is (example.name in REFUSED), (example.name, payload)
        if by is not None and kind_of(example) is OperationType.MUTATION:
            refused = await world.ask(example.query, None, language, **variables)
            assert refused.codes == ["UNAUTHENTICATED"], example.name
