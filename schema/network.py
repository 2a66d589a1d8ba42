"""The network and its figures."""

from datetime import datetime
from typing import Any

import strawberry

from resolvers import network, places
from schema.fields import PUBLIC, computed, plain, relation, root
from schema.ids import global_id
from schema.places import District, Topic


@strawberry.type(description="The network's figures: what everybody may see, counted.")
class NetworkStatistics:
    @computed("One for all, so that what the subscription brings also mends `network.statistics` in a client's cache.")
    def id(self: Any) -> strawberry.ID:
        return strawberry.ID(global_id("NetworkStatistics", 1))

    member_count: int = plain("Active members, persons and organisations.")
    organisation_count: int = plain("Active members that are organisations.")
    group_count: int = plain("Groups that aren't closed.")
    upcoming_event_count: int = plain("Published events that aren't over yet, sessions not counted.")
    seeking_offer_count: int = plain("Entries on the board that look for something (Suche).")
    providing_offer_count: int = plain("Entries on the board that have something to give (Biete).")
    as_of: datetime = plain("When they were counted.")


@strawberry.type(description="The network of volunteers whose API this is.")
class Network:
    @computed("One for all: lets a client's cache recognise it.")
    def id(self: Any) -> strawberry.ID:
        return strawberry.ID(global_id("Network", 1))

    name: str = plain("Its name.")
    about: str = plain("What it is for: plain text, in German.")
    topics: list[Topic] = relation(places.all_topics, "The fields of engagement, by name.", audience=PUBLIC)
    districts: list[District] = relation(places.all_districts, "The parts of the town, by name.", audience=PUBLIC)
    statistics: NetworkStatistics = relation(network.statistics, "Its figures now.", audience=PUBLIC)


@strawberry.type
class NetworkQueries:
    network: Network | None = root(network.network, "The network itself.", audience=PUBLIC)
