"""What lists of entries hold, counted by facet."""

from collections.abc import Sequence

from models import Offer
from models.filters.offer_facets import OfferFacets, offer_facets
from models.sql.paging import Page, PageSource
from resolvers.context import Context


async def facets(ctx: Context, parents: Sequence[Page[Offer]], columns: frozenset[str]) -> list[OfferFacets]:
    """The facets of the whole lists that these are pages of: one statement for all pages of a listing.

    `columns` names the facets that are counted. The listings are of the gate: what is counted is what the viewer sees.
    """
    lists = [_whole(page) for page in parents]
    found: dict[PageSource, OfferFacets] = {}
    for listed, by in dict.fromkeys((one.listed, one.by) for one in lists):
        some = [one for one in lists if (one.listed, one.by) == (listed, by)]
        counted = await offer_facets(listed, columns, by, [one.parent for one in some])
        found |= {one: counted[one.parent] for one in some}
    return [found[one] for one in lists]


def _whole(page: Page[Offer]) -> PageSource:
    assert page.source is not None, "a list of entries is read from the database"
    return page.source
