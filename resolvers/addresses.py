"""Addresses as people type them: of mail, of telephones, of websites. What is none becomes None."""

import re
import unicodedata
from urllib.parse import urlsplit

import idna
from email_validator import EmailNotValidError, validate_email

_REGION = "DE"
# What people write between the digits of a telephone number, in whatever width and length of dash.
_PHONE = re.compile(r"\+?[0-9()/. \-]+")
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_LONGEST_AREA_CODE = 5
_SPACES_OR_DELIMITERS = re.compile(r'[\s\\<>"`]')
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_TOP_LEVEL = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
# Nobody reaches them from elsewhere: RFC 6761, RFC 6762 (appendix G), RFC 7686, RFC 8375, and ICANN's `internal`.
_PRIVATE = frozenset(
    (
        *("arpa", "corp", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain", "localhost"),
        *("onion", "private", "test"),
    )
)
# ASCII and the letters that German and its neighbours' languages have: what else looks like these is shown as it is
# written in the domain name system.
_FAMILIAR = re.compile("[\x21-\x7e\u00df-\u00f6\u00f8-\u0130\u0132-\u0137\u0139-\u0148\u014a-\u017e]*")


def read_email(text: str, *, known: bool = False) -> str | None:
    """An e-mail address (RFC 5322 addr-spec) in lower case, the domain in letters of its own, not as A-label.

    So there is one spelling of each, to be stored and compared. Before the @ stands ASCII alone, as not every mail
    server on the way could deliver others; with `known`, which is for addresses that were taken once, anything.
    """
    try:
        return validate_email(
            text, check_deliverability=False, test_environment=True, allow_smtputf8=known
        ).normalized.lower()
    except EmailNotValidError:
        return None


def ascii_email(address: str) -> str:
    """The address with its domain as A-labels (RFC 5891), as every mail server takes it."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{_ascii_host(domain) or domain}"


def read_phone(text: str) -> str | None:
    """A telephone number as E.164; without a country code it is one of the country's own.

    It has the digits that were typed, but for the zero of a national number: letters are no digits, an extension is no
    part of a number, and two numbers are none.
    """
    import phonenumbers

    typed = _DASHES.sub("-", "".join(_as_ascii(letter) for letter in text))
    if not _PHONE.fullmatch(typed) or typed.count("/") > 1:
        return None
    try:
        number = phonenumbers.parse(typed, _REGION)
    except phonenumbers.NumberParseException:
        return None
    national = phonenumbers.national_significant_number(number)
    code = str(number.country_code)
    digits = re.sub(r"\D", "", typed)
    prefixes = [code, f"{code}0"] if typed.startswith("+") else [f"00{code}", f"00{code}0"]
    if digits[:2] != "00":
        prefixes += ["", "0"]
    if digits not in [prefix + national for prefix in prefixes]:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    _before, slash, after = typed.partition("/")
    if slash and len(national) - sum(letter.isdigit() for letter in after) > _LONGEST_AREA_CODE:
        return None  # it stands behind an area code, else between two numbers
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _as_ascii(letter: str) -> str:
    """Digits, signs and spaces of any width and script as those of ASCII; what nobody sees is left out."""
    digit = unicodedata.decimal(letter, None)
    if digit is not None:
        return str(digit)
    kind = unicodedata.category(letter)
    if "\uff01" <= letter <= "\uff5e":
        return unicodedata.normalize("NFKC", letter)
    return " " if kind == "Zs" else "" if kind == "Cf" else letter


def read_url(text: str) -> str | None:
    """The address of a website that everyone can reach: http or https, and the name of a host with a dot.

    No names of users, no numbers in place of names, no names of a house's own network. It stays as it was typed; the
    host's name becomes A-labels (RFC 5891) where it has letters that people here would take for others.
    """
    if _SPACES_OR_DELIMITERS.search(text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host, colon, _port = parts.netloc.partition(":")
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or "%" in host or (colon and not port):
        return None
    labels = _ascii_host(host)
    if labels is None or not is_public(labels):
        return None
    if host.isascii():
        return text
    spelled = idna.uts46_remap(host, std3_rules=True, transitional=False)
    return text.replace(host, spelled if _FAMILIAR.fullmatch(spelled) else labels, 1)


def is_public(host: str) -> bool:
    """Whether this name of a host, in A-labels, may be known to the domain name system of everybody."""
    labels = host.lower().split(".")
    return (
        len(host) <= 253
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
        and _TOP_LEVEL.fullmatch(labels[-1]) is not None
        and labels[-1] not in _PRIVATE
    )


def _ascii_host(host: str) -> str | None:
    """The name of a host in A-labels; None where it is none."""
    try:
        return idna.encode(host, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return None
