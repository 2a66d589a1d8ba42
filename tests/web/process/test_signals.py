"""SIGINT and SIGTERM at any instant of a start: a documented exit code, at most one line, and nothing goes on."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.web.server import PATIENCE, ROOT, Server, environment, no_valkey_left, until, valkeys

LINE = "Stopped before it was done.\n"
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def catches(pid: int) -> bool:
    """Whether the process takes signals itself: before its first line nobody could."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True
    caught = int(status.split("SigCgt:")[1].split()[0], 16)
    return all(caught & (1 << (number - 1)) for number in SIGNALS)


def interrupted(folder: Path, how: signal.Signals, seconds: float) -> tuple[int, str]:
    """Start a server in `folder`, and send the signal so long after its first line; its exit code, and what it said."""
    folder.mkdir(exist_ok=True)
    server = Server(folder, bare=True, DEMO=1, cold=True)
    until(lambda: catches(server.process.pid), "it takes signals")
    time.sleep(seconds)
    return server.end(how), server.log


# In short a few instants, in the long form many.
@pytest.mark.long
@pytest.mark.parametrize("number", [2, pytest.param(200, marks=pytest.mark.soak)])
def test_at_any_instant_of_the_start(tmp_path: Path, number: int) -> None:
    dice = random.Random(number)
    full, folders = tmp_path / "full", [tmp_path / f"empty{turn}" for turn in range(number)]
    with no_valkey_left(full):
        begun = time.monotonic()
        with Server(full, bare=True, DEMO=1, cold=True):
            longest = time.monotonic() - begun
        for turn, empty in enumerate(folders):
            # As often into an empty folder, with migrations and the demonstration to come, as into a full one.
            folder, how = full if turn % 2 else empty, SIGNALS[turn // 2 % 2]
            instant = dice.random() * longest
            with no_valkey_left(folder):
                code, log = interrupted(folder, how, instant)
                assert (code, log in ("", LINE)) == (0, True), (instant, longest, log)
                assert valkeys(folder) == []
        # And what was left half done is no hindrance.
        with Server(folders[0], bare=True, DEMO=1) as server:
            assert server.ask("{ members(first: 1) { totalCount } }")["data"]["members"]["totalCount"]


@pytest.mark.parametrize("how", SIGNALS)
def test_another_command_says_that_it_was_stopped(tmp_path: Path, how: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "main.py", "migrate"],
        cwd=ROOT,
        env=environment(DATA_DIR=tmp_path / "data"),
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: catches(process.pid), "it takes signals")
    process.send_signal(how)
    _output, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (128 + how, LINE)


def test_twice_is_once(tmp_path: Path) -> None:
    """A second signal as the server ends, at any instant, changes nothing."""
    dice = random.Random(4)
    with Server(tmp_path / "data") as server:
        server.process.send_signal(signal.SIGINT)
        while server.process.poll() is None:
            server.process.send_signal(dice.choice(SIGNALS))
            time.sleep(0.005)
        assert server.process.returncode == 0
        assert server.log == ""
    assert valkeys(tmp_path / "data") == []
