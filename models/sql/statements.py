"""SQL written out, for the few statements that nearly every request sends.

Tortoise makes the text of a statement anew whenever it is sent, which takes several times as long as sending it and
reading the answer. Here a text is made once: in the SQL that PostgreSQL and SQLite share, with `?` where a value goes,
and a name in braces where the two differ. It is sent through Tortoise's own connection, in the transaction of the task.

    _NEWEST = Statement("SELECT {o} FROM offer AS o ORDER BY o.id DESC LIMIT ?", o=Offer)
    offers = [_NEWEST.read("o", row) for row in await _NEWEST.rows(10)]

`new_row`, `insert` and `insert_unless_taken` are for new rows.

Write what is sent seldom, or in many forms, with Tortoise.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, cached_property, partial
from typing import Any, TypeVar

import orjson
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connections
from tortoise.models import Model

from models.sql.compile import dialect_of
from models.sql.mapper import conversion
from models.sql.tortoise_adapter import mark_stored, row_of

Row = TypeVar("Row", bound=Model)

# What the databases call differently.
_DIALECTS = {
    "sqlite": {
        "json_list": "json_group_array",
        "json_pair": "json_array",
        "number_list": "json_group_array",  # see `numbers`
        # Texts, rows of the search index, and pairs of keys with one instant, that are bound as one JSON list.
        "texts": "(SELECT value FROM json_each(?))",
        # Of a JSON object of rows, each an object of terms with their weights.
        "postings": "SELECT ?, r.key, t.key, t.value, ? FROM json_each(?) AS r, json_each(r.value) AS t",
        "words": "SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true",
        "pairs": "SELECT value ->> 0, value ->> 1, ? FROM json_each(?) WHERE true",
        # Keys with a version each, bound likewise, as a table with these columns.
        "versions": "(SELECT value ->> 0 AS key, value ->> 1 AS version FROM json_each(?))",
        # It has no counts of an index in which there is mostly nothing, and reads the table instead.
        "by_offer_unmatched": "INDEXED BY offer_unmatched",
        "for_update": "",
        "for_no_key_update": "",
        "is_one_of": "IN (SELECT value FROM json_each(?))",  # see `projection.keys_value`, and `instants_value`
        "is_one_of_texts": "IN (SELECT value FROM json_each(?))",
        "keys": "(SELECT value FROM json_each(?))",  # as a table with the column `value`
        # How many of the instants that are bound, in order, the one between these two has reached.
        "count_upto": "(SELECT COUNT(*) FROM json_each(?) WHERE value <= ",
        "among": ")",
    },
    "postgres": {
        "json_list": "json_agg",
        "json_pair": "json_build_array",
        "number_list": "array_agg",
        "texts": "(SELECT value FROM json_array_elements_text(CAST(? AS json)) AS value)",
        "postings": "SELECT ?::smallint, r.key::int, t.key, t.value::smallint, ?::smallint"
        " FROM json_each(CAST(? AS json)) AS r, json_each_text(r.value) AS t",
        "words": "SELECT j ->> 0, j ->> 1, j ->> 2, j ->> 3 FROM json_array_elements(CAST(? AS json)) AS j",
        "pairs": "SELECT (j ->> 0)::int, (j ->> 1)::int, ?::timestamptz FROM json_array_elements(CAST(? AS json)) AS j",
        "versions": "(SELECT (j ->> 0)::int AS key, (j ->> 1)::int AS version"
        " FROM json_array_elements(CAST(? AS json)) AS j)",
        "by_offer_unmatched": "",
        "for_update": "FOR UPDATE",
        "for_no_key_update": "FOR NO KEY UPDATE",
        "is_one_of": "= ANY(?::int[])",
        "is_one_of_texts": "= ANY(?::text[])",
        "keys": "(SELECT value FROM unnest(?::int[]) AS value)",
        "count_upto": "width_bucket(",
        "among": ", ?::timestamptz[])",
    },
}
# So many rows are stored by one statement at most.
_AT_ONCE = 50


def connection() -> BaseDBAsyncClient:
    """The database: within a transaction that one's connection, else any of the pool."""
    connections = get_connections()
    (name,) = connections.db_config
    return connections.get(name)


