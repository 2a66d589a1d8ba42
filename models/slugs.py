"""Slugs: readable, unique, never changed once given."""

import re
from typing import cast

from tortoise.models import Model

from models.folding import fold

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def slugify(text: str) -> str:
    """`text` as a slug of at most 80 characters: a to z, 0 to 9 and hyphens; `eintrag` where nothing is left."""
    spelled = fold(text.casefold().translate(_UMLAUTS))
    slug = re.sub(r"[^a-z0-9]+", "-", spelled).strip("-")[:80].strip("-")
    return slug or "eintrag"


async def free_slug(model: type[Model], text: str) -> str:
    """A slug for `text` that no row of `model` has: with `-2`, `-3` ... behind it where it is taken.

    The unique constraint is the referee: when another transaction takes the slug first, the insert fails and
    `Outbox.write` runs the work again, which then sees the other row.
    """
    base = slugify(text)
    taken = set(cast("list[str]", await model.filter(slug__startswith=base).values_list("slug", flat=True)))
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
