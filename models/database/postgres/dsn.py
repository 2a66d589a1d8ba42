"""Where PostgreSQL is: a URL as libpq reads it ("Connection URIs" in PostgreSQL's manual), for asyncpg.

asyncpg reads most of it the same: percent-encoding in every part, several hosts, Unix sockets, `sslmode` and its kin,
and what PGHOST and the like say. What it doesn't know it would send to the server as a setting.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlencode

import asyncpg

from models.database.postgres.asyncpg_adapter import check_dsn
from models.database.url_parts import check_port, pairs_of, taken_apart

# What only tunes how libpq does what asyncpg does its own way.
_PASSED_OVER = {
    *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"),
    *("sslcompression", "sslsni", "gssdelegation", "client_encoding", "load_balance_hosts"),
    *("min_protocol_version", "max_protocol_version"),
}
# What must not be passed over: with these values it asks for nothing that asyncpg doesn't do.
_HARMLESS = {
    "channel_binding": ("prefer", "disable"),
    "gssencmode": ("prefer", "disable"),
    "sslcertmode": ("allow",),
    "requiressl": ("0",),
    "replication": ("false", "off", "no", "0"),
    "require_auth": (),
    "requirepeer": (),
    "sslcrldir": (),
    "hostaddr": (),
}
# What asyncpg could be told beside a URL.
_OTHERWISE = (
    *("host", "port", "user", "password", "passfile", "database", "ssl", "service", "servicefile", "direct_tls"),
    *("server_settings", "target_session_attrs", "krbsrvname", "gsslib"),
)


@dataclass(frozen=True)
class Dsn:
    """What asyncpg takes: a URL, and what a URL can't say to it, by the names of its parameters."""

    url: str
    more: dict[str, Any] = field(default_factory=dict)


def read_dsn(url: str) -> Dsn:
    """The URL for asyncpg. Raises `ValueError`, whose text holds nothing of the URL, where it is none."""
    parts = taken_apart(url)
    if parts.netloc.count("@") > 1:  # the host begins behind the first one
        raise ValueError("an @ in the name or the password has to be written as %40")
    kept: dict[str, str] = {}
    more: dict[str, Any] = {}
    for name, value in pairs_of(parts.query).items():
        if name in _HARMLESS:
            if value not in _HARMLESS[name]:
                raise ValueError(f"{name} can't be had with this value")
        elif name == "connect_timeout":
            more["timeout"] = _seconds(value)
        elif name == "ssl" and value == "true":  # as JDBC has it
            kept["sslmode"] = "require"
        elif name == "fallback_application_name":
            kept.setdefault("application_name", value)
        elif name not in _PASSED_OVER:
            kept[name] = value
    for port in kept.get("port", "").split(","):
        check_port(port)
    account, at, hosts = parts.netloc.rpartition("@")
    if "port" in kept and hosts and not re.search(r":\d+(,|$)", hosts):  # asyncpg takes both from one place
        kept.setdefault("host", unquote(hosts))
        hosts = ""
    query = f"?{urlencode(kept, quote_via=quote)}" if kept else ""
    dsn = Dsn(f"{parts.scheme}://{account}{at}{hosts}{parts.path}{query}", more)
    try:
        check_dsn(dsn.url, _OTHERWISE)
    except (asyncpg.ClientConfigurationError, ValueError, OSError) as error:  # OSError: a certificate that isn't there
        raise ValueError(" ".join(str(error).split())) from None
    return dsn


def _seconds(value: str) -> float | None:
    if not re.fullmatch(r"-?\d{1,9}", value):
        raise ValueError("connect_timeout has to be a number of seconds")
    seconds = int(value)
    return float(max(seconds, 2)) if seconds > 0 else None  # libpq takes 1 for 2, and 0 for no limit