def numbers(value: Any) -> Sequence[int]:
    """What `{number_list}` gives: text on SQLite; on PostgreSQL a list, which it makes for a fraction of a text."""
    return (orjson.loads(value) if isinstance(value, str) else value) or ()


class Statement:
    """A statement, its text made once.

    In `text` each `?` is the place of a value. A name in braces is one of `_DIALECTS`, or that of an alias: then it
    stands for all columns of the model that `models` has for it, and `read` makes its row of them.
    """

    def __init__(self, text: str, **models: type[Model]) -> None:
        self._text = text
        self._models = models

    async def rows(self, *values: object) -> Sequence[Any]:
        """Send it with these values, one for each place: the rows that it answers with, `row["name"]` a value of one.

        Values are as the database's driver takes them: a UUID as text, JSON as text, an instant in UTC.
        """
        database: Any = connection()
        found: Sequence[Any] = await database.records(self._texts[database.capabilities.dialect], values)
        return found

    async def row(self, *values: object) -> Any:
        """As `rows`, of which there is one at most; else None."""
        found = await self.rows(*values)
        return found[0] if found else None

    async def lock(self, *values: object) -> None:
        """Lock the rows that it names until the transaction ends; where SQLite is, who writes is alone already."""
        if connection().capabilities.dialect != "sqlite":
            await self.rows(*values)

    async def later(self, *values: object) -> None:
        """Have it sent within the transaction, with what is sent next or with the commit: nobody gets its answer.

        Its errors are raised there. It stores new rows, of which none depends on one of another table that is stored so
        at once; of one table they are stored in order. Outside of a transaction it is sent now.
        """
        database: Any = connection()
        await database.later(self._texts[database.capabilities.dialect], values)

    async def beside(self, *values: object) -> Sequence[Any]:
        """As `rows`, in one exchange with what waits to be sent, see `later`: it may not need what that stores."""
        database: Any = connection()
        found: Sequence[Any] = await database.beside(self._texts[database.capabilities.dialect], values)
        return found

    def read(self, alias: str, row: Mapping[str, Any]) -> Any:
        """The row of the alias's model that is within `row`, one that the statement answered with."""
        model = self._models[alias]
        values = {column: row[name] for column, name in self._columns[alias]}
        for column, convert in _conversions(model, dialect_of(model)):
            if (value := values[column]) is not None:
                values[column] = convert(value)
        return row_of(model, values, stored=True)

    def selected(self, alias: str) -> str:
        """What selects all columns of the alias's model, for a statement of another text that is read by `read`."""
        return ", ".join(f'{alias}."{column}" AS {name}' for column, name in self._columns[alias])

    @cached_property
    def _columns(self) -> dict[str, list[tuple[str, str]]]:
        """The columns of each alias, and what they are called in what the statement answers with."""
        # Not made at once: a model has all of its columns only when Tortoise has begun.
        return {
            alias: [(column, f"{alias}_{column}") for column in model._meta.fields_db_projection.values()]
            for alias, model in self._models.items()
        }

    @cached_property
    def _texts(self) -> dict[str, str]:
        selected = {alias: self.selected(alias) for alias in self._models}
        return {
            dialect: _numbered(self._text.format(**selected, **names), dialect) for dialect, names in _DIALECTS.items()
        }


def new_row(model: type[Row], **values: Any) -> Row:
    """A row that isn't stored yet: as `model(**values)`, for a fraction of what that costs.

    The values are of columns, such as `owner_id`, and have their types: nothing is checked.
    """
    given = {column: make() for column, make in _defaults(model) if column not in values}
    made = given | values
    meta = model._meta
    for name, _field, field in meta.db_default_fields:
        if made[name] is not None:
            made[name] = field.field_type(made[name])
    for name, _field, field in meta.db_complex_fields:
        value = made[name]
        if type(value) is not datetime or value.tzinfo is not UTC:
            made[name] = field.to_python_value(value)
    return row_of(model, made, stored=False)


