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
from tests.servers import free_port
from web.mail import delivery
from web.settings import Settings


class Inbox:
    """What the mail server does with mails: it keeps them."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.mails.append(read(envelope.content))
        return "250 OK"


def read(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    """A real SMTP server and its URL."""
    handler, port = Inbox(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
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
