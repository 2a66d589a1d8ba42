"""The statements that fill the index: what an entry's words are, where, and how they are stored."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson

from models.search.analysis import prepared
from models.search.tables import Kind
from models.search.weights import NAMED, TEXT, TITLE, Indexed, indexed
from models.sql.statements import Statement, connection

# Terms of several words that synonyms name: they are indexed where they stand next to each other.
_PHRASES = "(SELECT {json_list}(DISTINCT term) FROM synonym_term WHERE term LIKE '% %') AS phrases"
_NAMES = """(
  SELECT {{json_list}}(t.name) FROM {topics}
) AS topics, (
  SELECT {{json_list}}(t.synonyms) FROM {topics} AND t.synonyms IS NOT NULL
) AS topic_words"""


def _stored(table: str, column: str) -> str:
    return _NAMES.format(topics=f"{table}_topic AS l JOIN topic AS t ON t.id = l.topic_id WHERE l.{column} = r.id")


def _given(_table: str, _column: str) -> str:
    """Of a row whose topics are being stored by the same statement, which doesn't see them: by their keys."""
    return _NAMES.format(topics="topic AS t WHERE t.id {is_one_of}")


def _texts(topics: Callable[[str, str], str]) -> Mapping[Kind, str]:
    """What is read of the rows of a kind: their texts, and whether everybody finds them in lists."""
    return {
        Kind.MEMBER: f"""
SELECT r.id, r.name AS title, r.about AS text, d.name AS district, p.name AS district_parent,
  {topics("member", "member_id")}, CASE WHEN r.withheld_at IS NULL THEN 1 ELSE 0 END AS listed, {_PHRASES}
FROM member AS r LEFT JOIN district AS d ON d.id = r.district_id LEFT JOIN district AS p ON p.id = d.parent_id
WHERE r.id""",
        Kind.GROUP: f"""
SELECT r.id, r.name AS title, r.purpose AS text, {topics("group", "group_id")},
  CASE WHEN r.status <> 'CLOSED' AND r.withheld_at IS NULL THEN 1 ELSE 0 END AS listed, {_PHRASES}
FROM working_group AS r WHERE r.id""",
        Kind.EVENT: f"""
SELECT r.id, r.title, r.description AS text, d.name AS district, p.name AS district_parent, r.venue_name AS venue,
  m.name AS owner, g.name AS in_group, {topics("event", "event_id")},
  CASE WHEN r.status = 'PUBLISHED' AND r.withheld_at IS NULL THEN 1 ELSE 0 END AS listed, {_PHRASES}
FROM event AS r LEFT JOIN district AS d ON d.id = r.venue_district_id LEFT JOIN district AS p ON p.id = d.parent_id
  LEFT JOIN member AS m ON m.id = r.host_id LEFT JOIN working_group AS g ON g.id = r.group_id AND g.withheld_at IS NULL
WHERE r.id""",
        Kind.OFFER: f"""
SELECT r.id, r.title, r.description AS text, d.name AS district, p.name AS district_parent,
  v.name AS venue_district, q.name AS venue_district_parent, r.venue_name AS venue, m.name AS owner,
  h.name AS owner_district, g.name AS in_group, e.title AS of_event, {topics("offer", "offer_id")},
  CASE WHEN r.status = 'PUBLISHED' AND r.withheld_at IS NULL THEN 1 ELSE 0 END AS listed, {_PHRASES}
FROM offer AS r LEFT JOIN district AS d ON d.id = r.district_id LEFT JOIN district AS p ON p.id = d.parent_id
  LEFT JOIN district AS v ON v.id = r.venue_district_id LEFT JOIN district AS q ON q.id = v.parent_id
  LEFT JOIN member AS m ON m.id = r.owner_id LEFT JOIN district AS h ON h.id = m.district_id
  LEFT JOIN working_group AS g ON g.id = r.group_id AND g.withheld_at IS NULL
  LEFT JOIN event AS e ON e.id = r.event_id AND e.withheld_at IS NULL
WHERE r.id""",
        Kind.GROUP_POST: f"""
SELECT r.id, r.title, r.body AS text, g.name AS in_group,
  CASE WHEN r.withheld_at IS NULL AND r.audience = 'EVERYONE' THEN 1 ELSE 0 END AS listed, {_PHRASES}
FROM group_post AS r JOIN working_group AS g ON g.id = r.group_id WHERE r.id""",
    }


_READ = {kind: Statement(f"{text} {{is_one_of}}") for kind, text in _texts(_stored).items()}
# The same of one row. PostgreSQL plans this once for a connection; of so many joins by a list of keys, whose length
# might be any, it makes a new plan each time, which takes it four times as long as all the rest.
_READ_ONE = {kind: Statement(f"{text} = ?") for kind, text in _texts(_stored).items()}
_READ_NEW = {kind: Statement(f"{text} = ?") for kind, text in _texts(_given).items()}
_NAMED = (
    "topics",
    "district",
    "district_parent",
    "venue_district",
    "venue_district_parent",
    "venue",
    "owner",
    "owner_district",
    "in_group",
    "of_event",
)

