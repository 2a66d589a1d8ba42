"""Codes of an app, by RFC 6238 said once more, and recovery codes, however people type them."""

import base64
import hashlib
import re
import time

import pyotp
import pytest
from cryptography.fernet import Fernet

from auth.second_factor import RECOVERY_CODES, SecondFactors, hash_of, new_recovery_codes, typed, uri
from auth.tokens import derive_key

SECRET = "a secret for tests only, long enough to be one"


def test_a_secret_is_stored_sealed_and_read_with_the_same_key_alone() -> None:
    secret, sealed = SecondFactors(SECRET).new_secret()
    assert re.fullmatch("[A-Z2-7]{32}", secret)
    key = base64.urlsafe_b64encode(derive_key(SECRET, "second factor"))
    assert Fernet(key).decrypt(sealed).decode() == secret
    assert SecondFactors(SECRET).new_secret()[0] != secret
    code = pyotp.TOTP(secret).now()
    assert SecondFactors("another secret for tests, long enough").step_of(sealed, code) is None
    assert SecondFactors(SECRET).step_of("nothing sealed", code) is None


def test_a_code_is_good_within_one_step_either_way_and_tells_its_own() -> None:
    factors = SecondFactors(SECRET)
    secret, sealed = factors.new_secret()
    while True:
        step = int(time.time()) // 30
        codes = {offset: pyotp.TOTP(secret).at(30 * (step + offset)) for offset in range(-3, 4)}
        found = {offset: factors.step_of(sealed, code) for offset, code in codes.items()}
        if int(time.time()) // 30 == step:
            break
    near = {codes[offset]: step + offset for offset in (1, 0, -1)}
    assert found == {offset: near.get(code) for offset, code in codes.items()}
    for wrong in ("", "12345", "1234567", "abcdef", "١٢٣٤٥٦"):
        assert factors.step_of(sealed, wrong) is None


def test_what_apps_read_from_a_picture() -> None:
    secret = pyotp.random_base32()
    found = pyotp.parse_uri(uri(secret, "erika@example.org", "Netz: Wolfsburg"))
    assert isinstance(found, pyotp.TOTP)
    assert (found.secret, found.name, found.issuer) == (secret, "erika@example.org", "Netz  Wolfsburg")


def test_recovery_codes_are_of_eighty_bits_each_and_read_however_they_are_typed() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == RECOVERY_CODES
    assert not all(code[1:4] == code[5:8] for code in codes)  # each letter is one of its own
    for code in codes:
        assert re.fullmatch("[a-z2-7]{4}(-[a-z2-7]{4}){3}", code)
        plain = code.replace("-", "")
        for text in (code, plain, code.upper(), f" {code}\n", " ".join(plain), code.replace("-", " - ")):
            assert typed(text) == plain
        assert hash_of(plain) == hashlib.sha256(plain.encode()).hexdigest()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("123 456", "123456"),
        ("ä" * 6, ""),
        ("x" * 40, "x" * 40),
        ("x" * 41, ""),
        (" " * 160 + "x", ""),
        (" " * 159 + "x", "x"),
        ("-" * 100 + "X", "x"),
    ],
)
def test_what_can_be_no_code_is_empty(text: str, expected: str) -> None:
    assert typed(text) == expected
