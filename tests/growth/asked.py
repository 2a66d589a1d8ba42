"""Every list of the schema with every filter and every sort, each with values that few rows have and that many have."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.growth.grown import RARE_WORD

Asker = Literal["guest", "member", "office"]
Filters = dict[str, dict[str, Any]]

NEAR = {"latitude": 52.5, "longitude": 10.5, "radiusKm": 5}

OFFERS: Filters = {
    "all": {},
    "few of a direction": {"direction": "PROVIDE"},
    "many of a direction": {"direction": "SEEK"},
    "few of a category": {"categories": ["FUNDING"]},
    "few of two categories": {"categories": ["FUNDING", "ROOM"]},
    "many of a category": {"categories": ["MATERIAL"]},
    "few of a topic": {"topics": ["topic-17"]},
    "many of a topic": {"topics": ["topic-3"]},
    "of a district": {"districts": ["district-7"]},
    "remote": {"remote": True},
    "not remote": {"remote": False},
    "on a day": {"availableOn": "2027-01-01"},
    "few with a word": {"text": RARE_WORD},
    "many with words": {"text": "garten werkzeug"},
    "near": {"near": NEAR},
    "of a status": {"statuses": ["PAUSED"]},
    "of two statuses": {"statuses": ["DRAFT", "IN_REVIEW"]},
    "of all statuses": {"statuses": ["PUBLISHED", "PAUSED", "EXPIRED"]},
    "of one owner": {"ownerId": "{member}"},
    "of one group": {"groupId": "{group}"},
    "several": {"direction": "SEEK", "categories": ["MATERIAL"], "remote": False, "availableOn": "2027-01-01"},
}
MEMBERS: Filters = {
    "all": {},
    "few of a kind": {"kinds": ["ORGANISATION"]},
    "many of a kind": {"kinds": ["PERSON"]},
    "of a status": {"statuses": ["APPLIED"]},
    "of all statuses": {"statuses": ["ACTIVE", "APPLIED", "SUSPENDED"]},
    "few of a topic": {"topics": ["topic-17"]},
    "many of a topic": {"topics": ["topic-3"]},
    "of a district": {"districts": ["district-7"]},
    "of many districts": {"districts": [f"district-{number}" for number in range(1, 20)]},
    "few with a word": {"text": RARE_WORD},
    "many with words": {"text": "garten werkzeug"},
}
GROUPS: Filters = {
    "all": {},
    "of a status": {"statuses": ["FORMING"]},
    "of two statuses": {"statuses": ["FORMING", "CLOSED"]},
    "many of a status": {"statuses": ["ACTIVE"]},
    "few of a topic": {"topics": ["topic-17"]},
    "many of a topic": {"topics": ["topic-3"]},
    "few with a word": {"text": RARE_WORD},
    "many with words": {"text": "garten werkzeug"},
}
EVENTS: Filters = {
    "all": {},
    "few of a kind": {"kinds": ["CEREMONY"]},
    "few of two kinds": {"kinds": ["CEREMONY", "FAIR"]},
    "many of a kind": {"kinds": ["MEETING"]},
    "of a status": {"statuses": ["DRAFT"]},
    "many of a status": {"statuses": ["PUBLISHED"]},
    "few of a topic": {"topics": ["topic-17"]},
    "many of a topic": {"topics": ["topic-3"]},
    "of a district": {"districts": ["district-7"]},
    "still to come": {"endsAfter": "{now}"},
    "begun long ago": {"startsBefore": "2020-03-01T00:00:00Z"},
    "begun": {"startsBefore": "{now}"},
    "of one host": {"hostId": "{member}"},
    "of one group": {"groupId": "{group}"},
    "sessions": {"sessions": True},
    "no sessions": {"sessions": False},
    "few with a word": {"text": RARE_WORD},
    "many with words": {"text": "garten werkzeug"},
    "near": {"near": NEAR},
}
STATUSES: Filters = {
    "all": {},
    "one status": {"statuses": ["CANCELLED"]},
    "two": {"statuses": ["CONFIRMED", "CANCELLED"]},
}

_OF_ONE: Filters = {"of one member": {"memberId": "{member}"}}


@dataclass(frozen=True)
class Listed:
    """A list: its field with arguments, where it hangs, and what may be asked of it."""

    name: str
    asks: str
    filters: Filters
    sorts: tuple[str, ...] = ()
    parent: str = "%s"
    by: Asker = "guest"
    types: dict[str, str] = field(default_factory=dict)

    def document(self) -> str:
        """A document with the variables that the list takes, for a page in any direction."""
        types = {"first": "Int", "after": "String", "last": "Int", **self.types}
        taken = ", ".join(f"{name}: ${name}" for name in types)
        shape = "edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor }"
        declared = ", ".join(f"${name}: {type}" for name, type in types.items())
        return f"query ({declared}) {{ {self.parent % f'list: {self.asks}({taken}) {{ {shape} }}'} }}"

    def asked(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The filters, each with every sort that goes with it: a name, and variables."""
        for name, filter in self.filters.items():
            for sort in self.sorts or ("",):
                if (sort == "RELEVANCE" and "text" not in filter) or (sort == "DISTANCE" and "near" not in filter):
                    continue
                variables = {"filter": filter} if "filter" in self.types else dict(filter)
                yield f"{self.name}, {name}, {sort or 'as it comes'}", variables | ({"sort": sort} if sort else {})


