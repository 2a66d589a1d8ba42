"""The board on its first weeks: what is sought, what is offered, and what isn't on it (any more)."""

from resolvers.demo.offers.biete import ENTRIES as PROVIDED
from resolvers.demo.offers.paare import ENTRIES as PAIRED
from resolvers.demo.offers.suche import ENTRIES as SOUGHT
from resolvers.demo.offers.uebrige import ENTRIES as OTHERS

ENTRIES = (*SOUGHT, *PROVIDED, *OTHERS, *PAIRED)

__all__ = ["ENTRIES"]
