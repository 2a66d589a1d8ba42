"""All that is stored about a person, as a ZIP: of each table that `models.privacy` declares, JSON and CSV."""

import asyncio
import codecs
import csv
import io
import zipfile
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import date, datetime
from enum import Enum
from typing import IO, Any
from uuid import UUID

import orjson
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models import District, Event, Group, Member, MemberKind, Offer, Topic, now
from models.privacy.declaration import Table
from models.privacy.personal_data import PERSONAL
from resolvers.audit.export import cell
from resolvers.context import Rules
from resolvers.offers.states import TOWN
from resolvers.privacy.rows import Owner, rows_of
from resolvers.translation import LANGUAGES, _, translate

# So many rows of a table, the newest ones; so many at a time, that nobody waits for ten thousand.
_MOST_ROWS = 10_000
_AT_ONCE = 100
# What a row leads to is said by its name, where everybody may know it: of members those of organisations alone.
_NAMED: Mapping[type[Model], str] = {Event: "title", Offer: "title", Group: "name", District: "name", Topic: "name"}
_README = {"de": "LIESMICH.txt", "en": "README.txt"}

Record = dict[str, Any]


class _Part:
    """What is stored in one table, as it is written into the archive; `is_cut`: older rows are left out."""

    def __init__(self, table: Table, json: IO[bytes]) -> None:
        self.table = table
        self.is_cut = False
        self._json = json
        self._count = 0
        # With a mark of its encoding, by which Excel knows it.
        self.csv = io.BytesIO(codecs.BOM_UTF8)
        self.csv.seek(0, io.SEEK_END)

    def add(self, records: Sequence[Record], room: int) -> int:
        """Write these rows, as far as there is `room` for their JSON in bytes; how much of it is left then."""
        text = io.StringIO()
        writer = csv.writer(text)
        for record in records:
            found = orjson.dumps(record, option=orjson.OPT_INDENT_2)
            room -= len(found)
            if room < 0:
                self.is_cut = True
                break
            self._json.write((b",\n" if self._count else b"[\n") + found)
            if not self._count:
                writer.writerow(record)
            writer.writerow([_cell(value) for value in record.values()])
            self._count += 1
        self.csv.write(text.getvalue().encode())
        self.is_cut = self.is_cut or self._count >= _MOST_ROWS
        return room

    def end(self) -> None:
        """That was the last row."""
        self._json.write(b"\n]" if self._count else b"[]")


async def take_out(rules: Rules, owner: Owner) -> bytes:
    """The ZIP. What it is made of takes `rules.data_export_bytes` of JSON at most: the oldest rows are cut.

    It is made some rows at a time, in a thread: the tables aren't in memory as a whole, and nobody waits for it.
    """
    made, parts, room = io.BytesIO(), [], rules.data_export_bytes
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in PERSONAL:
            rows = rows_of(table, owner)
            if rows is None or not await rows.exists():
                continue
            async with aclosing(_records(table, rows)) as pages:
                with archive.open(f"{table.name}.json", "w") as json:
                    part = _Part(table, json)
                    async for records in pages:
                        room = await asyncio.to_thread(part.add, records, room)
                        if part.is_cut:
                            break
                    part.end()
            await asyncio.to_thread(archive.writestr, f"{table.name}.csv", part.csv.getvalue())
            parts.append(part)
        for language in LANGUAGES:
            archive.writestr(_README[language], _readme(rules, language, parts))
    return made.getvalue()


async def _records(table: Table, rows: QuerySet[Model]) -> AsyncGenerator[list[Record], None]:
    """What is taken out of these rows, some at a time, the newest first."""
    left_out = {one.name for one in table.columns if not one.taken_out}
    key = table.model._meta.pk_attr
    columns = [name for name in table.model._meta.fields_db_projection if name not in left_out]
    found = await rows.order_by(f"-{key}").limit(_AT_ONCE).only(*{*columns, key})
    while found:
        named = await _names(table.model, found)
        yield [_record(columns, row, named) for row in found]
        before = {f"{key}__lt": found[-1].pk}
        found = await rows.filter(**before).order_by(f"-{key}").limit(_AT_ONCE).only(*{*columns, key})


async def _names(model: type[Model], rows: Sequence[Any]) -> dict[str, dict[int, str]]:
    """By the relations of a table, and the keys that they lead to: what that is called."""
    named: dict[str, dict[int, str]] = {}
    for relation in sorted(model._meta.fk_fields):
        target: Any = getattr(model._meta.fields_map[relation], "related_model", None)
        keys = {key for row in rows if (key := getattr(row, f"{relation}_id")) is not None}
        if target is Member:
            found = Member.filter(id__in=list(keys), kind=MemberKind.ORGANISATION).values_list("id", "name")
        elif target in _NAMED:
            found = target.filter(id__in=list(keys)).values_list("id", _NAMED[target])
        else:
            continue
        named[relation] = dict(await found) if keys else {}
    return named


def _record(columns: Iterable[str], row: Any, named: Mapping[str, Mapping[int, str]]) -> Record:
    record: Record = {}
    for name in columns:
        record[name] = _plain(getattr(row, name))
        relation = name.removesuffix("_id")
        if relation in named:
            record[relation] = named[relation].get(record[name])
    return record


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, (UUID, date)) else value


def _cell(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return orjson.dumps(value).decode()
    return cell(value) if isinstance(value, str) else value


def _readme(rules: Rules, language: str, parts: Iterable[_Part]) -> str:
    def say(text: str) -> str:
        return translate(language, text, network=rules.network_name, time=f"{now().astimezone(TOWN):%d.%m.%Y, %H:%M}")

    texts = [
        say(_("All that {network} has stored about you, as of {time}.")),
        say(
            _(
                "Each kind of data is here twice: as JSON, for programs, and as CSV, for spreadsheets, where a text "
                "that could be taken for a formula begins with an apostrophe. Times are in UTC."
            )
        ),
        "\n".join(
            f"{one.table.name}.json, {one.table.name}.csv: {one.table.de if language == 'de' else one.table.en}"
            + (" " + say(_("The oldest rows are left out: there are too many.")) if one.is_cut else "")
            for one in parts
        ),
        say(_("Not in it are passwords and codes, of which only checks are stored, and what others wrote.")),
        say(_("If something is wrong, or is to be erased: tell the coordination office.")),
    ]
    return "\n\n".join(texts) + "\n"
