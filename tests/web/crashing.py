"""A real server that kills itself at a named point: `python -m tests.web.crashing POINT TIMES serve`.

The points are put around the relay's steps from outside: the product knows nothing of them.
"""

import os
import runpy
import signal
import sys
from collections.abc import Callable
from typing import Any

from models.logs import change_log as rows
from subscriptions import numbered_log as log
from subscriptions.outbox_relay import Relay

POINTS = ("before numbering", "while numbering", "between numbering and append", "after append")


def install(point: str, times: int) -> None:
    """Die as by `kill -9` when the relay comes to `point` for the so-manieth time."""
    left = times

    def reached(something: object) -> None:
        nonlocal left
        if something:
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def before_the_end_of(step: Callable[..., Any], matters: Callable[..., object]) -> Callable[..., Any]:
        async def stepped(*arguments: Any, **more: Any) -> Any:
            result = await step(*arguments, **more)
            reached(matters(result, *arguments))
            return result

        return stepped

    replaced: dict[str, tuple[Any, str, Callable[..., object]]] = {
        "before numbering": (rows, "look", lambda found: found[1]),
        "while numbering": (rows, "number", lambda numbered, *_given: numbered),
        "between numbering and append": (log, "number", lambda found, *_given: found[1]),
        "after append": (Relay, "_append", lambda _top, _relay, _epoch, some: some),
    }
    owner, name, matters = replaced[point]
    setattr(owner, name, before_the_end_of(getattr(owner, name), matters))


if __name__ == "__main__":
    _module, chosen, count, *sys.argv[1:] = sys.argv
    install(chosen, int(count))
    runpy.run_path("main.py", run_name="__main__")
