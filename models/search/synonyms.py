"""The synonyms that come with the server: words of civic engagement, in German."""

from pathlib import Path

from models.search.tables import SynonymGroup

_FILE = Path(__file__).parent / "data" / "synonyms.de.txt"


def first_groups() -> list[SynonymGroup]:
    """A group for each line of the file, not stored yet."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return [_group(line) for line in lines if line and not line.startswith("#")]


def _group(line: str) -> SynonymGroup:
    words, _, narrower = line.partition(">")
    return SynonymGroup(words=_listed(words), narrower=_listed(narrower))


def _listed(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]
