"""What a setting may say. A wrong one raises `ValueError`, with a sentence that holds no password."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import SplitResult

from pydantic import AfterValidator, SecretStr

from auth.provider_rules import is_safe
from models.database.connect import configuration
from models.database.url_parts import pairs_of, taken_apart
from resolvers.terms import TermsFileError, read_terms
from subscriptions.redis_client import connect
from web.http import origins
from web.limits.proxies import networks

SHORTEST_KEY = 32
# In place of a template: the site has no such page.
NO_PAGE = "-"
# What may stand in an address as it is (RFC 3986, 2).
_OF_AN_ADDRESS = re.compile(r"[A-Za-z0-9\-._~/?#\[\]@!$&'()*+,;=:%]*")


def database_url(url: SecretStr | None) -> SecretStr | None:
    """A database that Mitwirk can use."""
    if url is not None:
        configuration(url.get_secret_value())
    return url


# What the server serves itself: a proxy can't cut one of these off a path, and nobody could tell whether it has.
_OWN_PATHS = ("confirm", "dashboard", "embed", "feeds", "graphql", "health", "playground", "reset", "sign-in")


def public_url(url: str | None) -> str | None:
    """The address below which the server is, without an end of its own."""
    if url is None:
        return None
    if "@" in url:  # wherever it stands, for it may be behind a password that holds a slash
        raise ValueError("must hold no name or password")
    found = origins.address(url)
    if origins.path_of(found).split("/")[1:2] in ([name] for name in _OWN_PATHS):
        raise ValueError("must be the address below which the server's paths are, without one of them such as /graphql")
    return found


def site_url(url: str | None) -> str | None:
    """The address of the network's website, without an end of its own."""
    if url is None:
        return None
    if "@" in url:
        raise ValueError("must hold no name or password")
    return origins.address(url)


def terms_file(path: Path | None) -> Path | None:
    """A file that holds the network's terms, if any."""
    if path is not None:
        try:
            read_terms(path)
        except TermsFileError as error:
            name = str(path).encode(errors="backslashreplace").decode()  # it may be no UTF-8
            raise ValueError(f"{name} {error}") from None
    return path


def issuer(url: str | None) -> str | None:
    """An issuer of OpenID Connect, in the spelling by which it names itself."""
    if url is not None and (not is_safe(url, url) or "?" in url or "#" in url or "@" in url or len(url) > 500):
        raise ValueError("must be the issuer as it names itself, such as https://login.example.org/realms/city")
    return url


def template(name: str) -> AfterValidator:
    """Checks what follows SITE_URL in the address of a page: it names `{name}` once, and nothing else in braces."""

    def checked(text: str) -> str:
        if text != NO_PAGE and not (
            text[:1] in "/?#" and _OF_AN_ADDRESS.fullmatch(text.replace(f"{{{name}}}", "", 1)) and f"{{{name}}}" in text
        ):
            raise ValueError(f"must begin with / and hold {{{name}}} once, as in /page/{{{name}}}, or be {NO_PAGE}")
        return text

    return AfterValidator(checked)


def origin_list(text: str) -> str:
    """Origins of web pages, separated by commas."""
    return ",".join(origins.origin(one.strip()) for one in text.split(",") if one.strip())


def host_list(text: str) -> str:
    """Hosts, separated by commas."""
    return ",".join(origins.host(one.strip()) for one in text.split(",") if one.strip())


def network_list(text: str) -> str:
    """Networks of addresses, separated by commas."""
    return ",".join(map(str, networks(text)))


def secret_url(*schemes: str, check: Callable[[str, SplitResult], None]) -> AfterValidator:
    """Checks a URL of one of these schemes. What is said of a wrong one holds nothing of it: it may hold a password."""

    def checked(url: SecretStr | str | None) -> SecretStr | str | None:
        if url is not None:
            text = url.get_secret_value() if isinstance(url, SecretStr) else url
            if not text.startswith(schemes):
                raise ValueError(f"must begin with {' or '.join(schemes)}")
            check(text, taken_apart(text))
        return url

    return AfterValidator(checked)


def redis_url(text: str, parts: SplitResult) -> None:
    """What redis-py can connect to."""
    if parts.scheme == "unix":
        if len(parts.path) < 2:
            raise ValueError("must name a socket: unix:///path/to/socket")
    elif parts.path not in ("", "/") and not parts.path[1:].isdecimal():
        raise ValueError("the path must be the number of a database, as in redis://HOST:6379/0")
    pairs_of(parts.query)
    try:
        connect(text).connection_pool.make_connection()  # type: ignore[no-untyped-call]
    except Exception:
        raise ValueError("what follows its ? is not known to redis-py") from None


def mail_url(_text: str, parts: SplitResult) -> None:
    """A mail server."""
    if not parts.hostname:
        raise ValueError("must name a host")
    if parts.path not in ("", "/") or parts.query:
        raise ValueError("must end with the host, or its port")


def sender(text: str) -> str:
    """One address, with a name or without."""
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = text
        (address,) = message["From"].addresses
    except (ValueError, IndexError):
        raise ValueError("must be one address: Name <name@example.org>") from None
    if not address.username or not address.domain or message["From"].defects:
        raise ValueError("must be one address: Name <name@example.org>")
    return text