_FORGET = Statement("DELETE FROM search_posting WHERE kind = ? AND row_id {is_one_of}")
_STORE = Statement("INSERT INTO search_posting (kind, row_id, term, weight, listed) {postings}")
_STORE_WORDS = Statement(
    "INSERT INTO search_word (word, reversed, spelling, term) {words} ON CONFLICT (word) DO NOTHING"
)
_FORGET_WORDS = Statement(
    "DELETE FROM search_word WHERE word IN {texts} AND NOT EXISTS ("
    "SELECT 1 FROM search_posting WHERE search_posting.term = search_word.term)"
)

# So many letters are analysed without anybody noticing.
_LONG = 3000


def keys_value(keys: Iterable[int | str]) -> Any:
    """Keys as one value of a statement, in place of `{is_one_of}`; or texts, of `{is_one_of_texts}`."""
    found = list(keys)
    return orjson.dumps(found).decode() if connection().capabilities.dialect == "sqlite" else found


async def store(kind: Kind, keys: Sequence[int]) -> None:
    """Write the postings of these rows anew, within the transaction. A row that is gone has none afterwards."""
    rows = await _read(kind, keys)
    await _FORGET.rows(kind.value, keys_value(keys))
    await _store(kind, rows)


async def store_new(kind: Kind, key: int, topics: Sequence[int] | None = None) -> None:
    """Write the postings of a row that has just been made, within the transaction.

    With the keys of its topics, which may wait to be stored still: they are sent with what is read here.
    """
    if topics is None:
        rows = await _read(kind, [key])
    else:
        given = keys_value(topics)
        rows = await _READ_NEW[kind].beside(given, given, key)
    await _store(kind, rows)


async def _store(kind: Kind, rows: Sequence[Any]) -> None:
    # By whether everybody finds it, then by row.
    postings: dict[int, dict[str, Mapping[str, int]]] = {}
    words: dict[str, tuple[str, str]] = {}
    for row, found in zip(rows, await _all_indexed(rows), strict=True):
        postings.setdefault(row["listed"], {})[str(row["id"])] = found.weights
        words |= found.words
    for listed, some in postings.items():
        await _STORE.later(kind.value, listed, orjson.dumps(some).decode())
    kept = [(word, word[::-1], spelling, term) for word, (term, spelling) in sorted(words.items()) if _is_kept(word)]
    if kept:
        await _STORE_WORDS.later(orjson.dumps(kept).decode())


async def words_of(kind: Kind, keys: Sequence[int]) -> set[str]:
    """The words that these rows have given to the corpus, as they are stored now."""
    rows = await _read(kind, keys)
    return {word for found in await _all_indexed(rows) for word in found.words if _is_kept(word)}


async def forget_words(words: Iterable[str]) -> None:
    """Take those of these words out of the corpus that no row has any more, within the transaction."""
    await _FORGET_WORDS.rows(orjson.dumps(sorted(words)).decode())


async def _read(kind: Kind, keys: Sequence[int]) -> Sequence[Any]:
    return await (_READ_ONE[kind].rows(*keys) if len(keys) == 1 else _READ[kind].rows(keys_value(keys)))


def _is_kept(word: str) -> bool:
    return len(word) > 2 and not word.isdigit()


async def _all_indexed(rows: Sequence[Mapping[str, Any]]) -> list[Indexed]:
    """What goes into the index of each row: of long texts found in a thread, for it may take a tenth of a second."""

    def found() -> list[Indexed]:
        phrases = frozenset(orjson.loads(rows[0]["phrases"] or "[]")) if rows else frozenset()
        return [_indexed(dict(row), phrases) for row in rows]

    await prepared()
    is_short = sum(len(row["text"] or "") for row in rows) < _LONG
    return found() if is_short else await asyncio.to_thread(found)


def _indexed(row: Mapping[str, Any], phrases: frozenset[str]) -> Indexed:
    named = [(_text(row.get(name)), NAMED) for name in _NAMED]
    fields = [(row["title"], TITLE), *named, (row["text"], TEXT)]
    return indexed(fields, phrases, _flat(row.get("topic_words")))


def _text(value: str | None) -> str | None:
    """A name, or the names of a JSON list."""
    return " . ".join(_flat(value)) if value and value.startswith("[") else value


def _flat(value: str | None) -> list[str]:
    """The texts of a JSON list, and of the lists within it, which SQLite has as text."""
    found: list[str] = []
    for one in orjson.loads(value or "[]"):
        if isinstance(one, str) and one.startswith("["):
            found += orjson.loads(one)
        else:
            found += one if isinstance(one, list) else [one]
    return found
