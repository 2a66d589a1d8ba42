"""A partner's key: recognised by its looks, told from what only looks like one, and never stored."""

import re
import zlib

import pytest

from auth.keys import hash_of, is_key, new_key
from auth.refusals import KeyOver

# As the docs tell it to scanners for secrets.
PATTERN = re.compile(r"\bmwk_[0-9A-Za-z]{36}\b")
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def number(digits: str) -> int:
    """What digits of base 62 say."""
    found = 0
    for digit in digits:
        found = 62 * found + DIGITS.index(digit)
    return found


def test_a_key_is_found_by_its_looks_and_known_by_its_checksum() -> None:
    keys = [new_key() for _number in range(200)]
    for key in keys:
        assert PATTERN.fullmatch(key.text)
        assert is_key(key.text)
        assert number(key.text[-6:]) == zlib.crc32(key.text[:-6].encode())
        assert hash_of(key.text) == key.hash
        assert key.text.startswith(key.prefix)
        assert len(key.prefix) == 12
        assert re.fullmatch("[0-9a-f]{64}", key.hash)
    assert (
        len({key.text for key in keys}) == len({key.hash for key in keys}) == len({key.prefix for key in keys}) == 200
    )
    assert set("".join(key.text[4:] for key in keys)) == set(DIGITS)


def test_what_only_looks_like_a_key_is_none() -> None:
    key = new_key().text
    for place in range(len("mwk_"), len(key)):
        other = "x" if key[place] != "x" else "y"
        with pytest.raises(KeyOver):
            hash_of(key[:place] + other + key[place + 1 :])
    for wrong in (key[:-1], key + "0", key.upper(), f" {key}", f"{key}\n", key.replace("mwk_", "mwk-"), "mwk_", ""):
        with pytest.raises(KeyOver):
            hash_of(wrong)
    with pytest.raises(KeyOver):
        hash_of("mwk_" + "٣" * 36)  # digits, elsewhere


def test_an_access_token_is_no_key() -> None:
    assert not is_key("eyJhbGciOiJIUzI1NiJ9")
    assert not is_key("MWK_" + "0" * 36)
