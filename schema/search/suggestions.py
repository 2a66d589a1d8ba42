"""Suggestions while somebody types, as the API says them."""

import strawberry

from resolvers.search import suggest
from schema.declare.arguments import argument, required
from schema.declare.fields import plain, root
from schema.declare.prices import COMPLETIONS, Size
from schema.nodes import Node
from subscriptions.changes import Noun


@strawberry.type(description="What somebody who types may be looking for.")
class SearchSuggestion:
    text: str = plain("What to search for: what was typed, its last word completed, or what an entry is called.")
    node: Node | None = plain("The member, group, event or entry of that name; null where it is a word.")


@strawberry.type
class SuggestionQueries:
    suggest: list[SearchSuggestion] = root(
        suggest.suggest,
        "Completes what somebody is typing: for half of the places by words that begin like the last one, those first "
        "that most entries have, then by members, groups, events and entries whose name or title has the words. "
        "Fewer than two letters suggest nothing.",
        depends_on={Noun.MEMBER, Noun.GROUP, Noun.EVENT, Noun.OFFER, Noun.TOWN},
        price=COMPLETIONS,
        size=Size("first", default=suggest.DEFAULT, most=suggest.MOST),
        arguments={
            "text": required(str, "What was typed so far; its first hundred characters count."),
            "first": argument(int | None, "How many at most: 0 to 20, else BAD_REQUEST; 8 where it is left out."),
        },
    )
