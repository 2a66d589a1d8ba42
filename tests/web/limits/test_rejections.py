"""How clients are turned away: each answer is whole, and each reason is documented."""

import email.parser
import json

import pytest

from auth import refusals
from tests.web.server import ROOT
from web.limits import rejections
from web.limits.rejections import Rejection

ALL = [one for one in vars(rejections).values() if isinstance(one, Rejection)]
CODES = {kind.code for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, refusals.Refusal)}


@pytest.mark.parametrize("rejection", ALL, ids=[one.reason for one in ALL])
def test_the_answer_is_whole_and_its_reason_documented(rejection: Rejection) -> None:
    head, _blank, body = rejection.response([(b"x-content-type-options", b"nosniff")]).partition(b"\r\n\r\n")
    first, _line, lines = head.decode("ascii").partition("\r\n")
    assert first == f"HTTP/1.1 {rejection.status.value} {rejection.status.phrase}"
    headers = email.parser.HeaderParser().parsestr(lines)
    assert int(headers["content-length"]) == len(body)
    assert (headers["connection"], headers["cache-control"]) == ("close", "no-store")
    assert headers["x-content-type-options"] == "nosniff"
    (error,) = json.loads(body)["errors"]
    assert error["extensions"]["code"] in CODES
    assert ("retry-after" in headers) == (error["extensions"]["code"] in ("RATE_LIMITED", "UNAVAILABLE"))
    assert f"`{rejection.reason}`" in (ROOT / "docs/metrics.md").read_text()
    assert str(rejection.status.value) in (ROOT / "docs/errors.md").read_text()


def test_each_reason_names_one() -> None:
    assert len({one.reason for one in ALL}) == len(ALL) > 10
