"""The tables of the search index: plain and indexed, and the same on both databases.

    search_posting (kind, row_id, term, weight, listed)    which row has which term, and how much that weighs in it
    search_word    (word, reversed, spelling, term)        the corpus' own words, for completion and typing errors
    search_pending (kind, row_id)                          which rows wait to be indexed anew

These three are no models: nothing reads one row of them by itself. Triggers take a row's postings with it, and keep
`listed` as its status says: models/migrations/0014_search_index.py.
"""

from enum import IntEnum

from tortoise import fields
from tortoise.models import Model


class Kind(IntEnum):
    """What a posting is of; the number is stored."""

    MEMBER = 1
    GROUP = 2
    EVENT = 3
    OFFER = 4
    GROUP_POST = 5


class SynonymGroup(Model):
    """Words that people use for the same thing. Who looks for one of them finds the `narrower` ones too."""

    id = fields.IntField(primary_key=True)
    words: fields.Field[list[str]] = fields.JSONField()
    narrower: fields.Field[list[str]] = fields.JSONField(default=list)

    class Meta:
        table = "synonym_group"


class SynonymTerm(Model):
    """A word of a group as the index knows it: its term, or of several words their terms with blanks between."""

    id = fields.IntField(primary_key=True)
    group: fields.ForeignKeyRelation[SynonymGroup] = fields.ForeignKeyField(
        "models.SynonymGroup", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    group_id: int
    term = fields.CharField(max_length=200, db_index=True)
    narrower = fields.BooleanField(default=False)

    class Meta:
        table = "synonym_term"
