"""What can be asked about offers."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import strawberry

from models import AccessibilityFeature, Commitment, Daypart, OfferCategory, OfferDirection, OfferStatus, Weekday
from models.filters import offers as filters
from models.filters.map_grid import MOST_CLUSTERS
from models.filters.offers import OfferSort
from resolvers import offers
from schema.declare.arguments import PAGE, argument, defaulted, required
from schema.declare.fields import computed, one_of, plain, root
from schema.declare.inputs import optional, restrictions
from schema.declare.prices import MAP, NEAR, SUITABLE, TEXT
from schema.nodes import row_type
from schema.offers.types import Offer, OfferConnection
from schema.places import GeoBoundsInput, GeoPoint, NearInput
from subscriptions.changes import Noun

if TYPE_CHECKING:
    pass


@strawberry.input(
    description="Which entries a list or a subscription is about. All fields have to hold, of a list one entry; left "
    "out, null and [] don't restrict, `statuses` apart."
)
class OfferFilter:
    direction: OfferDirection | None = optional("Seeking or providing ones.")
    statuses: list[OfferStatus] | None = optional(
        "Left out: PUBLISHED. Others only as far as the viewer may see them: an owner's drafts, the office's IN_REVIEW."
    )
    categories: list[OfferCategory] | None = optional("Of one of these categories.")
    topics: list[str] | None = optional("With one of these topics, by their slugs.")
    districts: list[str] | None = optional(
        "Where the part of the town, the entry's own or its venue's, is one of these or lies in one, by their slugs; "
        "and what is for the whole town: neither names a part."
    )
    owner_id: strawberry.ID | None = optional("Of this member.")
    group_id: strawberry.ID | None = optional("Of this group.")
    remote: bool | None = optional("True: what can be done from anywhere. False: what can't.")
    available_on: date | None = optional(
        "Available on this day: not before `availableFrom`, not after `availableUntil`; no day means no limit."
    )
    text: str | None = optional(
        "Every word of it, the first ten, occurs in the title or the description, whatever its case and accents, as a "
        "part of a word too.",
        price=TEXT,
    )
    weekdays: list[Weekday] | None = optional(
        "Possible on one of these days of the week; what says nothing of when is.", price=SUITABLE
    )
    dayparts: list[Daypart] | None = optional(
        "Possible in one of these parts of the day, with `weekdays` on one of those days; what says nothing of when "
        "is.",
        price=SUITABLE,
    )
    commitments: list[Commitment] | None = optional(
        "That binds for one of these; what says nothing of it is found too.", price=SUITABLE
    )
    age: int | None = optional("Open to a helper of this age: `minimumAge` is none, or not above it.", price=SUITABLE)
    max_hours_per_week: float | None = optional(
        "That takes, or gives, at most so many hours a week; what leaves them open is found too.", price=SUITABLE
    )
    languages: list[str] | None = optional(
        "In one of these languages, at most 10 tags: `pt` means `pt-BR`, too. What names no language is found.",
        price=SUITABLE,
    )
    accessibility: list[AccessibilityFeature] | None = optional("With a venue that has all of these.", price=SUITABLE)
    without_responses: bool | None = optional(
        "For the office: true: without an open or accepted response; false: with one. For lists that are read, not for "
        "subscriptions: they answer BAD_REQUEST.",
        price=SUITABLE,
    )
    unchanged_since: datetime | None = optional("Not changed since this instant: what may be stale.", price=SUITABLE)
    near: NearInput | None = optional(
        "In this circle: its venue, or, where that has no location, the middle of its part of the town.", price=NEAR
    )
    bounds: GeoBoundsInput | None = optional("In this rectangle, counted as in `near`: what a map shows.", price=NEAR)

    def plain(self) -> filters.OfferFilter:
        """The filter as `models.filters` takes it. Raises `BadFilter`, `BadRequest`."""
        return filters.OfferFilter(**restrictions(self, owner_id="Member", group_id="Group"))


@row_type(offers.MapCluster, "Entries of the board that lie close to each other on a map, or one.")
class MapCluster:
    @computed("Where: of one its own place, of several the middle of the smallest rectangle around them.")
    def location(self: Any) -> GeoPoint:
        return GeoPoint(latitude=self.latitude, longitude=self.longitude)

    count: int = plain("How many they are.")
    offer: Offer | None = plain("The entry, where it is one.")


@strawberry.type
class OfferQueries:
    offer_map: list[MapCluster] = root(
        offers.offer_map,
        "The entries that lie in a rectangle, as `near` counts it, for a map: those less than about 64 pixels apart "
        "together, the largest clusters first, at most 1000. Wherever the map is moved, the same stay together; of a "
        "rectangle too large for its zoom more are.",
        depends_on={Noun.OFFER},
        size=MOST_CLUSTERS,
        price=MAP,
        arguments={
            "bounds": required(GeoBoundsInput, "What the map shows."),
            "zoom": required(int, "How far in it is, 0 (the world on 256 pixels) to 22, as maps on the web count it."),
            "filter": argument(OfferFilter | None, "Only entries for which all of this holds."),
        },
    )
    offer: Offer | None = root(
        offers.offer,
        "An entry of the board by its slug; null where there is none that the viewer may see. Once published an entry "
        "stays readable, with its end state.",
        depends_on={Noun.OFFER},
        shows=one_of(Noun.OFFER),
        arguments={"slug": required(str, "The slug of the entry.")},
    )
    offers: OfferConnection | None = root(
        offers.offers,
        "The entries of the board, and as far as the viewer may see them others.",
        depends_on={Noun.OFFER},
        arguments={
            **PAGE,
            "filter": argument(OfferFilter | None, "Only entries for which all of this holds."),
            "sort": defaulted(OfferSort, "The order of the list.", OfferSort.NEWEST),
        },
        semantic_non_null=True,
    )
