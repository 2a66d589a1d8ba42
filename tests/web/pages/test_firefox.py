"""The pages in Firefox, where Debian's package is there: what a person sees and does on each."""

import json
import shutil
from pathlib import Path

import pytest

from tests.clients.node import install, run
from tests.servers import NO_FIREFOX
from tests.web.server import Server

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")


def test_the_pages_live_in_firefox(tmp_path: Path) -> None:
    if FIREFOX is None:
        pytest.skip(NO_FIREFOX)
    install()
    with Server(tmp_path / "data", DEMO=1) as server:
        told = json.loads(run("node", "firefox.js", FIREFOX, server.url).splitlines()[-1])
    assert told["complaints"] == []
    assert told["seen"] == {
        "dashboard": True,
        "playground": 5,
        "subscription": True,
        "docs": told["seen"]["docs"],
        "embedded": True,
    }
    assert told["seen"]["docs"] > 5
