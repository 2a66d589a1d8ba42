"""Saved searches, as the API says them."""

from datetime import date, datetime
from typing import Annotated, Any

import strawberry

import models
from models import OfferCategory, OfferDirection
from models.filters.offers import OfferSort
from resolvers import saved_searches
from schema.declare.arguments import PAGE, defaulted
from schema.declare.fields import computed, plain, relation
from schema.declare.ids import key_of
from schema.declare.info import Info
from schema.declare.inputs import optional
from schema.declare.mutations import mutation, user_errors
from schema.declare.prices import SAVED_SEARCH
from schema.deletions import DeletePayload, deleted
from schema.nodes import Node, node
from schema.offers import OfferConnection, OfferFilter
from schema.places import District, GeoPoint, Topic
from schema.user_errors import UserError

# As many topics, or parts of the town, a filter may name.
_NAMED = 100


@strawberry.type(description="A circle, as it was given to a filter.")
class Near:
    location: GeoPoint = plain("Its centre.")
    radius_km: float = plain("Its radius in kilometres.")


@strawberry.type(
    description="An OfferFilter as it was saved: an input can't be read back. What is null doesn't restrict."
)
class OfferCriteria:
    @computed("Seeking or providing ones.", needs=["criteria"])
    def direction(self: Any) -> OfferDirection | None:
        return saved_searches.filter_of(self).direction

    @computed("Of one of these categories.", needs=["criteria"])
    def categories(self: Any) -> list[OfferCategory] | None:
        return list(saved_searches.filter_of(self).categories) or None

    topics: list[Topic] | None = relation(
        saved_searches.saved_search_topics,
        "With one of these topics.",
        needs=["criteria"],
        depends_on=(),
        size=_NAMED,
    )
    districts: list[District] | None = relation(
        saved_searches.saved_search_districts,
        "Where the part of the town is one of these.",
        needs=["criteria"],
        depends_on=(),
        size=_NAMED,
    )

    @computed("True: what can be done from anywhere. False: what can't.", needs=["criteria"])
    def remote(self: Any) -> bool | None:
        return saved_searches.filter_of(self).remote

    @computed("Available on this day.", needs=["criteria"])
    def available_on(self: Any) -> date | None:
        return saved_searches.filter_of(self).available_on

    @computed("With these words.", needs=["criteria"])
    def text(self: Any) -> str | None:
        return saved_searches.filter_of(self).text

    @computed("Within this circle.", needs=["criteria"])
    def near(self: Any) -> Near | None:
        near = saved_searches.filter_of(self).near
        if near is None:
            return None
        point = GeoPoint(latitude=near.latitude, longitude=near.longitude)
        return Near(location=point, radius_km=near.radius_km)


@node(
    models.SavedSearch,
    saved_searches.saved_searches_by_id,
    "A search of the board that somebody keeps under a name. Seen by the account that saved it.",
    "search",
)
class SavedSearch(Node):
    name: str = plain("What it was called.")

    @computed("What it looks for.", needs=["criteria"], within=True)
    def criteria(self: Any) -> OfferCriteria:
        return self

    new_count: int = relation(
        saved_searches.saved_search_new_count,
        "How many of the entries that it finds came onto the board since the last look, or since it was saved.",
        needs=["criteria", "last_seen_at", "created_at"],
        depends_on=(),
        price=SAVED_SEARCH,
    )
    last_seen_at: datetime | None = plain("When `markSavedSearchSeen` was called last; null where it never was.")
    offers: OfferConnection | None = relation(
        saved_searches.saved_search_offers,
        "What it finds now: as `offers` with this filter.",
        needs=["criteria"],
        depends_on=(),
        price=SAVED_SEARCH,
        arguments={**PAGE, "sort": defaulted(OfferSort, "The order of the list.", OfferSort.NEWEST)},
    )


@strawberry.input(description="A search of the board to keep.")
class SaveSearchInput:
    id: strawberry.ID | None = optional("The one to change, one's own. Left out: a new one.")
    name: str = strawberry.field(description="What to call it, 1 to 100 characters on one line.")
    filter: OfferFilter = strawberry.field(
        description="What it looks for, on the board: `statuses` doesn't count. Replaced as a whole."
    )


@strawberry.type(description="What became of a saved search.")
class SavedSearchPayload:
    saved_search: SavedSearch | None = strawberry.field(
        default=None, description="The search as it is now. Null with `userErrors`."
    )
    user_errors: list[UserError] = user_errors()


_SearchId = Annotated[strawberry.ID, strawberry.argument(description="The saved search, one's own.")]


@strawberry.type
class SavedSearchMutations:
    @mutation(
        SavedSearchPayload,
        "Keeps a filter of the board under a name, for the viewer's account. LIMIT_REACHED where it has as many as are "
        "allowed.",
    )
    async def save_search(
        self, info: Info, input: Annotated[SaveSearchInput, strawberry.argument(description="The search.")]
    ) -> SavedSearchPayload | None:
        is_new = input.id is None or input.id is strawberry.UNSET
        key = None if is_new else key_of("SavedSearch", str(input.id))
        filter = input.filter.plain()
        row = await saved_searches.save_search(info.context, key, is_new, input.name, filter)
        return SavedSearchPayload(saved_search=row)  # type: ignore[arg-type]

    @mutation(DeletePayload, "Forgets a saved search. What waits for its hits is completed.")
    async def delete_saved_search(self, info: Info, id: _SearchId) -> DeletePayload | None:
        key = await saved_searches.delete_saved_search(info.context, key_of("SavedSearch", id))
        return deleted("SavedSearch", key)

    @mutation(SavedSearchPayload, "What it finds was looked at: `newCount` begins again at 0.")
    async def mark_saved_search_seen(self, info: Info, id: _SearchId) -> SavedSearchPayload | None:
        row = await saved_searches.mark_saved_search_seen(info.context, key_of("SavedSearch", id))
        return SavedSearchPayload(saved_search=row)  # type: ignore[arg-type]
