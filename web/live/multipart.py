"""Parts of a multipart answer (RFC 2046, 5.1), as Apollo Client reads them.

https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
"""

import orjson

_BOUNDARY = "graphql"
_VERSION = "1.0"


class ApolloParts:
    """Each update is a part with a `payload`; a part without one is a heartbeat.

    Every part ends by the boundary before the next one, for a client takes a part for whole only when it has that.
    """

    content_type = f"multipart/mixed;boundary={_BOUNDARY};subscriptionSpec={_VERSION},application/json"
    closing = b"\r\n--%b--\r\n" % _BOUNDARY.encode()

    def __init__(self) -> None:
        # Without the boundary before it, this is a preamble, which readers pass over: the headers reach them at once.
        self.opening = _part(b"{}")

    def accepts(self, accept: str) -> bool:
        """Whether one of the media types of `Accept` is multipart/mixed with `subscriptionSpec`."""
        return any(_is_accepted(part) for part in accept.split(","))

    def update(self, payload: bytes, cursor: str | None) -> bytes:
        """A part with this payload, which holds its cursor itself."""
        return _part(b'{"payload":%b}' % payload)

    def ping(self, cursor: str | None) -> bytes:
        """A heartbeat, with the cursor among `extensions`."""
        return _part(orjson.dumps({"extensions": {"cursor": cursor}} if cursor else {}))

    def farewell(self, seconds: float) -> bytes:
        """Nothing: an answer without its closing boundary says that it broke off."""
        return b""


def _part(content: bytes) -> bytes:
    return b"\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n%b\r\n--%b" % (
        len(content),
        content,
        _BOUNDARY.encode(),
    )


def _is_accepted(media_type: str) -> bool:
    kind, *pairs = media_type.split(";")
    parameters: dict[str, str] = {}
    for pair in pairs:
        name, _equals, value = pair.partition("=")
        parameters[name.strip().lower()] = value.strip().strip("'\"")
    boundary, version = parameters.get("boundary", _BOUNDARY), parameters.get("subscriptionspec", "")
    return kind.strip().lower() == "multipart/mixed" and boundary == _BOUNDARY and version.startswith(_VERSION)
