"""Who reports what to the office, and who reads and decides it."""

from collections.abc import Mapping
from typing import Any

from tortoise.expressions import Q

from auth.access.events import visible_events
from auth.access.groups import visible_groups, visible_posts
from auth.access.members import visible_members
from auth.access.offers import visible_offers
from auth.access.rows import EVERYTHING, Visible, by_keys, locked
from auth.refusals import NotFound
from auth.viewer import Viewer, Visibility
from models import Event, Group, GroupPost, Member, Offer, Report

# By the name of its type, what can be reported, and who sees it.
REPORTABLE: Mapping[str, tuple[type[Any], Visible]] = {
    "Member": (Member, visible_members),
    "Group": (Group, visible_groups),
    "GroupPost": (GroupPost, visible_posts),
    "Event": (Event, visible_events),
    "Offer": (Offer, visible_offers),
}


def visible_reports(viewer: Viewer | Visibility) -> Q:
    """All for the office; for others those that their own side has made."""
    return EVERYTHING if viewer.is_office else Q(reporter_id__in=list(viewer.own_ids))


def sees_reports(viewer: Viewer) -> bool:
    """Whether the queue is shown to the viewer: to the office."""
    return viewer.is_office


def must_see_the_queue(viewer: Viewer) -> None:
    """Raises `Unauthenticated` for guests, `Forbidden` for all who aren't of the office."""
    viewer.must_be_office()


def must_be_able_to_report(viewer: Viewer) -> None:
    """Raises `Forbidden` for keys: people report, guests too."""
    viewer.must_be_no_key()


async def row_to_report(viewer: Viewer, type_name: str, key: int | None) -> Any:
    """What the viewer sees, to be reported. Raises `NotFound`, `Forbidden`."""
    must_be_able_to_report(viewer)
    model, visible = REPORTABLE.get(type_name, (None, None))
    if model is None or visible is None or key is None:
        raise NotFound
    row = (await by_keys(model, visible(viewer.visibility), [key])).get(key)
    if row is None:
        raise NotFound
    return row


async def report_to_decide(viewer: Viewer, key: int | None) -> Report:
    """The report, locked, for the office to decide. Raises `Unauthenticated`, `Forbidden`, `NotFound`."""
    viewer.must_be_office()
    return await locked(Report, visible_reports(viewer), key)
