"""What a token says and for how long, and that nobody makes or reads one without the key."""

import base64
import struct
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.jwk import OctKey

from auth.refusals import NotFound, Unauthenticated
from auth.tokens import RefreshToken, Tokens, derive_key
from models import now
from tests.conditions import until

SECRET = "a secret for tests only, long enough to be one"
SESSION = uuid4()


def made() -> Tokens:
    return Tokens(SECRET, timedelta(minutes=1))


def foreign() -> Tokens:
    return Tokens("another secret for tests, long enough to be one", timedelta(minutes=1))


def derived(purpose: str, length: int) -> bytes:
    """As RFC 5869 has it: without a salt, the purpose as its context."""
    return HKDF(hashes.SHA256(), length, salt=None, info=f"mitwirk {purpose}".encode()).derive(SECRET.encode())


def signed(claims: dict[str, Any], purpose: str = "access token", algorithm: str = "HS256") -> str:
    """A token with these claims, signed with the right key."""
    key = OctKey.import_key(derived(purpose, 32))
    return jwt.encode({"alg": algorithm}, claims, key, algorithms=[algorithm])


def test_a_key_is_derived_from_the_secret_for_one_purpose() -> None:
    assert derive_key(SECRET, "live cursor") == derived("live cursor", 32)
    assert derive_key(SECRET, "calendar address", 64) == derived("calendar address", 64)
    assert derive_key(SECRET, "one") != derive_key(SECRET, "another")


# ---------------------------------------------------------------- access


async def test_a_token_that_was_good_expires() -> None:
    tokens = Tokens(SECRET, timedelta(seconds=2))
    token, expires_at = tokens.make_access(SESSION)
    assert tokens.read_access(token) == (SESSION, expires_at)

    def over() -> bool:
        try:
            tokens.read_access(token)
        except Unauthenticated:
            return True
        return False

    assert await until(over)


def test_an_access_token_says_its_session_and_until_when_in_whole_seconds() -> None:
    before = now()
    token, expires_at = made().make_access(SESSION)
    assert before + timedelta(seconds=59) <= expires_at <= now() + timedelta(minutes=1)
    assert expires_at.microsecond == 0
    found = made().read_access(token)
    assert found == (SESSION, expires_at)
    assert isinstance(found[0], UUID)
    assert found[1].utcoffset() == timedelta(0)
    decoded = jwt.decode(token, OctKey.import_key(derived("access token", 32)))
    assert decoded.header["alg"] == "HS256"
    assert decoded.claims == {"sid": str(SESSION), "exp": int(expires_at.timestamp())}


def test_who_has_seen_a_token_still_knows_a_forged_one() -> None:
    good, forged = made().make_access(SESSION)[0], foreign().make_access(SESSION)[0]
    head, body, _signature = good.split(".")
    assert made().read_access(good)[0] == SESSION
    for token in (forged, f"{head}.{body}.{forged.split('.')[2]}", good[:-2], ""):
        with pytest.raises(Unauthenticated):
            made().read_access(token)


def test_a_signature_is_verified_once_and_of_the_newest_ten_thousand() -> None:
    tokens = Tokens(SECRET, timedelta(minutes=1))
    some = [tokens.make_access(uuid4())[0] for _number in range(3)]
    for token in some * 3:
        tokens.read_access(token)
    found = tokens._verified_access.cache_info()
    assert (found.misses, found.hits, found.maxsize) == (3, 6, 10_000)


LATER = 4_000_000_000
WRONG: dict[str, dict[str, Any]] = {
    "over": {"sid": str(SESSION), "exp": 1},
    "without an end": {"sid": str(SESSION)},
    "without a session": {"exp": LATER},
    "an end that is none": {"sid": str(SESSION), "exp": "later"},
    "nothing": {},
}


@pytest.mark.parametrize("name", list(WRONG))
def test_a_token_that_says_too_little_is_none_though_its_key_is_right(name: str) -> None:
    assert made().read_access(signed({"sid": str(SESSION), "exp": LATER}))[0] == SESSION
    with pytest.raises(Unauthenticated):
        made().read_access(signed(WRONG[name]))
    with pytest.raises(Unauthenticated):
        made().read_refresh(signed({"gen": 1} | WRONG[name], "refresh token"))


def test_only_the_one_algorithm_is_taken() -> None:
    claims = {"sid": str(SESSION), "exp": LATER}
    unsigned = ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"none"}', b'{"sid":"x"}', b"")
    )
    for token in (signed(claims, algorithm="HS512"), signed(claims, algorithm="HS384"), unsigned):
        with pytest.raises(Unauthenticated):
            made().read_access(token)


# ---------------------------------------------------------------- refresh


