"""What ties an answer to what is logged of it: a correlation id for each operation."""

import random

import structlog


def new_correlation_id() -> str:
    """An id that no other operation has, as far as chance goes. It guards nothing, so it may be cheap."""
    return f"{random.getrandbits(128):032x}"


def bound_correlation_id() -> str:
    """That of the operation which runs in this task."""
    return str(structlog.contextvars.get_contextvars()["correlation_id"])
