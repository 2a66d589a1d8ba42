"""A real server whose loop gets stuck at `/health/live`: `python -m tests.web.sticking serve`.

It has a second instead of 25 for what may hold up its end. The product knows nothing of it.
"""

import runpy
import sys
import time

from starlette.requests import Request
from starlette.responses import Response

from web import serving
from web.process.health import Health

STUCK = "the loop is stuck"


async def stuck(_health: Health, _request: Request) -> Response:
    """Says so, never answers, and lets nothing else go on."""
    print(STUCK, file=sys.stderr, flush=True)
    while True:
        time.sleep(0.01)  # noqa: ASYNC251


if __name__ == "__main__":
    setattr(Health, "live", stuck)  # noqa: B010
    setattr(serving, "_LONGEST_END_SECONDS", 1.0)  # noqa: B010
    runpy.run_path("main.py", run_name="__main__")
