"""Who takes part: 54 organisations and 41 persons, all invented."""

from resolvers.demo.members.bildung_und_wirtschaft import ORGANISATIONS as _BILDUNG_UND_WIRTSCHAFT
from resolvers.demo.members.personen import APPLICANTS, PERSONS
from resolvers.demo.members.sport_und_kultur import ORGANISATIONS as _SPORT_UND_KULTUR
from resolvers.demo.members.umwelt_und_soziales import ORGANISATIONS as _UMWELT_UND_SOZIALES
from resolvers.demo.shapes import Organisation

ORGANISATIONS = (*_SPORT_UND_KULTUR, *_UMWELT_UND_SOZIALES, *_BILDUNG_UND_WIRTSCHAFT)

# An organisation that has applied; an active member speaks for it.
APPLIED_ORGANISATION = Organisation(
    "karneval",
    "Karnevalsfreunde Mühlenpfad",
    "muehlenpfad-helau.example",
    "kaestorf",
    "kultur",
    "Ein kleiner Kreis, der jedes Jahr einen großen Wagen baut und dafür eine trockene Halle sucht.",
    ("Thi Lan Pham",),
)
# What the office reads who applies with it.
APPLICATION_MESSAGE = (
    "Wir sind zu siebt und bauen seit drei Jahren einen Wagen. Ein eingetragener Verein sind wir noch nicht: "
    "Ist das ein Hindernis? Was Sie sonst wissen möchten, schicke ich gern nach."
)

__all__ = ["APPLICANTS", "APPLICATION_MESSAGE", "APPLIED_ORGANISATION", "ORGANISATIONS", "PERSONS"]
