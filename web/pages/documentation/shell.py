"""What all pages of the documentation have in common: the head, the way to the others, what a browser may do with them.

They are read without a script, and nothing in them is loaded from elsewhere.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

STYLE = """
:root { color-scheme: light dark;
  --paper: light-dark(#ffffff, #16202b); --ink: light-dark(#16202b, #f2f5f8); --faint: light-dark(#47566a, #b4c0cf);
  --line: light-dark(#c9d1db, #3b4a5c); --accent: light-dark(#0b5c4b, #6fdcc0); --code: light-dark(#f1f4f7, #1f2b38) }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif }
a { color: var(--accent); text-underline-offset: .2em }
h1, h2, h3 { line-height: 1.25; overflow-wrap: anywhere }
h1 { margin-top: 0 }
code, pre { font-family: ui-monospace, "Cascadia Code", Menlo, Consolas, monospace; font-size: .9em }
code { padding: .1em .25em; border-radius: .2rem; background: var(--code); overflow-wrap: anywhere }
pre { overflow-x: auto; padding: .8rem 1rem; border-radius: .4rem; background: var(--code); line-height: 1.45 }
pre code { padding: 0; background: none; overflow-wrap: normal }
.wide { overflow-x: auto }
table { border-collapse: collapse }
th, td { padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: baseline; padding: .8rem 1.5rem;
  border-bottom: 1px solid var(--line) }
header strong { font-size: 1.1rem }
.whole { display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: 2.5rem; max-width: 80rem; padding: 1.5rem }
.way h2 { margin: 1.2rem 0 .3rem; color: var(--faint); font-size: .8rem; letter-spacing: .05em;
  text-transform: uppercase }
.way ul { margin: 0; padding: 0; list-style: none }
.way a { display: block; padding: .15rem 0; text-decoration: none }
.way a:hover { text-decoration: underline }
.way [aria-current] { color: var(--ink); font-weight: 600 }
main { max-width: 56rem }
form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: 1rem 0 }
label { flex: 0 1 24rem }
[type="search"] { width: 100% }
input, button { padding: .4rem .6rem; border: 1px solid var(--faint); border-radius: .3rem; background: var(--paper);
  color: var(--ink); font: inherit }
button { border-color: var(--accent); background: var(--accent); color: var(--paper); cursor: pointer }
.types ul { columns: 14rem; padding-left: 1.2rem }
section { margin-top: 2rem; border-top: 1px solid var(--line) }
dt { margin-top: 1rem; font-weight: 600 }
dd { margin-left: 1.5rem }
dt code { padding: 0; background: none }
:target { outline: 2px solid var(--accent); outline-offset: .3rem }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.needs { padding: 0 .5rem; border: 1px solid var(--line); border-radius: 1rem; color: var(--faint); font-size: .8rem }
.examples p { margin: .25rem 0 }
svg { display: block; width: 100%; min-width: 50rem; height: auto; font: 13px ui-monospace, monospace }
svg rect { fill: var(--paper); stroke: var(--accent); stroke-width: 1.5 }
svg line { stroke: var(--line); stroke-width: 1.5 }
svg text { fill: var(--ink) }
svg .name { fill: var(--accent); font-weight: 700 }
svg .to { fill: var(--faint) }
@media (max-width: 60rem) {
  header { padding: .8rem 1rem }
  .whole { display: flex; flex-direction: column; padding: 1rem }
  main { order: -1; max-width: none }
}
"""
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}: {network}</title>
<link rel="icon" href="{root}/favicon.ico">
<style>{style}</style>
<header>
<strong>{network}</strong>
<a href="{root}/">Playground</a>
<a href="{root}/dashboard">Dashboard</a>
</header>
<div class="whole">
<nav class="way" aria-label="Documentation">
{way}
</nav>
<main>
{content}
</main>
</div>
</html>
"""
HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'",
            "img-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True)
class Shell:
    """Puts content into a page. `root` is the path below which the server is: empty, or such as `/api`.

    `ways` lead to the other pages: for each heading the pages under it, as their paths below `root` and their titles.
    """

    network: str
    root: str
    ways: Sequence[tuple[str, Sequence[tuple[str, str]]]]

    def page(self, title: str, path: str, content: str) -> bytes:
        """The page of this title at this path, with this HTML in it."""
        root = escape(self.root)
        parts = []
        for heading, pages in self.ways:
            links = "".join(
                f'<li><a href="{root}{at}"{" aria-current=page" if at == path else ""}>{escape(name)}</a></li>'
                for at, name in pages
            )
            parts.append(f"<h2>{escape(heading)}</h2>\n<ul>{links}</ul>")
        values = {"title": escape(title), "network": escape(self.network), "root": root, "style": STYLE}
        return _PAGE.format(**values, way="\n".join(parts), content=content).encode()


async def answer(request: Request, made: Callable[[bool], bytes]) -> Response:
    """What `made` makes, in a thread: packed by gzip where the browser takes that, of which it is told."""
    packs = "gzip" in request.headers.get("accept-encoding", "")
    content = await run_in_threadpool(made, packs)
    return HTMLResponse(content, headers=HEADERS | ({"Content-Encoding": "gzip"} if packs else {}))
