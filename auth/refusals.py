"""Why somebody was refused: what becomes `extensions.code` of a top-level error, or is said beforehand."""

from enum import StrEnum


class Obstacle(StrEnum):
    """Why somebody couldn't do something, were they to try now: said by the object before they do."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    NOT_ACTIVE = "NOT_ACTIVE"
    NO_MEMBER = "NO_MEMBER"
    FORBIDDEN = "FORBIDDEN"
    WRONG_STATE = "WRONG_STATE"
    OVER = "OVER"
    OWN = "OWN"
    TAKEN = "TAKEN"
    OVERLAPPING = "OVERLAPPING"
    FULL = "FULL"


class Refusal(Exception):
    """What the caller can't mend. `code` is of the closed list in docs/errors.md."""

    code = "INTERNAL"

    def __init__(self, message: str = "", *parameters: object) -> None:
        super().__init__(message or self.message, *parameters)

    message = ""


class Unauthenticated(Refusal):
    """Nobody is signed in, or what was given as a token is none."""

    code = "UNAUTHENTICATED"
    message = "Please sign in."


class TokenOver(Unauthenticated):
    """The access token is none, or is over."""

    message = "The token is not valid or has expired: please sign in again."


class SessionOver(Unauthenticated):
    """The session of the access token has ended."""

    message = "Your session has ended: please sign in again."


class KeyOver(Unauthenticated):
    """A partner's key is none, has expired, or was revoked."""

    message = "The key is not valid, has expired or was revoked."


class Forbidden(Refusal):
    """The viewer may see it, but not do this."""

    code = "FORBIDDEN"
    message = "You may not do this."


class SecondFactorMissing(Forbidden):
    """An account of the office does nothing before it has a second factor."""

    message = "Please switch on the second factor of your account first."


class NotFound(Refusal):
    """There is nothing there that the viewer may see."""

    code = "NOT_FOUND"
    message = "There is nothing of this id that you may see."


class BadRequest(Refusal):
    """The request is wrong in a way that only a program can mend."""

    code = "BAD_REQUEST"
    message = "The request is not well formed."


class PersistedQueryNotFound(Refusal):
    """A document was named by its hash, and isn't known yet: send both.

    The message is what urql knows the case by, the code what Apollo Client does.
    """

    code = "PERSISTED_QUERY_NOT_FOUND"
    message = "PersistedQueryNotFound"


class PersistedQueryNotSupported(Refusal):
    """A document was named in a way by which none is known here: send it whole.

    The message is what urql knows the case by, the code what Apollo Client does.
    """

    code = "PERSISTED_QUERY_NOT_SUPPORTED"
    message = "PersistedQueryNotSupported"


class DocumentNotTrusted(Refusal):
    """This server answers documents only that its operator has listed."""

    code = "DOCUMENT_NOT_TRUSTED"
    message = "This server only answers documents that it knows beforehand, and this is none of them."


class CursorExpired(Refusal):
    """The cursor can't be served any more: read afresh."""

    code = "CURSOR_EXPIRED"
    message = "This cursor is too old: read afresh."
    # Where the log stands now: read afresh, then follow from here.
    cursor: str | None = None


class RateLimited(Refusal):
    """There are as many at a time, or in a time, as are allowed."""

    code = "RATE_LIMITED"
    message = "There are too many of these at the moment: please try again later."

    def __init__(self, message: str = "", *parameters: object, retry_after: float | None = None) -> None:
        super().__init__(message, *parameters)
        # In how many seconds the same may go through; None where that isn't known.
        self.retry_after = retry_after


class SignInOver(BadRequest):
    """Somebody came back from the provider whose sign-in wasn't begun here, or too long ago."""

    message = "This sign-in took too long, or was not begun here. Please begin again."


class ProviderDeclined(BadRequest):
    """The provider let somebody not in, or they thought better of it."""

    message = "You were not signed in there. Please begin again."


class ProviderWrong(BadRequest):
    """What the provider answered doesn't hold: it isn't from there, not for this server, or not of this sign-in."""

    message = (
        "The answer that came from there does not hold: nobody was signed in. Please tell the coordination office."
    )


class TooComplex(Refusal):
    """The operation, or its answer, is larger than allowed: what is refused by its cost says what that is."""

    code = "TOO_COMPLEX"
    message = "The operation is too complex."

    def __init__(self, message: str = "", *, requested: int | None = None, limit: int | None = None) -> None:
        super().__init__(message)
        # The points that it would cost, and those that it may; None where something else is too large.
        self.requested = requested
        self.limit = limit


class Unavailable(Refusal):
    """A part that is needed can't be reached now; the same request may go through later."""

    code = "UNAVAILABLE"
    message = "The service is not available at the moment."


class ProviderAway(Unavailable):
    """The provider can't be reached, or takes too long."""

    message = "The sign-in can't be reached at the moment. Please try again later, or sign in with your password."
