"""A list of matches page by page, best first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from models import Offer
from models.sql.orders import Key, Order, by_id
from models.sql.page_cursors import fingerprint, read_cursor, write_cursor
from models.sql.paging import PageArguments
from resolvers.matches.compare import Fit, MatchReason

BEST_FIRST = Order("best", (Key("score", float, descending=True), by_id(descending=True)))


@dataclass
class Match:
    """An entry that fits another, why and how well: an edge of the list."""

    score: float
    reasons: Sequence[MatchReason]
    id: int
    cursor: str = ""
    node: Offer | None = None


@dataclass
class MatchPage:
    """A page of matches, best first."""

    edges: list[Match] = field(default_factory=list)
    has_next_page: bool = False
    has_previous_page: bool = False

    @property
    def nodes(self) -> list[Offer | None]:
        """The entries of the page."""
        return [edge.node for edge in self.edges]

    @property
    def page_info(self) -> "MatchPage":
        """What lies around the page: the page itself knows."""
        return self

    @property
    def start_cursor(self) -> str | None:
        """The first one's cursor."""
        return self.edges[0].cursor if self.edges else None

    @property
    def end_cursor(self) -> str | None:
        """The last one's cursor."""
        return self.edges[-1].cursor if self.edges else None


def page_of(found: Iterable[tuple[int, Fit]], page: PageArguments, *of: object) -> MatchPage:
    """A page of what fits, by the entries' keys; without the entries. `of`: whose list it is. Raises `BadPage`."""
    size, mark = page.size, fingerprint("matches", *of)
    matches = (Match(fit.score, fit.reasons, key) for key, fit in found)
    ranked = sorted(matches, key=_rank, reverse=True)
    place = tuple(read_cursor(page.after, mark, BEST_FIRST)) if page.after is not None else None
    behind = [match for match in ranked if place is None or _rank(match) < place]
    shown = behind[:size]
    for match in shown:
        match.cursor = write_cursor(mark.text, _rank(match))
    return MatchPage(shown, len(behind) > size, len(behind) < len(ranked))


async def fill(pages: Iterable[MatchPage]) -> None:
    """Read the entries of these pages: one statement, none where there are none."""
    edges = [edge for page in pages for edge in page.edges]
    rows = await Offer.in_bulk({edge.id for edge in edges}, "id") if edges else {}
    for edge in edges:
        edge.node = rows.get(edge.id)


def _rank(match: Match) -> tuple[float, int]:
    return match.score, match.id
