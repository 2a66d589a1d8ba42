"""What Prometheus is told of this process, at `/metrics` of a port of its own: docs/metrics.md lists it.

Numbers are read when they are asked for: what runs meanwhile only counts, in `web/process/counters.py`.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import structlog
import uvicorn
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.process.counters import Counters, Histogram, counters
from web.process.startup_errors import CannotStartError

log = structlog.get_logger()

# How long what has to be asked of the database may take.
_PATIENCE = 2.0
_Labels = TypeVar("_Labels", bound=Sequence[str])
# How often it is looked how late the loop is.
_LAG_SECONDS = 0.25


@dataclass(frozen=True)
class Number:
    """One of the numbers that a part of the server has, by its name here, and by `labels` where it is one of several.

    `rises`: it counts something since the process began, and never falls.
    """

    name: str
    says: str
    read: Callable[[], float]
    rises: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Lag:
    """By how many seconds something lies behind, which has to be asked for."""

    name: str
    says: str
    ask: Callable[[], Awaitable[float]]


class Metrics:
    """All that is told, as Prometheus' client library collects it."""

    def __init__(self, numbers: Iterable[Number], lags: Iterable[Lag], counted: Counters = counters) -> None:
        self._numbers, self._lags, self._counted = list(numbers), list(lags), counted
        # What was found when it was asked last; nothing of what can't be known.
        self._found: dict[str, float] = {}
        self._registry = CollectorRegistry()
        self._registry.register(self)
        for more in (ProcessCollector, PlatformCollector, GCCollector):
            more(registry=self._registry)

    def collect(self) -> Iterator[Metric]:
        """The families of numbers, as they are now."""
        yield from _families(self._numbers)
        for lag in self._lags:
            if lag.name in self._found:
                yield GaugeMetricFamily(lag.name, lag.says, self._found[lag.name])
        yield from _counts(self._counted)

    async def page(self, request: Request) -> Response:
        """All of it, in the format that `Accept` names."""
        answers = await asyncio.gather(*(_asked(lag) for lag in self._lags))
        self._found = {lag.name: answer for lag, answer in zip(self._lags, answers, strict=True) if answer is not None}
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        headers = {"Content-Type": content_type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return Response(encode(self._registry), headers=headers)


async def _asked(lag: Lag) -> float | None:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await lag.ask()
    except Exception as error:  # the database is away: then nothing is told, rather than something wrong
        log.debug("a number can't be read", name=lag.name, reason=str(error))
        return None


def _families(numbers: Iterable[Number]) -> Iterator[Metric]:
    made: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
    for number in numbers:
        family = made.get(number.name)
        if family is None:
            kind = CounterMetricFamily if number.rises else GaugeMetricFamily
            family = made[number.name] = kind(number.name, number.says, labels=list(number.labels))
        family.add_metric(list(number.labels.values()), number.read())
    yield from made.values()


def _counts(counted: Counters) -> Iterator[Metric]:
    by_one = {
        "mitwirk_refusals": ("What was refused or cut short, by reason.", "reason", counted.refusals),
        "mitwirk_errors": ("Errors that clients were told, by code.", "code", counted.errors),
        "mitwirk_socket_operations": ("Operations begun on sockets, by kind.", "kind", counted.socket_operations),
        "mitwirk_mails": ("Attempts to deliver a mail, by how they ended.", "outcome", counted.mails),
    }
    for name, (says, label, counts) in by_one.items():
        yield _labelled(name, says, (label,), {(value,): count for value, count in counts.items()})
    yield _labelled("mitwirk_requests", "Operations over HTTP, by kind and code.", ("kind", "code"), counted.requests)
    yield _labelled("mitwirk_jobs", "Runs of jobs, by how they ended.", ("job", "outcome"), counted.jobs)
    yield CounterMetricFamily("mitwirk_deliveries", "Updates given to connections.", counted.deliveries)
    yield CounterMetricFamily("mitwirk_slow_readers", "Clients cut for reading nothing.", counted.slow_readers)
    by_kind = {
        "mitwirk_request_seconds": ("How long operations over HTTP took, by kind.", counted.seconds),
        "mitwirk_operation_cost_points": ("What operations cost in points, by kind.", counted.cost),
    }
    for name, (says, histograms) in by_kind.items():
        family = HistogramMetricFamily(name, says, labels=["kind"])
        for kind, histogram in list(histograms.items()):
            family.add_metric([kind], _buckets(histogram), histogram.sum)
        yield family
    lag = counted.lag
    yield HistogramMetricFamily("mitwirk_loop_lag_seconds", "How late the loop came.", _buckets(lag), lag.sum)


def _labelled(name: str, says: str, labels: Sequence[str], counts: Mapping[_Labels, int]) -> Metric:
    family = CounterMetricFamily(name, says, labels=labels)
    for values, count in list(counts.items()):
        family.add_metric(values, count)
    return family


def _buckets(histogram: Histogram) -> list[tuple[str, float]]:
    found, upto = [], 0
    for bound, count in zip([*map(str, histogram.bounds), "+Inf"], histogram.counts, strict=True):
        upto += count
        found.append((bound, float(upto)))
    return found


# ---------------------------------------------------------------- the port


class _Server(uvicorn.Server):
    """uvicorn, which leaves signals to who serves the API."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def served(metrics: Metrics, host: str, port: int) -> AsyncIterator[None]:
    """Serve `/metrics` there, meanwhile. Raises `CannotStartError`."""
    with _listener(host, port) as listener:
        host, port = listener.getsockname()[:2]
        app = Starlette(routes=[Route("/metrics", metrics.page)])
        config = uvicorn.Config(
            app, ws="none", lifespan="off", log_config=None, access_log=False, server_header=False, limit_concurrency=20
        )
        server = _Server(config)
        tasks = [asyncio.create_task(server.serve([listener])), asyncio.create_task(_watch_the_loop())]
        log.info("metrics are served", host=host, port=port)
        try:
            yield
        finally:
            server.should_exit = server.force_exit = True
            tasks[1].cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _listener(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        return socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as error:
        raise CannotStartError(f"Can't listen on METRICS_HOST {host}, METRICS_PORT {port} ({error}).") from None


async def _watch_the_loop() -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _LAG_SECONDS
        await asyncio.sleep(_LAG_SECONDS)
        counters.lag.observe(max(loop.time() - due, 0.0))
