"""What entries are told apart by, wherever they are shown."""

from models import OfferCategory, OfferDirection
from schema.declare.enums import describe

describe(
    OfferDirection,
    "Which way an entry of the board goes.",
    SEEK="Suche: someone is looking for help.",
    PROVIDE="Biete: someone has help to give.",
)


describe(
    OfferCategory,
    "What an entry is about. Grows: a client needs a branch for what it doesn't know.",
    HELPING_HANDS="People who lend a hand, once or regularly.",
    EXPERTISE="Knowledge and advice: law, accounts, design, computers.",
    TRAINING="Courses and qualification.",
    ROOM="Rooms and outdoor places.",
    MATERIAL="Things, to keep or to borrow.",
    FUNDING="Money: donations, sponsoring, grants.",
    COOPERATION="A partner for a common project.",
    OTHER="Anything else.",
)

__all__ = ["OfferCategory", "OfferDirection"]
