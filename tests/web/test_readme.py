"""What the README prints runs as printed, against the demonstration."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.web.server import PATIENCE, ROOT, Server, environment, until

PRINTED = "127.0.0.1:8000"


def blocks(language: str, server: Server) -> list[str]:
    """The README's code in this language, for where the server really listens."""
    text = (ROOT / "README.md").read_text()
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)
    return [block.replace(PRINTED, server.url.removeprefix("http://")) for block in found]


def shell(script: str) -> dict[str, Any]:
    """What a script prints, as JSON."""
    done = subprocess.run(
        ["bash", "-euc", script], env=environment(), capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    return dict(json.loads(done.stdout))


def test_the_readme_runs_as_printed(tmp_path: Path) -> None:
    with Server(tmp_path / "data", DEMO=1) as server:
        query, publish = blocks("sh", server)
        (watch,) = blocks("python", server)
        answer = shell(query)
        assert "errors" not in answer
        assert answer["data"]["network"]["statistics"]["memberCount"] == 95
        assert len(answer["data"]["offers"]["nodes"]) == 3

        (tmp_path / "watch.py").write_text(watch)
        seen = tmp_path / "seen"
        with seen.open("wb") as output:
            watcher = subprocess.Popen([sys.executable, tmp_path / "watch.py"], stdout=output, env=environment())
        try:
            until(lambda: seen.read_text().startswith("watching"), "the subscription has begun")
            payload = shell(publish)["data"]["createOffer"]
            assert payload["userErrors"] == []
            assert payload["offer"]["status"] == "PUBLISHED"
            until(lambda: seen.read_text().count("\n") > 1, "the entry arrives")
            message = json.loads(seen.read_text().splitlines()[1])
            assert message["payload"]["data"]["offerPublished"]["offer"]["title"] == payload["offer"]["title"]
        finally:
            watcher.kill()
            watcher.wait()


def test_the_readme_names_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text()
    for target in ("run", "test"):
        assert f"\n    make {target}\n" in text
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.M)


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_locks_hold_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert not re.search(r"https?://|--(extra-)?index|--find-links", text)
    for name in re.findall(r"^([a-z0-9.-]+)==", text, re.M):
        assert re.search(rf"^{re.escape(name)}==[^\n]*\\\n +--hash=sha256:", text, re.M), name


def test_locks_hold_what_the_project_pins() -> None:
    pins = re.findall(r'^  "([a-z0-9-]+)(?:\[[a-z0-9]+\])?==([^" ]+)', (ROOT / "pyproject.toml").read_text(), re.M)
    assert len(pins) > 20
    text = (ROOT / "requirements-dev.txt").read_text()
    for name, version in pins:
        assert re.search(rf"^{name}=={re.escape(version)}[ \\]", text, re.M), name
