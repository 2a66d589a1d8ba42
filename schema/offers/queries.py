"""What can be asked about offers."""

from datetime import date
from typing import TYPE_CHECKING

import strawberry

from models import OfferCategory, OfferDirection, OfferStatus
from models.filters import offers as filters
from models.filters.offers import OfferSort
from resolvers import offers
from schema.declare.arguments import PAGE, argument, defaulted, required
from schema.declare.fields import one_of, root
from schema.declare.inputs import optional, restrictions
from schema.declare.prices import NEAR, TEXT
from schema.offers.types import Offer, OfferConnection
from schema.places import NearInput
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
        "Where the part of the town, the entry's own or its venue's, is one of these, by their slugs."
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
    near: NearInput | None = optional("With a venue in this circle.", price=NEAR)

    def plain(self) -> filters.OfferFilter:
        """The filter as `models.filters` takes it. Raises `BadFilter`, `BadRequest`."""
        return filters.OfferFilter(**restrictions(self, owner_id="Member", group_id="Group"))


@strawberry.type
class OfferQueries:
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
    )
