"""A real server without what Strawberry's view makes of requests: `python -m tests.web.viewless serve`.

What comes to the view is answered with a fault. The product knows nothing of it.
"""

import runpy
from typing import Any

from web.http.endpoint import GraphQLView


async def broken(_view: GraphQLView, _request: Any) -> Any:
    """In the place of the view's own work."""
    raise RuntimeError("This came to the view.")


if __name__ == "__main__":
    setattr(GraphQLView, "run", broken)  # noqa: B010
    runpy.run_path("main.py", run_name="__main__")
