"""Suggestions while somebody types: words that complete the last one, then entries that are called like it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from unicodedata import normalize

from tortoise.expressions import Q
from tortoise.models import Model

from auth.access.events import visible_events
from auth.access.groups import visible_groups
from auth.access.members import visible_members
from auth.access.offers import offers_in_lists
from auth.viewer import Viewer
from models import Event, EventStatus, Group, GroupStatus, Member, MemberStatus, Offer, OfferStatus
from models.search.analysis import analyse, prepared, stem
from models.search.tables import Kind
from models.search.weights import TITLE
from models.sql.page_cursors import BadPage
from models.sql.statements import Statement
from resolvers.context import Context

DEFAULT, MOST = 8, 20
# Fewer letters begin too many words.
_SHORTEST = 2
# So much of what was typed is looked at: characters, and words before the last.
_LOOKED_AT, _MOST_WORDS = 100, 3
# So many stems of the words that may be typed are looked for in titles, and so many entries of each.
_STEMS, _OF_EACH = 8, 50
# What weighs so much stands in a title, if only as a part of a word.
_IN_TITLE = TITLE * 7 // 10

_KINDS: Mapping[Kind, tuple[type[Model], Callable[[Viewer], Q]]] = {
    Kind.MEMBER: (Member, lambda viewer: visible_members(viewer) & Q(status=MemberStatus.ACTIVE)),
    Kind.GROUP: (Group, lambda viewer: visible_groups(viewer) & ~Q(status=GroupStatus.CLOSED)),
    Kind.EVENT: (Event, lambda viewer: visible_events(viewer) & Q(status=EventStatus.PUBLISHED)),
    Kind.OFFER: (Offer, lambda viewer: offers_in_lists(viewer) & Q(status=OfferStatus.PUBLISHED)),
}

# Of the words that begin so, the sixty shortest: those first that stand in most of what everybody finds, of which
# twenty of each kind say enough.
_ENTRIES = " + ".join(
    f"(SELECT COUNT(*) FROM (SELECT 1 FROM search_posting AS p WHERE p.kind = {kind.value} AND p.listed = 1"
    f" AND p.term = w.term LIMIT 20) AS o)"
    for kind in _KINDS
)
_WORDS = Statement(
    f"""
SELECT c.word, c.spelling, c.term FROM (
  SELECT w.word, w.spelling, w.term, {_ENTRIES} AS entries FROM (
    SELECT word, spelling, term FROM search_word WHERE word >= ? AND word < ? ORDER BY LENGTH(word), word LIMIT 60
  ) AS w
) AS c WHERE c.entries > 0 ORDER BY c.entries DESC, LENGTH(c.word), c.word"""
)


@dataclass(frozen=True)
class Suggestion:
    """What somebody may be about to type: a text to search by, or, with `node`, what one entry is called."""

    text: str
    node: Any = None


async def suggest(ctx: Context, columns: frozenset[str], text: str, first: int | None = None) -> list[Suggestion]:
    """What somebody who has typed `text` may be looking for: words, for half of the places, then entries.

    What begins with fewer than two letters suggests nothing. Raises `BadPage`.
    """
    most = DEFAULT if first is None else first
    if not 0 <= most <= MOST:
        raise BadPage(f"`first` is from 0 to {MOST}.")
    typed = normalize("NFC", text[:_LOOKED_AT])
    await prepared()
    tokens = analyse(typed)
    if not most or not tokens or len(tokens[-1].word) < _SHORTEST:
        return []
    *before, last = tokens
    possible = await _WORDS.rows(last.word, f"{last.word}\U0010ffff")
    terms = list(dict.fromkeys(row["term"] for row in possible))[:_STEMS]
    entries = await _entries(ctx, terms, [token.term for token in before if token.term][-_MOST_WORDS:], most)
    spellings = _in_titles([one.text for one in entries], last.word) if before else _of_each_stem(last.word, possible)
    words = [Suggestion(typed[: last.start] + one) for one in spellings[: most - most // 2]]
    return [*words, *entries][:most]


def _of_each_stem(typed: str, rows: Iterable[Any]) -> list[str]:
    """The spellings of words, one of each stem that isn't what is typed already."""
    spellings: dict[str, str] = {stem(typed): ""}
    for row in rows:
        spellings.setdefault(row["term"], row["spelling"])
    return list(spellings.values())[1:]


def _in_titles(titles: Iterable[str], typed: str) -> list[str]:
    """The words of titles that begin so, each once: behind others only what is found together with them."""
    spellings: dict[str, str] = {typed: ""}
    for title in titles:
        for token in analyse(title):
            if token.word.startswith(typed):
                spellings.setdefault(token.word, title[token.start : token.end])
    return list(spellings.values())[1:]


async def _entries(ctx: Context, terms: Sequence[str], others: Sequence[str], most: int) -> list[Suggestion]:
    """Entries whose name or title has one of `terms` and all `others`, those first in which it weighs most."""
    if not terms:
        return []
    found = await _of_titles(len(terms), len(others)).rows(*_values(terms, others), most)
    rows: dict[tuple[int, int], Model] = {}
    for kind, (model, listed) in _KINDS.items():
        keys = [one["row_id"] for one in found if one["kind"] == kind]
        if keys:
            rows |= {(kind, row.pk): row for row in await model.filter(listed(ctx.viewer), id__in=keys)}
    there = [rows[place] for one in found if (place := (one["kind"], one["row_id"])) in rows]
    return [Suggestion(_called(row), row) for row in there]


def _called(row: Any) -> str:
    return str(row.title if isinstance(row, (Event, Offer)) else row.name)


def _values(terms: Sequence[str], others: Sequence[str]) -> Iterable[str]:
    """The values of `_of_titles`: of each kind each term with the others behind it."""
    for _kind in _KINDS:
        for term in terms:
            yield term
            yield from others


@cache
def _of_titles(terms: int, others: int) -> Statement:
    """The statement that finds entries by so many terms of the last word, and so many of those before it."""
    have = "".join(
        " AND EXISTS (SELECT 1 FROM search_posting AS q WHERE q.kind = p.kind AND q.row_id = p.row_id AND q.term = ?"
        f" AND q.weight >= {_IN_TITLE})"
        for _other in range(others)
    )
    parts = " UNION ALL ".join(
        "SELECT p.kind, p.row_id, p.weight FROM (SELECT kind, row_id, weight FROM search_posting"
        f" WHERE kind = {kind.value} AND listed = 1 AND term = ? AND weight >= {_IN_TITLE}"
        f" ORDER BY weight DESC, row_id DESC LIMIT {_OF_EACH if not others else 10 * _OF_EACH}) AS p WHERE 1 = 1{have}"
        for kind in _KINDS
        for _term in range(terms)
    )
    return Statement(
        f"SELECT kind, row_id, MAX(weight) AS weight FROM ({parts}) AS one GROUP BY kind, row_id"
        " ORDER BY MAX(weight) DESC, kind, row_id DESC LIMIT ?"
    )
