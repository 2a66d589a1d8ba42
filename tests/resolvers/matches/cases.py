"""Entries as people write them, and what of them must fit, must stand above what, and must not fit at all.

Whoever changes how entries are compared: these were judged by reading the texts, not by looking at the code.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from models import OfferCategory as Kind
from models import OfferDirection
from models.weekly_times import Commitment, slots_of
from resolvers.matches.traits import Point, Traits, weighed_terms

SEEK, PROVIDE = OfferDirection.SEEK, OfferDirection.PROVIDE
# Topics and districts, as the keys that they might have.
TOPICS = {name: number for number, name in enumerate(("bildung", "sport", "kultur", "umwelt", "senioren", "musik"))}
DISTRICTS = {"detmerode": 1, "vorsfelde": 2, "westhagen": 3}
ENTRIES: dict[str, Traits] = {}


@dataclass(frozen=True)
class Above:
    """Of the matches of `of`, `better` is one, and stands above `worse`, which may be none."""

    of: str
    better: str
    worse: str


def entry(
    key: str, direction: OfferDirection, kind: Kind, title: str, text: str, topics: str = "", **more: Any
) -> None:
    """One more entry, of an owner of its own unless said otherwise."""
    number = len(ENTRIES) + 1
    more.setdefault("owner_id", number)
    ENTRIES[key] = Traits(
        id=number,
        direction=direction,
        category=kind,
        topics=frozenset(TOPICS[name] for name in topics.split()),
        districts=frozenset(DISTRICTS[name] for name in more.pop("districts", "").split()),
        terms=weighed_terms(title, text),
        **more,
    )


def weekly(*times: str) -> int:
    """The parts of a week of `MONDAY 17:00 19:00` and the like."""
    return slots_of(dict(zip(("weekday", "from", "until"), time.split(), strict=True)) for time in times)


HELP, SKILL, COURSE, ROOM, THING = Kind.HELPING_HANDS, Kind.EXPERTISE, Kind.TRAINING, Kind.ROOM, Kind.MATERIAL

# ---------------------------------------------------------------- what is sought

entry(
    "vorlesen",
    SEEK,
    HELP,
    "Vorlesen in der Kita",
    "Einmal in der Woche lesen wir den Kindern Bilderbücher vor.",
    "bildung",
    districts="detmerode",
    minimum_age=18,
    slots=weekly("TUESDAY 09:00 11:00"),
)
entry("klavier", SEEK, COURSE, "Klavierunterricht für Anfänger", "Wer bringt zwei Erwachsenen Noten bei?", "musik")
entry(
    "nachhilfe",
    SEEK,
    HELP,
    "Nachhilfe in Mathematik",
    "Für Schüler der achten Klasse, zweimal in der Woche.",
    "bildung",
    commitment=Commitment.REGULAR,
)
entry(
    "halle",
    SEEK,
    ROOM,
    "Turnhalle für unsere Badmintongruppe",
    "Zwölf Leute, zwei Felder, am liebsten abends.",
    "sport",
    districts="vorsfelde",
    slots=weekly("MONDAY 18:00 21:00"),
)
entry(
    "zelt",
    SEEK,
    THING,
    "Großes Zelt für das Sommerlager",
    "Mindestens zwanzig Schlafplätze, für eine Woche.",
    "",
    available_from=date(2027, 7, 1),
    available_until=date(2027, 7, 14),
)
entry(
    "garten",
    SEEK,
    HELP,
    "Hände für den Schulgarten",
    "Beete umgraben, Hecken schneiden, Kompost umsetzen.",
    "umwelt",
    districts="westhagen",
)
entry(
    "rollator",
    SEEK,
    HELP,
    "Begleitung beim Spaziergang mit Rollator",
    "Eine Dame möchte wieder in den Park.",
    "senioren",
)
entry(
    "website",
    SEEK,
    SKILL,
    "Homepage für den Chor",
    "Eine schlichte Website mit Terminen und Hörproben.",
    "musik kultur",
)
entry("spende", SEEK, Kind.FUNDING, "Zuschuss für neue Trikots", "Unsere Mannschaft wächst.", "sport")
entry(
    "uebersetzung",
    SEEK,
    SKILL,
    "Übersetzerin für Elternabende gesucht",
    "Ins Arabische, etwa vier Mal im Jahr.",
    "bildung",
    languages=frozenset(("ar",)),
)
entry(
    "kuchen",
    SEEK,
    HELP,
    "Kuchen backen für das Stadtteilfest",
    "Zwanzig Bleche sollen es werden.",
    "kultur",
    available_until=date(2027, 6, 1),
)
entry("hund", SEEK, HELP, "Wer geht mit Hund Bello spazieren?", "Sein Frauchen liegt im Krankenhaus.", "")
entry(
    "lagerraum",
    SEEK,
    ROOM,
    "Trockener Lagerraum für Kostüme",
    "Zehn Quadratmeter, gern ein Keller.",
    "kultur",
    districts="detmerode",
)

# ---------------------------------------------------------------- what is provided

entry(
    "vorleserin",
    PROVIDE,
    HELP,
    "Ich lese Kindern gern vor",
    "Bilderbücher habe ich mehr als genug, vormittags Zeit auch.",
    "bildung",
    districts="detmerode",
    minimum_age=67,
    slots=weekly("TUESDAY 08:00 12:00"),
)
entry(
    "vorleser jung",
    PROVIDE,
    HELP,
    "Vorlesen macht mir Spaß",
    "Ich bin in der neunten Klasse und lese Bilderbücher vor.",
    "bildung",
    districts="detmerode",
    minimum_age=15,
)
entry(
    "vorleser abends",
    PROVIDE,
    HELP,
    "Ich lese Kindern gern vor",
    "Bilderbücher habe ich mehr als genug, abends Zeit auch.",
    "bildung",
    districts="detmerode",
    minimum_age=40,
    slots=weekly("TUESDAY 18:00 21:00"),
)
entry(
    "vorleser fern",
    PROVIDE,
    HELP,
    "Ich lese Kindern gern vor",
    "Bilderbücher habe ich mehr als genug.",
    "bildung",
    districts="vorsfelde",
    minimum_age=40,
)
entry("klavierlehrer", PROVIDE, COURSE, "Klavierlehrer gibt Unterricht", "Noten lernen, erste Stücke spielen.", "musik")
entry("klavier geschenkt", PROVIDE, THING, "Klavier zu verschenken", "Verstimmt, aber heil. Selbst abholen.", "musik")
entry(
    "mathe",
    PROVIDE,
    HELP,
    "Mathematik erklären, bis es sitzt",
    "Nachhilfe für die Mittelstufe, jede Woche.",
    "bildung",
    commitment=Commitment.REGULAR,
)
entry(
    "mathe einmal",
    PROVIDE,
    HELP,
    "Mathematik erklären, bis es sitzt",
    "Nachhilfe für die Mittelstufe, an einem Tag.",
    "bildung",
    commitment=Commitment.ONCE,
)
entry("englisch", PROVIDE, HELP, "Englisch üben im Gespräch", "Für Schüler ab der siebten Klasse.", "bildung")
entry(
    "sporthalle",
    PROVIDE,
    ROOM,
    "Unsere Turnhalle ist montags frei",
    "Schwingboden, zwei Felder, Duschen.",
    "sport",
    districts="vorsfelde",
    slots=weekly("MONDAY 17:00 22:00"),
)
entry(
    "halle vormittags",
    PROVIDE,
    ROOM,
    "Turnhalle am Vormittag",
    "Schwingboden, zwei Felder, Duschen.",
    "sport",
    districts="vorsfelde",
    slots=weekly("MONDAY 08:00 12:00"),
)
entry("badminton", PROVIDE, THING, "Badmintonschläger zu verleihen", "Acht Stück, dazu Bälle.", "sport")
entry(
    "gruppenzelt",
    PROVIDE,
    THING,
    "Gruppenzelt für zwanzig Personen",
    "Weißes Zelt mit Boden, wir verleihen es gern.",
    "",
    available_from=date(2027, 5, 1),
    available_until=date(2027, 9, 30),
)
entry(
    "zelt im herbst",
    PROVIDE,
    THING,
    "Gruppenzelt für zwanzig Personen",
    "Weißes Zelt mit Boden, wir verleihen es gern.",
    "",
    available_from=date(2027, 10, 1),
    available_until=date(2027, 10, 30),
)
entry(
    "gaertner",
    PROVIDE,
    HELP,
    "Ich helfe im Garten",
    "Beete, Hecken, Kompost: Das habe ich mein Leben lang gemacht.",
    "umwelt",
    districts="westhagen",
)
entry("gartenstuehle", PROVIDE, THING, "Zehn Gartenstühle", "Weiß, stapelbar, zu verschenken.", "")
entry("spaziergang", PROVIDE, HELP, "Spaziergang im Park mit Senioren", "Ich schiebe auch Rollstühle.", "senioren")
entry("rollator geschenkt", PROVIDE, THING, "Rollator, kaum benutzt", "Zu verschenken an Selbstabholer.", "senioren")
entry("webseiten", PROVIDE, SKILL, "Websites für Chöre und Bands", "Schlicht und schnell, mit Hörproben.", "musik")
entry("foerderung", PROVIDE, Kind.FUNDING, "Förderung bis 500 Euro", "Für Vereine, die etwas vorhaben.", "sport")
entry("foerderung kultur", PROVIDE, Kind.FUNDING, "Kleine Beträge für Konzerte", "Ein Antrag genügt.", "kultur")
entry(
    "arabisch",
    PROVIDE,
    SKILL,
    "Übersetzen auf Arabisch",
    "Bei Elternabenden und Gesprächen.",
    "bildung",
    languages=frozenset(("ar", "fr")),
)
entry(
    "polnisch",
    PROVIDE,
    SKILL,
    "Übersetzen auf Polnisch",
    "Bei Elternabenden und Gesprächen.",
    "bildung",
    languages=frozenset(("pl",)),
)
entry("baeckerin", PROVIDE, HELP, "Ich backe Kuchen für euer Fest", "Drei Bleche schaffe ich an einem Tag.", "kultur")
entry(
    "baeckerin spaeter",
    PROVIDE,
    HELP,
    "Ich backe Kuchen für euer Fest",
    "Drei Bleche schaffe ich an einem Tag.",
    "kultur",
    available_from=date(2027, 6, 2),
)
entry("hundesitter", PROVIDE, HELP, "Spazieren gehen mit eurem Hund", "Bei jedem Wetter, am liebsten am See.", "")
entry(
    "keller",
    PROVIDE,
    ROOM,
    "Trockener Keller als Lagerraum",
    "Zwölf Quadratmeter mit Regal.",
    "kultur",
    districts="detmerode",
)
entry(
    "festsaal", PROVIDE, ROOM, "Festsaal mit Bühne", "Hundert Stühle und eine Küche.", "kultur", districts="vorsfelde"
)
entry(
    "verein", PROVIDE, HELP, "Unser Verein hilft in jeder Woche gern", "Wir sind eine Gruppe von Menschen mit Zeit.", ""
)
entry("eigene", PROVIDE, HELP, "Vorlesen in der Kita", "Einmal in der Woche lesen wir vor.", "bildung", owner_id=1)

# Whatever else is on the board: these fit.
FITS = (
    ("vorlesen", "vorleserin"), ("vorlesen", "vorleser abends"), ("klavier", "klavierlehrer"), ("nachhilfe", "mathe"),
    ("halle", "sporthalle"), ("zelt", "gruppenzelt"), ("garten", "gaertner"), ("rollator", "spaziergang"),
    ("website", "webseiten"), ("spende", "foerderung"), ("uebersetzung", "arabisch"), ("kuchen", "baeckerin"),
    ("hund", "hundesitter"), ("lagerraum", "keller"),
)  # fmt: skip

ABOVE = (
    Above("vorlesen", "vorleserin", "vorleser abends"),
    Above("vorlesen", "vorleserin", "vorleser fern"),
    Above("vorlesen", "vorleser fern", "englisch"),
    Above("klavier", "klavierlehrer", "klavier geschenkt"),
    Above("nachhilfe", "mathe", "mathe einmal"),
    Above("nachhilfe", "mathe einmal", "englisch"),
    Above("halle", "sporthalle", "halle vormittags"),
    Above("halle", "sporthalle", "badminton"),
    Above("garten", "gaertner", "gartenstuehle"),
    Above("rollator", "spaziergang", "rollator geschenkt"),
    Above("website", "webseiten", "klavierlehrer"),
    Above("spende", "foerderung", "foerderung kultur"),
    Above("uebersetzung", "arabisch", "polnisch"),
    Above("lagerraum", "keller", "festsaal"),
    Above("hundesitter", "hund", "rollator"),
    Above("keller", "lagerraum", "halle"),
)

# Neither way.
NEVER = (
    ("vorlesen", "vorleser jung"),  # too young
    ("vorlesen", "eigene"),  # their own
    ("vorlesen", "nachhilfe"),  # both seek
    ("vorlesen", "verein"),  # says nothing
    ("vorlesen", "gartenstuehle"),
    ("zelt", "zelt im herbst"),  # not at that time
    ("kuchen", "baeckerin spaeter"),  # nor that
    ("klavier", "klavier geschenkt"),  # a thing instead of a person
    ("garten", "gartenstuehle"),
    ("rollator", "rollator geschenkt"),
    ("halle", "badminton"),
    ("halle", "festsaal"),
    ("spende", "foerderung kultur"),  # for something else
    ("nachhilfe", "englisch"),
    ("hund", "verein"),
    ("kuchen", "festsaal"),
    ("website", "klavier geschenkt"),
    ("lagerraum", "festsaal"),
)

POINTS: dict[str, Point] = {"here": (52.4227, 10.7865), "a kilometre off": (52.4317, 10.7865), "far": (52.49, 10.7865)}
