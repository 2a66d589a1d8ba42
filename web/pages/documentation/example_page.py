"""The examples by task, in German and English, each with a link that opens it in the playground."""

import json
from html import escape

from web.pages.examples import TOPICS, Example, examples

_HEADINGS = {
    "read": ("Lesen", "Read"),
    "live": ("Live zusehen", "Watch live"),
    "take_part": ("Mitmachen", "Take part"),
    "account": ("Konto", "Account"),
}


def shown(root: str) -> str:
    """All of them. `root` is the path below which the server is."""
    parts = ["<h1>Examples, by what one wants to do</h1>", '<p lang="de">Beispiele, nach Aufgabe.</p>']
    for topic in TOPICS:
        german, english = _HEADINGS[topic]
        parts.append(f'<section class="examples"><h2>{english} · <span lang="de">{german}</span></h2>')
        parts += [_example(one, escape(root)) for one in examples() if one.topic == topic]
        parts.append("</section>")
    return "\n".join(parts)


def _example(one: Example, root: str) -> str:
    needs = ' <span class="needs">signed in · <span lang="de">eingeloggt</span></span>' if one.account else ""
    variables = json.dumps(one.variables["en"], ensure_ascii=False, indent=2) if one.variables["en"] else ""
    fill = f"<p>The value in angle brackets is what <code>{escape(one.fill)}</code> answers.</p>" if one.fill else ""
    title = f'{escape(one.titles["en"])} · <span lang="de">{escape(one.titles["de"])}</span>'
    return f"""<h3 id="{one.name}">{title}{needs}</h3>
<p>{escape(one.texts["en"])}</p>
<p lang="de">{escape(one.texts["de"])}</p>
{_code(one.query)}{_code(variables) if variables else ""}{fill}
<p><a href="{root}/#example={one.name}">Open {one.name} in the playground</a></p>"""


def _code(text: str) -> str:
    return f'<pre tabindex="0"><code>{escape(text, quote=False)}</code></pre>\n'
