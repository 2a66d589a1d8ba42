"""How many sockets and subscriptions there may be at a time: in this process, and for one address."""

import ipaddress
from collections import Counter
from collections.abc import Callable

from starlette.requests import HTTPConnection

from auth.refusals import RateLimited
from resolvers.language import _
from web.settings import Settings


class Quota:
    """So many at a time. `name_of` says as what an address is counted, None where it isn't."""

    def __init__(self, most: int, each: int, name_of: Callable[[str], str | None]) -> None:
        self._most, self._each, self._name_of = most, each, name_of
        self._taken = 0
        self._by_address: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        """How many there are now."""
        return self._taken

    def take(self, address: str) -> Callable[[], None]:
        """One more, for a client at this address; what is returned gives it back. Raises `RateLimited`."""
        name = self._name_of(address)
        if name is not None and self._by_address[name] >= self._each:
            raise RateLimited(_("There are too many connections from your address: please try again later."))
        if self._taken >= self._most:
            raise RateLimited(_("There are too many connections at the moment: please try again later."))
        self._taken += 1
        if name is not None:
            self._by_address[name] += 1
        given_back = False

        def give_back() -> None:
            nonlocal given_back
            if given_back:
                return
            given_back = True
            self._taken -= 1
            if name is not None:
                self._by_address[name] -= 1
                if not self._by_address[name]:
                    del self._by_address[name]

        return give_back


class Limits:
    """The quotas of a process."""

    def __init__(self, settings: Settings) -> None:
        self._exempt_loopback = settings.is_loopback and not settings.limit_loopback
        self.sockets = Quota(settings.sockets_at_once, settings.sockets_per_address, self._name_of)
        self.subscriptions = Quota(settings.subscriptions_at_once, settings.subscriptions_per_address, self._name_of)

    def _name_of(self, address: str) -> str | None:
        """An IPv4 address, or the /64 network of an IPv6 address, which one client has to itself."""
        try:
            known = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return address
        if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is not None:
            known = known.ipv4_mapped
        if known.is_loopback and self._exempt_loopback:
            return None
        return str(known) if known.version == 4 else str(ipaddress.ip_network((known, 64), strict=False))


def address_of(connection: HTTPConnection) -> str:
    """Where a client connects from; empty where that isn't known."""
    return connection.client.host if connection.client else ""
