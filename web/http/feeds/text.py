"""Text of people as other programs show it: plain, whatever it was pasted from."""

import re
from html import unescape

_BREAKS = re.compile(r"<br\s*/?>|</(?:p|div|li|ul|ol|h[1-6]|tr|table|blockquote)\s*>", re.I)
# Elements of HTML that text is pasted with. What else stands in angle brackets was typed by somebody.
_TAGS = re.compile(
    r"<!--.*?-->|<(script|style)\b[^<>]*>.*?</\1\s*>|</?(?:a|abbr|article|b|blockquote|body|br|code|div|em|font|h[1-6]|"
    r"head|hr|html|i|img|li|ol|p|pre|s|script|section|small|span|strong|style|sub|sup|table|tbody|td|th|thead|tr|u|ul)"
    r"(?:\s[^<>]*)?/?>",
    re.I | re.S,
)
_ENTITIES = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
# Ends of lines and paragraphs: programs that read calendars part text at some of them, and lose what follows.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# What XML 1.0 can't hold, and calendars shouldn't.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """`text` without tags and entities of HTML, and without characters that can't be shown; lines end with `\\n`."""
    text = _TAGS.sub("", _BREAKS.sub("\n", text))
    text = _ENTITIES.sub(lambda found: unescape(found[0]), text).replace("\xa0", " ")
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def plain_line(text: str) -> str:
    """`plain`, on one line."""
    return re.sub(r"\s+", " ", plain(text)).strip()
