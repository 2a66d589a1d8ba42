"""How long a server's process was on a processor: what a request costs, whatever else the machine does meanwhile."""

from pathlib import Path
from statistics import median
from time import process_time

import psutil

# What is allowed for, on any machine: so many times what a bound says.
_ROOM = 3
# What `_work` takes of a core that has nothing else to do.
_QUIET_MS = 3.5


def room() -> float:
    """So many times what a bound says is allowed for just now: work takes more of a core that others share."""
    taken = []
    for _time in range(9):
        begun = process_time()
        _work()
        taken.append((process_time() - begun) * 1000)
    return _ROOM * max(1.0, median(taken) / _QUIET_MS)


def _work() -> int:
    return sum(number * number % 7 for number in range(50_000))


class Cpu:
    """CPU of a process and of all its threads, in nanoseconds where Linux tells, else in hundredths of a second."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._folder = Path(f"/proc/{pid}/task")
        self._begun = self._used()

    def _used(self) -> float:
        try:
            return sum(int((one / "schedstat").read_text().split()[0]) for one in self._folder.iterdir()) / 1e6
        except OSError:  # a thread has just ended, or there is no such thing here
            times = self._process.cpu_times()
            return float(times.user + times.system) * 1000

    def restart(self) -> None:
        """Count from now on."""
        self._begun = self._used()

    @property
    def ms(self) -> float:
        """What was used since the start."""
        return self._used() - self._begun
