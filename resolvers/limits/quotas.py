"""How many of something a member may begin within a day, and have open at a time. The office may any number.

What is counted is in the database, by the transaction that adds one more, under a lock by which two transactions at
once don't both find room: the member's, or, for invitations, the group's or the organisation's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from auth.access.members import has_quotas, hold_for_quota
from auth.viewer import Viewer
from models import now
from models.sql.statements import Statement
from resolvers.translation import _n
from resolvers.user_errors import UserErrorCode, refuse

DAY = timedelta(days=1)
_TOO_MANY_A_DAY = _n(
    "Only {most} of these is possible within 24 hours.", "Only {most} of these are possible within 24 hours.", "most"
)
TOO_MANY_AT_ONCE = _n(
    "Only {most} of these is possible at a time: please end one first.",
    "Only {most} of these are possible at a time: please end one first.",
    "most",
)


@dataclass(frozen=True)
class Quota:
    """So many that are begun within a day, and so many that are open at a time."""

    a_day: int
    at_once: int


@dataclass(frozen=True)
class Quotas:
    """The quotas of a member; None where there is none."""

    groups: Quota | None = Quota(3, 10)
    organisations: Quota | None = Quota(3, 5)
    invitations: Quota | None = Quota(50, 200)
    representatives: Quota | None = Quota(20, 20)
    join_requests: Quota | None = Quota(20, 50)
    offers: Quota | None = Quota(200, 500)
    responses: Quota | None = Quota(50, 200)
    registrations: Quota | None = Quota(50, 200)


class Counted:
    """What is counted of a member, or group: what was `begun` since an instant, and what is `opened`.

    Both are SQL from the table on, with a place for the key, and then one for an instant: that since which something
    was begun; for what is open that of now, where it matters.
    """

    def __init__(self, begun: str, opened: str) -> None:
        text = f"SELECT (SELECT COUNT(*) FROM {begun}) AS begun, (SELECT COUNT(*) FROM {opened}) AS opened"
        self._statement = Statement(text)
        self._asks_now = opened.count("?") > 1

    async def of(self, key: int) -> tuple[int, int]:
        """How many were begun within a day, and how many are open: one statement."""
        row = await self._statement.row(*self._values(key, now()))
        return row["begun"], row["opened"]

    def _values(self, key: int, instant: datetime) -> Sequence[object]:
        return (key, instant - DAY, key, *([instant] if self._asks_now else []))


class _CountedAtOnce(Counted):
    """The same of one table, by one look at the rows of a member: `begun` and `opened` are conditions there.

    They are read anyway to count what is open.
    """

    def __init__(self, table: str, begun: str, opened: str) -> None:
        columns = f"COUNT(*) FILTER (WHERE {begun}) AS begun, COUNT(*) FILTER (WHERE {opened}) AS opened"
        self._statement = Statement(f"SELECT {columns} FROM {table}")

    def _values(self, key: int, instant: datetime) -> Sequence[object]:
        return instant - DAY, key


# The groups that a member has founded, in which it is still; those that it founded have it from their first instant.
_FOUNDED = """group_membership AS m JOIN working_group AS g ON g.id = m.group_id
WHERE m.member_id = ? AND m.joined_at = g.created_at"""
GROUPS_FOUNDED = Counted(
    f"{_FOUNDED} AND g.created_at > ?", f"{_FOUNDED} AND m.status = 'ACTIVE' AND g.status <> 'CLOSED'"
)
# The organisations that a person represents; open are those about which the office hasn't decided.
_REPRESENTED = "representation AS r JOIN member AS o ON o.id = r.organisation_id WHERE r.person_id = ?"
ORGANISATIONS = Counted(f"{_REPRESENTED} AND o.created_at > ?", f"{_REPRESENTED} AND o.status = 'APPLIED'")
# Of a group: who was asked in, whatever they answered.
INVITATIONS = Counted(
    "group_membership WHERE group_id = ? AND status IN ('INVITED', 'DECLINED', 'REMOVED') AND created_at > ?",
    "group_membership WHERE group_id = ? AND status = 'INVITED'",
)
# Of an organisation: who was asked to act for it and hasn't answered.
REPRESENTATIVES_ASKED = Counted(
    "representative_invitation WHERE organisation_id = ? AND created_at > ?",
    "representative_invitation WHERE organisation_id = ? AND expires_at > ?",
)
JOIN_REQUESTS = Counted(
    "group_membership WHERE member_id = ? AND status IN ('REQUESTED', 'DECLINED', 'LEFT') AND created_at > ?",
    "group_membership WHERE member_id = ? AND status = 'REQUESTED'",
)
OFFERS_MADE = _CountedAtOnce(
    "offer WHERE owner_id = ?", "created_at > ?", "status IN ('DRAFT', 'IN_REVIEW', 'PUBLISHED', 'PAUSED')"
)
RESPONSES = Counted(
    "offer_response WHERE member_id = ? AND created_at > ?", "offer_response WHERE member_id = ? AND status = 'SENT'"
)
REGISTRATIONS = Counted(
    "registration WHERE member_id = ? AND registered_at > ?",
    "registration AS r JOIN event AS e ON e.id = r.event_id "
    "WHERE r.member_id = ? AND r.status IN ('CONFIRMED', 'WAITLISTED') AND e.ends_at > ?",
)


async def hold(viewer: Viewer, quota: Quota | None, key: int | None) -> None:
    """As `auth.access.members.hold_for_quota`, where there is a quota."""
    if quota is not None:
        await hold_for_quota(viewer, key)


async def must_have_room(viewer: Viewer, quota: Quota | None, counted: Counted, key: int | None) -> None:
    """Raises `UserErrors` with LIMIT_REACHED where one more is too many for this member, or group.

    The member is held already, or the group locked.
    """
    if quota is None or key is None or not has_quotas(viewer):
        return
    begun, opened = await counted.of(key)
    if begun >= quota.a_day:
        raise refuse((), UserErrorCode.LIMIT_REACHED, _TOO_MANY_A_DAY, most=quota.a_day)
    if opened >= quota.at_once:
        raise refuse((), UserErrorCode.LIMIT_REACHED, TOO_MANY_AT_ONCE, most=quota.at_once)
