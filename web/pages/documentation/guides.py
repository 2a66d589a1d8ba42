"""The guides: pages of `docs/` that are written for who uses the API, as HTML.

A link from one to another works; one to a page that isn't served here, such as those for operators, is its text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

FOLDER = Path(__file__).parents[3] / "docs"
# What is served, by heading, in the order in which it is read.
_GUIDES = {
    "Begin": ("playground", "queries", "mutations", "sign-in", "live", "errors", "cost"),
    "Clients": (
        "clients/README",
        "clients/apollo",
        "clients/urql",
        "clients/relay",
        "clients/graphql-ws",
        "clients/python",
    ),
    "What it holds": ("offers", "search", "matches", "places", "feeds", "permissions", "moderation", "glossary"),
    "Further": ("persisted-documents", "texts", "dashboard", "versioning", "api-changes"),
}
# Where the program runs without docs/, there are none.
GUIDES = {
    heading: there
    for heading, names in _GUIDES.items()
    if (there := tuple(name for name in names if (FOLDER / f"{name}.md").is_file()))
}
NAMES = frozenset(name for names in GUIDES.values() for name in names)


@dataclass(frozen=True)
class Guide:
    """A page: its title, and its content as HTML, the title in it."""

    title: str
    html: str


def path_of(name: str) -> str:
    """Where a guide is, below the server's path."""
    return f"/docs/guides/{name.removesuffix('/README')}"


@cache
def title_of(name: str) -> str:
    """The first heading of a guide."""
    with (FOLDER / f"{name}.md").open(encoding="utf-8") as file:
        return file.readline().removeprefix("#").strip()


@cache
def _markdown() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # with the first guide that is read

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def rendered(name: str, root: str) -> Guide:
    """A guide of `GUIDES`. `root` is the path below which the server is."""
    markdown = _markdown()
    tokens = markdown.parse((FOLDER / f"{name}.md").read_text("utf-8"))
    _name_headings(tokens)
    for token in tokens:
        _link(token.children or [], name, root)
        if token.type in ("fence", "code_block"):
            token.type, token.content = "html_block", _code(token.content)
    html = str(markdown.renderer.render(tokens, markdown.options, {}))
    # What is wider than a phone is scrolled by itself, by the keyboard, too.
    html = html.replace("<table>", '<div class="wide" tabindex="0"><table>').replace("</table>", "</table></div>")
    return Guide(title_of(name), html)


def _code(text: str) -> str:
    return f'<pre tabindex="0"><code>{escape(text, quote=False)}</code></pre>\n'


def _name_headings(tokens: "list[Token]") -> None:
    """Give every heading an id, as the sites do on which people read Markdown."""
    taken: dict[str, int] = {}
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            text = "".join(child.content for child in inline.children or [])
            slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            number = taken[slug] = taken.get(slug, -1) + 1
            opening.attrSet("id", f"{slug}-{number}" if number else slug)


def _link(tokens: "list[Token]", name: str, root: str) -> None:
    for opening, closing in _links(tokens):
        target = _target(str(opening.attrGet("href")), name, root)
        if target is None:
            opening.tag = closing.tag = "span"
            opening.attrs = {}
        else:
            opening.attrSet("href", target)


def _links(tokens: "list[Token]") -> "Iterator[tuple[Token, Token]]":
    opening = None
    for token in tokens:
        if token.type == "link_open":
            opening = token
        elif token.type == "link_close" and opening is not None:
            yield opening, token


def _target(href: str, name: str, root: str) -> str | None:
    """Where a link of the guide of this name leads here; None where there is nothing of the kind."""
    if re.match(r"https?:", href) or href.startswith("#"):
        return href
    path, hash_sign, fragment = href.partition("#")
    file = normpath(join(dirname(name), path))
    if file == "../schema/schema.graphql":
        return f"{root}/docs/schema.graphql"
    if file.removesuffix(".md") in NAMES:
        return f"{root}{path_of(file.removesuffix('.md'))}{hash_sign}{fragment}"
    return None
