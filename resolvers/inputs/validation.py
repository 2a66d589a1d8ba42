"""Judges what people type. All that is wrong is collected, so that it can be mended at once.

    check = Check("input")
    name = check.text("name", values, longest=200)
    topics = await check.topics("topics", values)
    check.done()

Every method takes the name of a field and the values that were given, by name. What was left out, or was wrong, comes
back as None (or an empty list); look into the values to tell left out from emptied.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from models import District, Topic
from models.filters.conditions import is_slug
from models.places import keys_of
from models.text.normalization import UNTYPABLE, is_piled_up, lines, one_line, shows_nothing
from resolvers.addresses import read_email, read_phone, read_url
from resolvers.field_names import camel
from resolvers.translation import _, _n
from resolvers.user_errors import UserError, UserErrorCode, UserErrors

TOO_MANY_CHARACTERS = _n("At most {longest} character, please.", "At most {longest} characters, please.", "longest")
TOO_FEW_CHARACTERS = _n("At least {shortest} character, please.", "At least {shortest} characters, please.", "shortest")
TOO_MANY_ENTRIES = _n("At most {most} entry, please.", "At most {most} entries, please.", "most")
# So many times as long as allowed may be what was typed: a letter typed as four characters becomes one.
_LONGER, _SPACE = 4, 1000
# As Python's `email` finds it.
_ENCODED_WORD = re.compile(r"=\?[^?]*\?[bq]\?.*?\?=", re.IGNORECASE)
Values = Mapping[str, Any]
Found = TypeVar("Found")


class Check:
    """The errors found so far, in the argument (or input field) `prefix`."""

    def __init__(self, *prefix: str) -> None:
        self._prefix = prefix
        self.errors: list[UserError] = []

    def fail(self, name: str, code: UserErrorCode, message: str, **parameters: object) -> None:
        """Something is wrong with the field `name`; dots lead deeper, as in `venue.name` or `topics.2`."""
        self.errors.append(UserError((*self._prefix, *camel(name)), code, message, parameters))

    def done(self) -> None:
        """Raises `UserErrors` where anything was wrong."""
        if self.errors:
            raise UserErrors(self.errors)

    def again(self) -> "Check":
        """One with the same errors, for an attempt of a transaction, which may be made several times."""
        other = Check(*self._prefix)
        other.errors = list(self.errors)
        return other

    async def found(self, finding: Awaitable[Found]) -> Found | None:
        """What is found; None where it raises `UserErrors`, which are kept with the others."""
        try:
            return await finding
        except UserErrors as wrong:
            self.errors.extend(wrong.errors)
            return None

    def text(self, name: str, values: Values, *, longest: int, shortest: int = 1, required: bool = False) -> str | None:
        """Text as `normalization.lines` stores it; what shows nothing counts as none. `required`: it must not be none.

        A field that was left out is only an error where it is `required` and `values` is of something new: leave
        `required` to those, and use `required=name in values` for an update that must not empty it.
        """
        return self._typed(name, values, lines, longest, shortest, required)

    def line(self, name: str, values: Values, *, longest: int, shortest: int = 1, required: bool = False) -> str | None:
        """As `text`, on one line: names and titles, which stand in the subjects of mails.

        What is written as headers of mails are (RFC 2047) is refused: some programs read it wherever it stands.
        """
        text = self._typed(name, values, one_line, longest, shortest, required)
        if text is not None and _ENCODED_WORD.search(text):
            self.fail(name, UserErrorCode.INVALID, _("This contains code from the header of a mail (“=?…?=”)."))
            return None
        return text

    def _typed(
        self, name: str, values: Values, stored: Callable[[str], str], longest: int, shortest: int, required: bool
    ) -> str | None:
        value = values.get(name.rpartition(".")[2])
        given = "" if value is None else str(value).strip()
        if len(given) > _LONGER * longest + _SPACE:
            self.fail(name, UserErrorCode.TOO_LONG, TOO_MANY_CHARACTERS, longest=longest)
            return None
        if is_piled_up(given):
            self.fail(name, UserErrorCode.INVALID, _("This contains characters that can't be shown."))
            return None
        text = stored(given)
        if UNTYPABLE.search(text):
            self.fail(name, UserErrorCode.INVALID, _("This contains characters that can't be shown."))
        elif shows_nothing(text):
            if required:
                self.fail(name, UserErrorCode.REQUIRED, _("Please fill this in."))
        elif len(text) > longest:
            self.fail(name, UserErrorCode.TOO_LONG, TOO_MANY_CHARACTERS, longest=longest)
        elif len(text) < shortest:
            self.fail(name, UserErrorCode.TOO_SHORT, TOO_FEW_CHARACTERS, shortest=shortest)
        else:
            return text
        return None

    def email(self, name: str, values: Values, *, required: bool = False, known: bool = False) -> str | None:
        """An e-mail address as `read_email` reads it; `known`: one that may have been taken before."""
        text = self._typed(name, values, one_line, 254, 1, required)
        if text is None:
            return None
        address = read_email(text, known=known)
        if address is None:
            message = (
                _("Before the @ only letters without umlauts and accents, please: not every mail server knows others.")
                if read_email(text, known=True)
                else _("This is no e-mail address.")
            )
            self.fail(name, UserErrorCode.INVALID, message)
        return address

    def phone(self, name: str, values: Values) -> str | None:
        """A telephone number, as `read_phone` reads it."""
        return self._read(name, self.text(name, values, longest=50), read_phone, _("This is no telephone number."))

    def url(self, name: str, values: Values) -> str | None:
        """The address of a website, as `read_url` reads it."""
        message = _("This is no public web address, such as https://www.example.org.")
        return self._read(name, self._typed(name, values, one_line, 500, 1, False), read_url, message)

    def _read(self, name: str, text: str | None, read: Callable[[str], str | None], message: str) -> str | None:
        if text is None:
            return None
        found = read(text)
        if found is None:
            self.fail(name, UserErrorCode.INVALID, message)
        return found

    def number(
        self, name: str, values: Values, *, lowest: float, highest: float, above: bool = False
    ) -> int | float | None:
        """A number from `lowest` (with `above`: greater than that) to `highest`."""
        value: int | float | None = values.get(name.rpartition(".")[2])
        if value is None:
            return None
        if not lowest <= value <= highest or (above and value == lowest):
            message = (
                _("More than {lowest} and at most {highest}, please.")
                if above
                else _("From {lowest} to {highest}, please.")
            )
            self.fail(name, UserErrorCode.OUT_OF_RANGE, message, lowest=lowest, highest=highest)
            return None
        return value

    async def topics(self, name: str, values: Values, *, most: int = 10) -> list[int]:
        """The keys of the topics of these slugs, in the order given, each once."""
        slugs = list(dict.fromkeys(values.get(name) or ()))
        if len(slugs) > most:
            self.fail(name, UserErrorCode.TOO_LONG, TOO_MANY_ENTRIES, most=most)
            return []
        known = await self.known_slugs(name, Topic, values.get(name) or ())
        return [known[slug] for slug in slugs if slug in known]

    async def known_slugs(self, name: str, model: type[Topic] | type[District], slugs: Sequence[str]) -> dict[str, int]:
        """The keys of the topics, or districts, of these slugs; it is an error where there is none."""
        known = await keys_of(model, filter(is_slug, slugs))
        text = _("There is no such topic.") if model is Topic else _("There is no such district.")
        for number, slug in enumerate(slugs):
            if slug not in known:
                self.fail(f"{name}.{number}", UserErrorCode.NOT_FOUND, text)
        return known

    async def district(self, name: str, values: Values) -> int | None:
        """The key of the district of this slug."""
        slug = values.get(name.rpartition(".")[2])
        if not slug:
            return None
        known = await keys_of(District, filter(is_slug, [slug]))
        if slug not in known:
            self.fail(name, UserErrorCode.NOT_FOUND, _("There is no such district."))
        return known.get(slug)

    async def venue(self, values: Values) -> dict[str, Any]:
        """The columns of a venue (`models.places.Located`), replaced as a whole; nothing where none was given."""
        if "venue" not in values:
            return {}
        venue: Values = values["venue"] or {}
        location: Values = venue.get("location") or {}
        return {
            "venue_name": self.line("venue.name", venue, longest=200, required=values["venue"] is not None),
            "venue_street": self.line("venue.street", venue, longest=200),
            "venue_postal_code": self.line("venue.postal_code", venue, longest=20),
            "venue_city": self.line("venue.city", venue, longest=100),
            "venue_district_id": await self.district("venue.district", venue),
            "venue_latitude": self.number("venue.location.latitude", location, lowest=-90, highest=90),
            "venue_longitude": self.number("venue.location.longitude", location, lowest=-180, highest=180),
            "venue_accessibility": list(dict.fromkeys(venue.get("accessibility") or ())),
            "venue_accessibility_note": self.text("venue.accessibility_note", venue, longest=1000),
        }
