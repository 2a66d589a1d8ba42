"""Which mails somebody gets of those that they can do without."""

from resolvers.notifications.read import NotificationSetting, viewer_notification_settings
from resolvers.notifications.write import MOST_SETTINGS, set_notifications, unsubscribe

__all__ = [
    "MOST_SETTINGS",
    "NotificationSetting",
    "set_notifications",
    "unsubscribe",
    "viewer_notification_settings",
]
