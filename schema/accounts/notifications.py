"""Which mails somebody gets, as the API says it."""

import strawberry

from models import Digest, NotificationKind
from resolvers import notifications
from schema.declare.enums import describe
from schema.declare.fields import plain
from schema.nodes import row_type

describe(
    NotificationKind,
    "What mails are about that somebody can do without. Grows.",
    RESPONSE_RECEIVED="Somebody answered an entry of one's own, or of whom one acts for.",
    RESPONSE_DECIDED="A response was accepted or declined.",
    SEAT_FREED="One moved up from a waiting list: the seat is one's own.",
    EVENT_CANCELLED="An event doesn't take place for which one is registered.",
    GROUP_REQUEST="A group invites one, or somebody asks to join a group that one coordinates.",
)
describe(
    Digest,
    "When somebody gets mails of a kind. Grows.",
    NONE="Not at all.",
    INSTANT="As soon as there is something to tell, a mail of each.",
)


@row_type(notifications.NotificationSetting, "When the viewer's account gets mails of a kind.")
class NotificationSetting:
    kind: NotificationKind = plain("What they are about.")
    mail: Digest = plain("When they come.")


@strawberry.input(description="When the viewer's account is to get mails of a kind.")
class NotificationSettingInput:
    kind: NotificationKind = strawberry.field(description="What they are about.")
    mail: Digest = strawberry.field(description="When they are to come.")
