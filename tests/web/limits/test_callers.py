"""Who is one caller, and whom a trusted proxy is believed to ask for."""

import ast
from pathlib import Path
from typing import Any

import pytest

from web.limits.callers import Exemption, caller_of, shortened
from web.limits.proxies import Forwarded, Proxies, networks
from web.process.startup_errors import CannotStartError
from web.settings import Settings, read_settings

PROXY, CLIENT = "10.0.0.1", "203.0.113.9"


@pytest.mark.parametrize(
    ("address", "caller"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::1"),
        ("127.0.0.1", "127.0.0.1"),
        ("/run/socket", "/run/socket"),
    ],
)
def test_a_caller_is_named_by_what_one_client_has(address: str, caller: str) -> None:
    assert caller_of({"type": "http", "client": (address, 4711)}) == caller


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("/run/socket", ""),
    ],
)
def test_the_log_names_a_network_alone(address: str, network: str) -> None:
    assert shortened(address) == network


def test_no_line_of_the_log_names_an_address_or_a_person() -> None:
    rooms = ("web", "schema", "resolvers", "subscriptions", "auth", "models")
    texts = [path.read_text() for room in rooms for path in (Path(__file__).parents[3] / room).rglob("*.py")]
    trees = [ast.parse(text) for text in texts if "import structlog" in text]
    calls = [one for tree in trees for one in ast.walk(tree) if isinstance(one, ast.Call)]
    logged = [one for one in calls if ast.unparse(one.func).startswith("log.")]
    assert len(logged) > 20
    named = {keyword.arg for one in logged for keyword in one.keywords}
    assert not named & {"address", "caller", "client", "email", "recipient", "token", "ip", "peer"}


@pytest.mark.parametrize("scope", [{"type": "http"}, {"type": "http", "client": None}])
def test_who_has_no_address_has_no_name(scope: dict[str, Any]) -> None:
    assert caller_of(scope) == ""


@pytest.mark.parametrize(
    ("host", "limit_loopback", "spared"),
    [("127.0.0.1", False, True), ("127.0.0.1", True, False), ("0.0.0.0", False, False)],
)
def test_this_machines_programs_are_spared_while_only_they_reach_the_server(
    host: str, limit_loopback: bool, spared: bool
) -> None:
    exemption = Exemption(Settings(host=host, limit_loopback=limit_loopback))
    assert [exemption.spares(one) for one in ("127.0.0.1", "::1", "192.0.2.1", "")] == [spared, spared, False, False]


def client(header: str, *values: str, peer: str = PROXY, trusted: str = "10.0.0.0/8,2001:db8:f::/48") -> str:
    headers = [(header.lower().encode(), value.encode("latin-1")) for value in values]
    return Proxies(networks(trusted), header).client_of(peer, headers)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((), PROXY),
        (("",), PROXY),
        ((CLIENT,), CLIENT),
        ((f"{CLIENT}:4711",), CLIENT),
        (("2001:db8::1",), "2001:db8::1"),
        (("[2001:db8::1]:4711",), "2001:db8::1"),
        (("::ffff:203.0.113.9",), CLIENT),
        # Who writes the list says what they like: believed is what the last trusted proxy has added.
        ((f"198.51.100.7, {CLIENT}",), CLIENT),
        (("198.51.100.7", CLIENT), CLIENT),
        ((f"{CLIENT}, 10.1.1.1, 10.2.2.2",), CLIENT),
        ((f"198.51.100.7, {CLIENT}, 10.1.1.1",), CLIENT),
        (("10.9.9.9, 10.1.1.1",), "10.9.9.9"),
        # What is no address ends it.
        (("unknown",), PROXY),
        ((f"{CLIENT}, nonsense, 10.1.1.1",), "10.1.1.1"),
        ((f"{CLIENT},",), PROXY),
        (("10.1.1.1," * 5000 + "10.1.1.1",), "10.1.1.1"),
    ],
)
def test_the_list_is_read_from_the_right(values: tuple[str, ...], expected: str) -> None:
    assert client("X-Forwarded-For", *values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((f"for={CLIENT}",), CLIENT),
        ((f"by=10.0.0.1;For={CLIENT}:80;proto=https",), CLIENT),
        (('for="[2001:db8::1]:4711"',), "2001:db8::1"),
        ((f"for=198.51.100.7, for={CLIENT}, for=10.1.1.1;by=_x",), CLIENT),
        (("for=198.51.100.7", f"for={CLIENT}"), CLIENT),
        (("for=_hidden",), PROXY),
        (("proto=https",), PROXY),
        ((f"for=unknown, for={CLIENT}",), CLIENT),
        (('by="for=198.51.100.7"',), PROXY),
    ],
)
def test_forwarded_is_read_likewise(values: tuple[str, ...], expected: str) -> None:
    assert client("Forwarded", *values) == expected


def test_who_is_no_trusted_proxy_is_not_believed() -> None:
    for peer in (CLIENT, "127.0.0.1", "11.0.0.1", "/run/socket"):
        assert client("X-Forwarded-For", "198.51.100.7", peer=peer) == peer
    assert client("X-Forwarded-For", "198.51.100.7", peer="127.0.0.1", trusted="") == "127.0.0.1"


def test_the_other_header_is_not_read() -> None:
    proxies = Proxies(networks("10.0.0.1"), "X-Forwarded-For")
    assert proxies.client_of(PROXY, [(b"forwarded", b"for=198.51.100.7")]) == PROXY


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_the_application_sees_the_client(kind: str) -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["client"])

    forwarded = Forwarded(app, Proxies(networks(PROXY), "X-Forwarded-For"))
    for peer in (PROXY, CLIENT):
        headers = [(b"x-forwarded-for", b"198.51.100.7")]
        await forwarded({"type": kind, "client": (peer, 1), "headers": headers}, None, None)  # type: ignore[arg-type]
    assert seen == [("198.51.100.7", 0), (CLIENT, 1)]


@pytest.mark.parametrize("value", ["10.0.0.1/8", "proxy.example.org", "*", "10.0.0.1 10.0.0.2"])
def test_what_is_no_network_keeps_the_server_from_starting(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", value)
    with pytest.raises(CannotStartError) as caught:
        read_settings()
    assert caught.value.exit_code == 2
    assert str(caught.value).startswith("TRUSTED_PROXIES: ")
