"""The codes of close frames."""

from enum import IntEnum


class CloseCode(IntEnum):
    """Why this server closes a socket. docs/live.md has an entry for each."""

    MESSAGE_TOO_BIG = 1009
    SERVICE_RESTART = 1012
    # There are too many sockets, in this process or from this address.
    TRY_AGAIN_LATER = 1013
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INIT_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    # The client doesn't read what it subscribed to.
    SLOW_READER = 4413
    TOO_MANY_INITS = 4429

    @property
    def retried(self) -> bool:
        """Whether graphql-ws connects again: after all that isn't the client's own mistake."""
        return self in (
            CloseCode.SERVICE_RESTART,
            CloseCode.TRY_AGAIN_LATER,
            CloseCode.FORBIDDEN,
            CloseCode.INIT_TIMEOUT,
            CloseCode.SLOW_READER,
        )


def fitting(reason: str) -> str:
    """A reason as a close frame can hold it: at most 123 bytes (RFC 6455, 5.5)."""
    return reason.encode()[:123].decode(errors="ignore")
