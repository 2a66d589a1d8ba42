"""Slugs: readable, unique, never changed once given."""

import re
from collections.abc import Sequence
from functools import cache

from tortoise.models import Model

from models.sql.cache import PerDatabaseCache
from models.sql.statements import Statement, insert_unless_taken
from models.text.folding import fold
from models.text.normalization import composed

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
# So many slugs are looked up at once, and so many are offered when a row is stored.
_PROBES = 20
_CHOICES = 3
# The number given last for a text of a table, where it was not the first.
_given: PerDatabaseCache[tuple[str, str], int] = PerDatabaseCache()


def slugify(text: str) -> str:
    """`text` as a slug of at most 80 characters: a to z, 0 to 9 and hyphens; `eintrag` where nothing is left."""
    spelled = fold(composed(text).casefold().translate(_UMLAUTS))
    slug = re.sub(r"[^a-z0-9]+", "-", spelled).strip("-")[:80].strip("-")
    return slug or "eintrag"


async def insert_with_slug(row: Model, text: str) -> None:
    """Store the new row with a slug for `text` that no other row has, as `free_slug` makes it.

    That is one statement, unless others gave the text several numbers since one was given here, or store the same at
    this moment.
    """
    base = slugify(text)
    key = row._meta.db_table, base
    first = (_given.get(key) or 0) + 1
    while not await insert_unless_taken(row, "slug", [_with_number(base, first + more) for more in range(_CHOICES)]):
        first = await _free_number(type(row), base)
    slug: str = row.slug  # type: ignore[attr-defined]
    if slug != base:
        _given.keep(key, int(slug.rpartition("-")[2]))


async def free_slug(model: type[Model], text: str) -> str:
    """A slug for `text` that no row of `model` has: with `-2`, `-3` ... behind it where it is taken.

    The unique constraint is the referee: when another transaction takes the slug first, the insert fails and
    `Outbox.write` runs the work again, which then sees the other row.
    """
    base = slugify(text)
    return _with_number(base, await _free_number(model, base))


async def _free_number(model: type[Model], base: str) -> int:
    """The number of a slug that is free; 1 is the slug without a number.

    Equal slugs are found by the index, whatever the database's collation; all that begin alike would not be. First
    numbers are tried that lie twice as far each time, then some between the last one taken and the first one free.
    """
    tried = [1, *(1 + (1 << power) for power in range(_PROBES - 1))]
    last, free = 0, tried[-1] + 1
    while True:
        taken = await _taken(model, base, tried)
        free = next((number for number in tried if number not in taken), free)
        last = max((number for number in taken if number < free), default=last)
        if free - last == 1:
            return free
        tried = list(range(last + 1, free, (free - last) // _PROBES + 1))


async def _taken(model: type[Model], base: str, numbers: Sequence[int]) -> set[int]:
    """Those of the numbers, twenty at most, that are taken."""
    wanted = {_with_number(base, number): number for number in numbers}
    slugs = [*wanted, *[base] * _PROBES][:_PROBES]
    return {wanted[row["slug"]] for row in await _asking(model._meta.db_table).rows(*slugs) if row["slug"] in wanted}


@cache
def _asking(table: str) -> Statement:
    places = ", ".join("?" * _PROBES)
    return Statement(f'SELECT slug FROM "{table}" WHERE slug IN ({places})')


def _with_number(base: str, number: int) -> str:
    return base if number == 1 else f"{base}-{number}"
