"""Live cursors: what they say, what they don't, and which of two refusals there is for what is none."""

import base64
import struct
from itertools import product

import orjson
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from models.sql.page_cursors import write_cursor
from subscriptions.cursors import Cursors, ForeignCursorError, NotACursorError, Position

KEY = b"a key for these tests of 32 byte"
CURSORS = Cursors(KEY)
EDGES = (0, 1, 2**31, 2**32 - 1)
POSITIONS = [Position(epoch, seq, mark) for epoch, seq, mark in product(EDGES, (*EDGES, 2**64 - 1), (0, 7, 2**64 - 1))]
LENGTH = len(CURSORS.make(POSITIONS[0]))


def sealed(plain: bytes) -> str:
    """Sealed with the right key, whatever it is."""
    return written(AESSIV(KEY).encrypt(plain, None))


def written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_a_cursor_says_epoch_number_and_mark_again_and_fits_into_an_address() -> None:
    made = [CURSORS.make(position) for position in POSITIONS]
    assert len(set(made)) == len(POSITIONS)
    for position, cursor in zip(POSITIONS, made, strict=True):
        read = CURSORS.read(cursor)
        assert (read.epoch, read.seq, read.mark) == (position.epoch, position.seq, position.mark)
        assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        assert len(cursor) == LENGTH == 48


def test_equal_positions_have_equal_cursors_in_every_process_of_the_key() -> None:
    """Also those that were made so long ago that this process has forgotten them."""
    made = [CURSORS.make(Position(1, seq, seq)) for seq in range(1100)]
    assert [CURSORS.make(Position(1, seq, seq)) for seq in range(1100)] == made
    assert [Cursors(KEY).make(Position(1, seq, seq)) for seq in range(1100)] == made


def test_the_newest_thousand_are_sealed_once() -> None:
    cursors = Cursors(KEY)
    for _turn in range(3):
        for seq in range(1000):
            cursors.make(Position(1, seq, seq))
    assert (cursors._made.cache_info().misses, cursors._made.cache_info().maxsize) == (1000, 1000)


def test_no_cursor_without_the_mark_of_its_change() -> None:
    with pytest.raises(ValueError, match="mark"):
        CURSORS.make(Position(1, 1))


@pytest.mark.parametrize("length", range(LENGTH + 40))
def test_what_has_no_length_of_a_cursor_is_none_and_what_has_may_be_a_foreign_one(length: int) -> None:
    """In any version a live cursor has 24 to 64 bytes."""
    raw = b"\1" * length
    error = ForeignCursorError if 24 <= length <= 64 else NotACursorError
    with pytest.raises(error):
        CURSORS.read(written(raw))


@pytest.mark.parametrize("cursor", ["A" * 128, "A" * 129, "A" * 130, "A" * 5000, "=" * 128, "-" * 129])
def test_what_is_longer_than_any_cursor_is_none(cursor: str) -> None:
    with pytest.raises(NotACursorError):
        CURSORS.read(cursor)


@pytest.mark.parametrize("sign", [" ", "\n", ".", "ä", "\ud800", "\0"])
@pytest.mark.parametrize("place", [0, 20, LENGTH])
def test_a_sign_that_no_cursor_has_makes_it_none(sign: str, place: int) -> None:
    good = CURSORS.make(POSITIONS[-1])
    with pytest.raises(NotACursorError):
        CURSORS.read(good[:place] + sign + good[place + len(sign) :])


def test_one_of_another_key_of_another_version_or_forged_is_foreign() -> None:
    good = CURSORS.make(POSITIONS[5])
    raw = base64.urlsafe_b64decode(good + "=" * (-len(good) % 4))
    of_another = Cursors(b"another key that is of 32 bytes!").make(POSITIONS[5])
    forged = [written(raw[:at] + bytes((raw[at] ^ 1,)) + raw[at + 1 :]) for at in range(len(raw))]
    shorter, longer = sealed(struct.pack(">IQ", 1, 1)), sealed(struct.pack(">IQQQ", 1, 1, 1, 1))
    for cursor in (of_another, shorter, longer, *forged):
        with pytest.raises(ForeignCursorError):
            CURSORS.read(cursor)


@pytest.mark.parametrize(
    ("plain", "is_of_list"),
    [(orjson.dumps(["Sommerfest", "2026-06-01", 12]), True), (b'{"a": "Sommerfest, im Juni 26"}', False)],
)
def test_the_cursor_of_a_list_is_none_and_other_json_foreign(plain: bytes, is_of_list: bool) -> None:
    with pytest.raises(NotACursorError if is_of_list else ForeignCursorError):
        CURSORS.read(written(plain))


def test_one_that_a_list_really_gives_is_none() -> None:
    with pytest.raises(NotACursorError):
        CURSORS.read(write_cursor("a list", ["Sommerfest", "2026-06-01T12:00:00Z", 12]))


def test_positions_are_in_the_order_of_the_log_whatever_their_mark() -> None:
    assert Position(1, 9) < Position(2, 0) < Position(2, 1)
    assert Position(1, 1, 7) == Position(1, 1) == Position(1, 1, 8)
