"""The audit finds what it is for, and takes nothing that it didn't look at for good."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from auth.keys import new_key
from tests.audit import LOCKS, ROOT, keys_in, locked, secrets, unknown_licences, unsafe_npm_packages, unsafe_packages

LOCK = """
good==1.0 \\
    --hash=sha256:00
    # via mitwirk (pyproject.toml)
Elsewhere==2.0 ; sys_platform == 'win32' \\
    --hash=sha256:00
other==3.0 \\
    --hash=sha256:00
"""
KNOWN = {"id": "PYSEC-2026-1", "fix_versions": ["3.1"]}


def report(*packages: dict[str, Any]) -> dict[str, Any]:
    """As pip-audit writes it."""
    return {"dependencies": list(packages)}


GOOD = {"name": "good", "version": "1.0", "vulns": []}


def test_a_lock_says_what_is_for_every_machine() -> None:
    assert locked(LOCK) == {"good": True, "elsewhere": False, "other": True}
    for name in LOCKS:
        text = (ROOT / name).read_text()
        assert set(locked(text)) == {line.partition("==")[0] for line in text.splitlines() if re.match(r"\w.*==", line)}


def test_a_vulnerability_is_found() -> None:
    found = unsafe_packages(report(GOOD, {"name": "other", "version": "3.0", "vulns": [KNOWN]}), LOCK)
    assert found == ["other 3.0: PYSEC-2026-1, mended in 3.1"]
    assert unsafe_packages(report(GOOD, {"name": "Other", "version": "3.0", "vulns": []}), LOCK) == []


def test_what_was_passed_over_is_a_finding() -> None:
    skipped = {"name": "other", "skip_reason": "Dependency not found on PyPI and could not be audited: other (3.0)"}
    (line,) = unsafe_packages(report(GOOD, skipped), LOCK)
    assert line == "1 not audited (Dependency not found on PyPI and could not be audited): other"
    assert unsafe_packages(report(GOOD), LOCK) == ["1 not audited (it isn't in the report): other"]
    assert unsafe_packages(report(), LOCK) == ["2 not audited (it isn't in the report): good, other"]


@pytest.mark.parametrize(
    ("told", "count"),
    [
        ({"vulnerabilities": {}, "metadata": {"dependencies": {"total": 9}}}, 0),
        (
            {"vulnerabilities": {"a": {"severity": "high", "range": "<2"}}, "metadata": {"dependencies": {"total": 9}}},
            1,
        ),
        ({"vulnerabilities": {}, "metadata": {"dependencies": {"total": 0}}}, 1),
        ({"message": "the registry can't be reached", "error": {}}, 1),
        ({}, 1),
    ],
)
def test_npm_s_report_counts_where_it_holds_packages(told: dict[str, Any], count: int) -> None:
    assert len(unsafe_npm_packages(told)) == count


def test_a_licence_that_may_not_be_is_found_and_one_that_is_not_known() -> None:
    packages = [
        {"Name": "Good", "License": "MIT License"},
        {"Name": "chosen", "License": "GPL-3.0 OR MIT"},
        {"Name": "copy_left", "License": "MIT AND GPL-3.0"},
        {"Name": "lesser", "License": "GNU Lesser General Public License v3 (LGPLv3)"},
        {"Name": "none", "License": "UNKNOWN"},
    ]
    found = unknown_licences(packages, ["good", "chosen", "copy-left", "lesser", "none", "missing"])
    assert [line.split(":")[0] for line in found] == ["missing", "copy-left", "lesser", "none"]


def test_a_partner_s_key_is_found_where_it_is_one() -> None:
    key = new_key().text
    assert keys_in(f"token = '{key}'") == [key[:12]]
    other = "a" if key[-1] != "a" else "b"
    assert keys_in(f"{key[:-1]}{other} mwk_ {key[:-1]}") == []


def test_secrets_that_are_about_to_be_committed_are_found(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    assert secrets(tmp_path) == []
    (tmp_path / "settings.py").write_text("AWS = 'AKIA" + "ABCDEFGHIJ234567'\n")
    (tmp_path / "notes.md").write_text(f"Die Website fragt mit {new_key().text}.\n")
    (tmp_path / "key.pem").write_text("-----BEGIN RSA " + "PRIVATE KEY-----\n")
    found = secrets(tmp_path)
    assert [line.split(":")[0] for line in found] == ["key.pem", "settings.py", "notes.md"]
