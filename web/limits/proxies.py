"""Whom a proxy answers for: what it says of that is believed of trusted proxies alone.

Each proxy adds at the end of the list who has connected to it; what stands before that is what it was told. So the list
is read from the right: the first who is no trusted proxy is the client. One header is read, the one of `PROXY_HEADER`:
another one a proxy may pass on as the client has written it.
"""

import ipaddress
import re
from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# So many proxies may stand in a row: what is further to the left is not looked at.
_MOST = 20
# One pair of RFC 7239: `for=192.0.2.1`, `for="[2001:db8::1]:4711"`.
_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;,"]+)', re.IGNORECASE)
_WITH_PORT = re.compile(r"\[([^\]]+)\](?::\w+)?|(\d+\.\d+\.\d+\.\d+):\w+")


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks with commas between. Raises `ValueError` where one is none."""
    found = []
    for one in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(ipaddress.ip_network(one))
        except ValueError:
            raise ValueError(f"{one[:50]!r} is no address, and no network such as 10.0.0.0/8") from None
    return tuple(found)


class Proxies:
    """The proxies that are trusted."""

    def __init__(self, trusted: Iterable[Network], header: str) -> None:
        """`header` is the name of the one that they write: `X-Forwarded-For` or `Forwarded`."""
        self._trusted = tuple(trusted)
        self._header = header.lower().encode()
        self._read = _by_rfc_7239 if self._header == b"forwarded" else _by_commas

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._trusted)

    def trust(self, address: str) -> bool:
        """Whether who connects from this address is one of them."""
        known = _address(address)
        return known is not None and any(known in network for network in self._trusted)

    def client_of(self, peer: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """The address for which `peer` asks: its own, unless it is trusted and names another one.

        Where a trusted proxy names what is no address, the request counts as that proxy's.
        """
        if not self.trust(peer):
            return peer
        said = b",".join(value for name, value in headers if name == self._header).decode("latin-1")
        for one in reversed(self._read(said)):
            known = _address(one)
            if known is None:
                return peer
            peer = str(known)
            if not self.trust(peer):
                return peer
        return peer


class Forwarded:
    """An application that sees as `client` whom a trusted proxy asks for, over HTTP and on sockets."""

    def __init__(self, app: ASGIApp, proxies: Proxies) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, with the client's address."""
        peer = scope.get("client")
        if peer:
            found = self._proxies.client_of(peer[0], scope["headers"])
            if found != peer[0]:
                scope["client"] = (found, 0)
        await self._app(scope, receive, send)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        known = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = known.ipv4_mapped if isinstance(known, ipaddress.IPv6Address) else None
    return mapped or known


def _by_commas(said: str) -> list[str]:
    """The addresses of `X-Forwarded-For`, some of which come with a port; nothing where it says nothing."""
    if not said.strip():
        return []
    return [_without_port(one.strip()) for one in said.rsplit(",", _MOST)[-_MOST:]]


def _by_rfc_7239(said: str) -> list[str]:
    """The addresses of `Forwarded`: each hop's `for`, as it stands where it is no address."""
    if not said.strip():
        return []
    found = []
    for hop in said.rsplit(",", _MOST)[-_MOST:]:
        named = _FOR.search(hop)
        found.append(_without_port(named[1].strip('"')) if named else "")
    return found


def _without_port(text: str) -> str:
    found = _WITH_PORT.fullmatch(text)
    return (found[1] or found[2]) if found else text
