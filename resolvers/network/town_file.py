"""A town as a file says it: its fields of engagement and its parts, which a new network begins with.

The file is TOML, as `town/wolfsburg.toml` is; docs/places.md describes it. What is wrong with one is one sentence that
says where.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from models.places import DISTRICT_LEVELS, MOST_DISTRICTS, MOST_TOPICS
from models.sql.slugs import slugify
from models.text.normalization import UNTYPABLE, one_line, shows_nothing

WOLFSBURG = Path(__file__).parents[2] / "town" / "wolfsburg.toml"
LONGEST_NAME = 80
MOST_SYNONYMS, LONGEST_SYNONYM = 30, 100
MOST_POSTAL_CODES, POSTAL_CODE = 30, r"[0-9A-Z][0-9A-Z -]{0,18}[0-9A-Z]"
_LARGEST_FILE = 1_000_000


class TownFileError(Exception):
    """The file is none of a town; the text says why."""


def _line(text: str) -> str:
    found = one_line(text)
    if shows_nothing(found) or UNTYPABLE.search(found):
        raise ValueError("this shows nothing, or can't be shown")
    return found


Name = Annotated[str, StringConstraints(max_length=LONGEST_NAME), AfterValidator(_line)]
Synonym = Annotated[str, StringConstraints(max_length=LONGEST_SYNONYM), AfterValidator(_line)]
PostalCode = Annotated[str, StringConstraints(pattern=f"^{POSTAL_CODE}$")]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class _Named(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name

    @property
    def slug(self) -> str:
        """Its readable key, made of its name."""
        return slugify(self.name)


class TownTopic(_Named):
    """A field of engagement, with other words for it."""

    synonyms: tuple[Synonym, ...] = Field(default=(), max_length=MOST_SYNONYMS)


class TownDistrict(_Named):
    """A part of the town: where about its middle is, and the name of what it is a part of."""

    location: tuple[Latitude, Longitude] | None = None
    parent: str | None = None
    postal_codes: tuple[PostalCode, ...] = Field(default=(), max_length=MOST_POSTAL_CODES)


class Town(BaseModel):
    """What a file says of a town."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topics: tuple[TownTopic, ...] = Field(min_length=1, max_length=MOST_TOPICS)
    districts: tuple[TownDistrict, ...] = Field(default=(), max_length=MOST_DISTRICTS)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for named in (self.topics, self.districts):
            seen: set[str] = set()
            for one in named:
                if one.slug in seen:
                    raise ValueError(f"{one.name}: there are two of this name")
                seen.add(one.slug)
        by_name = {one.name: one for one in self.districts}
        for district in self.districts:
            _must_be_in_place(district, by_name)
        return self


def _must_be_in_place(district: TownDistrict, by_name: dict[str, TownDistrict]) -> None:
    """Raises `ValueError` where what it is a part of isn't there, or lies too deep, itself included."""
    one, level = district, 1
    while one.parent is not None:
        if one.parent not in by_name:
            raise ValueError(f"{one.name}: there is no district of the name of its parent, {one.parent}")
        one, level = by_name[one.parent], level + 1
        if level > DISTRICT_LEVELS:
            raise ValueError(f"{district.name}: districts lie in each other at most {DISTRICT_LEVELS} deep")


def read_town(path: Path) -> Town:
    """The town that a file says. Raises `TownFileError`."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise TownFileError(f"has more than {_LARGEST_FILE} bytes")
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TownFileError(f"can't be read ({error.strerror})") from None
    except ValueError as error:
        raise TownFileError(f"is no TOML ({error})") from None
    try:
        return Town.model_validate(content)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        text = problem["msg"].removeprefix("Value error, ")
        raise TownFileError(f"is no town: {place}: {text}" if place else f"is no town: {text}") from None


@cache
def wolfsburg() -> Town:
    """The town that the demonstration takes place in, and that a network begins with unless told otherwise."""
    return read_town(WOLFSBURG)
