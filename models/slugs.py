"""Slugs: readable, unique, never changed once given."""

import re
from collections.abc import Iterable
from typing import cast

from tortoise.models import Model

from models.folding import fold
from models.statements import insert_unless_taken

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
# So many slugs are looked up at once.
_PROBES = 20


def slugify(text: str) -> str:
    """`text` as a slug of at most 80 characters: a to z, 0 to 9 and hyphens; `eintrag` where nothing is left."""
    spelled = fold(text.casefold().translate(_UMLAUTS))
    slug = re.sub(r"[^a-z0-9]+", "-", spelled).strip("-")[:80].strip("-")
    return slug or "eintrag"


async def insert_with_slug(row: Model, text: str) -> None:
    """Store the new row with a slug for `text` that no other row has, as `free_slug` makes it.

    Where nobody has the plain slug, which is nearly always, that is one statement.
    """
    slug = slugify(text)
    row.update_from_dict({"slug": slug})
    while not await insert_unless_taken(row, "slug"):
        row.update_from_dict({"slug": await free_slug(type(row), text)})


async def free_slug(model: type[Model], text: str) -> str:
    """A slug for `text` that no row of `model` has: with `-2`, `-3` ... behind it where it is taken.

    The unique constraint is the referee: when another transaction takes the slug first, the insert fails and
    `Outbox.write` runs the work again, which then sees the other row.
    """
    base = slugify(text)
    # Equal slugs are found by the index, whatever the database's collation; all that begin alike would not be. First
    # numbers are tried that lie twice as far each time, then some between the last one taken and the first one free.
    powers = [1 + 2**power for power in range(_PROBES)]
    taken = await _taken(model, base, [1, *powers])
    if 1 not in taken:
        return base
    free = next(number for number in powers if number not in taken)
    last = max(number for number in taken if number < free)
    while free - last > 1:
        between = range(last + 1, free, max((free - last) // _PROBES, 1))
        taken = await _taken(model, base, between)
        free = next((number for number in between if number not in taken), free)
        last = max((number for number in taken if number < free), default=last)
    return _with_number(base, free)


async def _taken(model: type[Model], base: str, numbers: Iterable[int]) -> set[int]:
    """Those of the numbers that are taken; 1 is the slug without a number."""
    wanted = {_with_number(base, number): number for number in numbers}
    found = await model.filter(slug__in=list(wanted)).values_list("slug", flat=True)
    return {wanted[slug] for slug in cast("list[str]", found)}


def _with_number(base: str, number: int) -> str:
    return base if number == 1 else f"{base}-{number}"
