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
    ("Thorben Evers",),
)

__all__ = ["APPLICANTS", "APPLIED_ORGANISATION", "ORGANISATIONS", "PERSONS"]
