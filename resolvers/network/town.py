"""What the office does with the town's own words: topics and districts, made and changed."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from auth.access.town import ToSave, Word, to_save
from models import District, Topic
from models.places import DISTRICT_LEVELS, MOST_DISTRICTS, MOST_TOPICS
from models.sql.slugs import insert_with_slug
from models.sql.statements import new_row
from models.text.folding import sort_key
from resolvers.context import Context
from resolvers.inputs.validation import TOO_MANY_ENTRIES, Check, Values
from resolvers.network.town_file import (
    LONGEST_NAME,
    LONGEST_SYNONYM,
    MOST_POSTAL_CODES,
    MOST_SYNONYMS,
    POSTAL_CODE,
)
from resolvers.search.indexing import index_showing
from resolvers.translation import _, _n
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import change
from subscriptions.changes import DistrictSaved, TopicSaved, TownChange
from subscriptions.outbox import Changes

_PARENT = ("input", "parentId")


async def save_topic(ctx: Context, values: Values) -> Topic:
    """Change the topic `id`, or make one. What isn't given stays as it is.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, `UserErrors`.
    """
    check = Check("input")
    columns: dict[str, Any] = _name(check, values)
    if "synonyms" in values:
        columns["synonyms"] = _texts(check, "synonyms", values, MOST_SYNONYMS)

    async def act(changes: Changes, found: ToSave[Topic]) -> Topic:
        _must_be_its_own(found, columns["name_key"])
        return await _store(changes, found, Topic, columns, MOST_TOPICS, lambda row: TopicSaved(row.id))

    return await change(ctx, lambda: to_save(ctx.viewer, Topic, values.get("id")), act, check)


async def save_district(ctx: Context, values: Values) -> District:
    """Change the district `id`, or make one. What isn't given stays as it is.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, `UserErrors`.
    """
    check = Check("input")
    columns: dict[str, Any] = _name(check, values) | _location(check, values)
    if "parent_id" in values:
        columns["parent_id"] = values["parent_id"]
    if "postal_codes" in values:
        columns["postal_codes"] = _postal_codes(check, values)

    async def act(changes: Changes, found: ToSave[District]) -> District:
        _must_be_its_own(found, columns["name_key"])
        if columns.get("parent_id") is not None:
            _must_have_room(found, columns["parent_id"])
        return await _store(changes, found, District, columns, MOST_DISTRICTS, lambda row: DistrictSaved(row.id))

    return await change(ctx, lambda: to_save(ctx.viewer, District, values.get("id")), act, check)


# ---------------------------------------------------------------- what was typed


def _name(check: Check, values: Values) -> dict[str, Any]:
    name = check.line("name", values, longest=LONGEST_NAME, required=True)
    return {"name": name, "name_key": sort_key(name or "")}


def _location(check: Check, values: Values) -> dict[str, Any]:
    if "location" not in values:
        return {}
    location: Values = values["location"] or {}
    return {
        "latitude": check.number("location.latitude", location, lowest=-90, highest=90),
        "longitude": check.number("location.longitude", location, lowest=-180, highest=180),
    }


def _texts(check: Check, name: str, values: Values, most: int) -> list[str]:
    """Texts on a line each, in the order given, each once."""
    given: Sequence[str] = values[name] or ()
    if len(given) > most:
        check.fail(name, UserErrorCode.TOO_LONG, TOO_MANY_ENTRIES, most=most)
        return []
    found = [
        check.line(f"{name}.{place}", {str(place): text}, longest=LONGEST_SYNONYM, required=True)
        for place, text in enumerate(given)
    ]
    return list(dict.fromkeys(text for text in found if text is not None))


def _postal_codes(check: Check, values: Values) -> list[str]:
    found = _texts(check, "postal_codes", values, MOST_POSTAL_CODES)
    for place, code in enumerate(values["postal_codes"] or ()):
        if code.strip() and not re.fullmatch(POSTAL_CODE, code.strip()):
            check.fail(f"postal_codes.{place}", UserErrorCode.INVALID, _("This is no postal code."))
    return found


# ---------------------------------------------------------------- what it has to fit to


def _must_be_its_own(found: ToSave[Any], name_key: str) -> None:
    """Raises `UserErrors` where another one is called so."""
    if any(row.name_key == name_key and row is not found.row for row in found.all):
        raise refuse(("input", "name"), UserErrorCode.TAKEN, _("There is one of this name already."))


def _must_have_room(found: ToSave[District], parent_id: int) -> None:
    """Raises `UserErrors` where there is no such parent, or its parts would lie too deep, or in themselves."""
    parents: dict[int | None, int | None] = {row.id: row.parent_id for row in found.all}
    if parent_id not in parents:
        raise refuse(_PARENT, UserErrorCode.NOT_FOUND, _("There is no such district."))
    key = found.row.id if found.row is not None else None
    parents[key] = parent_id
    if any(_level(one, parents) > DISTRICT_LEVELS for one in parents):
        text = _("Districts lie in each other three deep at most, and none in itself.")
        raise refuse(_PARENT, UserErrorCode.INVALID, text)


def _level(key: int | None, parents: Mapping[int | None, int | None]) -> int:
    """How deep a district lies, counted no further than is too deep."""
    level, one = 1, parents[key]
    while one is not None and level <= DISTRICT_LEVELS:
        level, one = level + 1, parents[one]
    return level


# ---------------------------------------------------------------- storing it


def _is_other(old: object, new: object) -> bool:
    return old != new and not (old in (None, []) and new in (None, []))


async def _store(
    changes: Changes,
    found: ToSave[Word],
    model: type[Word],
    columns: Mapping[str, Any],
    most: int,
    told: Callable[[Word], TownChange],
) -> Word:
    """Store what was typed, and tell of it where anything is another than before. Raises `UserErrors`."""
    row = found.row
    if row is None:
        if len(found.all) >= most:
            text = _n("There is {most} of them already.", "There are {most} of them already.", "most")
            raise refuse((), UserErrorCode.LIMIT_REACHED, text, most=most)
        row = new_row(model, **columns)
        await insert_with_slug(row, columns["name"])
    else:
        changed = [name for name, value in columns.items() if _is_other(getattr(row, name), value)]
        if not changed:
            return row
        row.update_from_dict({name: columns[name] for name in changed})
        await row.save(update_fields=changed)
        await index_showing(row)
    changes.tell(told(row))
    return row
