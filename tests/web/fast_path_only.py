"""A real server that has nothing but the fast path: `python -m tests.web.fast_path_only serve`.

What is left to graphql-core is answered with a fault. The product knows nothing of it.
"""

import runpy
from typing import Any

from web.http.endpoint import GraphQLEndpoint


async def broken(_endpoint: GraphQLEndpoint, *_arguments: Any) -> Any:
    """In the place of graphql-core."""
    raise RuntimeError("This was left to graphql-core.")


if __name__ == "__main__":
    setattr(GraphQLEndpoint, "_executed", broken)  # noqa: B010
    runpy.run_path("main.py", run_name="__main__")
