"""The network and its figures."""

from datetime import date, datetime
from typing import Any

import strawberry

from models.places import MOST_DISTRICTS, MOST_TOPICS
from resolvers import network, places, terms
from schema.declare.arguments import defaulted
from schema.declare.fields import BY_CLOCK, computed, plain, relation, root
from schema.declare.ids import global_id
from schema.declare.prices import FIGURES, TERMS, Size
from schema.declare.scalars import URL
from schema.nodes import row_type
from schema.places import District, Topic
from subscriptions.changes import Noun


@strawberry.type(description="The network's figures: what everybody may see, counted.")
class NetworkStatistics:
    @computed("One for all, so that what the subscription brings also mends `network.statistics` in a client's cache.")
    def id(self: Any) -> strawberry.ID:
        return strawberry.ID(global_id("NetworkStatistics", 1))

    member_count: int = plain("Active members, persons and organisations.")
    organisation_count: int = plain("Active members that are organisations.")
    group_count: int = plain("Groups that aren't closed.")
    upcoming_event_count: int = plain(
        "Published events that aren't over yet, sessions not counted.", depends_on=BY_CLOCK
    )
    seeking_offer_count: int = plain("Entries on the board that look for something (Suche).")
    providing_offer_count: int = plain("Entries on the board that have something to give (Biete).")
    as_of: datetime = plain("When they were counted.", depends_on=BY_CLOCK)


@strawberry.type(
    description="What the board held when a day ended, in the town's own time; of today, what it holds now."
)
class NetworkHistoryDay:
    day: date = plain("The day.")
    seeking_offer_count: int = plain("Entries that look for something (Suche).")
    providing_offer_count: int = plain("Entries that have something to give (Biete).")


@row_type(terms.Terms, "The network's terms, with its privacy notice: what whoever signs up accepts.")
class Terms:
    version: str = plain("Which version it is: another one whenever people are to be asked again.")
    url: URL | None = plain("Their page on a website; null where there is none.")
    text: str = plain("What they say: plain text, at most 100000 characters; blank lines make paragraphs.", price=TERMS)


@strawberry.type(description="The city's own sign-in, by which members and the office can sign in besides.")
class SignInProvider:
    name: str = plain("What it is called, for a button.")
    url: URL = plain(
        "Where it begins: a page of the network's website sends people there with `?challenge=` and the hash of a "
        "secret that it keeps (S256 of RFC 7636); `signInWithProvider` takes the secret."
    )


@strawberry.type(description="The network of volunteers whose API this is.")
class Network:
    @computed("One for all: lets a client's cache recognise it.")
    def id(self: Any) -> strawberry.ID:
        return strawberry.ID(global_id("Network", 1))

    name: str = plain("Its name.")
    about: str = plain("What it is for: plain text, in German.")
    sign_in_provider: SignInProvider | None = plain("The city's own sign-in; null where there is none.")
    terms: Terms | None = plain("Its present terms; null where it has none.")
    topics: list[Topic] = relation(
        places.all_topics, "The fields of engagement, by name.", depends_on={Noun.TOWN}, size=MOST_TOPICS
    )
    districts: list[District] = relation(
        places.all_districts, "The parts of the town, by name.", depends_on={Noun.TOWN}, size=MOST_DISTRICTS
    )
    statistics: NetworkStatistics = relation(
        network.statistics,
        "Its figures now.",
        depends_on={Noun.MEMBER, Noun.GROUP, Noun.EVENT, Noun.OFFER},
        price=FIGURES,
    )
    history: list[NetworkHistoryDay] | None = relation(
        network.history,
        "How many entries stood on the board, day by day, the oldest first, today last. Days before the network kept "
        "such figures are told as far as its entries still show them.",
        depends_on=BY_CLOCK,
        price=FIGURES,
        size=Size("days", default=90, most=366),
        arguments={"days": defaulted(int, "How many days, today included: 1 to 366, else BAD_REQUEST.", 90)},
    )


@strawberry.type
class NetworkQueries:
    network: Network | None = root(network.network, "The network itself.", depends_on=(), semantic_non_null=True)
