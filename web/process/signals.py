"""SIGINT and SIGTERM while nothing is served yet: the process ends at once, by one line and a documented exit code.

This comes before everything else, so it imports next to nothing. What is stored bears being left at any instant, as it
bears a power cut; only what runs on its own has to be ended: `at_exit`. Unwinding tasks instead, each somewhere in its
work, took long, and went wrong now and then. docs/operating.md has the exit codes.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)

_at_exit: list[Callable[[], None]] = []
_uninterrupted = 0
_pending: int | None = None


def watch() -> None:
    """From now on a signal ends the process, until somebody else takes signals. To be called first of all."""
    for number in SIGNALS:
        signal.signal(number, interrupted)


def interrupted(number: int, _frame: FrameType | None) -> None:
    """What a signal does: it ends the process, at once or when `uninterrupted` is left."""
    global _pending
    if _uninterrupted:
        _pending = number
        return
    for work in _at_exit:
        with contextlib.suppress(Exception):
            work()
    os.write(2, b"Stopped before it was done.\n")
    os._exit(exit_code(number))


def exit_code(number: int) -> int:
    """Of a server that is stopped while it starts 0, as of one that serves; of another command 128 and the signal."""
    return 0 if "serve" in sys.argv[1:] else 128 + number


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Around what must not be left half done. A signal waits for its end."""
    global _uninterrupted
    _uninterrupted += 1
    try:
        yield
    finally:
        _uninterrupted -= 1
        if _pending is not None and not _uninterrupted:
            interrupted(_pending, None)


def at_exit(work: Callable[[], None]) -> None:
    """Have `work` done before a signal ends the process."""
    _at_exit.append(work)


def not_any_more() -> None:
    """Signals do nothing any more: all is done, and the process is about to end.

    This thread doesn't take them, and where another one does they are ignored: so they stay while Python ends, which
    sets all others back to what they do by default.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
