"""A server process of a test: takes work from standard input, asks the API everything at once when told to.

Usage: python -m tests.resolvers.events.process REDIS_URL
"""

import asyncio
import json
import sys
from typing import Any

import structlog

from models import Member
from models.database.connect import configuration, connected
from tests.world import World


async def work(database_url: str, redis_url: str, asked: list[dict[str, Any]]) -> None:
    """Ask a list of member, document and variables, as soon as a second line comes."""
    async with connected(configuration(database_url)), World.opened(redis_url) as world:
        contexts = [await world.context(await Member.get(id=one["member"])) for one in asked]
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        answers = await asyncio.gather(
            *(
                world.ask(one["document"], context, **one["variables"])
                for one, context in zip(asked, contexts, strict=True)
            )
        )
    print(json.dumps([{"data": answer.data, "errors": answer.errors} for answer in answers]), flush=True)


async def serve(redis_url: str) -> None:
    """One piece of work a line, with the database that it concerns, until there are no more."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        await work(redis_url=redis_url, **json.loads(line))


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # answers alone go to standard output
    asyncio.run(serve(*sys.argv[1:]))
