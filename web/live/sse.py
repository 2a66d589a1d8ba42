"""Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), as GraphQL has them.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md (distinct connections)
"""

import random


class EventStream:
    """Each event has the live cursor as its `id`, which EventSource gives back as `Last-Event-ID`.

    Lines end by LF: urql knows no others. JSON as it is written here has no line breaks, so it is one line of data.
    """

    content_type = "text/event-stream"
    opening = b""
    # Browsers drop events without data.
    closing = b"event: complete\ndata: \n\n"

    def accepts(self, accept: str) -> bool:
        """Whether one of the media types of `Accept` is an event stream."""
        return any(part.partition(";")[0].strip().lower() == self.content_type for part in accept.split(","))

    def update(self, payload: bytes, cursor: str | None) -> bytes:
        """An event `next`."""
        return b"%bevent: next\ndata: %b\n\n" % (_id(cursor), payload)

    def ping(self, cursor: str | None) -> bytes:
        """A comment; its cursor parsers keep, and no program hears of it."""
        return b": ping\n%b\n" % _id(cursor)

    def farewell(self, seconds: float) -> bytes:
        """After how long to come back: not all at once."""
        return b"retry: %d\n\n" % random.randint(int(seconds * 200), int(seconds * 1000))


def _id(cursor: str | None) -> bytes:
    return b"id: %b\n" % cursor.encode() if cursor else b""
