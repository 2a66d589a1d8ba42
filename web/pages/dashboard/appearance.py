"""What a town makes its own of the dashboard: its colour, its logo, and the address that a QR code leads to."""

import hashlib
from dataclasses import dataclass
from html import escape
from pathlib import Path

# The paper of the page by its theme, as dashboard.css has it.
_PAPERS = {"light": (246, 247, 248), "dark": (14, 20, 25)}
_LEGIBLE = 4.5  # WCAG 2.2, 1.4.3: the contrast of letters
_MOST_LOGO_BYTES = 500_000
_LOGOS = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}

Colour = tuple[int, int, int]


class LogoError(Exception):
    """Why a file can't be the logo."""


@dataclass(frozen=True)
class Appearance:
    """What the settings say; each may be left out.

    `colour` is such as `#0b5c4b`, `site_url` the website's address, `framed_by` are the origins whose pages may frame
    the board.
    """

    site_url: str | None = None
    colour: str | None = None
    logo: tuple[str, bytes] | None = None
    framed_by: tuple[str, ...] = ()

    @property
    def files(self) -> dict[str, tuple[str, bytes]]:
        """What is served beside the page, by name: each with its media type. Names change with the content."""
        found = {}
        if self.colour is not None:
            css = town_css(self.colour)
            found[f"{_stamp(css)}.css"] = ("text/css; charset=utf-8", css)
        if self.logo is not None:
            kind, content = self.logo
            found[f"{_stamp(content)}{kind}"] = (_LOGOS[kind], content)
        return found

    def markup(self, root: str, invitation: str) -> dict[str, str]:
        """What stands in the page for it, by placeholder. `invitation` says what the QR code is for."""
        made = {"styles": "", "logo": "", "join": "", "joined": ""}
        for name in self.files:
            address = f"{root}/dashboard/town/{name}"
            if name.endswith(".css"):
                made["styles"] = f'<link rel="stylesheet" href="{address}" />'
            else:
                made["logo"] = f'<img class="logo" src="{address}" alt="" />'
        if self.site_url is not None:
            made["joined"] = "has-join"
            words = f"<span>{escape(invitation)}</span>"
            made["join"] = f'<a class="join" href="{escape(self.site_url)}">{words}{qr_code(self.site_url)}</a>'
        return made


def read_logo(path: Path) -> tuple[str, bytes]:
    """The kind of a picture, such as `.svg`, and what is in it. Raises `LogoError`."""
    kind = path.suffix.lower()
    if kind not in _LOGOS:
        raise LogoError(f"must be one of {', '.join(sorted(_LOGOS))}")
    try:
        with path.open("rb") as source:
            content = source.read(_MOST_LOGO_BYTES + 1)
    except OSError as error:
        raise LogoError(f"can't be read ({error.strerror})") from None
    if len(content) > _MOST_LOGO_BYTES:
        raise LogoError(f"has more than {_MOST_LOGO_BYTES} bytes")
    return kind, content


def town_css(colour: str) -> bytes:
    """The style that makes this the accent: in each theme as much darker or lighter as it takes to be read."""
    given = (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))
    light, dark = (_legible(given, paper) for paper in _PAPERS.values())
    return f":root {{ --accent: {light}; }}\n:root[data-theme='dark'] {{ --accent: {dark}; }}\n".encode()


def qr_code(address: str) -> str:
    """The address as a QR code: SVG, dark on white in every theme, since some cameras read no other."""
    import segno

    svg = segno.make(address, error="m", micro=False).svg_inline(
        dark="#000", light="#fff", border=2, omitsize=True, svgclass="qr", lineclass=None
    )
    return svg.replace("<svg ", '<svg aria-hidden="true" ', 1)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2, contrast ratio)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _legible(colour: Colour, paper: Colour) -> str:
    """The colour, mixed with black or white until it is read on this paper."""
    target = 255 if _luminance(paper) < 0.5 else 0
    for part in range(101):
        mixed = [round(value + (target - value) * part / 100) for value in colour]
        red, green, blue = mixed
        if contrast((red, green, blue), paper) >= _LEGIBLE:
            break
    return f"#{red:02x}{green:02x}{blue:02x}"


def _luminance(colour: Colour) -> float:
    parts = [value / 255 for value in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _stamp(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
