"""The board as Atom (RFC 4287)."""

import uuid
from datetime import UTC, datetime
from functools import lru_cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from models import OfferDirection
from resolvers.feeds import Board, FeedOffer
from resolvers.translation import _, translate
from web.http.feeds.text import plain, plain_line

_NAMESPACE = "http://www.w3.org/2005/Atom"
_DIRECTIONS = {OfferDirection.SEEK: _("Seeking"), OfferDirection.PROVIDE: _("Providing")}


@lru_cache(maxsize=64)
def render(board: Board, address: str) -> bytes:
    """The feed as it is served at `address`: the same bytes for the same board."""
    feed = Element("feed", {"xmlns": _NAMESPACE, "xml:lang": "de"})
    _text(feed, "id", uuid.uuid5(uuid.NAMESPACE_URL, address).urn)
    _text(feed, "title", plain_line(board.title))
    updated = [offer.updated_at for offer in board.offers]
    _text(feed, "updated", _instant(board.changed_at or max(updated, default=datetime(2000, 1, 1, tzinfo=UTC))))
    _text(SubElement(feed, "author"), "name", plain_line(board.author))
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": address})
    for offer in board.offers:
        _entry(feed, offer, board.language)
    rendered: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return rendered


def _entry(feed: Element, offer: FeedOffer, language: str) -> None:
    entry = SubElement(feed, "entry")
    _text(entry, "id", offer.uid.urn)
    _text(entry, "title", plain_line(offer.title), type="text")
    if offer.url:
        SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": offer.url})
    _text(entry, "updated", _instant(offer.updated_at))
    _text(entry, "published", _instant(offer.published_at))
    if offer.author:
        _text(SubElement(entry, "author"), "name", plain_line(offer.author))
    label = translate(language, _DIRECTIONS[offer.direction])
    SubElement(entry, "category", {"scheme": "urn:mitwirk:direction", "term": offer.direction, "label": label})
    SubElement(entry, "category", {"scheme": "urn:mitwirk:category", "term": offer.category})
    for slug, name in offer.topics:
        SubElement(entry, "category", {"scheme": "urn:mitwirk:topic", "term": slug, "label": plain_line(name)})
    _text(entry, "content", plain(offer.description), type="text")


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = text


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
