"""What filters share that have a text: what it was understood as."""

from dataclasses import dataclass

from models.search.plan import SearchPlan, plain_plan
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
