"""What the documentation says of the code is true."""

import fnmatch
import re
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, OperationType, parse, validate

from auth import refusals
from models import now
from resolvers.context import system_context
from resolvers.demo import load_demo
from resolvers.user_errors import UserErrorCode
from schema.roots import build
from tests.world import World

ROOT = Path(__file__).parents[1]


def headings(part: str) -> list[str]:
    """The third-level headings beneath a second-level one of docs/errors.md."""
    text = (ROOT / "docs/errors.md").read_text()
    section = text.split(f"\n## {part}\n")[1].split("\n## ")[0]
    return re.findall(r"^### (\w+)$", section, re.M)


def test_every_error_code_has_an_entry_and_no_other() -> None:
    kinds = [kind for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, refusals.Refusal)]
    assert sorted(headings("Top-level codes")) == sorted({kind.code for kind in kinds})
    assert sorted(headings("Codes of userErrors")) == sorted(UserErrorCode)


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        if page.exists():
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
                if not (page.parent / target).exists():
                    broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def documents() -> list[tuple[str, str]]:
    """Every GraphQL document that the pages show, with the page's name."""
    return [
        (page.name, document)
        for page in sorted((ROOT / "docs").glob("*.md"))
        for document in re.findall(r"^```graphql\n(.*?)^```$", page.read_text(), re.M | re.S)
    ]


@pytest.mark.parametrize(("page", "document"), documents())
def test_every_document_shown_is_valid(page: str, document: str) -> None:
    assert validate(build()._schema, parse(document)) == []


async def test_the_queries_shown_run_on_the_demonstration(world: World) -> None:
    await load_demo(system_context(world.services))
    for page, document in documents():
        operation = parse(document).definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        if operation.operation is OperationType.QUERY:
            assert operation.name
            variables: dict[str, Any] = {"now": now().isoformat()} if operation.name.value == "Coming" else {}
            data = await world.data(document, **variables)
            assert page == "sign-in.md" or all(data.values()), (page, data)


def rooms() -> set[str]:
    """The folders of the product that hold modules."""
    found = (page.parent for room in ROOMS for page in (ROOT / room).rglob("__init__.py"))
    return {folder.relative_to(ROOT).as_posix() for folder in found}


ROOMS = ("web", "schema", "resolvers", "subscriptions", "auth", "models")


def test_the_architecture_says_of_every_room_what_it_is_for_and_of_no_other() -> None:
    section = (ROOT / "docs/architecture.md").read_text().split("\n## The rooms\n")[1].split("\n## ")[0]
    named = [name for row in re.findall(r"^\| (`[^|]*) \|", section, re.M) for name in re.findall(r"`([^`]+)`", row)]
    assert sorted(named) == sorted({"main.py", *rooms()})


def test_files_that_the_pages_name_are_there() -> None:
    missing = []
    pages = {ROOT / "README.md", *(ROOT / "docs").rglob("*.md")}
    for page in sorted(pages - {ROOT / "docs/extending.md"}):  # which makes files: tests/test_extending.py
        for path in re.findall(rf"`((?:{'|'.join(ROOMS)}|tests|docs|benchmarks)/[\w./-]+)`", page.read_text()):
            if not (ROOT / path).exists():
                missing.append(f"{page.relative_to(ROOT)}: {path}")
    assert missing == []


def test_the_readme_shows_the_same_picture_of_the_house() -> None:
    (picture,) = re.findall(r"^```\n.*?^```$", (ROOT / "docs/architecture.md").read_text(), re.M | re.S)
    assert picture in (ROOT / "README.md").read_text()


def test_what_git_is_told_of_files_is_of_files_that_are_there() -> None:
    lines = [line.split() for line in (ROOT / ".gitattributes").read_text().splitlines() if line[:1] not in ("", "#")]
    assert lines
    files = [path for path in ROOT.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    names = [path.relative_to(ROOT).as_posix() for path in files if not path.relative_to(ROOT).parts[0].startswith(".")]
    gone = [pattern for pattern, *_attributes in lines if not fnmatch.filter(names, pattern.lstrip("/"))]
    assert gone == []
