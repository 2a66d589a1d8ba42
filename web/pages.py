"""Pages for people, self-contained: nothing in them is loaded from elsewhere."""

from html import escape

from resolvers.context import Rules

_PAGE = """<!doctype html>
<html lang="de">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{name}: API</title>
<style>
body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem }}
pre {{ background: #f3f3f3; padding: 1rem; overflow: auto }}
</style>
<h1>{name}</h1>
<p>Dies ist die Programmierschnittstelle (GraphQL). Anfragen gehen als POST an diese Adresse, Abonnements über
einen WebSocket mit dem Protokoll <code>graphql-transport-ws</code>.</p>
<p lang="en">This is the GraphQL API. Send queries and mutations here by POST, subscribe over a WebSocket with the
protocol <code>graphql-transport-ws</code>.</p>
<pre>curl {address} -H 'Content-Type: application/json' \\
  -d '{{"query": "{{ network {{ name statistics {{ memberCount }} }} }}"}}'</pre>
"""


def graphql_page(rules: Rules) -> str:
    """What a browser shows at the API's address."""
    return _PAGE.format(name=escape(rules.network_name), address=escape(rules.public_url + "/graphql"))
