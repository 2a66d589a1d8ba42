"""Who calls, as far as an address tells: an IPv4 address, or the /64 network of an IPv6 address.

Limits for one caller go by this name. A client has a whole /64 network to itself (RFC 6177), and may take another of
its addresses for each request.
"""

import ipaddress
from functools import lru_cache

from starlette.types import Scope

from web.settings import Settings

# Names are made of addresses, and those come from anywhere: so many are remembered.
_REMEMBERED = 10_000


def caller_of(scope: Scope) -> str:
    """The caller of a request or a socket; empty where the connection has no address.

    Behind a trusted proxy it is the address that the proxy names: `web.limits.proxies` has put that into the scope.
    """
    client = scope.get("client")
    return network_of(client[0]) if client else ""


@lru_cache(_REMEMBERED)
def network_of(address: str) -> str:
    """What an address is counted as: itself, or of IPv6 its /64 network; this machine's own stays as it is.

    What is no address is counted as what it is.
    """
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        if not known.is_loopback:
            return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def shortened(address: str) -> str:
    """An address as the log may name it: the network alone, /24 of IPv4 and /48 of IPv6; what is none, not at all."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    mapped = known.ipv4_mapped if isinstance(known, ipaddress.IPv6Address) else None
    known = mapped or known
    return str(ipaddress.ip_network((known, 24 if known.version == 4 else 48), strict=False))


@lru_cache(_REMEMBERED)
def is_loopback(caller: str) -> bool:
    """Whether the caller is a program of this machine."""
    try:
        return ipaddress.ip_address(caller).is_loopback
    except ValueError:
        return False


class Exemption:
    """Whom limits by address spare: this machine's own programs, while only they reach the server.

    `LIMIT_LOOPBACK=1` spares nobody.
    """

    def __init__(self, settings: Settings) -> None:
        self._spares = settings.is_loopback and not settings.limit_loopback

    def spares(self, caller: str) -> bool:
        """Whether limits by address don't hold for this caller."""
        return self._spares and is_loopback(caller)
