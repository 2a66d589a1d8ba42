"""What the office does with the town's own words: topics and districts."""

from typing import Annotated

import strawberry

from resolvers.network import town
from schema.declare.info import Info
from schema.declare.inputs import given
from schema.declare.mutations import mutation, user_errors
from schema.places import District, GeoPointInput, Topic
from schema.user_errors import UserError


@strawberry.input(description="A part of the town, new or changed: what is left out stays as it is.")
class SaveDistrictInput:
    id: strawberry.ID | None = strawberry.field(
        description="The district to change; left out: a new one.", default=strawberry.UNSET
    )
    name: str = strawberry.field(
        description="Its name, 1 to 80 characters on one line; TAKEN where another is called so. The slug stays."
    )
    parent_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The district that it is a part of, null: none. INVALID where it would lie in itself, or more than "
        "three deep."
    )
    location: strawberry.Maybe[GeoPointInput | None] = strawberry.field(
        description="About its middle; null: that of its parent."
    )
    postal_codes: strawberry.Maybe[list[str] | None] = strawberry.field(
        description="The postal codes in it, at most 30; null or empty: none."
    )


@strawberry.input(description="A field of engagement, new or changed: what is left out stays as it is.")
class SaveTopicInput:
    id: strawberry.ID | None = strawberry.field(
        description="The topic to change; left out: a new one.", default=strawberry.UNSET
    )
    name: str = strawberry.field(
        description="Its name, in German, 1 to 80 characters on one line; TAKEN where another is called so. The slug "
        "stays."
    )
    synonyms: strawberry.Maybe[list[str] | None] = strawberry.field(
        description="Other words by which it is found, at most 30, each of 1 to 100 characters; null or empty: none."
    )


@strawberry.type(description="What became of a district.")
class DistrictPayload:
    district: District | None = strawberry.field(
        default=None, description="The district as it is now. Null with `userErrors`."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="What became of a topic.")
class TopicPayload:
    topic: Topic | None = strawberry.field(default=None, description="The topic as it is now. Null with `userErrors`.")
    user_errors: list[UserError] = user_errors()


@strawberry.type
class TownMutations:
    @mutation(
        DistrictPayload,
        "The coordination office makes a part of the town, or changes one. What has no place of its own moves with its "
        "district. LIMIT_REACHED where there are 100.",
    )
    async def save_district(
        self, info: Info, input: Annotated[SaveDistrictInput, strawberry.argument(description="The district.")]
    ) -> DistrictPayload | None:
        row = await town.save_district(info.context, given(input, id="District", parent_id="District"))
        return DistrictPayload(district=row)  # type: ignore[arg-type]

    @mutation(
        TopicPayload,
        "The coordination office makes a field of engagement, or changes one. LIMIT_REACHED where there are 50.",
    )
    async def save_topic(
        self, info: Info, input: Annotated[SaveTopicInput, strawberry.argument(description="The topic.")]
    ) -> TopicPayload | None:
        return TopicPayload(topic=await town.save_topic(info.context, given(input, id="Topic")))  # type: ignore[arg-type]
