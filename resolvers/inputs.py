"""Judges what people type. All that is wrong is collected, so that it can be mended at once.

    check = Check("input")
    name = check.text("name", values, longest=200)
    topics = await check.topics("topics", values)
    check.done()

Every method takes the name of a field and the values that were given, by name. What was left out, or was wrong, comes
back as None (or an empty list); look into the values to tell left out from emptied.
"""

import re
from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from tortoise.models import Model

from models import District, Topic
from models.filters.conditions import is_slug
from models.folding import UNTYPABLE
from models.places import keys_of
from resolvers.errors import UserError, UserErrorCode, UserErrors
from resolvers.language import _, _n

_REGION = "DE"
TOO_MANY_CHARACTERS = _n("At most {longest} character, please.", "At most {longest} characters, please.", "longest")
TOO_FEW_CHARACTERS = _n("At least {shortest} character, please.", "At least {shortest} characters, please.", "shortest")
TOO_MANY_ENTRIES = _n("At most {most} entry, please.", "At most {most} entries, please.", "most")
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
        """Text without white space around it; empty counts as none. `required` where it must not be none.

        A field that was left out is only an error where it is `required` and `values` is of something new: leave
        `required` to those, and use `required=name in values` for an update that must not empty it.
        """
        value = values.get(name.rpartition(".")[2])
        text = str(value).replace("\r\n", "\n").strip() if value is not None else ""
        if not text:
            if required:
                self.fail(name, UserErrorCode.REQUIRED, _("Please fill this in."))
            return None
        if UNTYPABLE.search(text):
            self.fail(name, UserErrorCode.INVALID, _("This contains characters that can't be shown."))
        elif len(text) > longest:
            self.fail(name, UserErrorCode.TOO_LONG, TOO_MANY_CHARACTERS, longest=longest)
        elif len(text) < shortest:
            self.fail(name, UserErrorCode.TOO_SHORT, TOO_FEW_CHARACTERS, shortest=shortest)
        else:
            return text
        return None

    def line(self, name: str, values: Values, *, longest: int, shortest: int = 1, required: bool = False) -> str | None:
        """As `text`, on one line: names and titles, which stand in the subjects of mails."""
        value = values.get(name.rpartition(".")[2])
        one_line = {name.rpartition(".")[2]: re.sub(r"\s+", " ", str(value)) if value is not None else None}
        return self.text(name, one_line, longest=longest, shortest=shortest, required=required)

    def email(self, name: str, values: Values, *, required: bool = False) -> str | None:
        """An e-mail address (RFC 5322 addr-spec), folded to lower case."""
        text = self.text(name, values, longest=254, required=required)
        if text is None:
            return None
        try:
            return validate_email(text, check_deliverability=False, test_environment=True).normalized.lower()
        except EmailNotValidError:
            self.fail(name, UserErrorCode.INVALID, _("This is no e-mail address."))
            return None

    def phone(self, name: str, values: Values) -> str | None:
        """A telephone number as E.164; without a country code it is one of the country's own."""
        text = self.text(name, values, longest=50)
        if text is None:
            return None
        try:
            number = phonenumbers.parse(text, _REGION)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            self.fail(name, UserErrorCode.INVALID, _("This is no telephone number."))
            return None
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def url(self, name: str, values: Values) -> str | None:
        """An absolute http or https URL."""
        text = self.text(name, values, longest=500)
        if text is None:
            return None
        try:
            parts = urlsplit(text)
            valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            valid = False
        if not valid or re.search(r"\s", text):
            self.fail(name, UserErrorCode.INVALID, _("This is no address that begins with http:// or https://."))
            return None
        return text

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
        known = await keys_of(Topic, filter(is_slug, slugs))
        for number, slug in enumerate(values.get(name) or ()):
            if slug not in known:
                self.fail(f"{name}.{number}", UserErrorCode.NOT_FOUND, _("There is no such topic."))
        return [known[slug] for slug in slugs if slug in known]

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
            "venue_name": self.text("venue.name", venue, longest=200, required=values["venue"] is not None),
            "venue_street": self.text("venue.street", venue, longest=200),
            "venue_postal_code": self.text("venue.postal_code", venue, longest=20),
            "venue_city": self.text("venue.city", venue, longest=100),
            "venue_district_id": await self.district("venue.district", venue),
            "venue_latitude": self.number("venue.location.latitude", location, lowest=-90, highest=90),
            "venue_longitude": self.number("venue.location.longitude", location, lowest=-180, highest=180),
            "venue_accessibility": list(dict.fromkeys(venue.get("accessibility") or ())),
            "venue_accessibility_note": self.text("venue.accessibility_note", venue, longest=1000),
        }


def field_of(model: type[Model], column: str) -> str:
    """What the schema calls the field that shows a column: of `district_id`, which refers to a district, `district`.

    What is no column of the model, such as its topics, has its own name.
    """
    reference = getattr(model._meta.fields_map.get(column), "reference", None)
    return camel(column if reference is None else reference.model_field_name)[0]


def camel(name: str) -> tuple[str, ...]:
    """The path of a field as the schema spells it: `venue.postal_code` is `("venue", "postalCode")`."""
    parts = []
    for part in name.split("."):
        first, *rest = part.split("_")
        parts.append(first + "".join(word.title() for word in rest))
    return tuple(parts)
