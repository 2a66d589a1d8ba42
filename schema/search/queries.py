"""Search, as the API says it."""

from typing import Annotated

import strawberry

from models.search.highlights import MOST_RANGES
from resolvers.search import read as search
from resolvers.search.read import SearchType
from schema.declare.arguments import FORWARDS, argument, required
from schema.declare.enums import describe
from schema.declare.fields import plain, root
from schema.declare.prices import HIGHLIGHTS, SEARCH, SEARCH_COUNT
from schema.events import Event
from schema.groups import Group, GroupPost
from schema.members import Member
from schema.nodes import PageInfo
from schema.offers import Offer
from subscriptions.changes import Noun

describe(
    SearchType,
    "What a search can find. Grows: a client needs a branch for what it doesn't know.",
    MEMBER="Active members.",
    GROUP="Groups that aren't closed.",
    EVENT="Published events and their sessions, past ones too.",
    OFFER="Entries that are on the board.",
    GROUP_POST="News of groups: found where it is asked for, not where `types` is left out.",
)

SearchResult = Annotated[
    Member | Group | Event | Offer | GroupPost,
    strawberry.union(
        "SearchResult", description="Something found. Grows: a client needs a branch for what it doesn't know."
    ),
]


@strawberry.type(
    description="Where in a text a search found its words: characters (code points) from `start` to before `end`."
)
class Highlight:
    field: str = plain("The field whose text it is, such as `title`.")
    start: int = plain("The first character, from 0.")
    end: int = plain("The one behind the last.")


@strawberry.type(description="What a search found, of all types in one list, page by page (Relay).")
class SearchConnection:
    edges: list["SearchEdge"] = plain("The results of this page, each with its cursor.")
    nodes: list[SearchResult] = plain("The results of this page, without cursors.")
    page_info: PageInfo = plain("Where this page lies in the list.")
    total_count: int = plain("How many results of all the asked types there are.", price=SEARCH_COUNT)
    corrected_text: str | None = plain(
        "The text as it was searched for, where a word of it was found nowhere and taken for a typing error: “Meinten "
        "Sie ...?”. Null where nothing was corrected."
    )


@strawberry.type(description="A result in its list.")
class SearchEdge:
    cursor: str = plain("Its place in the list, for `after`.")
    node: SearchResult = plain("What was found.")
    highlights: list[Highlight] = plain(
        "Where its words were found: in its title or name first, then in its text, as far as they stand there. At most "
        "ten of each, of the first 2,000 characters.",
        price=HIGHLIGHTS,
        size=2 * MOST_RANGES,
    )


@strawberry.type
class SearchQueries:
    search: SearchConnection | None = root(
        search.search,
        "Finds what everybody can find: names, titles and texts, topics, district, owner, group and place. Words are "
        "found in all their forms, in compounds, as their synonyms, while they are being typed, and with a typing "
        "error where nothing is found otherwise. What has more of the words comes first, and where they weigh more: "
        "in a title more than in what it belongs to, and there more than in a text. What lacks one is found where "
        "nothing has all of them.",
        depends_on={Noun.MEMBER, Noun.GROUP, Noun.EVENT, Noun.OFFER},
        price=SEARCH,
        arguments={
            "text": required(
                str,
                "The words to look for; the first ten count. A text without any word finds nothing, which is no error: "
                "the list is empty.",
            ),
            "types": argument(
                list[SearchType] | None,
                "Only these types; left out, null or empty: members, groups, events and entries.",
            ),
            **FORWARDS,
        },
        semantic_non_null=True,
    )
