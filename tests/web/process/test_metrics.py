"""What Prometheus is told: all that docs/metrics.md lists, with the numbers of what was done, and to nobody else."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request

from tests.conditions import until
from tests.web.live.test_graphql_transport_ws import hear, opened, say
from tests.web.server import ROOT, Server
from tests.web.server import until as until_now
from web.process.counters import Counters, Histogram
from web.process.metrics import Lag, Metrics, Number

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def parsed(text: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


class Metered:
    """A server whose metrics are served on a port of their own."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.address = until_now(self._said, "metrics are served")
        self._client = httpx.Client(trust_env=False, timeout=60)

    def _said(self) -> str | None:
        for line in self.server.log.splitlines():
            said = json.loads(line) if line.startswith("{") else {}
            if said.get("event") == "metrics are served":
                return f"http://{said['host']}:{said['port']}/metrics"
        return None

    def close(self) -> None:
        self._client.close()

    def text(self, accept: str = "text/plain") -> httpx.Response:
        return self._client.get(self.address, headers={"Accept": accept})

    def __call__(self, name: str, **labels: str) -> float:
        return parsed(self.text().text).get((name, frozenset(labels.items())), 0.0)


@pytest.fixture(scope="module")
def metered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Metered]:
    with Server(tmp_path_factory.mktemp("metrics") / "data", METRICS_PORT=0, JOB_SECONDS=0.2, DEMO=1) as server:
        found = Metered(server)
        yield found
        found.close()


def test_requests_are_counted_by_kind_and_code(metered: Metered) -> None:
    ask = metered.server.client.post
    before = metered("mitwirk_requests_total", kind="query", code="OK")
    hits = metered("mitwirk_cache_hits_total", cache="responses")
    for number in range(3):
        ask("/graphql", json={"query": f"{{ network {{ name }} again{number}: __typename }}"})
    ask("/graphql", json={"query": "{ nothing }"})
    ask("/graphql", json={"query": "mutation { signOut { userErrors { code } } }"})
    ask("/graphql", content=b"none", headers={"Content-Type": "application/json"})
    assert metered("mitwirk_requests_total", kind="query", code="OK") == before + 3
    assert metered("mitwirk_requests_total", kind="query", code="BAD_REQUEST") == 1
    assert metered("mitwirk_requests_total", kind="none", code="BAD_REQUEST") == 1
    assert metered("mitwirk_errors_total", code="BAD_REQUEST") >= 2
    assert metered("mitwirk_request_seconds_count", kind="query") == before + 4
    assert metered("mitwirk_cache_bytes", cache="operations") > 0
    ask("/graphql", json={"query": "{ network { name } again0: __typename }"})
    assert metered("mitwirk_cache_hits_total", cache="responses") >= hits


async def test_what_is_live_is_counted(metered: Metered) -> None:
    server = metered.server
    async with opened(server) as client:
        await say(client, type="subscribe", id="1", payload={"query": "subscription { networkStatistics { asOf } }"})
        assert (await hear(client))["type"] == "next"
        assert await asyncio.to_thread(metered, "mitwirk_sockets") == 1
        assert await asyncio.to_thread(metered, "mitwirk_operations") == 1
        assert await asyncio.to_thread(metered, "mitwirk_shared_subscriptions") == 1
        assert await asyncio.to_thread(metered, "mitwirk_update_points") >= 1
        assert await asyncio.to_thread(metered, "mitwirk_deliveries_total") >= 1
        assert await asyncio.to_thread(metered, "mitwirk_socket_operations_total", kind="subscription") >= 1
    await until(lambda: asyncio.to_thread(lambda: metered("mitwirk_sockets") == 0))
    await until(lambda: asyncio.to_thread(lambda: metered("mitwirk_update_points") == 0))


def test_what_works_in_the_background_is_counted(metered: Metered) -> None:
    until_now(lambda: metered("mitwirk_jobs_total", job="expire offers", outcome="done") > 1, "jobs are counted")
    until_now(lambda: metered("mitwirk_loop_lag_seconds_count") > 1, "the loop's lag is looked at")
    assert metered("mitwirk_outbox_lag_seconds") < 60
    assert metered("mitwirk_log_position") > 0


def test_all_that_is_told_is_documented_and_the_other_way_round(metered: Metered) -> None:
    table = "\n".join(
        line for line in Path(ROOT / "docs/metrics.md").read_text().splitlines() if line.startswith("| `")
    )
    documented = {name.removesuffix("_total") for name in re.findall(r"`(mitwirk_\w+)`", table)}
    told = {family.name for family in text_string_to_metric_families(metered.text().text)}
    assert {name for name in told if name.startswith("mitwirk_")} == documented - {"mitwirk_database_connections"}
    assert {"process_resident_memory_bytes", "python_info"} <= told


def test_it_is_text_or_openmetrics_and_kept_by_nobody(metered: Metered) -> None:
    plain, openmetrics = metered.text(), metered.text("application/openmetrics-text; version=1.0.0")
    assert plain.headers["content-type"].startswith("text/plain; version=")
    assert openmetrics.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert openmetrics.text.endswith("# EOF\n")
    assert plain.headers["cache-control"] == "no-store"


def test_it_is_told_on_no_other_port(metered: Metered) -> None:
    assert metered.server.client.get("/metrics").status_code == 404
    assert httpx.get(metered.address.replace("/metrics", "/graphql"), trust_env=False).status_code == 404


def test_a_port_that_is_taken_is_said_in_one_line(metered: Metered, tmp_path: Path) -> None:
    port = metered.address.split(":")[2].split("/")[0]
    server = Server(tmp_path / "data", METRICS_PORT=port)
    try:
        assert server.process.wait(120) == 1
        assert "Can't listen on METRICS_HOST 127.0.0.1" in server.log
        assert "Traceback" not in server.log
    finally:
        server.end()


# ---------------------------------------------------------------- without a server


async def test_what_cannot_be_known_is_left_out() -> None:
    async def away() -> float:
        raise ConnectionError

    async def known() -> float:
        return 1.5

    numbers = [Number("a_number", "Some.", lambda: 3, labels={"of": "it"})]
    metrics = Metrics(numbers, [Lag("a_lag", "Some.", known), Lag("another", "Some.", away)], Counters())
    answer = await metrics.page(Request({"type": "http", "headers": []}))
    found = parsed(bytes(answer.body).decode())
    assert found[("a_number", frozenset({("of", "it")}))] == 3
    assert found[("a_lag", frozenset())] == 1.5
    assert ("another", frozenset()) not in found


def test_a_histogram_counts_what_lies_up_to_each_bound() -> None:
    histogram = Histogram((1, 2, 5))
    for value in (0, 1, 1.5, 2, 4, 5, 6, 100):
        histogram.observe(value)
    assert histogram.counts == [2, 2, 2, 2]
    assert histogram.sum == 119.5
