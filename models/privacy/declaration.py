"""In which words `personal_data` says what a table holds about people, and what erasing a person does with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tortoise.models import Model


class Kind(StrEnum):
    """What a datum says of a person."""

    NAME = "a name"
    CONTACT = "how to reach somebody"
    PLACE = "where somebody is"
    TEXT = "what somebody wrote"
    JUDGEMENT = "what the office, or a group, said of somebody"
    INTEREST = "what somebody is interested in"
    LINK = "whose it is"
    CREDENTIAL = "by what somebody signs in"
    DEVICE = "with what somebody signed in"
    DERIVED = "the same once more, to find and sort by"


class Whose(StrEnum):
    """How a column says whose row it is."""

    MEMBER = "the key of a member"
    ACCOUNT = "the key of an account"
    ADDRESS = "an e-mail address"


class Row(StrEnum):
    """What erasing a person does with the rows that are theirs."""

    DELETED = "deleted"
    # What of it is personal is gone; what is left counts, or is somebody else's too.
    KEPT = "kept, emptied"


class Erased(StrEnum):
    """What erasing a person does with a column of a row that is kept."""

    # Null where the column may be; else what it is made with, or `Column.becomes`.
    EMPTIED = "emptied"
    # Random letters: nothing leads there any more.
    RANDOM = "replaced by a random one"
    # A text that belongs to others, too: the person's name and addresses are taken out of it.
    REDACTED = "kept without the name and the addresses in it"
    # It follows from the other columns.
    DERIVED = "made anew of what is left"
    KEPT = "kept"


@dataclass(frozen=True)
class Column:
    """A column that holds something personal. `erased` counts where the row is kept; KEPT needs its reason, `why`."""

    name: str
    kind: Kind
    purpose: str
    erased: Erased = Erased.EMPTIED
    # What an emptied one holds that may not be null.
    becomes: Any = None
    why: str = ""
    # Hashes and what is derived are of no use to a person.
    taken_out: bool = True


@dataclass(frozen=True)
class Table:
    """A table that holds something personal.

    `de` and `en` tell a person what it holds, in the readme of their take-out. Its rows are theirs by any of `whose`;
    none: by nobody's. `impersonal`: columns of text that hold nothing of anybody. `kept_for`: how long, if nobody is
    erased. `seen_by`: who is shown its rows by the network; the operator holds the database.
    """

    model: type[Model]
    de: str
    en: str
    whose: Mapping[str, Whose]
    row: Row
    columns: tuple[Column, ...]
    kept_for: str
    seen_by: str = ""
    impersonal: tuple[str, ...] = ()
    # Why rows stay where they do.
    why: str = ""
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.model._meta.db_table)
