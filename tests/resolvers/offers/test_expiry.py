"""Entries whose time is over leave the board, each once, whoever is quicker."""

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from models import Mail, Offer, OfferStatus, now
from resolvers.context import Rules, system_context
from resolvers.offers import expire_due
from tests.world import World

pytestmark = pytest.mark.walk

ROOT = Path(__file__).parents[3]


async def test_what_is_due_expires_is_told_and_brings_a_mail(world: World) -> None:
    person = await world.member()
    club = await world.organisation("Verein", person)
    account = await world.account(person)
    over = now() - timedelta(seconds=1)
    due = await world.offer("Fällig", club, expires_at=over)
    await world.offer("Noch nicht", club)
    for status in (OfferStatus.PAUSED, OfferStatus.FULFILLED, OfferStatus.WITHDRAWN, OfferStatus.EXPIRED):
        await world.offer(status.value, club, status, expires_at=over)
    await world.offer("Ohne Besitzer", expires_at=over)
    assert await expire_due(system_context(world.services)) == 2
    assert await expire_due(system_context(world.services)) == 0
    assert {one.title for one in await Offer.filter(status=OfferStatus.EXPIRED)} == {
        "Fällig",
        "Ohne Besitzer",
        "EXPIRED",
    }
    await due.refresh_from_db()
    assert (due.version, due.updated_at > over) == (2, True)
    assert [one.kind for one in await world.told()] == ["OfferExpired", "OfferExpired"]
    assert [(mail.recipient, mail.subject) for mail in await Mail.all()] == [
        (account.email, "„Fällig“ ist abgelaufen / “Fällig” is over")
    ]


async def test_more_than_a_batch_by_two_at_the_same_time_each_once(world: World) -> None:
    world.services = replace(world.services, rules=Rules(mails_a_day=1000))
    owner = await world.member()
    await world.account(owner)
    over = now() - timedelta(minutes=1)
    first = await world.offer("Nummer 0", owner, expires_at=over)
    columns = {name: getattr(first, name) for name in first._meta.db_fields - {"id", "slug"}}
    await Offer.bulk_create([Offer(**columns, slug=f"nummer-{number}") for number in range(1, 230)])
    counts = await asyncio.gather(*(expire_due(system_context(world.services)) for _task in range(3)))
    assert sum(counts) == 230
    told = [one.facts["offer_id"] for one in await world.told()]
    assert len(told) == len(set(told)) == 230
    assert await Offer.filter(status=OfferStatus.EXPIRED, version=2).count() == 230
    assert await Mail.all().count() == 230


_PROCESS = """
import asyncio, sys
from models.database.connect import configuration, connected
from resolvers.context import system_context
from resolvers.offers import expire_due
from tests.world import World

async def main():
    async with connected(configuration(sys.argv[1])), World.opened(sys.argv[2]) as world:
        print(await expire_due(system_context(world.services)))

asyncio.run(main())
"""


async def test_two_processes_at_once_expire_each_entry_once(world: World, database_url: str, redis_url: str) -> None:
    over = now() - timedelta(minutes=1)
    first = await world.offer("Nummer 0", expires_at=over)
    columns = {name: getattr(first, name) for name in first._meta.db_fields - {"id", "slug"}}
    await Offer.bulk_create([Offer(**columns, slug=f"nummer-{number}") for number in range(1, 500)])
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", _PROCESS, database_url, redis_url, stdout=asyncio.subprocess.PIPE, cwd=ROOT
        )
        for _number in range(2)
    ]
    outputs = [(await process.communicate())[0] for process in processes]
    assert sum(int(output) for output in outputs) == 500
    assert await Offer.filter(status=OfferStatus.EXPIRED, version=2).count() == 500
    assert len({one.facts["offer_id"] for one in await world.told()}) == len(await world.told()) == 500
