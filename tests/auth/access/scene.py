"""Everybody who may ask, and rows of every kind that they may ask for: what tests of the gate walk."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.transactions import in_transaction  # noqa: TID251

from auth.refusals import Refusal
from auth.viewer import GUEST, SYSTEM, Viewer
from models import (
    Event,
    EventStatus,
    Group,
    GroupMembership,
    Member,
    MembershipStatus,
    MemberStatus,
    NetworkRole,
    Offer,
    OfferResponse,
    OfferStatus,
    Registration,
    RegistrationStatus,
    ResponseStatus,
    now,
)
from tests.world import World

A, S = MemberStatus.ACTIVE, MemberStatus.SUSPENDED


@dataclass(frozen=True)
class Who:
    """What somebody is, by names of the scene: whose affairs they see, in whose name they act, what they lead."""

    office: bool = False
    active: bool = False
    own: frozenset[str] = frozenset()
    acting: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()


# Anna represents an organisation that is active, and one that is suspended; each leads a group, as she does herself.
WHO = {
    "guest": Who(),
    "anna": Who(False, True, frozenset({"anna", "club", "shut"}), frozenset({"anna", "club"}), frozenset({"g1", "g2"})),
    "ben": Who(False, True, frozenset({"ben"}), frozenset({"ben"}), frozenset({"g4"})),
    "susi": Who(own=frozenset({"susi"})),
    "apply": Who(own=frozenset({"apply"})),
    "office": Who(True, True),
    "office and ben": Who(True, True, frozenset({"ben"}), frozenset({"ben"}), frozenset({"g4"})),
    "admin": Who(True, True),
    "system": Who(True, True),
}
SIDES = ("anna", "club", "shut", "ben", "orphan")


@dataclass
class Scene:
    """The rows, by name, and the viewers."""

    world: World
    members: dict[str, Member] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    viewers: dict[str, Viewer] = field(default_factory=dict)

    @classmethod
    async def made(cls, world: World) -> "Scene":
        """The people, organisations and groups."""
        scene = cls(world)
        for name, status in (("anna", A), ("ben", A), ("susi", S), ("apply", MemberStatus.APPLIED)):
            scene.members[name] = await world.member(name, status)
        people = scene.members
        scene.members |= {
            "gone": await world.member("gone", MemberStatus.LEFT),
            "club": await world.organisation("club", people["anna"]),
            "shut": await world.organisation("shut", people["anna"], S),
            "dead": await world.organisation("dead", people["anna"], MemberStatus.LEFT),
            "orphan": await world.organisation("orphan"),
            "alone": await world.organisation("alone", people["susi"]),
        }
        for name, leader in (("g1", "anna"), ("g2", "club"), ("g3", "shut"), ("g4", "ben")):
            scene.groups[name] = await world.group(name, scene.members[leader])
        await scene._sign_in()
        return scene

    async def _sign_in(self) -> None:
        both = await self.world.account(role=NetworkRole.OFFICE)
        for name in ("anna", "ben", "susi", "apply"):
            self.viewers[name] = (await self.world.context(self.members[name])).viewer
        self.viewers |= {
            "guest": GUEST,
            "office": (await self.world.context(both)).viewer,
            "admin": (await self.world.context(await self.world.account(role=NetworkRole.ADMIN))).viewer,
            "system": SYSTEM,
        }
        ben = self.viewers["ben"]
        self.viewers["office and ben"] = Viewer(both, ben.session_id, ben.member, {}, ben.coordinated_groups)

    def name_of(self, member_id: int | None) -> str | None:
        """The name of a member."""
        return next((name for name, one in self.members.items() if one.id == member_id), None)

    def group_of(self, group_id: int | None) -> str | None:
        """The name of a group."""
        return next((name for name, one in self.groups.items() if one.id == group_id), None)

    async def events(self) -> list[Event]:
        """Of each host, and of each group without one, in every status; one of the host and a group of another."""
        hosts: list[tuple[str | None, str | None]] = [(name, None) for name in SIDES]
        hosts += [(None, name) for name in self.groups]
        for (host, group), status in product([*hosts, ("ben", "g1"), (None, None)], EventStatus):
            await self.world.event(
                f"{host} {group}",
                self.members[host] if host else None,
                group=self.groups[group] if group else None,
                status=status,
            )
        return await Event.all().order_by("id")  # the database withholds those of who isn't active

    async def registrations(self) -> list[Registration]:
        """Of each side, for an event of each; and of somebody who was erased."""
        made = []
        for event in await self.events():
            if event.status is EventStatus.PUBLISHED:
                for number, name in enumerate((*SIDES, None)):
                    member = self.members[name] if name else None
                    made.append(
                        await Registration.create(
                            event=event, member=member, status=RegistrationStatus.CONFIRMED, queue_number=number
                        )
                    )
        return made

    async def memberships(self) -> list[GroupMembership]:
        """In each group of an active and a suspended member in every status; and elsewhere of everybody."""
        for (name, group), status in product(self.groups.items(), MembershipStatus):
            for member_status in (A, S):
                await self.world.membership(group, await self.world.member(name, member_status), status)
        for name, status in product((*SIDES, "susi", "apply"), MembershipStatus):
            await self.world.membership(await self.world.group("elsewhere"), self.members[name], status)
        return await GroupMembership.all().select_related("member")

    async def offers(self) -> list[Offer]:
        """Of each side, in every status, published before or never; one more that is withheld."""
        for name, status in product(SIDES, OfferStatus):
            for published in (True, False) if status is not OfferStatus.PUBLISHED else (True,):
                at = {"published_at": now() if published else None, "expires_at": now() if published else None}
                await self.world.offer(f"{name} {status}", self.members[name], status, **at)
        await self.world.offer("withheld", self.members["club"], withheld_at=now())
        return await Offer.all().order_by("id")  # the database withholds those of who isn't active

    async def responses(self) -> list[OfferResponse]:
        """From each side to an entry of each other."""
        made = []
        for owner in SIDES:
            offer = await self.world.offer(owner, self.members[owner])
            for sender in SIDES:
                if sender != owner:
                    made.append(
                        await OfferResponse.create(
                            offer=offer, member=self.members[sender], message="Gern.", status=ResponseStatus.SENT
                        )
                    )
        return made

    async def shows(
        self, model: type[Model], visible: Callable[[Any], Q], expected: Callable[[Who, Any], bool], *related: str
    ) -> None:
        """Everybody sees of all rows of the model those that they should."""
        rows = await model.all().select_related(*related)
        for name, viewer in self.viewers.items():
            for one in (viewer, viewer.visibility):
                found = set(await model.filter(visible(one)).values_list("id", flat=True))
                assert found == {row.pk for row in rows if expected(WHO[name], row)}, name

    async def gives(
        self,
        ask: Callable[[Viewer, int], Awaitable[Any]],
        rows: list[Any],
        expected: Callable[[Who, Any], str | None],
        key_of: Callable[[Any], int] = lambda found: int(found.id),
    ) -> None:
        """Everybody gets each row, or the refusal that they should; and of what there isn't that it isn't found."""
        for (name, viewer), row in product(self.viewers.items(), [*rows, None]):
            key = row.id if row is not None else 10**9
            should = expected(WHO[name], row) if row is not None else expected(WHO[name], None) or "NOT_FOUND"
            async with in_transaction():
                found: Any = await outcome(ask(viewer, key), key_of)
            assert found == (should or key), (name, row)


async def outcome(asking: Awaitable[Any], key_of: Callable[[Any], int]) -> str | int:
    """The key of what was given, or the code of the refusal."""
    try:
        return key_of(await asking)
    except Refusal as error:
        return error.code
