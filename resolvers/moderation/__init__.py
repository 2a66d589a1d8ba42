"""What the office takes out of everybody's sight, and gives back; what people report to it."""

from resolvers.moderation.hide import HIDEABLE, hide, unhide
from resolvers.moderation.reports import (
    decide_report,
    report,
    report_reporter,
    report_target,
    reports,
    reports_by_id,
)

__all__ = [
    "HIDEABLE",
    "decide_report",
    "hide",
    "report",
    "report_reporter",
    "report_target",
    "reports",
    "reports_by_id",
    "unhide",
]
