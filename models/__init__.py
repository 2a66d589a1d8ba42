"""What is stored: Tortoise models, migrations, filters. `models.Group` is a row of the table."""

from models.accounts.accounts import (
    NO_PASSWORD,
    Account,
    AccountLink,
    LinkPurpose,
    NetworkRole,
    ProviderIdentity,
    ProviderSignIn,
    SecondFactor,
    SignInSession,
    SignUp,
)
from models.accounts.api_keys import ApiKey, ApiKeyScope
from models.applications import Application
from models.board_days import BoardDay
from models.events import SEATED, Event, EventKind, EventStatus, EventTopic, Registration, RegistrationStatus
from models.fields import now
from models.groups import (
    OPEN_MEMBERSHIPS,
    Group,
    GroupMembership,
    GroupPost,
    GroupPostKind,
    GroupRole,
    GroupStatus,
    GroupTopic,
    JoinPolicy,
    MembershipStatus,
    PostAudience,
)
from models.logs.audit import AuditAction, AuditEntry, AuditPersonal
from models.logs.change_log import Change, ChangeLog
from models.mail import Digest, Mail, NotificationKind
from models.matching.matches import DismissedMatch, FoundMatch
from models.matching.profiles import InterestProfile
from models.matching.saved_searches import SavedSearch
from models.members import (
    Audience,
    Member,
    MemberKind,
    MemberStatus,
    MemberTopic,
    Representation,
    RepresentativeInvitation,
)
from models.offers import (
    OPEN_RESPONSES,
    Offer,
    OfferCategory,
    OfferDirection,
    OfferResponse,
    OfferStatus,
    OfferTopic,
    ResponseStatus,
)
from models.places import AccessibilityFeature, District, Topic
from models.privacy.take_out import DataExport, DataExportStatus, Erasure
from models.reports import Report, ReportReason, ReportStatus
from models.search.tables import SynonymGroup, SynonymTerm
from models.weekly_times import Commitment, Daypart, Weekday

__all__ = [
    "NO_PASSWORD",
    "OPEN_MEMBERSHIPS",
    "OPEN_RESPONSES",
    "SEATED",
    "AccessibilityFeature",
    "Account",
    "AccountLink",
    "ApiKey",
    "ApiKeyScope",
    "Application",
    "Audience",
    "AuditAction",
    "AuditEntry",
    "AuditPersonal",
    "BoardDay",
    "Change",
    "ChangeLog",
    "Commitment",
    "DataExport",
    "DataExportStatus",
    "Daypart",
    "Digest",
    "DismissedMatch",
    "District",
    "Erasure",
    "Event",
    "EventKind",
    "EventStatus",
    "EventTopic",
    "FoundMatch",
    "Group",
    "GroupMembership",
    "GroupPost",
    "GroupPostKind",
    "GroupRole",
    "GroupStatus",
    "GroupTopic",
    "InterestProfile",
    "JoinPolicy",
    "LinkPurpose",
    "Mail",
    "Member",
    "MemberKind",
    "MemberStatus",
    "MemberTopic",
    "MembershipStatus",
    "NetworkRole",
    "NotificationKind",
    "Offer",
    "OfferCategory",
    "OfferDirection",
    "OfferResponse",
    "OfferStatus",
    "OfferTopic",
    "PostAudience",
    "ProviderIdentity",
    "ProviderSignIn",
    "Registration",
    "RegistrationStatus",
    "Report",
    "ReportReason",
    "ReportStatus",
    "Representation",
    "RepresentativeInvitation",
    "ResponseStatus",
    "SavedSearch",
    "SecondFactor",
    "SignInSession",
    "SignUp",
    "SynonymGroup",
    "SynonymTerm",
    "Topic",
    "Weekday",
    "now",
]