@cache
def _conversions(model: type[Model], dialect: str) -> list[tuple[str, Callable[[Any], Any]]]:
    """The columns whose values a driver has otherwise than a row, and what makes the one's of the other's.

    They do what `model._init_from_db` does, which takes 60 µs for a member of SQLite.
    """
    fields = model._meta.fields_map
    found = ((name, conversion(fields[name], dialect == "sqlite")) for name in model._meta.fields_db_projection)
    return [(name, convert) for name, convert in found if convert is not None]


@cache
def _defaults(model: type[Model]) -> list[tuple[str, Callable[[], Any]]]:
    """What makes the default of each column."""
    found = []
    for name, column in model._meta.fields_db_projection.items():
        default = model._meta.fields_map[name].default
        found.append((column, default if callable(default) else partial(_same, default)))
    return found


def _same(value: Any) -> Any:
    return value


async def insert(model: type[Model], names: tuple[str, ...], rows: Sequence[Sequence[object]]) -> None:
    """Store new rows of `model`, by one statement for every fifty; nobody learns their keys. See `Statement.later`.

    Each row is the values of the fields `names`. There are no defaults but the database's.
    """
    fields = [model._meta.fields_map[name] for name in names]
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        values = (field.to_db_value(value, model) for row in some for field, value in zip(fields, row, strict=True))
        await _insertion(model, names, len(some)).later(*values)


async def insert_unless_taken(row: Model, column: str, choices: Sequence[str]) -> bool:
    """Store the new row with the first of the `choices` that no other has in its unique `column`.

    Whether it is stored, and has its key and what was chosen; not where all are taken. Where another transaction is
    about to store the same, this waits for how that ends, and is not stored where it is.
    """
    model = type(row)
    names, fields = _given(model), model._meta.fields_map
    values: list[Any] = []
    for name in names:
        if name == column:
            values += [one for choice in choices for one in (choice, choice)] + [choices[0]]
        else:
            values.append(fields[name].to_db_value(getattr(row, name), row))
    answer = await _choosing(model, names, column, len(choices)).row(*values)
    if answer is None:
        return False
    row.update_from_dict({"id": answer["id"], column: answer["chosen"]})
    mark_stored(row)
    return True


@cache
def _choosing(model: type[Model], names: tuple[str, ...], column: str, count: int) -> Statement:
    """A statement that stores one row, for whose `column` there are so many choices."""
    table = f'"{model._meta.db_table}"'
    choice = f'WHEN NOT EXISTS (SELECT 1 FROM {table} WHERE "{column}" = ?) THEN CAST(? AS VARCHAR)'
    chosen = f"CASE {' '.join([choice] * count)} ELSE CAST(? AS VARCHAR) END"
    columns = ", ".join(f'"{model._meta.fields_db_projection[name]}"' for name in names)
    places = ", ".join(chosen if name == column else "?" for name in names)
    return Statement(
        f"INSERT INTO {table} ({columns}) VALUES ({places})"
        f' ON CONFLICT ("{column}") DO NOTHING RETURNING id, "{column}" AS chosen'
    )


@cache
def _insertion(model: type[Model], names: tuple[str, ...], count: int) -> Statement:
    """A statement that stores so many rows."""
    columns = ", ".join(f'"{model._meta.fields_db_projection[name]}"' for name in names)
    places = ", ".join("?" for _name in names)
    rows = ", ".join([f"({places})"] * count)
    return Statement(f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES {rows}')


@cache
def _given(model: type[Model]) -> tuple[str, ...]:
    """The fields of a new row that aren't for the database to give."""
    return tuple(name for name in model._meta.fields_db_projection if not model._meta.fields_map[name].generated)


def _numbered(text: str, dialect: str) -> str:
    """The text with its places as the dialect writes them."""
    if dialect != "postgres":
        return text
    pieces = text.split("?")
    numbers: Iterable[str] = (f"${number}" for number in range(1, len(pieces)))
    return "".join(itertools.chain.from_iterable(itertools.zip_longest(pieces, numbers, fillvalue="")))
