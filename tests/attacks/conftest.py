"""A server with the demonstration network, as strangers find it."""

from collections.abc import Iterator

import pytest

from tests.web.server import Server


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that spares nobody, this machine's own programs neither."""
    with Server(tmp_path_factory.mktemp("attacked") / "data", DEMO=1) as server:
        yield server
