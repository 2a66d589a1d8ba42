"""Mail goes to a mail server, or into files."""

import email
import email.policy
import stat
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

import models
from resolvers.mail.queue import mail as letter
from tests.servers import free_port
from web.process.mail_delivery import delivery
from web.settings import Settings


class Inbox:
    """What the mail server does with mails: it keeps them."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.mails.append(read(envelope.content))
        self.envelopes.append(envelope)
        return "250 OK"


def read(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


@pytest.fixture(params=[True, False], ids=["SMTPUTF8", "ASCII"])
def inbox(request: pytest.FixtureRequest) -> Iterator[tuple[Inbox, str]]:
    """A real SMTP server, which knows of SMTPUTF8 (RFC 6531) or doesn't, and its URL."""
    handler, port = Inbox(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port, enable_SMTPUTF8=request.param)
    controller.start()
    try:
        yield handler, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


def mail() -> models.Mail:
    return models.Mail(
        id=7,
        recipient="erika@example.org",
        subject="Anmeldung bestätigen – bitte",
        body="Grüße!\n\nhttps://api.example.org/confirm?token=abc\n",
    )


def stored(one: models.Mail) -> models.Mail:
    """The mail with a key, as rows have."""
    one.id = 8
    return one


async def test_mail_reaches_a_mail_server(inbox: tuple[Inbox, str]) -> None:
    handler, url = inbox
    await delivery(Settings.model_validate({"smtp_url": url, "mail_from": "Netz <netz@example.org>"}))(mail())
    (received,) = handler.mails
    assert received["To"] == "erika@example.org"
    assert received["From"] == "Netz <netz@example.org>"
    assert received["Subject"] == "Anmeldung bestätigen – bitte"
    assert received["Auto-Submitted"] == "auto-generated"
    assert received["Message-ID"].endswith("@example.org>")
    assert received.get_content().replace("\r\n", "\n") == mail().body


async def test_a_domain_goes_out_as_every_mail_server_knows_it(inbox: tuple[Inbox, str]) -> None:
    handler, url = inbox
    one = mail()
    one.recipient = "info@müller-verein.de"
    await delivery(Settings.model_validate({"smtp_url": url, "mail_from": "Büro <netz@müller-stadt.de>"}))(one)
    (received,), (envelope,) = handler.mails, handler.envelopes
    assert envelope.rcpt_tos == ["info@xn--mller-verein-dlb.de"]
    assert envelope.mail_from == "netz@xn--mller-stadt-thb.de"
    assert received["To"] == "info@xn--mller-verein-dlb.de"
    assert received["From"] == "Büro <netz@xn--mller-stadt-thb.de>"
    assert received["Message-ID"].endswith("@xn--mller-stadt-thb.de>")


@pytest.mark.parametrize(
    "name",
    [
        "=?utf-8?q?AA=0d=0aReply-To:_x@y?=",
        "=?utf-8?b?QQ0KQmNjOiB4QHk=?= =?utf-8?q?=0aBcc:_x?=",
        "Verein =?",
        "Bcc: x@example.org",
        "„Ä“ " * 60,
        "x" * 250,
    ],
)
async def test_what_stands_in_a_subject_is_shown_as_it_was_typed_and_makes_no_header(
    inbox: tuple[Inbox, str], name: str
) -> None:
    handler, url = inbox
    one = letter("erika@example.org", f"{name}: dabei", "Guten Tag")
    await delivery(Settings.model_validate({"smtp_url": url, "mail_from": "Netz <netz@example.org>"}))(stored(one))
    (received,), (envelope,) = handler.mails, handler.envelopes
    assert received["Subject"] == one.subject
    assert not {"Reply-To", "Bcc"} & set(received.keys())
    assert envelope.rcpt_tos == ["erika@example.org"]
    assert isinstance(envelope.content, bytes)
    assert b"\nReply-To" not in envelope.content
    assert max(len(line) for line in envelope.content.splitlines()) <= 998


async def test_a_long_line_arrives_as_it_was_written(inbox: tuple[Inbox, str]) -> None:
    handler, url = inbox
    one = stored(letter("erika@example.org", "Neues", "ü" * 5000))
    await delivery(Settings.model_validate({"smtp_url": url}))(one)
    (received,), (envelope,) = handler.mails, handler.envelopes
    assert received.get_content().replace("\r\n", "\n") == one.body
    assert isinstance(envelope.content, bytes)
    assert max(len(line) for line in envelope.content.splitlines()) <= 998


async def test_a_mail_server_that_is_away_is_an_error_so_that_the_mail_comes_up_again() -> None:
    deliver = delivery(Settings.model_validate({"smtp_url": f"smtp://127.0.0.1:{free_port()}"}))
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await deliver(mail())


@pytest.mark.parametrize("demo", [False, True])
async def test_without_a_mail_server_it_is_a_file_and_only_the_demonstration_logs_its_link(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], demo: bool
) -> None:
    await delivery(Settings.model_validate({"data_dir": tmp_path, "demo": demo}))(mail())
    (path,) = (tmp_path / "mail").iterdir()
    assert stat.S_IMODE((tmp_path / "mail").stat().st_mode) == 0o700
    written = read(path.read_bytes())
    assert written["To"] == "erika@example.org"
    assert "token=abc" in written.get_content()
    logged = capsys.readouterr()
    assert path.name in logged.out + logged.err
    assert ("token=abc" in logged.out + logged.err) is demo
