"""What the documentation says of the code is true."""

import re
from pathlib import Path

from auth import refusals
from resolvers.errors import UserErrorCode

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
