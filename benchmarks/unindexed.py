"""A server that publishes without the search's index and looks for no matches: by it what these cost is measured."""

import sys
from typing import Any

import resolvers.versioned
import web.process.jobs
from main import main


async def _nothing(*_given: Any, **_named: Any) -> int:
    return 0


if __name__ == "__main__":
    for module, name in ((resolvers.versioned, "index_row"), (web.process.jobs, "find_matches")):
        assert hasattr(module, name), name
        setattr(module, name, _nothing)
    sys.exit(main())
