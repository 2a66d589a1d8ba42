"""Uses the client that ariadne-codegen generates: prints what the board and one update say, as JSON."""

import asyncio
import json
import sys

from board_client import Client  # type: ignore[import-not-found]


async def main(url: str) -> None:
    async with Client(url=url, ws_url=url.replace("http", "ws", 1)) as client:
        board = (await client.board(first=3)).offers
        print(json.dumps([board.total_count, [node.owner.name for node in board.nodes]]), flush=True)
        async for update in client.published():
            print(json.dumps(update.offer_published.offer.title), flush=True)


asyncio.run(main(sys.argv[1]))
