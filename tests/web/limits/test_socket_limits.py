"""How many at a time, in all and of one caller."""

from typing import Any

import pytest

from auth.refusals import RateLimited
from web.limits.callers import network_of
from web.limits.socket_limits import Limits
from web.settings import Settings


def settings(**values: Any) -> Settings:
    return Settings(sockets_per_address=2, sockets_at_once=5, **values)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
    ],
)
def test_addresses_are_counted_as_their_owners_are(one: str, other: str, same: bool) -> None:
    quota = Limits(settings()).sockets
    quota.take(network_of(one))
    quota.take(network_of(one))
    if same:
        with pytest.raises(RateLimited):
            quota.take(network_of(other))
    else:
        quota.take(network_of(other))


@pytest.mark.parametrize(
    ("host", "limit_loopback", "exempt"),
    [("127.0.0.1", False, True), ("127.0.0.1", True, False), ("0.0.0.0", False, False)],
)
def test_this_machine_is_exempt_while_only_it_reaches_the_server(host: str, limit_loopback: bool, exempt: bool) -> None:
    quota = Limits(settings(host=host, limit_loopback=limit_loopback)).sockets
    for _number in range(2):
        quota.take("127.0.0.1")
    if exempt:
        for _number in range(3):
            quota.take("::1")
    with pytest.raises(RateLimited):
        quota.take("127.0.0.1")


def test_what_is_given_back_can_be_taken_again_and_is_given_back_once() -> None:
    quota = Limits(settings()).sockets
    first, _second = quota.take("192.0.2.1"), quota.take("192.0.2.1")
    first()
    first()
    assert quota.taken == 1
    quota.take("192.0.2.1")
    with pytest.raises(RateLimited):
        quota.take("192.0.2.1")
