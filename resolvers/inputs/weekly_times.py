"""Times of the week as people type them: judged, and as they are stored."""

from typing import Any

from models import Weekday
from models.weekly_times import StoredTime
from resolvers.inputs.validation import TOO_MANY_ENTRIES, Check, Values
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode

_MOST = 21
_DAYS = list(Weekday)


async def weekly_times(check: Check, name: str, values: Values) -> dict[str, Any]:
    """Times of the week (`resolvers.inputs.columns.Column`): each once, from Monday on; none where they are emptied.

    At most 21, three a day. Each ends after it begins, on the same day.
    """
    typed = values[name] or ()
    if len(typed) > _MOST:
        check.fail(name, UserErrorCode.TOO_LONG, TOO_MANY_ENTRIES, most=_MOST)
        return {name: []}
    found: list[tuple[int, str, str]] = []
    for place, one in enumerate(typed):
        begin, end = one.get("from_"), one.get("until")
        if begin is not None and end is not None and begin >= end:
            message = _("The end is not after the beginning. What goes on past midnight is two times.")
            check.fail(f"{name}.{place}.until", UserErrorCode.OUT_OF_RANGE, message)
        found.append((_DAYS.index(one["weekday"]), begin or "", end or ""))
    return {name: [_stored(*one) for one in sorted(set(found))]}


def _stored(day: int, begin: str, end: str) -> StoredTime:
    return {"weekday": _DAYS[day].value, "from": begin or None, "until": end or None}
