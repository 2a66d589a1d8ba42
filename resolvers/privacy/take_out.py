"""All that is stored about a person, as a ZIP: of each table that `models.privacy` declares, JSON and CSV."""

import asyncio
import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import orjson
from tortoise.models import Model

from models import District, Event, Group, Member, MemberKind, Offer, Topic, now
from models.privacy.declaration import Table
from models.privacy.personal_data import PERSONAL
from resolvers.context import Rules
from resolvers.offers.states import TOWN
from resolvers.privacy.rows import Owner, rows_of
from resolvers.translation import LANGUAGES, _, translate

# So many rows of a table, the newest ones.
_MOST_ROWS = 10_000
# What a row leads to is said by its name, where everybody may know it: of members those of organisations alone.
_NAMED: Mapping[type[Model], str] = {Event: "title", Offer: "title", Group: "name", District: "name", Topic: "name"}
# A spreadsheet would take what begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_README = {"de": "LIESMICH.txt", "en": "README.txt"}

Record = dict[str, Any]


@dataclass(frozen=True)
class _File:
    """What is stored in one table; `is_cut`: older rows are left out for their size."""

    table: Table
    records: Sequence[Record]
    is_cut: bool


async def take_out(rules: Rules, owner: Owner) -> bytes:
    """The ZIP. What it is made of takes `rules.data_export_bytes` at most: the oldest rows are cut."""
    files = []
    room = rules.data_export_bytes
    for table in PERSONAL:
        rows = rows_of(table, owner)
        if rows is None:
            continue
        found = await rows.order_by(f"-{table.model._meta.pk_attr}").limit(_MOST_ROWS)
        named = await _names(table.model, found)
        records = []
        for row in found:
            record = _record(table, row, named)
            room -= len(orjson.dumps(record))
            if room < 0:
                break
            records.append(record)
        if found:
            files.append(_File(table, records, len(records) < len(found) or len(found) == _MOST_ROWS))
    return await asyncio.to_thread(_zip, rules, files)


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


def _record(table: Table, row: Any, named: Mapping[str, Mapping[int, str]]) -> Record:
    left_out = {one.name for one in table.columns if not one.taken_out}
    record: Record = {}
    for name in table.model._meta.fields_db_projection:
        if name in left_out:
            continue
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


def _zip(rules: Rules, files: Iterable[_File]) -> bytes:
    files = list(files)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for language in LANGUAGES:
            archive.writestr(_README[language], _readme(rules, language, files))
        for one in files:
            text = orjson.dumps(one.records, option=orjson.OPT_INDENT_2)
            archive.writestr(f"{one.table.name}.json", text)
            # With a mark of its encoding, by which Excel knows it.
            archive.writestr(f"{one.table.name}.csv", _csv(one.records).encode("utf-8-sig"))
    return made.getvalue()


def _csv(records: Sequence[Record]) -> str:
    written = io.StringIO()
    writer = csv.writer(written)
    if records:
        writer.writerow(records[0])
        writer.writerows([_cell(value) for value in record.values()] for record in records)
    return written.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return orjson.dumps(value).decode()
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _readme(rules: Rules, language: str, files: Iterable[_File]) -> str:
    def say(text: str) -> str:
        return translate(language, text, network=rules.network_name, time=f"{now().astimezone(TOWN):%d.%m.%Y, %H:%M}")

    parts = [
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
            for one in files
        ),
        say(_("Not in it are passwords and codes, of which only checks are stored, and what others wrote.")),
        say(_("If something is wrong, or is to be erased: tell the coordination office.")),
    ]
    return "\n\n".join(parts) + "\n"
