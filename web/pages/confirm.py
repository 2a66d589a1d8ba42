"""Where the link in the mail of a sign-up leads: self-contained, nothing in the page is loaded from elsewhere."""

import base64
import hashlib
import re
from html import escape

from resolvers.context import Rules

_STYLE = """
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem }
button { font: inherit; padding: .5rem 1rem }
"""

_SCRIPT = """
const button = document.getElementById("confirm"), answer = document.getElementById("answer");
button.onclick = async () => {
  button.disabled = true;
  const token = new URLSearchParams(location.search).get("token") || "";
  const query = "mutation ($token: String!) { confirmEmail(token: $token) { userErrors { message } } }";
  try {
    const response = await fetch("graphql", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ query, variables: { token } }),
    });
    const { data, errors } = await response.json();
    const wrong = [...(errors || []), ...(data?.confirmEmail?.userErrors || [])];
    answer.textContent = wrong.length
      ? wrong.map((error) => error.message).join(" ")
      : "Danke! Ihre Adresse ist bestätigt. Die Koordinierungsstelle prüft nun die Registrierung.";
  } catch {
    answer.textContent = "Der Server ist gerade nicht erreichbar. Bitte versuchen Sie es später noch einmal.";
    button.disabled = false;
  }
};
"""

_CONFIRM = """<!doctype html>
<html lang="de">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>{name}: Registrierung bestätigen</title>
<style>{style}</style>
<h1>{name}</h1>
<p>Bitte bestätigen Sie Ihre Registrierung mit dieser Schaltfläche.</p>
<p><button id="confirm">Registrierung bestätigen</button></p>
<p id="answer" role="status"></p>
<script>{script}</script>
"""


def _hashed(text: str) -> str:
    """What lets a browser run this text in the page, and no other (Content Security Policy Level 3)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hashed(_SCRIPT)}",
            f"style-src {_hashed(_STYLE)}",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    ),
    "Referrer-Policy": "no-referrer",
}


def confirm_page(rules: Rules) -> str:
    """The page. Only its button confirms: programs that look at links don't press it."""
    return _CONFIRM.format(name=escape(rules.network_name), style=_STYLE, script=_SCRIPT)


def documents() -> list[str]:
    """The GraphQL documents that the page sends, as it sends them."""
    return re.findall(r'query = "(.*)";$', _SCRIPT, re.MULTILINE)
