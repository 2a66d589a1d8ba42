"""A mail's bytes hold exactly the headers that were written, whatever stands in them: on every Python there is here."""

import email
import email.policy
import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.web.server import ROOT
from web.process.mail_bytes import mail_bytes

HEADERS = [
    *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
]
NAMES = [
    "=?utf-8?q?AA=0d=0aReply-To:_evil@x.de?=",
    "=?utf-8?b?QQ0KQmNjOiB4QHk=?= =?utf-8?q?=0aBcc:_x?=",
    "=?utf-8?q?AA=0d=0aReply-To:_evil@x.de?=" * 6,
    "Verein =?utf-8?q?=0a=0a<html>?=",
    "a\u2028Bcc: x@example.org",
    "Bcc: x@example.org",
    "„Ä“ " * 60,
    "=?" * 120,
    '"quoted" <evil@x.de>, other@x.de',
    "x" * 290,
    "\u202eää" * 30,
]
BODY = "Guten Tag,\n\n.\nFrom hier\n" + "ü" * 2000 + "\nBcc: x@example.org\n=?utf-8?q?=0a?=\n"
# Run by another Python: it knows the standard library, and one module of ours by its path.
PROGRAM = """
import importlib.util, json, sys
from datetime import datetime, timezone
spec = importlib.util.spec_from_file_location("mail_bytes", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
found = []
for name in json.load(sys.stdin):
    content = module.mail_bytes(sender=(name, "netz@example.org"), recipient="erika@example.org", subject=name,
        body=sys.argv[2], written_at=datetime(2026, 1, 1, tzinfo=timezone.utc), message_id="<mail-1@example.org>")
    found.append(content.decode("ascii"))
json.dump(found, sys.stdout)
"""


@cache
def interpreters() -> list[str]:
    """This Python, and others from 3.11 on that are installed."""
    found = {sys.executable}
    for minor in range(11, 16):
        if path := shutil.which(f"python3.{minor}"):
            found.add(path)
    if pyenv := shutil.which("pyenv"):
        root = subprocess.run([pyenv, "root"], capture_output=True, text=True, check=False).stdout.strip()
        found.update(str(path) for path in Path(root).glob("versions/3.1[1-9]*/bin/python"))
    versions: dict[str, str] = {}
    for path in sorted(found):
        told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
        if (number := re.match(r"Python (3\.\d+\.\d+)", told)) is not None:
            versions.setdefault(number[1], path)
    return list(versions.values())


def written(name: str, **more: Any) -> bytes:
    return mail_bytes(
        sender=(name, "netz@example.org"),
        recipient="erika@example.org",
        subject=name,
        body=BODY,
        written_at=datetime(2026, 1, 1, tzinfo=UTC),
        message_id="<mail-1@example.org>",
        **more,
    )


def check(content: bytes, subject: str) -> None:
    """The headers are those that were written, by whatever reads them, and the text is what it was."""
    head, _blank, _body = content.partition(b"\r\n\r\n")
    lines = re.sub(rb"\r\n[ \t]", b" ", head).split(b"\r\n")
    assert [line.partition(b":")[0].decode() for line in lines] == HEADERS
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert b"\n" not in content.replace(b"\r\n", b"")
    for policy in (email.policy.compat32, email.policy.default, email.policy.SMTP):
        assert email.message_from_bytes(content, policy=policy).keys() == HEADERS
    received: Any = email.message_from_bytes(content, policy=email.policy.default)
    assert " ".join(str(received["Subject"]).split()) == " ".join(subject.split())
    assert received["To"] == "erika@example.org"
    assert received.get_content().replace("\r\n", "\n") == BODY
    assert max(map(len, content.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("python", interpreters())
def test_no_name_makes_a_header(python: str) -> None:
    done = subprocess.run(
        [python, "-c", PROGRAM, str(ROOT / "web/process/mail_bytes.py"), BODY],
        input=json.dumps(NAMES),
        capture_output=True,
        text=True,
        check=True,
        env={},
    )
    for name, content in zip(NAMES, json.loads(done.stdout), strict=True):
        check(content.encode("ascii"), name)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_for_people_holds_no_other_headers(name: str) -> None:
    content = written(name, readable=True)
    assert email.message_from_bytes(content).keys() == HEADERS


@pytest.mark.parametrize(
    "values",
    [
        {"recipient": "erika@example.org\nBcc: x@example.org"},
        {"recipient": "erika@example.org\r\n\r\nText"},
        {"recipient": "erika@example.org\n \nBcc: x@example.org"},
        {"message_id": "<x>\nBcc: x@example.org"},
        {"recipient": "erika@müller.example"},
    ],
)
def test_what_would_be_another_header_is_no_mail(values: dict[str, str]) -> None:
    given: dict[str, Any] = {
        "sender": ("Netz", "netz@example.org"),
        "recipient": "erika@example.org",
        "subject": "Neues",
        "body": "x",
        "written_at": datetime(2026, 1, 1, tzinfo=UTC),
        "message_id": "<x@example.org>",
    }
    with pytest.raises(ValueError, match="header"):
        mail_bytes(**given | values)
