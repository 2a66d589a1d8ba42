"""What `make migration` writes goes up and down on both databases, with rows in the tables, and loses none of them."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tortoise.context import require_context

import models
from models.migration_tools.new_migration import NoMigrationError, new_migration
from tests.models.test_migrations import refused, shape, sql
from tests.world import World

MODELS = Path(models.__file__).parent
THERE = {path.stem for path in (MODELS / "migrations").glob("0*.py")}
NEWEST = max(THERE)
NUMBER = int(NEWEST.partition("_")[0]) + 1
NAME = f"{NUMBER:04}_group_size"
MIGRATE = """
import asyncio, sys
from models.database.connect import configuration, connected, migrate

async def main(url, target):
    settings = configuration(url)
    async with connected(settings) as context:
        await migrate(context.db(), settings, target or None)

asyncio.run(main(*sys.argv[1:]))
"""
# Columns of every kind, a check of one that is new, one that concerns an old one too, and an index.
COLUMNS = """    size = fields.IntField(default=1, db_default=1)
    form = fields.CharEnumField(GroupForm, max_length=20, null=True)
    code = fields.CharField(max_length=20, null=True, unique=True)
    seen_at = InstantField(null=True)
    district: fields.ForeignKeyNullableRelation["District"] = fields.ForeignKeyField(
        "models.District", related_name=False, null=True, on_delete=fields.RESTRICT, db_index=True
    )
"""
TABLE = '''

class GroupForm(StrEnum):
    OPEN = "OPEN"


class GroupNote(Model):
    """A note."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation["Group"] = fields.ForeignKeyField("models.Group", related_name=False)
    number = fields.IntField()

    class Meta:
        table = "group_note"
        unique_together = (("group", "number"),)
        indexes = (Index(fields=("number", "id")),)
        constraints = (check("group_note_number_positive", "number > 0"),)

