"""One server for all, and the npm packages."""

from collections.abc import Iterator

import pytest

from tests.clients.node import install
from tests.web.server import Server


@pytest.fixture(scope="session")
def packages() -> None:
    install()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, packages: None) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("clients") / "data", DEMO=1) as running:
        yield running
