"""Language tags as BCP 47 (RFC 5646) has them: one spelling of each, and which ones a range means (RFC 4647)."""

import re
from functools import cache

_TAG = re.compile(
    r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|\d{3}))?((?:-(?:[A-Za-z\d]{5,8}|\d[A-Za-z\d]{3}))*)"
)
# RFC 5646, section 4.4.1: what nearly all tags fit into.
_LONGEST = 35


def read_tag(typed: str) -> str | None:
    """The tag in the spelling of RFC 5646, such as `pt-BR`; None where it is none, or of no language that is known."""
    if len(typed) > _LONGEST:
        return None
    match = _TAG.fullmatch(typed.strip())
    if match is None or match[1].lower() not in _languages():
        return None
    language, script, region, variants = match.groups()
    parts = [language.lower(), script and script.title(), region and region.upper()]
    return "-".join(part for part in parts if part) + variants.lower()


@cache
def _languages() -> frozenset[str]:
    from babel import Locale

    return frozenset(Locale.parse("en").languages)


def is_meant(tag: str, range: str) -> bool:
    """Whether a range means a tag, both spelled by `read_tag`: itself, and more exactly (basic filtering, 3.3.1)."""
    return tag == range or tag.startswith(f"{range}-")
