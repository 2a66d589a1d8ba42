"""In whose care a member is, as the API says it."""

from resolvers.members import Caretaker
from schema.declare.enums import describe

__all__ = ["Caretaker"]

describe(
    Caretaker,
    "In whose care a member is.",
    SELF="Of the person itself; of an organisation those who act for it.",
    OFFICE="The office reads and decides responses, and gets the mail: nobody represents the organisation.",
)