'''


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the tree, as far as migrations know it."""
    shutil.copytree(MODELS, tmp_path / "copy" / "models", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(MODELS.parent / "pyproject.toml", tmp_path / "copy")
    return tmp_path / "copy"


def altered(copy: Path, *changes: tuple[str, str]) -> None:
    """Put texts before others in the models of groups."""
    path = copy / "models" / "groups.py"
    text = path.read_text()
    for before, more in changes:
        assert before in text
        text = text.replace(before, more + before, 1)
    path.write_text(text)


def asked(copy: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, *arguments], cwd=copy, capture_output=True, text=True, check=False)


def written(copy: Path, name: str = "group_size") -> str:
    """What is printed of a migration that was written."""
    done = asked(copy, "-m", "models.migration_tools.new_migration", name)
    assert done.returncode == 0, done.stderr
    return done.stdout


def why_not(copy: Path) -> str:
    """Why none was."""
    done = asked(copy, "-m", "models.migration_tools.new_migration", "group_size")
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert {path.stem for path in (copy / "models" / "migrations").glob("0*.py")} == THERE
    return done.stderr


async def migrated(copy: Path, url: str, target: str = "") -> None:
    done = asked(copy, "-c", MIGRATE, url, target)
    assert done.returncode == 0, done.stderr


@pytest.mark.long
@pytest.mark.walk
async def test_it_goes_up_and_down_and_loses_nothing(copy: Path, world: World, database_url: str) -> None:
    member = await world.member()
    await world.context(member)  # a session, which hangs on an account
    group = await world.group(coordinator=member)
    before, connection = await shape(require_context().db()), require_context().db()
    altered(
        copy,
        ("    join_policy =", COLUMNS),
        ("\nclass Group(Model, Hideable)", TABLE),
        ("from models.members import", "from models.places import District\n"),
        ('            one_of("join_policy"', '            one_of("form", GroupForm, "working_group"),\n'),
        ('            one_of("join_policy"', '            check("working_group_size", "size > 0 AND version < 9"),\n'),
        ('            Index(fields=("active_at", "id")),', '            Index(fields=("form", "id")),\n'),
    )
    text = written(copy)
    assert f"{NAME}.py" in text
    assert f'dependencies = [("models", "{NEWEST}")]' in text
    assert (copy / "models" / "migrations" / f"{NAME}.py").read_text() in text
    assert (
        "don't" in asked(copy, "-m", "models.migration_tools.new_migration", "more").stderr
    )  # it says all that the models do
    for _time in range(2):
        await migrated(copy, database_url)
        (row,) = await connection.execute_query_dict("SELECT size, form, code, district_id FROM working_group")
        assert row == {"size": 1, "form": None, "code": None, "district_id": None}
        await sql(f"UPDATE working_group SET form = 'OPEN', size = 2, code = 'a' WHERE id = {group.id}")
        await sql(f"INSERT INTO group_note (group_id, number) VALUES ({group.id}, 1)")
        wrong: list[Any] = [
            sql("UPDATE working_group SET form = 'ROUND'"),
            sql("UPDATE working_group SET size = 0"),
            sql("UPDATE working_group SET version = 9"),
            sql("UPDATE working_group SET district_id = 77"),
            sql(f"INSERT INTO group_note (group_id, number) VALUES ({group.id}, 1)"),
            sql(f"INSERT INTO group_note (group_id, number) VALUES ({group.id}, 0)"),
            sql(f"INSERT INTO group_note (group_id, number) VALUES ({group.id + 7}, 2)"),
            models.Group.filter(id=group.id).update(version=0),
        ]
        assert [number for number, work in enumerate(wrong) if not await refused(work)] == []
        other = await world.group("Andere")
        assert await refused(sql(f"UPDATE working_group SET code = 'a' WHERE id = {other.id}"))
        await other.delete()
        assert before | {"index working_group_district_id_index"} < await shape(connection)
        await migrated(copy, database_url, NEWEST)
        assert await shape(connection) == before
        counts = [await model.all().count() for model in (models.SignInSession, models.Group, models.GroupMembership)]
        assert counts == [1, 1, 1]


@pytest.mark.soak
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_column_that_is_removed_comes_back_empty(copy: Path, world: World, database_url: str) -> None:
    group = await world.group()
    connection = require_context().db()
    before = await shape(connection)
    altered(copy, ("    join_policy =", "    code = fields.CharField(max_length=20, null=True, unique=True)\n"))
    written(copy, "code")
    path = copy / "models" / "groups.py"
    path.write_text(
        path.read_text().replace("    code = fields.CharField(max_length=20, null=True, unique=True)\n", "")
    )
    assert "RemoveColumn(" in written(copy, "no_code")
    await migrated(copy, database_url)
    assert await shape(connection) == before
    await migrated(copy, database_url, f"{NUMBER:04}_code")
    assert await connection.execute_query_dict("SELECT id, code FROM working_group") == [{"id": group.id, "code": None}]


@pytest.mark.walk
async def test_rows_that_do_not_pass_a_new_check_stop_it(copy: Path, world: World, database_url: str) -> None:
    await world.group()
    before = await shape(require_context().db())
    altered(copy, ('            one_of("join_policy"', '            check("working_group_late", "version > 1"),\n'))
    written(copy)
    done = asked(copy, "-c", MIGRATE, database_url, "")
    assert "working_group_late" in done.stderr
    assert await shape(require_context().db()) == before


@pytest.mark.parametrize("name", ["", "../x", "Group", "a b", "1", "a" * 62])
async def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(NoMigrationError, match="small letters"):
        await new_migration(name)


def test_what_cannot_be_done_is_refused_with_a_sentence(copy: Path) -> None:
    path = copy / "models" / "groups.py"
    text = path.read_text()
    path.write_text(text.replace("    join_policy =", "    size = fields.IntField(default=1)\n    join_policy ="))
    assert "Group.size: the rows that are stored" in why_not(copy)
    path.write_text(text.replace("purpose = fields.TextField(", "purpose = fields.TextField(null=True, "))
    assert "by hand" in why_not(copy)
