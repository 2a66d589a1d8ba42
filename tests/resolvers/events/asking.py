"""The documents that a frontend sends about events, and what the tests read of the answers."""

from typing import Any

from models import Account, Event, Member, Registration
from resolvers.context import Context
from schema.declare.ids import global_id
from tests.dump import dump
from tests.world import World

ERRORS = "userErrors { path code message }"
EVENT = f"event {{ id slug title status statusReason version startsAt endsAt timeZone capacity confirmedCount waitlistedCount remainingSeats }} {ERRORS}"  # noqa: E501
REGISTRATION = (
    "registration { id status waitlistPosition member { name } event { title remainingSeats } } "
    f"overlapping {{ id event {{ title }} }} {ERRORS}"
)
CREATE = f"mutation($input: CreateEventInput!) {{ it: createEvent(input: $input) {{ {EVENT} }} }}"
UPDATE = f"mutation($input: UpdateEventInput!) {{ it: updateEvent(input: $input) {{ {EVENT} }} }}"
PUBLISH = f"mutation($id: ID!) {{ it: publishEvent(id: $id) {{ {EVENT} }} }}"
CANCEL = f"mutation($id: ID!, $reason: String!) {{ it: cancelEvent(id: $id, reason: $reason) {{ {EVENT} }} }}"
REGISTER = (
    f"mutation($id: ID!, $memberId: ID) {{ it: registerForEvent(id: $id, memberId: $memberId) {{ {REGISTRATION} }} }}"
)
GIVE_UP = f"mutation($id: ID!) {{ it: cancelRegistration(id: $id) {{ {REGISTRATION} }} }}"
ATTEND = (
    "mutation($id: ID!, $attended: Boolean!) "
    f"{{ it: recordAttendance(registrationId: $id, attended: $attended) {{ {REGISTRATION} }} }}"
)
Asker = Member | Account | Context | None


def gid(row: Any) -> str:
    """The opaque id of a row."""
    return global_id(type(row).__name__, row.id)


async def done(world: World, document: str, by: Asker, **variables: Any) -> Any:
    """The payload of a mutation that does what it was asked."""
    payload = (await world.data(document, by, **variables))["it"]
    assert payload["userErrors"] == []
    return payload


async def refused(world: World, document: str, by: Asker, **variables: Any) -> Any:
    """Why a mutation was refused: its codes by path, or the top-level code. Nothing has changed, nothing was told."""
    context = by if isinstance(by, Context) else await world.context(by)
    before = await dump()
    answer = await world.ask(document, context, **variables)
    assert await dump() == before
    if answer.errors:
        assert answer.data == {"it": None}
        return answer.codes[0]
    assert answer.data
    errors = answer.data["it"]["userErrors"]
    assert errors
    assert all(error["message"].endswith(".") for error in errors if "message" in error), errors
    return {".".join(error["path"]): error["code"] for error in errors}


async def register(world: World, event: Event, by: Asker, member: Member | None = None) -> Registration:
    """Register, through the API; the row."""
    variables = {"memberId": gid(member)} if member else {}
    payload = await done(world, REGISTER, by, id=gid(event), **variables)
    key = member or by
    assert isinstance(key, Member)
    row = await Registration.get(event_id=event.id, member_id=key.id)
    assert gid(row) == payload["registration"]["id"]
    return row


async def told(world: World) -> list[tuple[str, int]]:
    """Kind and event of every change in the outbox."""
    return [(change.kind, change.facts.get("event_id", 0)) for change in await world.told()]
