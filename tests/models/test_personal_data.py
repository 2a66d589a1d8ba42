"""Whatever is stored of people is declared: what for, and what erasing them does with it."""

from collections.abc import Iterator

import pytest
from tortoise import fields
from tortoise.models import Model

from models import Account, Member, Offer, Registration, SignInSession
from models.database.connect import MODULES
from models.privacy.declaration import Erased, Row
from models.privacy.personal_data import DERIVED, IMPERSONAL, PERSONAL
from models.sql.statements import connection
from tests.world import World

_SAY = """{table}.{column} is not declared in models/privacy/personal_data.py. Add to PERSONAL's Table of {model}
    Column("{column}", Kind...., "what for"),  # and what erasing does with it, where it isn't simply emptied
or, where it holds nothing of any person, its name to `impersonal` there; a table that holds nothing of anybody has a
line in IMPERSONAL."""


def stored_models() -> set[type[Model]]:
    """Every model that is a table."""
    found = set()
    for name in MODULES:
        module = __import__(name, fromlist=["x"])
        found |= {one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Model)}
    return {one for one in found if one._meta.db_table and not one._meta.abstract}


def undeclared(model: type[Model]) -> Iterator[str]:
    """The columns of a model that hold text, or lead to a person, and stand in none of the declarations."""
    if model in IMPERSONAL:
        yield from (column for column in _to_declare(model) if _leads_to_a_person(model, column))
        return
    table = next((one for one in PERSONAL if one.model is model), None)
    known = {*table.impersonal, *(one.name for one in table.columns)} if table is not None else set()
    yield from (column for column in _to_declare(model) if column not in known)


_TEXTS = (fields.CharField, fields.TextField, fields.JSONField, fields.BinaryField, fields.UUIDField)


def _to_declare(model: type[Model]) -> Iterator[str]:
    for name, one in model._meta.fields_map.items():
        is_text = isinstance(one, _TEXTS) and not hasattr(one, "enum_type")
        if is_text or _leads_to_a_person(model, name):
            yield name


def _leads_to_a_person(model: type[Model], column: str) -> bool:
    """Whether it is a foreign key to a member or an account."""
    relation = model._meta.fields_map.get(column.removesuffix("_id"))
    leads = isinstance(relation, fields.relational.ForeignKeyFieldInstance) and column.endswith("_id")
    return leads and getattr(relation, "related_model", None) in (Member, Account)


async def test_every_column_about_a_person_is_declared(world: World) -> None:
    missing = [
        _SAY.format(table=model._meta.db_table, column=column, model=model.__name__)
        for model in sorted(stored_models(), key=lambda one: one.__name__)
        for column in undeclared(model)
    ]
    assert not missing, "\n\n".join(missing)


async def test_what_is_not_declared_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.PERSONAL", ())
    assert set(undeclared(SignInSession)) == {"id", "account_id", "user_agent"}
    assert {"owner_id", "title", "times"} <= set(undeclared(Offer))
    assert "status" not in undeclared(Offer)
    monkeypatch.setattr(f"{__name__}.IMPERSONAL", {Registration: "seats"})
    assert list(undeclared(Registration)) == ["member_id"]


async def test_every_table_is_declared_once(world: World) -> None:
    declared = [table.model for table in PERSONAL] + list(IMPERSONAL)
    assert len(declared) == len(set(declared))
    unknown = sorted(one.__name__ for one in stored_models() ^ set(declared))
    assert not unknown, (
        f"Add a Table to PERSONAL, or a line to IMPERSONAL, in models/privacy/personal_data.py for {unknown}."
    )
    sql = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        if connection().capabilities.dialect == "sqlite"
        else "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    )
    stored = {row["name"] for row in await connection().execute_query_dict(sql)} - {"tortoise_migrations"}
    assert stored == {one._meta.db_table for one in declared} | set(DERIVED)


async def test_what_is_declared_exists_and_can_be_done(world: World) -> None:
    for table in PERSONAL:
        columns = table.model._meta.fields_map
        named = [*table.whose, *table.impersonal, *(one.name for one in table.columns)]
        assert set(named) <= set(columns), table.name
        assert len(set(table.impersonal) | {one.name for one in table.columns}) == len(named) - len(table.whose)
        assert table.row is Row.DELETED or table.why, f"{table.name}: why are its rows kept?"
        assert table.kept_for, f"{table.name}: how long is it kept?"
        assert table.seen_by, f"{table.name}: who sees it?"
        for one in table.columns:
            where = f"{table.name}.{one.name}"
            assert one.erased is not Erased.KEPT or one.why, f"{where}: why is it kept?"
            if table.row is Row.KEPT and one.erased is Erased.EMPTIED:
                assert columns[one.name].null or one.becomes is not None, f"{where}: what does it become?"
