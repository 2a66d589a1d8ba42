"""What migrations do to tables that hold rows already, where Tortoise would make the whole table anew on SQLite.

With the old table it would drop what hangs on it: constraints, indexes, triggers, and rows of other tables that refer
to it, such as all sessions. docs/decisions/0003-constraints-in-migrations.md says more.
"""

import re

from tortoise.exceptions import IntegrityError
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State
from tortoise.models import Model


class AddColumn(ops.AddField):
    """Adds a field, with the index that `db_index` asks for and Tortoise forgets; takes it back by DROP COLUMN."""

    async def database_forward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        await super().database_forward(app_label, old_state, new_state, state_editor)
        if state_editor:
            await _index(state_editor, new_state.apps.get_model(f"{app_label}.{self.model_name}"), self.name)

    async def database_backward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        if state_editor:
            await _drop_column(state_editor, old_state.apps.get_model(f"{app_label}.{self.model_name}"), self.name)


class RemoveColumn(ops.RemoveField):
    """Removes a field by DROP COLUMN. Taken back, the column is there again: empty, or with the field's default."""

    async def database_backward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        if state_editor:
            model = new_state.apps.get_model(f"{app_label}.{self.model_name}")
            field = model._meta.fields_map[self.name]
            if not (field.null or field.default is None or callable(field.default) or field.has_db_default()):
                field.db_default = field.default  # what is stored already needs a value, too
            await state_editor.add_field(model, self.name)
            await _index(state_editor, model, self.name)

    async def database_forward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        if state_editor:
            await _drop_column(state_editor, old_state.apps.get_model(f"{app_label}.{self.model_name}"), self.name)


class AddCheck(ops.AddConstraint):
    """Adds a check constraint to a table; on SQLite two triggers that refuse what it refuses, in the same words.

    Raises `IntegrityError` where a row is stored already that doesn't pass.
    """

    async def database_forward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        if state_editor is None or not _is_sqlite(state_editor):
            await super().database_forward(app_label, old_state, new_state, state_editor)
            return
        model = new_state.apps.get_model(f"{app_label}.{self.model_name}")
        table, check = model._meta.db_table, self._check
        if not state_editor.collect_sql:
            wrong = await state_editor.client.execute_query_dict(
                f'SELECT 1 FROM "{table}" WHERE NOT ({check.check}) LIMIT 1'
            )
            if wrong:
                raise IntegrityError(f"CHECK constraint failed: {check.name}")
        columns = sorted(name for name in model._meta.fields_db_projection.values() if _names(check.check, name))
        new = ", ".join(f'NEW."{name}" AS "{name}"' for name in columns)
        for event in ("insert", "update"):
            await _send(
                state_editor,
                f'CREATE TRIGGER "{check.name}_{event}" BEFORE {event.upper()} ON "{table}"'
                f" WHEN (SELECT NOT ({check.check}) FROM (SELECT {new})) BEGIN"
                f" SELECT RAISE(ABORT, 'CHECK constraint failed: {check.name}'); END",
            )

    async def database_backward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        if state_editor is None or not _is_sqlite(state_editor):
            await super().database_backward(app_label, old_state, new_state, state_editor)
            return
        for event in ("insert", "update"):
            await _send(state_editor, f'DROP TRIGGER "{self._check.name}_{event}"')

    @property
    def _check(self) -> CheckConstraint:
        assert isinstance(self.constraint, CheckConstraint)
        return self.constraint


class OnDialect(ops.RunSQL):
    """Statements for one of the databases, each as it is: Tortoise cuts a trigger of SQLite's at its semicolons."""

    def __init__(self, dialect: str, sql: list[str], reverse_sql: list[str]) -> None:
        super().__init__(sql, reverse_sql)
        self._dialect = dialect

    async def _run_sql(self, state_editor: BaseSchemaEditor, sqls: list[str]) -> None:
        if state_editor.client.capabilities.dialect == self._dialect:
            for sql in sqls:
                await _send(state_editor, sql)


def _is_sqlite(editor: BaseSchemaEditor) -> bool:
    return editor.client.capabilities.dialect == "sqlite"


def _column_of(model: type[Model], name: str) -> str:
    """The column of a field, which of a foreign key has a name of its own."""
    field = model._meta.fields_map[name]
    if isinstance(field, ForeignKeyFieldInstance):
        name = field.source_field or f"{name}_id"
    return model._meta.fields_db_projection.get(name, name)


def _names(sql: str, column: str) -> bool:
    return re.search(rf"\b{re.escape(column)}\b", sql) is not None


async def _index(editor: BaseSchemaEditor, model: type[Model], name: str) -> None:
    """Make the index of a column, where its field asks for one."""
    field, table, column = model._meta.fields_map[name], model._meta.db_table, _column_of(model, name)
    if field.index and not field.unique:
        await _send(editor, f'CREATE INDEX "{table}_{column}_index" ON "{table}" ("{column}")')


async def _drop_column(state_editor: BaseSchemaEditor, model: type[Model], name: str) -> None:
    """Drop a field's column, with what SQLite won't drop along with it."""
    table, column = model._meta.db_table, _column_of(model, name)
    if _is_sqlite(state_editor):
        await _drop_indexes(state_editor, table, column)
    await _send(state_editor, f'ALTER TABLE "{table}" DROP COLUMN "{column}"')


async def _drop_indexes(editor: BaseSchemaEditor, table: str, column: str) -> None:
    """SQLite drops no column that has an index of its own; PostgreSQL drops both."""
    for index in await editor.client.execute_query_dict(f"SELECT name FROM pragma_index_list('{table}')"):
        found = await editor.client.execute_query_dict(f"SELECT name FROM pragma_index_info('{index['name']}')")
        if [row["name"] for row in found] == [column]:
            await _send(editor, f'DROP INDEX "{index["name"]}"')


async def _send(editor: BaseSchemaEditor, sql: str) -> None:
    """One statement as it is: Tortoise cuts a trigger of SQLite's at its semicolons."""
    if editor.collect_sql:
        editor.collected_sql.append(sql)
    else:
        await editor.client.execute_query(sql)
