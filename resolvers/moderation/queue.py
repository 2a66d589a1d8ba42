"""What waits for the office, counted."""

from dataclasses import dataclass

from auth.access.offers import on_the_board
from auth.access.rows import subquery
from models import Application, Member, MemberStatus, Offer, OfferStatus, Report, ReportStatus, now
from resolvers.context import Rules


@dataclass(frozen=True)
class QueueCounts:
    """How much of what waits."""

    # A person and the organisation that they enter are one.
    applications: int
    reviews: int
    open_reports: int
    # On the board, and not changed for long.
    stale_offers: int


async def queue_counts(rules: Rules) -> QueueCounts:
    """Count now: four statements."""
    # Who applies together is one application.
    with_persons = subquery(Application.filter(person__status=MemberStatus.APPLIED), "organisation_id")
    unchanged_since = now() - rules.offers_stale_after
    return QueueCounts(
        applications=await Member.filter(status=MemberStatus.APPLIED).exclude(id__in=with_persons).count(),
        reviews=await Offer.filter(status=OfferStatus.IN_REVIEW).count(),
        open_reports=await Report.filter(status=ReportStatus.OPEN).count(),
        stale_offers=await Offer.filter(on_the_board(), updated_at__lte=unchanged_since).count(),
    )
