"""In whose care a member is, as the API says it."""

from resolvers.members import Caretaker
from schema.declare.enums import describe

__all__ = ["Caretaker"]

describe(
    Caretaker,
    "In whose care a member is.",
    SELF="Of the person itself; of an organisation those who act for it.",
    OFFICE="Of the office: it reads and decides responses, and gets the mail, and nobody else does. So it is where "
    "nobody active represents the organisation, and where the office said so (`setCaretaker`).",
)
