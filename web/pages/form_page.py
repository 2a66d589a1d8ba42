"""Pages that do one thing by a form, for people without an application: no script, nothing loaded from elsewhere.

A page is shown by GET, whatever the address holds: programs that look at links do nothing by it. What its form sends is
done by POST, at the same address, so that a code in it stands in no page.
"""

import base64
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Scope

from auth.refusals import RateLimited
from auth.viewer import GUEST
from resolvers.context import Context, Services
from resolvers.translation import _, negotiate, translate
from resolvers.user_errors import UserErrors
from web.http.content_negotiation import headers_of
from web.http.request import RefusedError, read_body
from web.http.unavailable import retry_after
from web.limits.metering import Refuse, meter_of

# Makes of an application one whose requests are paid for, with so many points.
Paid = Callable[[ASGIApp, Refuse, int], ASGIApp]
_LONGEST_BODY, _MOST_FIELDS = 10_000, 10

_STYLE = """
:root { color-scheme: light dark;
  --paper: light-dark(#ffffff, #16202b); --ink: light-dark(#16202b, #f2f5f8); --faint: light-dark(#47566a, #b4c0cf);
  --accent: light-dark(#0b5c4b, #6fdcc0); --wrong: light-dark(#a3150f, #ffab9f) }
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem;
  background: var(--paper); color: var(--ink) }
h1 { line-height: 1.2 }
a { color: var(--accent) }
label, input { display: block; font: inherit }
input, button { padding: .5rem; border: 1px solid var(--faint); border-radius: .4rem; background: var(--paper);
  color: inherit }
input { box-sizing: border-box; width: 100% }
button { padding-inline: 1rem; border-color: var(--accent); background: var(--accent); color: var(--paper);
  font: inherit; cursor: pointer }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
[role="alert"] { color: var(--wrong); font-weight: 600 }
footer { margin-top: 3rem; color: var(--faint) }
"""

_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>{title}: {network}</title>
<style>{style}</style>
<main>
<h1>{title}</h1>
{content}
</main>
<footer><p>{network}</p></footer>
</html>
"""


def _hashed(text: str) -> str:
    """What lets a browser take this text in the page, and no other (Content Security Policy Level 3)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            f"style-src {_hashed(_STYLE)}",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}


@dataclass(frozen=True)
class Field:
    """What is typed into a form: its name, what it is called, its kind of input, and what a browser fills in."""

    name: str
    label: str
    kind: str
    autocomplete: str


@dataclass(frozen=True)
class Shown:
    """What a page shows: texts, and a form where it has a button. All of it is English, and translated in the page."""

    title: str
    texts: Sequence[str]
    button: str | None = None
    fields: Sequence[Field] = ()


class FormPage(ABC):
    """A page with a form."""

    path: str
    # What it costs to send it, besides a request.
    points: int

    @abstractmethod
    def form(self, token: str) -> Shown:
        """The form, for an address with this code; empty where it has none."""

    @abstractmethod
    async def send(self, ctx: Context, token: str, fields: Mapping[str, str]) -> Shown:
        """Do what the form is for; what is shown then. Raises what the resolvers raise."""

    def form_after(self, wrong: UserErrors, token: str, fields: Mapping[str, str]) -> Shown:
        """The form that is shown with what is wrong."""
        return self.form(token)


def form_routes(services: Services, pages: Iterable[FormPage], retry_seconds: float, paid: Paid) -> list[BaseRoute]:
    """Where the pages are."""

    def refuse(scope: Scope, refusal: RateLimited) -> Response:
        language = negotiate(headers_of(scope).get("accept-language"))
        return later(Shown(_("Later, please"), ()), language, refusal)

    def later(shown: Shown, language: str, refusal: RateLimited) -> Response:
        seconds = retry_seconds if refusal.retry_after is None else refusal.retry_after
        wrong = [translate(language, str(refusal))]
        return rendered(shown, language, services.rules.network_name, wrong, 429, **retry_after(seconds))

    def routes(page: FormPage) -> list[BaseRoute]:
        async def show(request: Request) -> Response:
            language = negotiate(request.headers.get("accept-language"))
            return rendered(page.form(_token(request)), language, services.rules.network_name)

        async def send(request: Request) -> Response:
            language, token = negotiate(request.headers.get("accept-language")), _token(request)
            meter, network = meter_of(request.scope), services.rules.network_name
            address, agent = meter.address if meter else "", request.headers.get("user-agent", "")
            try:
                fields = await _fields(request)
                done = await page.send(Context(services, GUEST, language, address, agent), token, fields)
            except ClientDisconnect:  # nobody reads what is answered, and nothing was done
                return Response(status_code=400)
            except UserErrors as wrong:
                texts = [translate(language, one.message, **one.parameters) for one in wrong.errors]
                return rendered(page.form_after(wrong, token, fields), language, network, texts, 400)
            except RateLimited as refusal:
                return later(page.form(token), language, refusal)
            return rendered(done, language, network)

        sending = Route(page.path, send, methods=["POST"])
        sending.app = paid(sending.app, refuse, page.points)
        return [Route(page.path, show), sending]

    return [route for page in pages for route in routes(page)]


def rendered(
    shown: Shown, language: str, network: str, wrong: Sequence[str] = (), status: int = 200, **headers: str
) -> Response:
    """The page in this language; `wrong` is what people have to mend, and is in it already."""

    def say(text: str) -> str:
        return escape(translate(language, text))

    content = [f"<p>{say(text)}</p>" for text in shown.texts]
    content += [f'<p role="alert">{escape(text)}</p>' for text in wrong]
    if shown.button is not None:
        content.append('<form method="post">')
        content += [
            f'<p><label for="{one.name}">{say(one.label)}</label><input id="{one.name}" name="{one.name}" '
            f'type="{one.kind}" autocomplete="{one.autocomplete}" required></p>'
            for one in shown.fields
        ]
        content += [f"<p><button>{say(shown.button)}</button></p>", "</form>"]
    page = _PAGE.format(
        language=language,
        title=say(shown.title),
        network=escape(network),
        style=_STYLE,
        content="\n".join(content),
    )
    return HTMLResponse(page, status, {**HEADERS, **headers})


def _token(request: Request) -> str:
    return request.query_params.get("token", "")


async def _fields(request: Request) -> dict[str, str]:
    """What a form has sent (application/x-www-form-urlencoded); nothing of what is too long, or no form."""
    try:
        body = await read_body(request.receive, _LONGEST_BODY)
        return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS))
    except (RefusedError, ValueError):
        return {}
