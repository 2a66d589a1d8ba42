"""What filters share that have a text: what it was understood as, and the order by how well something answers it."""

from dataclasses import dataclass

from models.filters.errors import BadFilter
from models.search.plan import SearchPlan, plain_plan
from models.search.sql import score
from models.search.tables import Kind
from models.sql.orders import Key, Order, by_id, by_instant
from models.text.folding import words


@dataclass(frozen=True)
class Searching:
    """A text to search for; and `plan`, what it was understood as. None: its own words as they stand, all of them."""

    text: str | None = None
    plan: SearchPlan | None = None

    @property
    def searched(self) -> SearchPlan | None:
        """What is searched for; None where nothing is, for there are no words."""
        return self.plan or (plain_plan(self.text) if self.text and words(self.text) else None)


def by_relevance(kind: Kind, filter: Searching, instant: str = "created_at") -> Order:
    """What answers the filter's text best first, then the newest by `instant`. Raises `BadFilter` without a text."""
    if filter.searched is None:
        raise BadFilter("The sort RELEVANCE needs `filter.text`.")
    best = Key("score", int, True, score(kind, filter.searched))
    return Order("relevance", (best, by_instant(instant, descending=True), by_id(descending=True)))
