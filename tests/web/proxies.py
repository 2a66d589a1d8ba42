"""A real reverse proxy: Debian's nginx, with its defaults, which pass on another `Host` than the client's."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers import NO_PROXY, free_port
from tests.web.server import PATIENCE, until

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_CONFIGURATION = """
daemon off;
pid {folder}/pid;
error_log stderr warn;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
  server {{
    listen 127.0.0.1:{port};
    location {path}/ {{
      proxy_pass http://127.0.0.1:{upstream}{rest};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
    }}
  }}
}}
"""


@contextmanager
def proxy(folder: Path, upstream: int, path: str, *, cuts: bool) -> Iterator[str]:
    """A proxy before `upstream`, a port of this machine; yields the address below which it is.

    `cuts`: whether it passes paths on without `path`. Without nginx the test is skipped; in CI it fails.
    """
    if NGINX is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NO_PROXY)
        pytest.skip(NO_PROXY)
    folder.mkdir()
    port = free_port()
    file = folder / "nginx.conf"
    file.write_text(
        _CONFIGURATION.format(folder=folder, port=port, path=path, upstream=upstream, rest="/" if cuts else "")
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([NGINX, "-p", folder, "-c", file], stdout=log, stderr=log)
    try:
        until(lambda: (folder / "pid").exists() or process.poll() is not None, "the proxy is ready")
        assert process.poll() is None, (folder / "log").read_text()
        yield f"http://127.0.0.1:{port}{path}"
    finally:
        process.terminate()
        process.wait(PATIENCE)
