"""Compounds of words that only this network has: a club's name, a new sport.

What entries write is taken apart by a list alone, so that no weight depends on other entries. What is searched for is
compared with the corpus' own words, too: those that stand in titles and names.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import cache

import orjson

from models.search.analysis import Token, before, behind, is_generic_head, unlinked
from models.search.plan import ABOUT, PlannedWord
from models.search.tables import Kind
from models.search.weights import NAMED
from models.sql.statements import Statement

# In percent, what counts of the weight of a compound that has the word as a part.
_PART = 70
# So short a word is looked for in others, and may be a part: shorter ones happen to stand in many.
_SHORTEST = 4
_SHORTEST_REST = 3
# So many words that begin with it are looked at, and so many that end with it.
_MOST_LONGER = 20
_LAST = "\U0010ffff"


async def with_longer(
    words: Sequence[tuple[PlannedWord, Token]], kinds: Collection[Kind]
) -> dict[PlannedWord, PlannedWord]:
    """Words as those, too, of the entries that have them as a part: *Pickleball* as *Pickleballturnier*.

    The rest has to be a word by itself: of the list of constituents, or of titles and names. Two statements for all.
    """
    asked = {word: token.word for word, token in words if len(token.word) >= _SHORTEST}
    if not asked:
        return {}
    bounds = [bound for typed in asked.values() for one in (typed, typed[::-1]) for bound in (one, one + _LAST)]
    longer = {row["word"]: row["term"] for row in await _longer(len(asked)).rows(*bounds)}
    rests = {(typed, word): _rest(typed, word) for typed in asked.values() for word in longer if word != typed}
    own = await _own_words((one for rest in rests.values() if rest for one in unlinked(rest)), kinds)
    found = {}
    for word, typed in asked.items():
        terms = {term for one, term in longer.items() if _is_word(rests.get((typed, one)), typed, one, own)}
        if new := sorted(terms - {term for term, _percent in word.terms}):
            found[word] = replace(word, terms=(*word.terms, *((term, _PART) for term in new)))
    return found


async def taken_apart(word: PlannedWord, typed: str, kinds: Collection[Kind]) -> PlannedWord | None:
    """A word as two, of which one is a word of titles and names; None where it doesn't consist of such.

    *Pickleballgruppe*, where entries have *Pickleball*. Of several ways the one with the longest head.
    """
    places = range(_SHORTEST_REST, len(typed) - _SHORTEST_REST + 1)
    own = await _own_words((one for at in places for one in (*unlinked(typed[:at]), typed[at:])), kinds)
    for at in places:
        first = next((own[one] for one in unlinked(typed[:at]) if one in own), None) or before(typed[:at])
        head = own.get(typed[at:]) or behind(typed[at:])
        if first and head and first != head and (first in own.values() or head in own.values()):
            about = ((first, ABOUT),) if is_generic_head(head) else ()
            return replace(word, terms=(*word.terms, *about), together=(first, head))
    return None


def _rest(typed: str, word: str) -> str | None:
    """What of a longer word is not what was typed; None where it neither begins nor ends with that."""
    if word.startswith(typed):
        return word[len(typed) :]
    return word[: -len(typed)] if word.endswith(typed) else None


def _is_word(rest: str | None, typed: str, word: str, own: Collection[str]) -> bool:
    if rest is None or len(rest) < _SHORTEST_REST:
        return False
    if word.startswith(typed):
        return rest in own or behind(rest) is not None
    return before(rest) is not None or any(one in own for one in unlinked(rest))


@cache
def _longer(count: int) -> Statement:
    one = "SELECT word, term FROM search_word WHERE {} >= ? AND {} < ? ORDER BY {} LIMIT " + str(_MOST_LONGER)
    some = [one.format(column, column, column) for _number in range(count) for column in ("word", "reversed")]
    return Statement(" UNION ALL ".join(f"SELECT * FROM ({part}) AS longer" for part in some))


@cache
def _own(kinds: tuple[Kind, ...]) -> Statement:
    where = f"p.kind IN ({', '.join(str(kind.value) for kind in kinds)}) AND p.listed = 1 AND p.weight >= {NAMED}"
    return Statement(
        "SELECT w.word, w.term FROM {texts} AS asked JOIN search_word AS w ON w.word = asked.value"
        f" WHERE EXISTS (SELECT 1 FROM search_posting AS p WHERE {where} AND p.term = w.term)"
    )


async def _own_words(words: Iterable[str], kinds: Collection[Kind]) -> dict[str, str]:
    """Those of the words that stand in titles and names which everybody finds, with their terms."""
    asked = sorted({word for word in words if len(word) >= _SHORTEST})
    if not asked:
        return {}
    rows = await _own(tuple(sorted(kinds))).rows(orjson.dumps(asked).decode())
    return {row["word"]: row["term"] for row in rows}
