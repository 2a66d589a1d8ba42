"""A mail as it is sent (RFC 5322, RFC 2045): bytes that hold exactly the headers that are written here.

What stands in a header is written, never read: a name like `=?utf-8?q?...?=` is what it looks like. Of Python's `email`
nothing is asked that decodes: some of its versions make headers of such a name. Nothing but the standard library is
needed here, so that any version of it can be tried.
"""

import quopri
import re
from datetime import datetime
from email import message_from_bytes
from email.header import Header
from email.utils import format_datetime, formataddr

_LONGEST_LINE = 998  # RFC 5322, 2.1.1
_LONGEST_PLAIN = 60
# A line break that goes on with something else than a blank would begin a header.
_BREAK = re.compile(r"\r|\n(?![ \t]+\S)")


def mail_bytes(
    *,
    sender: tuple[str, str],
    recipient: str,
    subject: str,
    body: str,
    written_at: datetime,
    message_id: str,
    unsubscribe: str | None = None,
    readable: bool = False,
) -> bytes:
    """The mail. `sender` is name and address; addresses are in ASCII.

    `unsubscribe`: where a mail program switches such mails off, by one click (RFC 2369, RFC 8058).
    `readable`: the body stays as it is where its lines are short enough; else it is encoded, in ASCII.
    Raises `ValueError` where something would be another header than it is.
    """
    lines = body.replace("\r\n", "\n").replace("\r", "\n").encode()
    is_plain = readable and max(map(len, lines.split(b"\n"))) <= _LONGEST_LINE
    headers = [
        ("From", formataddr(sender)),
        ("To", recipient),
        ("Subject", _encoded("Subject", subject)),
        ("Date", format_datetime(written_at)),
        # The same at every attempt: whoever gets it twice can tell.
        ("Message-ID", message_id),
        ("Auto-Submitted", "auto-generated"),
        *_unsubscribing(unsubscribe),
        ("MIME-Version", "1.0"),
        ("Content-Type", 'text/plain; charset="utf-8"'),
        ("Content-Transfer-Encoding", "8bit" if is_plain else "quoted-printable"),
    ]
    for name, value in headers:
        if _BREAK.search(value) or not value.isascii():
            raise ValueError(f"the header {name} of a mail would hold more than one value")
    head = "".join(f"{name}: {value}\n" for name, value in headers).encode("ascii")
    content = (head + b"\n" + (lines if is_plain else quopri.encodestring(lines))).replace(b"\n", b"\r\n")
    if message_from_bytes(content).keys() != [name for name, _value in headers]:
        raise ValueError("a mail would hold other headers than were written")
    return content


def _unsubscribing(address: str | None) -> list[tuple[str, str]]:
    """The headers that say it. By one click goes only what is asked over TLS (RFC 8058, 3.1)."""
    if address is None:
        return []
    one_click = [("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")] if address.startswith("https:") else []
    return [("List-Unsubscribe", f"<{address}>"), *one_click]


def _encoded(name: str, text: str) -> str:
    """A header's text, in encoded words (RFC 2047) where it isn't plain, or might be taken for such."""
    if text.isascii() and "=?" not in text and len(text) < _LONGEST_PLAIN:
        return text
    return Header(text, "utf-8", header_name=name).encode()
