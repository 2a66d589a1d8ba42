"""URLs of settings, taken apart: what is wrong with one is said without anything of it, for it may hold a password."""

import re
from urllib.parse import SplitResult, unquote, urlsplit

_ADDRESS = re.compile(r"[0-9A-Fa-f:.]+(%25\w+)?")
_MALFORMED = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NAME = re.compile(r"[^\s\[\]<>\"^`{|}\\]*")


def taken_apart(url: str) -> SplitResult:
    """The parts of a URL (RFC 3986), which may have several hosts with commas, each with a port.

    Raises `ValueError`, whose text holds nothing of the URL, where it can't be what was meant.
    """
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        raise ValueError("there is a blank in it, which has to be written as %20")
    if "#" in url:
        raise ValueError("a # in it has to be written as %23")
    if _MALFORMED.search(url):
        raise ValueError("a % in it that begins no code has to be written as %25")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ValueError("it can't be read as a URL") from None
    if parts.netloc and ("@" in parts.path or "@" in parts.query):
        raise ValueError("a / or ? in the name or the password has to be written as %2F or %3F, an @ elsewhere as %40")
    for host in parts.netloc.rpartition("@")[2].split(","):
        _check_host(host)
    return parts


def pairs_of(query: str) -> dict[str, str]:
    """What a query says by `name=value`. Raises `ValueError` where something in it is none."""
    found = {}
    for pair in filter(None, query.split("&")):
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise ValueError("what follows its ? has to be name=value, with & between")
        found[unquote(name)] = unquote(value)  # a + is a +
    return found


def check_port(port: str) -> None:
    """Raises `ValueError` where this is no port; nothing is one."""
    if port and not (port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 65536):
        raise ValueError(
            "the port is no number from 1 to 65535 (a / ? # or @ in the password has to be written as %2F %3F %23 %40)"
        )


def _check_host(host: str) -> None:
    if host.startswith("["):
        address, bracket, rest = host[1:].partition("]")
        if not bracket or not _ADDRESS.fullmatch(address) or (rest and not rest.startswith(":")):
            raise ValueError("what stands in [ ] has to be an IPv6 address")
        port = rest[1:]
    else:
        name, _colon, port = host.partition(":")
        if not _NAME.fullmatch(name):
            raise ValueError("the host's name is none")
        if ":" in port:
            raise ValueError("an IPv6 address has to stand in [ ], and a : or @ in the password be written as %3A, %40")
    check_port(unquote(port))
