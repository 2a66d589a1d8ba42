"""Who is asking: an account, the member it belongs to, and whom they act for; or a partner's key.

By a key asks a program of an organisation, which is the viewer's member. It reads what a guest reads, and what is of
its organisation's side; it takes no part in the network, and does nothing but what its scopes name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

import orjson

from auth.refusals import Forbidden, KeyOver, NotFound, SecondFactorMissing, SessionOver, Unauthenticated
from models import Account, ApiKey, ApiKeyScope, GroupRole, Member, MemberStatus, NetworkRole, now
from models.sql.hashed_once import hashed_once
from models.sql.statements import Statement


class ViewerRole(StrEnum):
    """What who asks is to the network: the roles of accounts, and that of keys."""

    MEMBER = "MEMBER"
    OFFICE = "OFFICE"
    ADMIN = "ADMIN"
    PARTNER = "PARTNER"


def credential_of_key(key_id: int) -> str:
    """As `Viewer.credential`, of whoever asks by this key."""
    return f"key:{key_id}"


@hashed_once
@dataclass(frozen=True)
class Visibility:
    """All of a viewer that decides what they may see: who has an equal one sees the same."""

    is_office: bool = False
    is_active: bool = False
    member_id: int | None = None
    own_ids: frozenset[int] = frozenset()
    acting_ids: frozenset[int] = frozenset()
    entrusted_ids: frozenset[int] = frozenset()
    coordinated_groups: frozenset[int] = frozenset()
    joined_groups: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Viewer:
    """Who is asking, as the database had it when the request, or the live update, began."""

    account: Account | None = None
    session_id: UUID | None = None
    member: Member | None = None
    # Organisations that the viewer's member represents and that have not left, whatever their status.
    organisations: dict[int, MemberStatus] = field(default_factory=dict)
    # Groups that the viewer's member, or an organisation they may act for, coordinates.
    coordinated_groups: frozenset[int] = frozenset()
    # Groups in which these take part, those that they coordinate among them.
    joined_groups: frozenset[int] = frozenset()
    # Those of the organisations of which the office takes care by its own word: it reads and decides the responses to
    # their entries, and nobody else does.
    entrusted_ids: frozenset[int] = frozenset()
    # The server itself: jobs and demonstration data.
    is_system: bool = False
    # A partner's key, whose organisation is `member`.
    key: ApiKey | None = None
    # An account of the office that does nothing before it has a second factor: it is nobody's, and of no office.
    needs_second_factor: bool = False

    @property
    def is_guest(self) -> bool:
        """Nobody is signed in."""
        return self.account is None and self.key is None and not self.is_system

    @property
    def is_office(self) -> bool:
        """The coordination office, an administrator, or the server itself."""
        return self.is_system or (self._has_office_account and not self.needs_second_factor)

    @property
    def _has_office_account(self) -> bool:
        return self.account is not None and self.account.role is not NetworkRole.MEMBER

    @property
    def is_active(self) -> bool:
        """An active member, or the office: whoever takes part in the network. A program with a key doesn't."""
        return self.is_office or (self.key is None and self._has_active_member)

    @property
    def _has_active_member(self) -> bool:
        return self.member is not None and self.member.status is MemberStatus.ACTIVE

    @property
    def caller(self) -> str | None:
        """Who is asking, whatever they ask by: an account, or a key. None for guests and the server itself."""
        if self.key is not None:
            return credential_of_key(self.key.id)
        return f"account:{self.account.id}" if self.account is not None else None

    @property
    def credential(self) -> str | None:
        """By what they ask, which may end: a session, or a key. None for guests."""
        if self.key is not None:
            return credential_of_key(self.key.id)
        return str(self.session_id) if self.session_id is not None else None

    @property
    def role(self) -> ViewerRole | None:
        """What they are to the network; None for guests and the server itself."""
        if self.key is not None:
            return ViewerRole.PARTNER
        return ViewerRole(self.account.role) if self.account is not None else None

    @property
    def has_calendar(self) -> bool:
        """Whether there is a calendar of the account's registrations: not while its member is not active."""
        return self.account is not None and (self.member is None or self.member.status is MemberStatus.ACTIVE)

    @property
    def member_id(self) -> int | None:
        """The viewer's own member, of a key its organisation; None for guests and who is of the office alone."""
        return self.member.id if self.member else None

    @property
    def own_ids(self) -> frozenset[int]:
        """Whose affairs the viewer sees: the own member, whatever its status, and the represented organisations."""
        if self.member is None:
            return frozenset()
        if self.member.status is not MemberStatus.ACTIVE:
            return frozenset((self.member.id,))
        return frozenset((self.member.id, *self.organisations))

    @property
    def acting_ids(self) -> frozenset[int]:
        """In whose name the viewer may act: the own member and represented organisations, those that are ACTIVE."""
        if self.member is None or self.member.status is not MemberStatus.ACTIVE:
            return frozenset()
        active = (key for key, status in self.organisations.items() if status is MemberStatus.ACTIVE)
        return frozenset((self.member.id, *active))

    @cached_property
    def visibility(self) -> Visibility:
        """What decides what the viewer may see."""
        return Visibility(
            self.is_office,
            self.is_active,
            self.member_id,
            self.own_ids,
            self.acting_ids,
            self.entrusted_ids,
            self.coordinated_groups,
            self.joined_groups,
        )

    def may_act_for(self, member_id: int | None) -> bool:
        """Whether the viewer acts in the name of this member; the office does for all."""
        return self.is_office or (member_id is not None and member_id in self.acting_ids)

    def sees_affairs_of(self, member_id: int | None) -> bool:
        """Whether what only this member's side and the office see is shown to the viewer."""
        return self.is_office or (member_id is not None and member_id in self.own_ids)

    def has_scope(self, scope: ApiKeyScope) -> bool:
        """Whether it is a key of this scope."""
        return self.key is not None and scope in self.key.scopes

    def is_concerned_by(self, member_id: int | None) -> bool:
        """Whether what happens to this member may change the viewer's rights: the own one, a represented one."""
        return member_id is not None and (member_id == self.member_id or member_id in self.organisations)

    def must_be_signed_in(self) -> None:
        """Raises `Unauthenticated` for guests."""
        if self.is_guest:
            raise Unauthenticated

    def must_be_active(self) -> None:
        """Raises `Unauthenticated` for guests, `Forbidden` for applied, declined and suspended members."""
        self.must_be_signed_in()
        if not self.is_active:
            raise self._forbidden

    def must_write_the_board(self) -> None:
        """As `must_be_active`; a key passes whose scopes name that, while its organisation is active."""
        if not (self.has_scope(ApiKeyScope.WRITE_BOARD) and self._has_active_member):
            self.must_be_active()

    def must_be_no_key(self) -> None:
        """Raises `Forbidden` for keys: by them nobody signs in, or up."""
        if self.key is not None:
            raise Forbidden

    def must_be_office(self) -> None:
        """Raises `Unauthenticated` for guests, `Forbidden` for all who aren't of the office."""
        self.must_be_signed_in()
        if not self.is_office:
            raise self._forbidden

    @property
    def _forbidden(self) -> Forbidden:
        return SecondFactorMissing() if self.needs_second_factor else Forbidden()

    def before_second_factor(self) -> "Viewer":
        """The same for as long as an account of the office needs a second factor: it sees what guests see.

        And it looks after its account.
        """
        if not self._has_office_account or (self.account and self.account.second_factor_since is not None):
            return self
        return Viewer(account=self.account, session_id=self.session_id, needs_second_factor=True)


