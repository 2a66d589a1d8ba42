"""Delivers mail: by SMTP where SMTP_URL is set, else as a file each in DATA_DIR/mail."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog

from models import Mail
from resolvers.addresses import ascii_email
from resolvers.mail.queue import Deliver
from resolvers.translation import LANGUAGES, _, translate
from web.process.mail_bytes import mail_bytes
from web.settings import Settings

log = structlog.get_logger()
_PATIENCE = 30.0
_LINK = re.compile(r"https?://\S+\?token=\S+")


def delivery(settings: Settings) -> Deliver:
    """The function that delivers a mail. It raises where the mail can't be delivered now."""
    if settings.smtp_url is not None:
        return _Smtp(settings.smtp_url.get_secret_value(), settings.mail_from)
    return _Files(settings.folder / "mail", settings.mail_from, with_links=settings.demo)


def written(mail: Mail, sender: str, *, readable: bool = False) -> bytes:
    """The mail as it is sent, addresses with their domains as A-labels: any server on the way takes them.

    `readable`: as a file that people open. Raises `ValueError` where it would hold other headers than it should.
    """
    name, address = mailbox(sender)
    domain = address.rpartition("@")[2]
    return mail_bytes(
        sender=(name, address),
        recipient=ascii_email(mail.recipient),
        subject=mail.subject,
        body=mail.body + _footer(mail),
        written_at=mail.created_at,
        message_id=f"<mail-{mail.id}-{int(mail.created_at.timestamp())}@{domain}>",
        unsubscribe=mail.unsubscribe_address,
        readable=readable,
    )


def _footer(mail: Mail) -> str:
    """What stands beneath a mail that its recipient can do without."""
    if mail.unsubscribe_page is None:
        return ""
    said = " / ".join(translate(language, _("No more mails of this kind")) for language in LANGUAGES)
    return f"\n-- \n{said}:\n\n{mail.unsubscribe_page}\n"


def mailbox(text: str) -> tuple[str, str]:
    """The name and the address of somebody who sends, as in `Netz <netz@example.org>`."""
    name, address = parseaddr(text)
    return name, ascii_email(address)


def forget_files(folder: Path) -> Callable[[], Awaitable[int]]:
    """The job: delete the files of mails that aren't stored any more, sent long ago or erased; how many.

    Those too that were never written to the end. Each process does so in the folder that it writes to.
    """

    async def forget() -> int:
        files = await asyncio.to_thread(lambda: list((folder / "mail").glob("*-*.*")))
        by_key = {int(key): file for file in files if (key := file.stem.rpartition("-")[2]).isdecimal()}
        stored: set[Any] = set(await Mail.all().values_list("id", flat=True)) if by_key else set()
        gone = [file for key, file in by_key.items() if key not in stored]
        for file in gone:
            await asyncio.to_thread(file.unlink, missing_ok=True)
        return len(gone)

    return forget


class _Smtp:
    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._tls else 25)
        self._username = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._sender = sender

    async def __call__(self, mail: Mail) -> None:
        import aiosmtplib

        await aiosmtplib.send(
            written(mail, self._sender),
            sender=mailbox(self._sender)[1],
            recipients=[ascii_email(mail.recipient)],
            hostname=self._host,
            port=self._port,
            username=self._username,
            password=self._password,
            use_tls=self._tls,
            timeout=_PATIENCE,
        )
        log.info("mail sent", mail=mail.id)


class _Files:
    """For a machine without a mail server. The file's name is logged; the link in the mail, which signs somebody in,
    in demonstration mode only."""

    def __init__(self, folder: Path, sender: str, *, with_links: bool) -> None:
        self._folder = folder
        self._sender = sender
        self._with_links = with_links

    async def __call__(self, mail: Mail) -> None:
        path = await asyncio.to_thread(self._write, mail)
        link = _LINK.search(mail.body) if self._with_links else None
        log.info("mail written", file=str(path), **({"link": link.group()} if link else {}))

    def _write(self, mail: Mail) -> Path:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._folder / f"{mail.created_at:%Y%m%d-%H%M%S}-{mail.id}.eml"
        draft = path.with_suffix(".part")
        draft.write_bytes(written(mail, self._sender, readable=True))
        draft.replace(path)
        return path
