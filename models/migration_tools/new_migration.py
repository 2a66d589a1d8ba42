"""Writes the next migration: what the models say and the migrations don't yet. `make migration NAME=group_district`.

What Tortoise finds out is written so that it goes up and down on both databases, with rows in the tables: see
`models.migration_tools.operations`. What can't be, or would lose what is stored, is refused with a sentence.
"""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tortoise.context import require_context
from tortoise.fields.base import Field
from tortoise.migrations import operations as ops
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.migrations.writer import ImportManager, MigrationWriter, format_migration_name

from models.database.connect import configuration, connected
from models.database.private_names import look_for

_FOLDER = Path(__file__).parents[1] / "migrations"
# What is written in place of Tortoise's operation of a name, by the class in `models.migration_tools.operations`.
_IN_PLACE = {"AddField": "AddColumn", "RemoveField": "RemoveColumn", "AddConstraint": "AddCheck"}
_AS_IT_IS = (ops.AddIndex, ops.RemoveIndex, ops.RenameIndex)

look_for(MigrationWriter, "it writes one operation", "_format_operation")


class NoMigrationError(Exception):
    """No migration can be written; the text says why."""


async def new_migration(name: str) -> Path:
    """Write the next migration, named `name` behind its number; its file.

    Raises `NoMigrationError` where nothing has changed, or something that has to be written by hand.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,60}", name):
        raise NoMigrationError(
            "NAME is what is added, in small letters and underscores: make migration NAME=group_district"
        )
    settings = configuration("sqlite://:memory:")
    async with connected(settings):
        apps = require_context().apps
        assert apps is not None
        found = await MigrationAutodetector(apps, settings["apps"]).changes()
    if not found:
        raise NoMigrationError("The models say nothing that the migrations don't.")
    (detected,) = found
    operations = list(_reversible(detected.operations))
    number = int(detected.name.partition("_")[0])
    written = _Writer(
        format_migration_name(number, name),
        detected.app_label,
        operations,
        dependencies=[max(detected.dependencies)],
        migrations_module=detected.migrations_module,
    )
    path = _FOLDER / f"{written.name}.py"
    path.write_text(written.as_string(), encoding="utf-8")
    return path


class _Writer(MigrationWriter):
    """Tortoise's, which writes our operations by their own names."""

    def _format_operation(self, operation: ops.Operation, imports: ImportManager, *, indent: str) -> list[str]:
        first, *rest = super()._format_operation(operation, imports, indent=indent)
        kind = type(operation).__name__
        if kind in _IN_PLACE and not self._is_of_a_new_table(operation):
            own = _IN_PLACE[kind]
            imports.add_from("models.migration_tools.operations", own)
            first = first.replace(f"ops.{kind}(", f"{own}(")
        return [first, *rest]

    def _is_of_a_new_table(self, operation: ops.Operation) -> bool:
        """Whether it is a constraint of a table that this migration makes, or of uniqueness: Tortoise can do that."""
        if not isinstance(operation, ops.AddConstraint):
            return False
        made = {other.name for other in self.operations if isinstance(other, ops.CreateModel)}
        return operation.model_name in made or not isinstance(operation.constraint, CheckConstraint)


def _reversible(operations: Iterable[ops.Operation]) -> Iterator[ops.Operation]:
    """The operations in an order that both databases take."""
    later: list[ops.Operation] = []
    for operation in operations:
        if isinstance(operation, ops.CreateModel):
            table, more = _table_and_constraints(operation)
            later += more
            yield table
        elif isinstance(operation, (ops.AddConstraint, *_AS_IT_IS)):
            later.append(operation)
        elif isinstance(operation, ops.AddField):
            _must_be_addable(operation)
            yield operation
        elif isinstance(operation, ops.RemoveField):
            later.append(operation)
        else:
            raise NoMigrationError(
                f"“{operation.describe()}” has to be written by hand, for on SQLite Tortoise would make the table anew:"
                " docs/decisions/0003-constraints-in-migrations.md."
            )
    yield from sorted(later, key=_rank)


def _table_and_constraints(operation: ops.CreateModel) -> tuple[ops.CreateModel, list[ops.Operation]]:
    """A table without what is made after it: on SQLite its checks, then its indexes and uniqueness."""
    options = dict(operation.options or {})
    constraints = [*options.pop("constraints", ())]
    constraints += [UniqueConstraint(fields=tuple(fields)) for fields in options.pop("unique_together", ())]
    more: list[ops.Operation] = [ops.AddConstraint(operation.name, constraint) for constraint in constraints]
    more += [ops.AddIndex(operation.name, index) for index in options.pop("indexes", ())]
    return ops.CreateModel(operation.name, operation.fields, options, operation.bases), more


def _rank(operation: ops.Operation) -> int:
    """Checks come first, for they make a new table anew; a column goes when nothing refers to it any more."""
    if isinstance(operation, ops.AddConstraint):
        return 0 if isinstance(operation.constraint, CheckConstraint) else 1
    return 3 if isinstance(operation, ops.RemoveField) else 2


def _must_be_addable(operation: ops.AddField) -> None:
    """Raises `NoMigrationError` where rows that are stored have no value for it."""
    field = operation.field
    assert isinstance(field, Field)
    if not field.null and not field.has_db_default():
        raise NoMigrationError(
            f"{operation.model_name}.{operation.name}: the rows that are stored have no value for it."
            " Give it null=True, or a db_default beside its default."
        )


def main() -> int:
    """Write the migration that the command line names, and print it."""
    try:
        path = asyncio.run(new_migration(sys.argv[1] if len(sys.argv) > 1 else ""))
    except NoMigrationError as error:
        print(error, file=sys.stderr)
        return 1
    for step in (["check", "--quiet", "--exit-zero", "--fix"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *step, str(path)], check=True)
    print(f"{path.relative_to(_FOLDER.parents[1])}:\n\n{path.read_text(encoding='utf-8')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
