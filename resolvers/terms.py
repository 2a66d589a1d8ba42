"""The network's terms, with its privacy notice, as a file says them: in versions, so that people can be asked again.

The file is TOML, as `town/terms.toml` is; docs/sign-in.md describes it. What is wrong with one is one sentence.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from models.accounts.accounts import LONGEST_TERMS_VERSION
from models.text.normalization import UNTYPABLE, lines, one_line, shows_nothing
from resolvers.addresses import read_url

LONGEST_TEXT = 100_000
_LARGEST_FILE = 500_000
_KNOWN = {"version", "url", "text"}


class TermsFileError(Exception):
    """The file holds no terms; the text says why."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What whoever signs up accepts. `version` is another whenever people are to be asked again."""

    version: str
    text: str
    url: str | None = None


def read_terms(path: Path) -> Terms:
    """The terms that a file says. Raises `TermsFileError`."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise TermsFileError(f"has more than {_LARGEST_FILE} bytes")
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TermsFileError(f"can't be read ({error.strerror})") from None
    except ValueError as error:
        raise TermsFileError(f"is no TOML ({error})") from None
    unknown = sorted(content.keys() - _KNOWN)
    if unknown:
        raise TermsFileError(f"holds no terms: {unknown[0]} is unknown")
    for name, value in content.items():
        if not isinstance(value, str):
            raise TermsFileError(f"holds no terms: {name} must be a text")
    return Terms(
        version=_shown("version", one_line(content.get("version", "")), LONGEST_TERMS_VERSION),
        text=_shown("text", lines(content.get("text", "")), LONGEST_TEXT),
        url=_address(content["url"]) if "url" in content else None,
    )


def _shown(name: str, text: str, longest: int) -> str:
    if shows_nothing(text) or UNTYPABLE.search(text):
        raise TermsFileError(f"holds no terms: {name} is missing, shows nothing, or can't be shown")
    if len(text) > longest:
        raise TermsFileError(f"holds no terms: {name} has more than {longest} characters")
    return text


def _address(text: str) -> str:
    found = read_url(text)
    if found is None:
        raise TermsFileError("holds no terms: url is no address of a website")
    return found
