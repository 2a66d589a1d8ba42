"""The pages of docs/clients are programs: each runs as it stands there, and prints what it promises."""

import json
import re
import sys
from pathlib import Path

import pytest

from tests.clients.node import PACKAGES, run
from tests.web.server import ROOT, Server

PAGES = ROOT / "docs/clients"
PRINTED = "127.0.0.1:8000"
NAME = "Engagement-Netzwerk Wolfsburg"
MEND, ONCE = "mend input.title REQUIRED", "once {true}"
# What each prints: two pages of five, an error at a field beside data, what a user can mend, and a mutation sent twice.
PROMISED = {
    "apollo": ["pages 5 then 10", f"field offers BAD_REQUEST but {NAME}", MEND, ONCE],
    "urql": ["pages 5 then 10", f"field offers BAD_REQUEST but {NAME}", "renewed true true", MEND, ONCE],
    "relay": ["pages 5 then 10", f"field null but {NAME}", MEND, ONCE],
    "graphql-ws": ["pages 10 10", f"field offers BAD_REQUEST but {NAME}", "refused BAD_REQUEST", MEND, ONCE],
    "python": ["pages 10", f"field offers BAD_REQUEST but {NAME}", MEND, ONCE],
}


def blocks(page: str, language: str) -> list[str]:
    """The blocks of a page in this language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (PAGES / f"{page}.md").read_text(), re.M | re.S)


def program(page: str, server: Server, language: str = "js") -> str:
    """What the blocks of a page are together, for this server."""
    text = "\n".join(blocks(page, language))
    assert PRINTED in text
    return text.replace(PRINTED, server.url.partition("://")[2])


def test_every_page_is_run() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == {*PROMISED, "README"}


@pytest.mark.parametrize("page", PROMISED)
def test_a_page_does_what_it_shows(server: Server, tmp_path: Path, page: str) -> None:
    if page == "python":
        printed = run(sys.executable, "-", text=program(page, server, "python"))
    elif page == "relay":
        printed = run("node", "src/main.js", cwd=_compiled(tmp_path, program(page, server)))
    else:
        printed = run("node", "--input-type=module", "-", text=program(page, server))
    expected = [line.format(true=True if page == "python" else "true") for line in PROMISED[page]]
    assert printed.splitlines() == expected


def _compiled(folder: Path, text: str) -> Path:
    """A project of Relay's, compiled: its documents stand in Board.js."""
    sources = folder / "src"
    (sources / "__generated__").mkdir(parents=True)
    (documents,) = blocks("relay", "graphql")
    (sources / "Board.js").write_text(f"graphql`{documents}`\n")
    (sources / "main.js").write_text(text)
    (folder / "schema.graphql").write_text((ROOT / "schema/schema.graphql").read_text())
    (folder / "package.json").write_text(json.dumps({"type": "module"}))
    (folder / "node_modules").symlink_to(PACKAGES)
    (settings,) = blocks("relay", "json")
    (folder / "relay.config.json").write_text(settings)
    run("node", PACKAGES / "relay-compiler/cli.js", cwd=folder)
    return folder