_OFFERS = {"filter": "OfferFilter"}
_EVENTS = {"filter": "EventFilter"}
_SORTED_OFFERS = ("NEWEST", "EXPIRING", "RELEVANCE", "DISTANCE")
_GROUP = 'group(slug: "group-1") { %s }'
_MEMBER = 'member(slug: "member-1") { %s }'
_EVENT = 'event(slug: "event-1") { %s }'
_OFFER = 'offer(slug: "offer-1") { %s }'

_STATUSES = ("all", "of a status", "of two statuses", "of all statuses")


def _of_own(filters: Filters) -> Filters:
    """What a member or the office sees more of than a guest does."""
    return {name: filter for name, filter in filters.items() if name in _STATUSES}


def _board(filters: Filters, by: Asker) -> Listed:
    return Listed("offers", "offers", filters, _SORTED_OFFERS, by=by, types={**_OFFERS, "sort": "OfferSort!"})


def _people(filters: Filters, by: Asker) -> Listed:
    types = {"filter": "MemberFilter", "sort": "MemberSort!"}
    return Listed("members", "members", filters, ("NAME", "NEWEST", "RELEVANCE"), by=by, types=types)


def _calendar(filters: Filters, by: Asker) -> Listed:
    sorts = ("STARTS_AT", "NEWEST", "DISTANCE", "RELEVANCE")
    return Listed("events", "events", filters, sorts, by=by, types={**_EVENTS, "sort": "EventSort!"})


LISTS = (
    _board(OFFERS, "guest"),
    _board(_of_own(OFFERS), "member"),
    _board(_of_own(OFFERS), "office"),
    _people(MEMBERS, "guest"),
    _people(_of_own(MEMBERS), "member"),
    _people(_of_own(MEMBERS), "office"),
    _calendar(EVENTS, "guest"),
    _calendar(_of_own(EVENTS), "member"),
    _calendar(_of_own(EVENTS), "office"),
    Listed(
        *("groups", "groups", GROUPS, ("NAME", "NEWEST", "RECENTLY_ACTIVE", "RELEVANCE")),
        types={"filter": "GroupFilter", "sort": "GroupSort!"},
    ),
    Listed("group.offers", "offers", {"all": {}}, parent=_GROUP, types=_OFFERS),
    Listed("group.events", "events", {"all": {}}, parent=_GROUP, types=_EVENTS),
    Listed("group.posts", "posts", {"all": {}}, parent=_GROUP),
    Listed(
        *("group.members", "members", {"all": {}, "few": {"role": "COORDINATOR"}, "many": {"role": "MEMBER"}}),
        parent=_GROUP,
        types={"role": "GroupRole"},
    ),
    Listed(
        "group.memberships",
        "memberships",
        {"all": {}, "few": {"statuses": ["REQUESTED"]}, "many": {"statuses": ["ACTIVE", "REQUESTED"]}},
        parent=_GROUP,
        by="office",
        types={"statuses": "[MembershipStatus!]"},
    ),
    Listed(
        "auditLog",
        "auditLog",
        {
            "all": {},
            "of one actor": {"actorId": "{member}"},
            "of one object": {"targetId": "{offer}"},
            "of late": {"since": "{now}"},
        },
        by="office",
        types={"actorId": "ID", "targetId": "ID", "since": "DateTime"},
    ),
    Listed("member.groups", "groups", {"all": {}}, parent=_MEMBER),
    Listed("member.offers", "offers", {"all": {}}, parent=_MEMBER, types=_OFFERS),
    Listed("event.sessions", "sessions", {"all": {}}, parent=_EVENT),
    Listed(
        "event.registrations",
        "registrations",
        STATUSES,
        parent=_EVENT,
        by="office",
        types={"statuses": "[RegistrationStatus!]"},
    ),
    Listed("offer.responses", "responses", {"all": {}}, parent=_OFFER, by="member"),
    Listed(
        "viewer.registrations",
        "registrations",
        {**STATUSES, **_OF_ONE, "of one event": {"eventId": "{event}"}},
        parent="viewer { %s }",
        by="member",
        types={"statuses": "[RegistrationStatus!]", "memberId": "ID", "eventId": "ID"},
    ),
    Listed(
        "viewer.responses",
        "responses",
        {"all": {}, "one status": {"statuses": ["SENT"]}, **_OF_ONE, "to one entry": {"offerId": "{offer}"}},
        parent="viewer { %s }",
        by="member",
        types={"statuses": "[ResponseStatus!]", "memberId": "ID", "offerId": "ID"},
    ),
    Listed(
        "viewer.memberships",
        "memberships",
        {"all": {}, "one status": {"statuses": ["ACTIVE"]}, **_OF_ONE, "in one group": {"groupId": "{group}"}},
        parent="viewer { %s }",
        by="member",
        types={"statuses": "[MembershipStatus!]", "memberId": "ID", "groupId": "ID"},
    ),
)
