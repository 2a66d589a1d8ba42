"""Where the time goes: a flame graph of the server under each workload, and while it tells sockets, by py-spy.

It looks at the process from outside, a hundred times a second. Where the system doesn't let it (ptrace), it says so.
"""

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.alone import WORKLOADS, measured
from benchmarks.live import deliveries
from benchmarks.networks import Network
from tests.web.server import Server

_SPY = Path(sys.executable).with_name("py-spy")
_TITLE = re.compile(r">[^<>]*py-spy[^<>]* record [^<>]*<")


def flames(network: Network, folder: Path, seconds: float, sockets: int) -> list[str]:
    """Draw `W1.svg` to `W4.svg` and `fan-out.svg` into `folder`; their names."""
    drawn = []
    folder.mkdir(exist_ok=True)
    for workload in WORKLOADS:
        with network.server() as server:
            work = partial(measured, network, [server], workload, seconds * 2)
            _watch(server, folder / f"{workload}.svg", seconds, work)
        drawn.append(f"{workload}.svg")
    with network.server() as server:
        _watch(server, folder / "fan-out.svg", seconds, partial(deliveries, network, [server], sockets, 50))
    return [*drawn, "fan-out.svg"]


def _watch(server: Server, path: Path, seconds: float, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    async def both() -> None:
        running = asyncio.create_task(work())
        await asyncio.sleep(seconds / 2)
        command = [
            str(_SPY),
            "record",
            "--pid",
            str(server.process.pid),
            "--duration",
            str(round(seconds)),
            "--output",
            str(path),
        ]
        spy = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said, _none = await spy.communicate()
        assert spy.returncode == 0, said.decode()
        await running

    asyncio.run(both())
    # Its title would be the command, with the paths of this machine.
    path.write_text(_TITLE.sub(f">{path.stem}<", path.read_text()))
