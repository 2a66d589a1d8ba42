"""The data that benchmarks run on: records of members, groups, memberships, events and offers.

Either the data set of the kit of other servers, read from its JSON lines, or one of the same kind made here, of any
size. A record is a dict as the kit writes it: `id` and references are integers, instants are aware datetimes, an
offer has `kind` (SEEK or PROVIDE), `category` (a word) and `topics` (words).
"""

import json
import random
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

Record = dict[str, Any]

_BEGINNING = datetime(2024, 3, 1, 8, tzinfo=UTC)
_NAMES = [
    "Anna",
    "Ben",
    "Clara",
    "David",
    "Emilia",
    "Finn",
    "Greta",
    "Hannes",
    "Ida",
    "Jonas",
    "Käthe",
    "Lukas",
    "Mia",
    "Noah",
    "Özlem",
    "Paul",
    "Rosa",
    "Sören",
]
_SURNAMES = [
    "Ahrens",
    "Bäcker",
    "Çelik",
    "Dietrich",
    "Engel",
    "Fuchs",
    "Groß",
    "Hübner",
    "Jäger",
    "Köhler",
    "Müller",
    "Özdemir",
    "Richter",
    "Weiß",
]
_GROUPS = ("Nachbarschaftshilfe", "Gemeinschaftsgarten", "Repair-Café", "Lesekreis", "Fahrradwerkstatt", "Tauschring")
_THINGS = [
    "Bohrmaschine",
    "Nachhilfe",
    "Umzugshilfe",
    "Kinderwagen",
    "Nähmaschine",
    "Übersetzung",
    "Lastenrad",
    "Bücherregal",
]
_CATEGORIES = ("Haushalt", "Garten", "Kinder", "Fahrrad", "Technik", "Sprache", "Transport", "Musik")
_TOPICS = [
    "teilen",
    "leihen",
    "lernen",
    "reparieren",
    "kochen",
    "bauen",
    "pflanzen",
    "fahren",
    "betreuen",
    "feiern",
    "helfen",
    "tauschen",
]
_PLACES = ("Altstadt", "Bergviertel", "Dornbusch", "Eichwalde", "Grünau", "Königsplatz", "Mühlbach", "Südhöhe")
_SENTENCES = (
    "Wer kann am Wochenende helfen?",
    "Wir bringen alles sauber und pünktlich zurück.",
    "Erfahrung ist schön, aber keine Voraussetzung: wir fangen gemeinsam an.",
    "Kuchen gibt es natürlich auch.",
    "Bitte meldet euch möglichst bald, damit wir die Übergabe planen können.",
    "Über eine kleine Spende an die Nachbarschaftshilfe freuen wir uns.",
)
_TEXTS = 500


class DataSet(ABC):
    """Records by type, each time in the same order: `member`, `group`, `membership`, `event`, `offer`."""

    @abstractmethod
    def records(self, kind: str) -> Iterator[Record]:
        """The records of a type, by rising `id`."""


class Written(DataSet):
    """What stands in a file of JSON lines, each with a `type`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def records(self, kind: str) -> Iterator[Record]:
        """The records of a type, in the file's order."""
        with self._path.open(encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                if record["type"] == kind:
                    yield {name: _read(name, value) for name, value in record.items()}


def _read(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name.endswith("_at") else value


@dataclass(frozen=True)
class Made(DataSet):
    """A network of this size. Groups have `memberships` members each; offers are seven minutes apart."""

    members: int = 5000
    groups: int = 50
    memberships: int = 200
    events: int = 1000
    offers: int = 20_000

    def records(self, kind: str) -> Iterator[Record]:
        """The records of a type."""
        dice = random.Random(kind)
        texts = [" ".join(dice.choices(_SENTENCES, k=4)) for _ in range(_TEXTS)]
        makers = {"member": self._member, "group": self._group, "event": self._event, "offer": self._offer}
        if kind == "membership":
            yield from self._memberships()
            return
        for number in range(1, getattr(self, f"{kind}s") + 1):
            yield {"type": kind, "id": number, **makers[kind](number, dice, texts)}

    def _member(self, number: int, dice: random.Random, texts: list[str]) -> Record:
        return {
            "name": f"{dice.choice(_NAMES)} {dice.choice(_SURNAMES)}",
            "city": dice.choice(_PLACES),
            "joined_at": _BEGINNING - timedelta(days=30 + dice.randrange(2000)),
        }

    def _group(self, number: int, dice: random.Random, texts: list[str]) -> Record:
        return {
            "name": f"{dice.choice(_GROUPS)} {dice.choice(_PLACES)}",
            "description": dice.choice(texts),
            "created_at": _BEGINNING - timedelta(days=400 + dice.randrange(1500)),
        }

    def _memberships(self) -> Iterator[Record]:
        each = min(self.memberships, self.members)
        for number in range(self.groups * each):
            group, place = divmod(number, each)
            yield {
                "type": "membership",
                "id": number + 1,
                "group_id": group + 1,
                "member_id": (group * 97 + place) % self.members + 1,
                "role": "MEMBER" if place else "ADMIN",
                "joined_at": _BEGINNING - timedelta(days=400) + timedelta(minutes=number % 500_000),
            }

    def _event(self, number: int, dice: random.Random, texts: list[str]) -> Record:
        place = dice.choice(_PLACES)
        return {
            "group_id": number % self.groups + 1,
            "title": f"Offene Werkstatt {place}",
            "description": dice.choice(texts),
            "location": f"Treffpunkt {place}",
            "starts_at": _BEGINNING + timedelta(days=1 + dice.randrange(365), minutes=15 * dice.randrange(96)),
        }

    def _offer(self, number: int, dice: random.Random, texts: list[str]) -> Record:
        kind = dice.choice(("SEEK", "PROVIDE"))
        return {
            "kind": kind,
            "category": dice.choice(_CATEGORIES),
            "title": f"{'Suche' if kind == 'SEEK' else 'Biete'} {dice.choice(_THINGS)} in {dice.choice(_PLACES)}",
            "description": dice.choice(texts),
            "published_at": _BEGINNING - timedelta(minutes=7 * (self.offers - number)),
            "owner_id": dice.randrange(self.members) + 1,
            "group_id": dice.randrange(self.groups) + 1 if dice.random() < 0.7 else None,
            "topics": dice.sample(_TOPICS, dice.randrange(3) + 1),
        }