GUEST = Viewer()
SYSTEM = Viewer(is_system=True)


# An account `a`, its member `m`, the organisations that this one represents, by key and with status, those of them that
# are entrusted to the office, and the groups in which it, or one of those, takes part, with the role.
_KNOWN = """
SELECT {a}, {m},
  (SELECT {json_list}({json_pair}(o.id, o.status)) FROM representation AS r JOIN member AS o ON o.id = r.organisation_id
    WHERE r.person_id = m.id AND o.status <> 'LEFT') AS organisations,
  (SELECT {json_list}(o.id) FROM representation AS r JOIN member AS o ON o.id = r.organisation_id
    WHERE r.person_id = m.id AND o.office_cares) AS entrusted,
  (SELECT {json_list}({json_pair}(g.group_id, g.role)) FROM group_membership AS g JOIN member AS o ON o.id = g.member_id
    WHERE g.status = 'ACTIVE' AND o.status = 'ACTIVE' AND m.status = 'ACTIVE'
      AND g.member_id IN (SELECT m.id UNION ALL SELECT organisation_id FROM representation WHERE person_id = m.id)
  ) AS in_groups
FROM account AS a LEFT JOIN member AS m ON m.id = a.member_id"""

_BY_SESSION = Statement(
    f"{_KNOWN} JOIN sign_in_session AS s ON s.account_id = a.id"
    " WHERE s.id = ? AND s.ended_at IS NULL AND s.expires_at > ?",
    a=Account,
    m=Member,
)
_BY_KEY = Statement(
    "SELECT {k}, {m} FROM api_key AS k JOIN member AS m ON m.id = k.organisation_id"
    " WHERE k.secret_hash = ? AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ?)",
    k=ApiKey,
    m=Member,
)
_BY_CALENDAR = Statement(f"{_KNOWN} WHERE a.id = ? AND a.calendar_generation = ?", a=Account, m=Member)


