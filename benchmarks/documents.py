"""What the load asks of this server: the kit's workloads W1 to W4 and its subscription, in this schema's words.

The shape is that of the kit's files: a document and variables for each workload, `{{id}}` for an entry's id and
`{{seq}}` for the number of a publish, which stands in the title.
"""

import json
from collections.abc import Iterable
from typing import Any

from benchmarks.filling import Publisher
from schema.declare.ids import global_id

Workload = dict[str, Any]

BOARD = """query Board($first: Int, $filter: OfferFilter, $after: String) {
  offers(first: $first, filter: $filter, after: $after) {
    edges { cursor node { id title direction category publishedAt owner { id name } group { id name } } }
    pageInfo { hasNextPage endCursor }
  }
}"""
GROUPS = """query Groups($first: Int, $members: Int, $events: Int) {
  groups(first: $first) { nodes {
    id name memberCount
    members(first: $members) { edges { role node { id name } } }
    events(first: $events) { nodes { id title startsAt } }
  } }
}"""
ENTRY = """query Entry($id: ID!) {
  node(id: $id) { ... on Offer { id title direction category publishedAt owner { id name } group { id name } } }
}"""
PUBLISH = """mutation Publish($input: CreateOfferInput!) {
  createOffer(input: $input) { offer { id title } userErrors { path code message } }
}"""
SUBSCRIBE = """subscription Published($filter: OfferFilter, $after: String) {
  offerPublished(filter: $filter, after: $after) {
    offer { id title direction category publishedAt owner { id name } }
  }
}"""

_TEXT = (
    "Wer kann am Wochenende einen Häcksler verleihen? Wir bringen ihn sauber und pünktlich zurück und haben auch einen "
    "Anhänger. Kuchen gibt es natürlich auch. Bitte meldet euch möglichst bald, damit wir die Übergabe planen können; "
    "am liebsten abends oder am Samstag."
)

READS: dict[str, Workload] = {
    "W1": {"query": BOARD, "variables": {"first": 50, "filter": {"direction": "SEEK"}}},
    "W2": {"query": GROUPS, "variables": {"first": 20, "members": 10, "events": 5}},
    "W3": {"query": ENTRY, "variables": {"id": "{{id}}"}},
}
SUBSCRIPTION: Workload = {"query": SUBSCRIBE, "variables": {"filter": {"direction": "SEEK"}}}


def reads(offers: Iterable[int]) -> dict[str, Any]:
    """W1 to W3, as a guest asks; W3 goes round the entries of these keys."""
    return {**READS, "ids": [global_id("Offer", key) for key in offers]}


def writes(publisher: Publisher, token: str) -> dict[str, Any]:
    """W4 and the subscription: who publishes is signed in, who listens is a guest."""
    return {
        "W4": publish(publisher),
        "subscribe": SUBSCRIPTION,
        "headers": {"Authorization": f"Bearer {token}"},
    }


def publish(publisher: Publisher) -> Workload:
    """W4: an entry onto the board."""
    values = {
        "direction": "SEEK",
        "category": "MATERIAL",
        "title": "Suche Gartenwerkzeug {{seq}}",
        "description": _TEXT,
        "ownerId": global_id("Member", publisher.member_id),
        "groupId": global_id("Group", publisher.group_id),
        "topics": ["umwelt", "nachbarschaft"],
        "publish": True,
    }
    return {"query": PUBLISH, "variables": {"input": values}}


def body(workload: Workload, **values: object) -> bytes:
    """The body of a request, with `values` in the place of `{{name}}`."""
    text = json.dumps({"query": workload["query"], "variables": workload["variables"]}, ensure_ascii=False)
    for name, value in values.items():
        text = text.replace(f"{{{{{name}}}}}", str(value))
    return text.encode()
