"""People own their data: they take it out, leave, and are erased."""

from resolvers.privacy.erasure import erase_member
from resolvers.privacy.exports import (
    MOST_EXPORTS,
    data_export_at_address,
    data_export_content,
    data_export_url,
    data_exports_by_id,
    request_data_export,
    viewer_data_exports,
)
from resolvers.privacy.leaving import leave_network

__all__ = [
    "MOST_EXPORTS",
    "data_export_at_address",
    "data_export_content",
    "data_export_url",
    "data_exports_by_id",
    "erase_member",
    "leave_network",
    "request_data_export",
    "viewer_data_exports",
]
