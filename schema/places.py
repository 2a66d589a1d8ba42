"""Topics, districts and venues."""

from typing import Annotated, Any

import strawberry

import models
from models import AccessibilityFeature
from models.filters.near import Bounds, Near
from resolvers import places
from schema.declare.enums import describe
from schema.declare.fields import computed, plain, relation
from schema.nodes import Node, node
from subscriptions.changes import Noun

describe(
    AccessibilityFeature,
    "What makes a place usable for everybody.",
    STEP_FREE="Reached and used without a step.",
    ACCESSIBLE_TOILET="A toilet for wheelchair users.",
    ACCESSIBLE_PARKING="Parking for disabled people close by.",
    TACTILE_GUIDANCE="A guidance system that can be felt, for blind people.",
    INDUCTION_LOOP="An induction loop for hearing aids.",
    SIGN_LANGUAGE="Interpreted into German Sign Language (DGS).",
    EASY_LANGUAGE="In easy language (Leichte Sprache).",
    QUIET_ROOM="A quiet room to withdraw to.",
    ASSISTANCE_DOGS="Assistance dogs are welcome.",
)


@strawberry.type(description="A point on earth (WGS 84).")
class GeoPoint:
    latitude: float = plain("Degrees north, -90 to 90.")
    longitude: float = plain("Degrees east, -180 to 180.")


@node(models.Topic, places.topics_by_id, "A field of engagement, such as youth, sport or culture.")
class Topic(Node):
    slug: str = plain("Its readable key, by which filters and inputs name it; never changes.")
    name: str = plain("Its name, in German.")

    @computed("Other words by which it is found, in German.", needs=["synonyms"])
    def synonyms(self: Any) -> list[str]:
        return self.synonyms or []


@node(models.District, places.districts_by_id, "A part of the town (Stadtteil).")
class District(Node):
    slug: str = plain("Its readable key, by which filters and inputs name it; never changes.")
    name: str = plain("Its name.")

    @computed(
        "About its middle: everything in it that has no place of its own counts as lying there.",
        needs=["latitude", "longitude"],
    )
    def location(self: Any) -> GeoPoint | None:
        return None if self.latitude is None else GeoPoint(latitude=self.latitude, longitude=self.longitude)

    parent: Annotated["District", strawberry.lazy("schema.places")] | None = relation(
        places.parent_districts,
        "What it is a part of: a filter by that one finds what is in this one, too. Null where it is a part of the "
        "town itself.",
        depends_on={Noun.TOWN},
    )

    @computed("The postal codes in it, those of which it has a part included.", needs=["postal_codes"])
    def postal_codes(self: Any) -> list[str]:
        return self.postal_codes or []


@strawberry.type(description="A place with an address.")
class Venue:
    @computed("What the place is called.", needs=["venue_name"])
    def name(self: Any) -> str:
        return self.venue_name

    @computed("Street and number.", needs=["venue_street"])
    def street(self: Any) -> str | None:
        return self.venue_street

    @computed("Postal code.", needs=["venue_postal_code"])
    def postal_code(self: Any) -> str | None:
        return self.venue_postal_code

    @computed("Town.", needs=["venue_city"])
    def city(self: Any) -> str | None:
        return self.venue_city

    district: District | None = relation(
        places.venue_districts, "The part of the town it lies in.", depends_on={Noun.TOWN}
    )

    @computed("Where it is, for maps.", needs=["venue_latitude", "venue_longitude"])
    def location(self: Any) -> GeoPoint | None:
        if self.venue_latitude is None:
            return None
        return GeoPoint(latitude=self.venue_latitude, longitude=self.venue_longitude)

    @computed("What makes it usable for everybody.", needs=["venue_accessibility"])
    def accessibility(self: Any) -> list[AccessibilityFeature]:
        return [AccessibilityFeature(name) for name in self.venue_accessibility]

    @computed("More about how to get in and around.", needs=["venue_accessibility_note"])
    def accessibility_note(self: Any) -> str | None:
        return self.venue_accessibility_note


@strawberry.input(description="A point on earth (WGS 84).")
class GeoPointInput:
    latitude: float = strawberry.field(description="Degrees north, -90 to 90.")
    longitude: float = strawberry.field(description="Degrees east, -180 to 180.")


@strawberry.input(description="A place with an address. Given to an update, it replaces the venue as a whole.")
class VenueInput:
    name: str = strawberry.field(description="What the place is called, at most 200 characters.")
    street: str | None = strawberry.field(description="Street and number.", default=strawberry.UNSET)
    postal_code: str | None = strawberry.field(description="Postal code.", default=strawberry.UNSET)
    city: str | None = strawberry.field(description="Town.", default=strawberry.UNSET)
    district: str | None = strawberry.field(
        description="The slug of the part of the town it lies in.", default=strawberry.UNSET
    )
    location: GeoPointInput | None = strawberry.field(description="Where it is, for maps.", default=strawberry.UNSET)
    accessibility: list[AccessibilityFeature] | None = strawberry.field(
        description="What makes it usable for everybody.", default=strawberry.UNSET
    )
    accessibility_note: str | None = strawberry.field(
        description="More about how to get in and around, at most 1000 characters.", default=strawberry.UNSET
    )


@strawberry.input(
    description="A rectangle of degrees, as a map shows one. Where its west is greater than its east it goes over the "
    "180th meridian."
)
class GeoBoundsInput:
    south_west: GeoPointInput = strawberry.field(description="Its lower left corner.")
    north_east: GeoPointInput = strawberry.field(description="Its upper right corner, not south of the other.")

    def plain(self) -> Bounds:
        """The rectangle. Raises `BadFilter` where it isn't one."""
        low, high = self.south_west, self.north_east
        return Bounds(low.latitude, low.longitude, high.latitude, high.longitude)


@strawberry.input(description="A circle on the earth: whatever lies within it.")
class NearInput:
    latitude: float = strawberry.field(description="Degrees north of its centre, -90 to 90.")
    longitude: float = strawberry.field(description="Degrees east of its centre, -180 to 180.")
    radius_km: float = strawberry.field(description="Its radius in kilometres, above 0, at most 500.", default=10.0)

    def plain(self) -> Near:
        """The circle. Raises `BadFilter` where it isn't one."""
        return Near(self.latitude, self.longitude, self.radius_km)
