"""What a list of entries holds, by facet."""

import strawberry

from models.places import MOST_DISTRICTS, MOST_TOPICS
from schema.declare.fields import plain
from schema.offers.enums import OfferCategory, OfferDirection
from schema.places import District, Topic
from subscriptions.changes import Noun


@strawberry.type(description="How many entries of a list go in a direction.")
class DirectionCount:
    direction: OfferDirection = plain("The direction.")
    count: int = plain("How many entries; at least one.")


@strawberry.type(description="How many entries of a list are of a category.")
class CategoryCount:
    category: OfferCategory = plain("The category.")
    count: int = plain("How many entries; at least one.")


@strawberry.type(description="How many entries of a list have a topic.")
class TopicCount:
    topic: Topic = plain("The topic.", depends_on={Noun.TOWN})
    count: int = plain("How many entries; at least one.")


@strawberry.type(description="How many entries of a list a filter by a district would find.")
class DistrictCount:
    district: District = plain("The part of the town.", depends_on={Noun.TOWN})
    count: int = plain("How many entries, those for the whole town among them; at least one.")


@strawberry.type(
    description="What the whole list holds as it is filtered: how many entries would be left if the filter asked for "
    "that one value besides. A facet that the filter restricts already is counted within that. The most first; what no "
    "entry has is left out."
)
class OfferFacets:
    directions: list[DirectionCount] = plain("By direction.", size=len(OfferDirection))
    categories: list[CategoryCount] = plain("By category.", size=len(OfferCategory))
    topics: list[TopicCount] = plain("By topic: an entry counts for each that it has.", size=MOST_TOPICS)
    districts: list[DistrictCount] = plain(
        "By part of the town: an entry counts for its own, its venue's, and those that these are parts of; one that is "
        "for the whole town for each.",
        size=MOST_DISTRICTS,
    )
