"""What the caller can mend, as part of every payload."""

from typing import Any

import strawberry

from resolvers import user_errors
from resolvers.translation import translate
from resolvers.user_errors import UserErrorCode
from schema.declare.enums import describe
from schema.declare.fields import computed, plain
from schema.declare.info import Info

describe(
    UserErrorCode,
    "What is wrong with what was asked for. Grows: a client needs a branch for what it doesn't know.",
    REQUIRED="It has to be given, and not be empty.",
    INVALID="It is not of the form that is expected here.",
    TOO_LONG="It has more characters or entries than allowed; the message says how many are.",
    TOO_SHORT="It has fewer characters than needed; the message says how many are.",
    OUT_OF_RANGE="The number or the date is smaller or larger than allowed.",
    NOT_FOUND="There is nothing of this id or slug that the viewer may see.",
    TAKEN="Somebody has it already.",
    WRONG_STATE="The object's present state doesn't allow this, such as publishing a withdrawn offer.",
    CONFLICT="Somebody changed the object since it was read; the payload holds it as it is now.",
    FULL="No seat and no place on the waiting list.",
    EXPIRED="A token, a link or a deadline is over.",
    LIMIT_REACHED="There are as many of these as are allowed.",
    INVALID_CREDENTIALS="E-mail address or password, never which of them; or the code of a second factor.",
    SECOND_FACTOR_REQUIRED="Signing in to this account needs a code besides: ask for it, and send all again with it.",
    OVERLAPPING="Another registration of the same member at the same time; the payload names it.",
    LAST_COORDINATOR="An active group's only coordinator can't leave or step down without a successor.",
)


@strawberry.type(
    description="What the caller can mend. Whatever the caller can't mend is a top-level error with `extensions.code`."
)
class UserError:
    path: list[str] = plain(
        'Path into the arguments, for example ["input", "topics", "2"] or ["reason"]; '
        "empty where no one field of a form is at fault: ids of the object acted on and `ifVersion` are none."
    )
    code: UserErrorCode = plain("What is wrong, for programs.")

    @computed(
        "What is wrong, for people, in the language that Accept-Language asks for: German by default, English offered.",
    )
    def message(self: Any, info: Info) -> str:
        error: user_errors.UserError = self
        return translate(info.context.language, error.message, **error.parameters)
