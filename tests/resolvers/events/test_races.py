"""Seats are a promise: through several server processes at once, on both databases."""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from models import Account, Event, Mail, Member, MemberKind, MemberStatus, Registration, RegistrationStatus, now
from tests.resolvers.events.asking import GIVE_UP, REGISTER, gid, told
from tests.world import World

ROOT = Path(__file__).parents[3]
PROCESSES = 3
Process = asyncio.subprocess.Process
Asked = Sequence[tuple[int, str, dict[str, Any]]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def processes(redis_url: str) -> AsyncIterator[list[Process]]:
    """Several, which answer for any database."""
    started = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.resolvers.events.process", redis_url),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=2**24,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for _number in range(PROCESSES)
    ]
    yield started
    for process in started:
        process.kill()
        await process.communicate()


async def answers(processes: Sequence[Process], database_url: str, asked: Asked) -> list[Any]:
    """What several processes answer, dealt out among them and asked all at the same instant."""
    async with asyncio.timeout(240):
        for number, process in enumerate(processes):
            dealt = [
                {"member": member, "document": document, "variables": variables}
                for member, document, variables in asked[number::PROCESSES]
            ]
            await _say(process, json.dumps({"database_url": database_url, "asked": dealt}))
        for process in processes:
            assert await _line(process) == "ready\n"
        for process in processes:
            await _say(process, "go")
        return [answer for process in processes for answer in json.loads(await _line(process))]


async def _line(process: Process) -> str:
    assert process.stdout
    return (await process.stdout.readline()).decode()


async def _say(process: Process, line: str) -> None:
    assert process.stdin
    process.stdin.write(line.encode() + b"\n")
    await process.stdin.drain()


async def crowd(size: int) -> list[int]:
    """So many active persons with accounts."""
    await Member.bulk_create(
        [
            Member(
                slug=f"m{number}",
                name=f"M{number}",
                name_key=f"m{number}",
                kind=MemberKind.PERSON,
                status=MemberStatus.ACTIVE,
                joined_at=now(),
            )
            for number in range(size)
        ]
    )
    keys = [member.id for member in await Member.filter(slug__startswith="m").order_by("id")]
    await Account.bulk_create([Account(email=f"m{key}@example.org", password_hash="!", member_id=key) for key in keys])
    return keys


@pytest.mark.parametrize("database_url", [pytest.param("sqlite", marks=pytest.mark.soak), "postgres"], indirect=True)
async def test_200_at_once_for_10_seats_then_cancellations(
    world: World, database_url: str, processes: list[Process]
) -> None:
    event = await world.event("Begehrt", capacity=10)
    members = await crowd(200)
    registered = await answers(processes, database_url, [(member, REGISTER, {"id": gid(event)}) for member in members])

    assert not [answer["errors"] for answer in registered if answer["errors"]]
    given = [answer["data"]["it"]["registration"] for answer in registered]
    assert [one["status"] for one in given].count("CONFIRMED") == 10
    assert [one["status"] for one in given].count("WAITLISTED") == 190
    rows = await Registration.filter(event_id=event.id).order_by("queue_number")
    assert [row.queue_number for row in rows] == list(range(1, 201))
    assert {row.status for row in rows[:10]} == {RegistrationStatus.CONFIRMED}
    # Both are set while the row is locked, until the commit: the order of the numbers is that of the commits.
    assert [row.registered_at for row in rows] == sorted(row.registered_at for row in rows)
    fresh = await Event.get(id=event.id)
    assert (fresh.confirmed_count, fresh.waitlisted_count, fresh.queue_number) == (10, 190, 200)
    assert await told(world) == [("EventSeatsChanged", event.id)] * 200
    assert await positions(world, event) == list(range(1, 191))

    leaving = [*rows[:10], *rows[12:15]]  # all with a seat, and three who wait
    left = await answers(processes, database_url, [(row.member_id or 0, GIVE_UP, {"id": gid(row)}) for row in leaving])
    assert [answer["data"]["it"]["registration"]["status"] for answer in left] == ["CANCELLED"] * 13
    seated = await Registration.filter(event_id=event.id, status=RegistrationStatus.CONFIRMED)
    fresh = await Event.get(id=event.id)
    assert (fresh.confirmed_count, fresh.waitlisted_count) == (10, 177)
    assert len(seated) == 10
    # Who of the three was first in line may have got a seat before they left; it went on to the next then.
    staying = [row.queue_number for row in rows if row not in leaving]
    assert sorted(row.queue_number for row in seated) == staying[:10]
    assert await positions(world, event) == list(range(1, 178))
    mailed = [mail.recipient for mail in await Mail.all()]
    assert len(mailed) == len(set(mailed))
    assert {f"m{row.member_id}@example.org" for row in seated} <= set(mailed)


async def positions(world: World, event: Event) -> list[int]:
    """The positions on the waiting list, as the API says them to the office."""
    document = """query($id: ID!, $after: String) { node(id: $id) { ... on Event { registrations(
        first: 100, after: $after, statuses: [WAITLISTED]
    ) { nodes { waitlistPosition } pageInfo { endCursor hasNextPage } } } } }"""
    office, found, after = await world.office(), [], None
    while True:
        data = await world.data(document, office, id=gid(event), after=after)
        page = data["node"]["registrations"]
        found += [node["waitlistPosition"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


async def test_of_what_is_asked_for_at_the_same_instant_one_is_given(
    world: World, database_url: str, processes: list[Process]
) -> None:
    sessions, once, twice = await overlapping_sessions(world), await world.event("Einmal"), await world.event("Zweimal")
    await Event.filter(id=twice.id).update(capacity=1)
    everywhere, eager, hasty, second, third = await crowd(5)
    for key in (hasty, second, third):
        await world.data(REGISTER, await Member.get(id=key), id=gid(twice))
    seat = await Registration.get(event_id=twice.id, member_id=hasty)
    before = len(await told(world))
    found = await answers(
        processes,
        database_url,
        [
            *((everywhere, REGISTER, {"id": gid(session)}) for session in sessions),
            *[(eager, REGISTER, {"id": gid(once)})] * 6,
            *[(hasty, GIVE_UP, {"id": gid(seat)})] * 6,
        ],
    )
    payloads = [answer["data"]["it"] for answer in found]
    codes = Counter(error["code"] for payload in payloads for error in payload["userErrors"])
    assert codes == {"OVERLAPPING": 8, "TAKEN": 5, "WRONG_STATE": 5}
    assert len(await told(world)) == before + 3

    taken = await Registration.get(member_id=everywhere)
    in_the_way = {payload["overlapping"]["id"] for payload in payloads if payload["overlapping"]}
    assert in_the_way == {gid(taken)}
    assert (await Event.get(id=once.id)).confirmed_count == 1
    rows = await Registration.filter(event_id=twice.id).order_by("queue_number")
    assert [row.status.value for row in rows] == ["CANCELLED", "CONFIRMED", "WAITLISTED"]
    assert [mail.recipient for mail in await Mail.all()] == [f"m{second}@example.org"]


async def overlapping_sessions(world: World) -> list[Event]:
    """Nine sessions of one event, all of which have an hour in common."""
    start = now() + timedelta(days=3)
    parent = await world.event("Tag", starts_at=start, ends_at=start + timedelta(hours=9))
    return [
        await world.event(
            f"S{number}", parent=parent, starts_at=start + timedelta(minutes=number), ends_at=start + timedelta(hours=1)
        )
        for number in range(9)
    ]
