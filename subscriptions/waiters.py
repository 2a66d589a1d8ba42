"""Those who wait for one thing, woken some at a time: the loop turns to other things in between."""

import asyncio

# How many are woken before the loop turns to other things.
_AT_ONCE = 50


class Waiters:
    """Those who wait for the same, until they are woken, once."""

    def __init__(self) -> None:
        self._places: dict[asyncio.Future[None], None] = {}

    def __len__(self) -> int:
        return len(self._places)

    async def wait(self, patience: float | None = None) -> None:
        """Wait to be woken, at most `patience` seconds."""
        place = asyncio.get_running_loop().create_future()
        self._places[place] = None
        try:
            async with asyncio.timeout(patience):
                await place
        except TimeoutError:
            pass
        finally:
            self._places.pop(place, None)

    def wake(self) -> None:
        """Wake those who wait now, in the order in which they came. Who comes later is not woken by this."""
        places, self._places = list(self._places), {}
        self._wake(places)

    def _wake(self, places: list[asyncio.Future[None]], start: int = 0) -> None:
        upto = start + _AT_ONCE
        for place in places[start:upto]:
            if not place.done():
                place.set_result(None)
        if upto < len(places):
            places[0].get_loop().call_soon(self._wake, places, upto)
