"""Profiles, as the API says them."""

from typing import Any

import strawberry

import models
from models import OfferCategory
from resolvers import profiles
from schema.declare.fields import computed, plain, relation
from schema.declare.inputs import optional
from schema.declare.prices import TIMES
from schema.nodes import row_type
from schema.places import District, Topic
from schema.weekly_times import WeeklyTime, WeeklyTimeInput, shown_times

# So many topics, and parts of the town, a profile may name.
MOST_NAMED = 20


@row_type(models.InterestProfile, "What somebody would like to do: shown to their account only.")
class InterestProfile:
    topics: list[Topic] = relation(
        profiles.profile_topics, "What it should be about.", needs=["topics"], depends_on=(), size=MOST_NAMED
    )

    @computed("What it should be.", needs=["categories"])
    def categories(self: Any) -> list[OfferCategory]:
        return [OfferCategory(name) for name in self.categories]

    districts: list[District] = relation(
        profiles.profile_districts, "Where it should be.", needs=["districts"], depends_on=(), size=MOST_NAMED
    )

    @computed("When it should be; empty where that is open.", needs=["times"], size=TIMES)
    def times(self: Any) -> list[WeeklyTime]:
        return shown_times(self.times)

    hours_per_week: float | None = plain("How many hours a week there are for it; null where that is open.")
    languages: list[str] = plain("What is spoken, as BCP 47 tags.")


@strawberry.input(description="What somebody would like to do. Replaces the profile as a whole.")
class InterestProfileInput:
    topics: list[str] | None = optional("What it should be about, by the slugs of topics, at most 20.")
    categories: list[OfferCategory] | None = optional("What it should be.")
    districts: list[str] | None = optional("Where it should be, by the slugs of parts of the town, at most 20.")
    times: list[WeeklyTimeInput] | None = optional("When it should be, at most 21 times; left out: open.")
    hours_per_week: float | None = optional("Hours a week, more than 0, at most 80; left out: open.")
    languages: list[str] | None = optional("What is spoken, as BCP 47 tags such as de, tr or pt-BR, at most 10.")
