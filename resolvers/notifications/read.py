"""Which mails an account gets."""

from collections.abc import Sequence
from dataclasses import dataclass

from auth.viewer import Viewer
from models import Account, Digest, NotificationKind
from resolvers.context import Context


@dataclass(frozen=True)
class NotificationSetting:
    """When somebody gets mails of a kind."""

    kind: NotificationKind
    mail: Digest


async def viewer_notification_settings(
    ctx: Context, parents: Sequence[Viewer], columns: frozenset[str]
) -> list[Sequence[NotificationSetting]]:
    """Of each one's account all kinds; of a key none, for it gets no mail."""
    return [_settings(parent.account) if parent.account is not None else [] for parent in parents]


def _settings(account: Account) -> list[NotificationSetting]:
    unwanted = account.unwanted_mails or ()
    return [
        NotificationSetting(kind, Digest.NONE if kind.value in unwanted else Digest.INSTANT)
        for kind in NotificationKind
    ]
