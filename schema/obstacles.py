"""Why the viewer can't do something, as the API says it beforehand."""

from auth.refusals import Obstacle
from schema.declare.enums import describe

__all__ = ["Obstacle"]

describe(
    Obstacle,
    "Why the viewer can't do something now: the first of what the mutation would refuse. How many of these somebody "
    "may begin within a day is only found out by trying. Grows: a client needs a branch for what it doesn't know.",
    UNAUTHENTICATED="Nobody is signed in.",
    NOT_ACTIVE="The member is not active: it has applied, was declined or is suspended.",
    NO_MEMBER="The viewer is nobody in the network, and named no member: an account of the office.",
    FORBIDDEN="It is not for this viewer, or the named member is none that they act for.",
    WRONG_STATE="The state of the object doesn't allow it: a cancelled event, an entry that isn't on the board.",
    OVER="The event has ended.",
    OWN="The entry is the viewer's own, or of a member that they act for.",
    TAKEN="It is done already: there is a registration, or an answer.",
    OVERLAPPING="The member has another session at that time.",
    FULL="No seat and no place on the waiting list.",
)
