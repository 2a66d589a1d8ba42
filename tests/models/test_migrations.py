"""Migrations go up and down on both databases, and the database itself keeps what the models promise."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import require_context
from tortoise.exceptions import BaseORMException
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

import models
from models import Event, GroupMembership, Member, MembershipStatus, Offer, OfferResponse, Registration
from models.database.connect import configuration, connected, migrate
from tests.world import World

NAMES = sorted(path.stem for path in Path(models.__file__).parent.glob("migrations/0*.py"))


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[tuple[BaseDBAsyncClient, dict[str, Any]]]:
    """A connection to a migrated database, with its configuration."""
    settings = configuration(database_url)
    async with connected(settings) as context:
        yield context.db(), settings


async def shape(connection: BaseDBAsyncClient) -> set[str]:
    """Every table, index and constraint by name."""
    if connection.capabilities.dialect == "sqlite":
        rows = await connection.execute_query_dict("SELECT type || ' ' || name AS thing FROM sqlite_master")
    else:
        rows = await connection.execute_query_dict(
            "SELECT 'index ' || indexname AS thing FROM pg_indexes WHERE schemaname = 'public' UNION "
            "SELECT 'table ' || tablename FROM pg_tables WHERE schemaname = 'public' UNION "
            "SELECT 'constraint ' || conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace UNION "
            "SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal UNION "
            "SELECT 'function ' || proname FROM pg_proc JOIN pg_language AS l ON l.oid = prolang "
            "WHERE pronamespace = 'public'::regnamespace AND lanname = 'plpgsql'"
        )
    own = ("tortoise_mi", "sqlite_seq")
    return {row["thing"] for row in rows if not any(name in row["thing"] for name in own)}


# In short the newest ones: the others don't change any more.
@pytest.mark.parametrize("target", [NAMES[-4], pytest.param("__first__", marks=pytest.mark.soak)])
async def test_each_migration_goes_down_and_up_again(
    database: tuple[BaseDBAsyncClient, dict[str, Any]], target: str
) -> None:
    connection, settings = database
    newest = await shape(connection)
    await migrate(connection, settings, target)
    left = await shape(connection)
    assert left == set() if target == "__first__" else left != newest
    await migrate(connection, settings)
    assert await shape(connection) == newest


@pytest.mark.soak
async def test_tortoise_by_itself_would_do_the_same(database: tuple[BaseDBAsyncClient, dict[str, Any]]) -> None:
    connection, settings = database
    ours = await described(connection)
    await migrate(connection, settings, "__first__")
    await MigrationExecutor(connection, settings["apps"]).migrate([MigrationTarget("models", "__latest__")])
    assert await described(connection) == ours


async def described(connection: BaseDBAsyncClient) -> set[str]:
    """Every table with its columns, every index and every constraint, as the database says them."""
    if connection.capabilities.dialect == "sqlite":
        rows = await connection.execute_query_dict("SELECT name || sql AS thing FROM sqlite_master WHERE sql > ''")
    else:
        rows = await connection.execute_query_dict(
            "SELECT indexdef AS thing FROM pg_indexes WHERE schemaname = 'public' UNION "
            "SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace UNION "
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal UNION "
            "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default, is_identity) "
            "FROM information_schema.columns WHERE table_schema = 'public'"
        )
    assert len(rows) > 80
    return {row["thing"] for row in rows}


async def test_the_indexes_that_keep_promises_are_there(database: tuple[BaseDBAsyncClient, dict[str, Any]]) -> None:
    """On SQLite a migration that makes a table anew loses its indexes: it has to make them again."""
    there = await shape(database[0])
    for name in ("group_membership_one_open", "offer_response_one_open", "change_unnumbered"):
        assert f"index {name}" in there


async def test_the_triggers_that_keep_promises_are_there(database: tuple[BaseDBAsyncClient, dict[str, Any]]) -> None:
    """They go with a table that is made anew, as indexes do."""
    there = await shape(database[0])
    tables = ("offer", "event", "group_post")
    assert {
        "trigger member_withheld",
        "trigger member_withholds",
        *(f"trigger {one}_withheld" for one in tables),
    } <= there
    assert {f"trigger {one}_hidden" for one in (*tables, "working_group")} <= there
    assert {"trigger offer_point_found", "trigger event_point_found", "trigger district_moves"} <= there


async def test_models_and_migrations_agree(database: tuple[BaseDBAsyncClient, dict[str, Any]]) -> None:
    apps = require_context().apps
    assert apps is not None
    assert await MigrationAutodetector(apps, database[1]["apps"]).changes() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("target", ["0021_no_word_indexes", pytest.param("0003_board_day", marks=pytest.mark.soak)])
async def test_a_column_that_is_taken_back_leaves_accounts_sessions_and_constraints(
    world: World, database_url: str, target: str
) -> None:
    """On SQLite making the table anew would lose what hangs on it."""
    connection, settings = require_context().db(), configuration(database_url)
    account = await world.account(await world.member())
    await world.context(account)
    await migrate(connection, settings, target)
    (row,) = await connection.execute_query_dict("SELECT COUNT(*) AS sessions FROM sign_in_session")
    assert row["sessions"] == 1
    assert await refused(sql("UPDATE account SET email = 'Big@example.org'"))
    assert await refused(sql("UPDATE account SET member_id = NULL"))
    await migrate(connection, settings)
    assert (await models.Account.get(id=account.id)).calendar_generation == 1


async def sql(statement: str) -> None:
    """Past the models, as another program might write."""
    connection = require_context().db()
    await connection.execute_query(statement)


async def refused(work: Any) -> bool:
    """Whether the database refuses it."""
    try:
        await work
    except BaseORMException:
        return True
    return False


async def test_the_database_keeps_states_and_ranges(world: World) -> None:
    member = await world.member()
    event = await world.event(host=member, capacity=1)
    offer = await world.offer(owner=member)
    wrong: list[Any] = [
        sql(f"UPDATE member SET status = 'ABSENT' WHERE id = {member.id}"),
        sql(f"UPDATE event SET kind = 'PARTY' WHERE id = {event.id}"),
        sql(f"UPDATE offer SET direction = 'GIVE' WHERE id = {offer.id}"),
        Member.filter(id=member.id).update(joined_at=None),
        Member.filter(id=member.id).update(version=0),
        Event.filter(id=event.id).update(ends_at=event.starts_at - timedelta(hours=1)),
        Event.filter(id=event.id).update(confirmed_count=2),
        Event.filter(id=event.id).update(capacity=-1),
        Event.filter(id=event.id).update(parent_id=event.id),
        sql(f"UPDATE offer SET status = 'SOLD' WHERE id = {offer.id}"),
        Offer.filter(id=offer.id).update(expires_at=None),
        Offer.filter(id=offer.id).update(minimum_age=-1),
        Offer.filter(id=offer.id).update(hours_per_week=0),
        Offer.filter(id=offer.id).update(owner_id=999),
        sql(f"UPDATE offer SET slug = NULL WHERE id = {offer.id}"),
        models.Account.create(email="Big@example.org", password_hash="", role="OFFICE"),
        models.Account.create(email="nobody@example.org", password_hash="", role="MEMBER"),
        models.Representation.create(organisation=member, person=member),
        models.ChangeLog.create(id="two"),
    ]
    assert [number for number, work in enumerate(wrong) if not await refused(work)] == []


async def test_the_database_keeps_uniqueness(world: World) -> None:
    member, group = await world.member(), await world.group()
    event, offer = await world.event(host=member), await world.offer(owner=member)
    await world.membership(group, member, MembershipStatus.REQUESTED)
    await world.membership(group, member, MembershipStatus.LEFT)
    await Registration.create(event=event, member=member, status="CONFIRMED", queue_number=1)
    await OfferResponse.create(offer=offer, member=member, message="Gern.")
    topic = await models.Topic.create(slug="sport", name="Sport", name_key="sport")
    await models.OfferTopic.create(offer=offer, topic=topic, position=0)
    wrong: list[Any] = [
        world.membership(group, member, MembershipStatus.ACTIVE),
        world.membership(group, member, MembershipStatus.INVITED),
        Registration.create(event=event, member=member, status="CANCELLED", queue_number=2),
        Registration.create(event=event, member=None, status="CONFIRMED", queue_number=1),
        OfferResponse.create(offer=offer, member=member, message="Gern.", status="ACCEPTED"),
        models.OfferTopic.create(offer=offer, topic=topic, position=1),
        models.Topic.create(slug="sport", name="Sport", name_key="sport"),
        Offer.create(**{**_columns(offer), "slug": offer.slug}),
    ]
    assert [number for number, work in enumerate(wrong) if not await refused(work)] == []
    assert await GroupMembership.all().count() == 2


def _columns(offer: Offer) -> dict[str, Any]:
    names = [name for name in offer._meta.db_fields if name != "id"]
    return {name: getattr(offer, name) for name in names}


async def test_instants_are_stored_in_utc(world: World) -> None:
    berlin = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    utc = datetime(2026, 7, 1, 11, tzinfo=UTC)
    early = await world.event(starts_at=berlin, ends_at=berlin + timedelta(hours=1))
    late = await world.event(starts_at=utc, ends_at=utc + timedelta(hours=1))
    assert [event.id for event in await Event.all().order_by("starts_at")] == [early.id, late.id]
    assert [event.id for event in await Event.filter(starts_at__gte=utc.astimezone(berlin.tzinfo))] == [late.id]
    await Event.filter(id=late.id).update(starts_at=berlin - timedelta(hours=1))
    assert [event.id for event in await Event.all().order_by("starts_at")] == [late.id, early.id]
