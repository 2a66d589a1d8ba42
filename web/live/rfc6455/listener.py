"""Who serves a socket."""

from typing import Protocol


class Listener(Protocol):
    """Who serves a socket. None of these may wait."""

    def received(self, message: str | bytes) -> None:
        """A message came, as text or binary."""

    def drained(self) -> None:
        """What was written has gone: there is room for more."""

    def ended(self) -> None:
        """Nothing can be sent any more, and nothing comes."""


class Deaf:
    """Listens where nobody does, not yet or not any more."""

    def received(self, message: str | bytes) -> None:
        """Nobody hears it."""

    def drained(self) -> None:
        """Nobody sends."""

    def ended(self) -> None:
        """That is known."""


DEAF = Deaf()
