"""A person's name and addresses taken out of a text that stays."""

import re

from resolvers.privacy.rows import Owner

INSTEAD = "[…]"
# A part of a name that is shorter says nothing of anybody.
_SHORTEST = 3


class Redaction:
    """What of an owner must not stand in any text."""

    def __init__(self, owner: Owner) -> None:
        name = owner.member.name if owner.member is not None else ""
        phone = owner.member.phone if owner.member is not None else None
        self.whole = sorted({one for one in (name, phone, *owner.addresses) if one}, key=len, reverse=True)
        parts = sorted({one for one in re.findall(r"\w+", name) if len(one) >= _SHORTEST}, key=len, reverse=True)
        self._whole = _words(self.whole, re.IGNORECASE)
        # By itself, as it is written: a first name at the end of a letter.
        self._parts = _words(parts)

    def names(self, text: str | None) -> bool:
        """Whether the whole name, or an address, stands in the text."""
        return bool(text and self._whole and self._whole.search(text))

    def __call__(self, text: str | None) -> str | None:
        """The text without them."""
        for words in (self._whole, self._parts):
            if text and words:
                text = words.sub(INSTEAD, text)
        return text


def _words(phrases: list[str], flags: int = 0) -> re.Pattern[str] | None:
    """What finds these where they stand by themselves, with whatever blanks between their words."""
    if not phrases:
        return None
    found = "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)", flags)
