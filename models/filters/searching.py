"""What filters share that have a text: what it was understood as, and the order by how well something answers it."""

from dataclasses import dataclass, replace
from typing import Self

from models.filters.errors import BadFilter
from models.search.plan import SearchPlan, plain_plan
from models.search.sql import ANY_PLAN, late_hits, score
from models.search.tables import Kind
from models.sql.expressions import Late
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

    @property
    def stated(self) -> Self:
        """All of it that the text of a statement depends on: not what is searched for, only that something is."""
        return self if self.searched is None else replace(self, text=None, plan=ANY_PLAN)

    @property
    def late(self) -> tuple[tuple[Late, str], ...]:
        """What is bound where a statement was made for `stated`: see `models.sql.compile.QuerySpec`."""
        return () if self.searched is None else late_hits(self.searched)


def by_relevance(kind: Kind, filter: Searching, instant: str = "created_at") -> Order:
    """What answers the filter's text best first, then the newest by `instant`. Raises `BadFilter` without a text.

    It is an order of what is `stated`.
    """
    if filter.searched is None:
        raise BadFilter("The sort RELEVANCE needs `filter.text`.")
    best = Key("score", int, True, score(kind, ANY_PLAN))
    return Order("relevance", (best, by_instant(instant, descending=True), by_id(descending=True)))
