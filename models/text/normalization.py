"""Text as people type and paste it, made into what is measured, compared and stored.

It is in Unicode's normal form C (UAX #15), its lines end with `\\n`, and characters are left out that show nothing, do
nothing, and were never meant: a soft hyphen or a zero-width space that came along with what was copied.
"""

import re
import unicodedata

# C0 and C1 without tab and line feed, what no text holds (Unicode 23.7), lone surrogates, and U+FFFD, which stands for
# a character that broke on its way: no text that a person types, and NUL no database stores.
UNTYPABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
# Blank, though letters and signs to Unicode: the fillers of Hangul, Braille without a dot, a note without its head.
BLANKS = "\u115f\u1160\u2800\u3164\uffa0\U0001d159"
# They show nothing, or change how the next character looks: to find text by, they are nothing.
INVISIBLE = (
    "\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_NO_ASCII = re.compile(r"[^\x00-\x7f]")
# Joiners mean something between letters of scripts that join, such as Persian's, and in emoji; selectors behind what
# has variants, as emoji and digits have; tags in the flags of regions.
_JOINING = (
    "\u0600-\u115e\u1161-\u167f\u1681-\u17b3\u17b6-\u180a\u1810-\u1dbf\u2190-\u27ff\u2801-\u2bff\u2e80-\u2fff"
    "\u3001-\u3163\u3165-\ua4cf\ua800-\ud7ff\uf900-\ufdff\U00010000-\U0001bc9f\U0001e000-\U000dffff"
)
_VARIED = "#*0-9©®\u203c-\u2049"
_JOINERS = "\u200c\u200d"
_SELECTORS = "\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_MEANINGLESS = re.compile(
    "(\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f)"
    "|[\u00ad\u034f\u17b4\u17b5\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff0-\ufffb]"
    "|[\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
    f"|(?<![{_VARIED}{_JOINING}{_JOINERS}{_SELECTORS}])[{_JOINERS}{_SELECTORS}]+"
    f"|(?<=[{_VARIED}])[{_JOINERS}][{_JOINERS}{_SELECTORS}]*"
)
# They turn around what follows, in names also what stands beside them on the screen (UAX #9).
_OVERRIDES = re.compile("[\u202d\u202e]")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MARKS_OF_DIRECTION = re.compile("[\u061c\u200e\u200f]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u0610\u0620-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff]")
_SPACE = re.compile(r"\s+")
_EDGES = BLANKS + "".join(letter for letter in map(chr, range(0x3001)) if letter.isspace())
# To order the marks of one letter takes the square of their number: UAX #15 (13) knows no use for more.
_MOST_MARKS = 30
# What may hold more of them.
LONG_FOREIGN_RUN = re.compile(f"[^\x00-\u02ff]{{{_MOST_MARKS + 1},}}")


def composed(text: str) -> str:
    """`text` in normal form C: the same, however it was typed. Look at `is_piled_up` first."""
    return unicodedata.normalize("NFC", text)


def is_piled_up(text: str) -> bool:
    """Whether more than thirty marks stand on one letter."""
    for run in LONG_FOREIGN_RUN.finditer(text):
        marks = 0
        for letter in run[0]:
            marks = marks + 1 if unicodedata.combining(letter) else 0
            if marks > _MOST_MARKS:
                return True
    return False


def shows_nothing(text: str) -> bool:
    """Whether nobody would see that there is a text: spaces, what is invisible or blank, marks without a letter."""
    return not any(_is_seen(letter) for letter in text)


def _is_seen(letter: str) -> bool:
    kind = unicodedata.category(letter)
    # What isn't assigned yet may be of a newer Unicode than Python's.
    return letter not in BLANKS and (kind[0] in "LNPS" or kind in ("Cn", "Co"))


def lines(text: str) -> str:
    """`text` as it is stored, on as many lines as it has. Directions may be set within, but not overridden."""
    text = _LINE_ENDS.sub("\n", text)
    if _NO_ASCII.search(text):
        text = composed(_OVERRIDES.sub("", _MEANINGLESS.sub(lambda found: found[1] or "", text)))
    return text.strip(_EDGES)


def one_line(text: str) -> str:
    """`text` as a name or a title is stored: on one line, each white space one space, no direction set by hand.

    Marks of direction stay where something is written from right to left.
    """
    text = _DIRECTIONS.sub("", text)
    if not _RIGHT_TO_LEFT.search(text):
        text = _MARKS_OF_DIRECTION.sub("", text)
    return _SPACE.sub(" ", lines(text))