def test_a_refresh_token_says_its_session_and_generation_and_is_no_access_token() -> None:
    expires_at = now() + timedelta(days=30)
    token = made().make_refresh(SESSION, 7, expires_at)
    assert made().read_refresh(token) == RefreshToken(SESSION, 7)
    decoded = jwt.decode(token, OctKey.import_key(derived("refresh token", 32)))
    assert decoded.header["alg"] == "HS256"
    assert decoded.claims == {"sid": str(SESSION), "gen": 7, "exp": int(expires_at.timestamp())}
    for tokens, wrong in ((made(), made().make_access(SESSION)[0]), (foreign(), token), (made(), "x")):
        with pytest.raises(Unauthenticated):
            tokens.read_refresh(wrong)
    with pytest.raises(Unauthenticated):
        made().read_access(token)
    with pytest.raises(Unauthenticated):
        made().read_refresh(made().make_refresh(SESSION, 7, now() - timedelta(seconds=2)))


# ---------------------------------------------------------------- calendars, and take-outs

# By what the secret of an address is for: who makes and reads it.
SEALED = {"calendar": ("make_calendar", "read_calendar"), "export": ("make_export", "read_export")}


def sealed(purpose: str, one: int, other: int, tokens: Tokens | None = None) -> str:
    """The secret of an address of this purpose, for two numbers."""
    found: str = getattr(tokens or made(), SEALED[purpose][0])(one, other)
    return found


def read(purpose: str, secret: str, tokens: Tokens | None = None) -> tuple[int, int]:
    """The numbers in it."""
    found: tuple[int, int] = getattr(tokens or made(), SEALED[purpose][1])(secret)
    return found


@pytest.mark.parametrize("purpose", SEALED)
def test_an_address_says_two_numbers_and_is_always_the_same(purpose: str) -> None:
    for numbers in ((1, 0), (1, 1), (2, 1), (2**31, 2**20), (2**64 - 1, 2**64 - 1)):
        secret = sealed(purpose, *numbers)
        assert read(purpose, secret) == numbers
        assert sealed(purpose, *numbers, Tokens(SECRET, timedelta(hours=1))) == secret
        assert len(secret) == 43
        assert set(secret) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        key = AESSIV(derived(f"{purpose} address", 64))
        assert key.decrypt(base64.urlsafe_b64decode(secret + "="), None) == struct.pack(">QQ", *numbers)


@pytest.mark.parametrize("purpose", SEALED)
def test_every_sign_of_an_address_may_come(purpose: str) -> None:
    """Also those in which the two alphabets of base64 differ."""
    secrets = [sealed(purpose, number, 1) for number in range(200)]
    assert {"-", "_"} <= set("".join(secrets))
    assert [read(purpose, secret) for secret in secrets] == [(number, 1) for number in range(200)]


@pytest.mark.parametrize("purpose", SEALED)
def test_what_is_no_such_address_is_not_found(purpose: str) -> None:
    good = sealed(purpose, 1, 1)
    raw = base64.urlsafe_b64decode(good + "=")
    key = AESSIV(derived(f"{purpose} address", 64))
    others = [key.encrypt(plain, None) for plain in (b"", struct.pack(">Q", 1), struct.pack(">QQQ", 1, 1, 1))]
    forged = [raw[:at] + bytes((raw[at] ^ 1,)) + raw[at + 1 :] for at in range(len(raw))]
    wrong = [base64.urlsafe_b64encode(one).decode().rstrip("=") for one in (*others, *forged, b"", b"\0" * 15)]
    for secret in (
        *wrong,
        *(sealed(other, 1, 1) for other in SEALED if other != purpose),
        good[:-1],
        good + "A",
        good + "!!!!",
        good[:20] + "!" + good[20:],
        f" {good}",
        "ä",
        "",
        "x" * 5000,
    ):
        with pytest.raises(NotFound):
            read(purpose, secret)
    with pytest.raises(NotFound):
        read(purpose, good, foreign())


def test_where_mails_are_switched_off_an_address_says_account_and_kind_and_nothing_else_does() -> None:
    tokens, key = made(), AESSIV(derived("unsubscribing address", 64))
    for account, kind in product((*range(200), 2**64 - 1), ("", "abc", "NEWS", "Müll")):
        secret = tokens.make_unsubscribing(account, kind)
        assert tokens.read_unsubscribing(secret) == (account, kind)
        raw = base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
        assert key.decrypt(raw, None) == struct.pack(">Q", account) + kind.encode()
        assert not secret.endswith("=")
    good = tokens.make_unsubscribing(1, "NEWS")
    assert made().make_unsubscribing(1, "NEWS") == good
    for wrong in (good[:-1], good + "A", f" {good}", "", "ä", sealed("calendar", 1, 1), sealed("export", 1, 1)):
        with pytest.raises(NotFound):
            tokens.read_unsubscribing(wrong)
    for purpose in SEALED:
        with pytest.raises(NotFound):
            read(purpose, tokens.make_unsubscribing(1, "12345678"))
    with pytest.raises(NotFound):
        foreign().read_unsubscribing(good)