async def load_viewer(session_id: UUID, *, office_needs_two: bool = False) -> Viewer:
    """The viewer of a sign-in session: one statement. Raises `Unauthenticated` where the session has ended.

    `office_needs_two`: the office does nothing without a second factor.
    """
    row = await _BY_SESSION.row(str(session_id), now())
    viewer = _viewer_of(_BY_SESSION, row, session_id) if row is not None else None
    if viewer is None or (viewer.member is not None and viewer.member.status is MemberStatus.LEFT):
        raise SessionOver
    return viewer.before_second_factor() if office_needs_two else viewer


async def load_key_viewer(secret_hash: str) -> Viewer:
    """The viewer of a key, by what is stored of it: one statement. Raises `KeyOver` where it is over, or never was."""
    row = await _BY_KEY.row(secret_hash, now())
    if row is None or (member := _BY_KEY.read("m", row)).status is MemberStatus.LEFT:
        raise KeyOver
    entrusted = frozenset((member.id,)) if member.office_cares else frozenset()
    return Viewer(member=member, key=_BY_KEY.read("k", row), entrusted_ids=entrusted)


async def load_calendar_viewer(account_id: int, generation: int) -> Viewer:
    """The viewer whose calendar an address of this generation shows: one statement.

    Raises `NotFound` for an address that was renewed since, and for accounts that have no calendar (any more).
    """
    row = await _BY_CALENDAR.row(account_id, generation)
    if row is None or not (viewer := _viewer_of(_BY_CALENDAR, row, None)).has_calendar:
        raise NotFound
    return viewer


def _viewer_of(statement: Statement, row: Mapping[str, Any], session_id: UUID | None) -> Viewer:
    organisations = {key: MemberStatus(status) for key, status in orjson.loads(row["organisations"] or "[]")}
    groups: list[tuple[int, str]] = orjson.loads(row["in_groups"] or "[]")
    return Viewer(
        account=statement.read("a", row),
        session_id=session_id,
        member=statement.read("m", row) if row["m_id"] is not None else None,
        organisations=organisations,
        coordinated_groups=frozenset(key for key, role in groups if role == GroupRole.COORDINATOR),
        joined_groups=frozenset(key for key, _role in groups),
        entrusted_ids=frozenset(orjson.loads(row["entrusted"] or "[]")),
    )
