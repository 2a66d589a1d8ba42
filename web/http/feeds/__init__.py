"""Feeds: calendars (iCalendar, RFC 5545) and the board (Atom, RFC 4287). docs/feeds.md tells people of them.

What they hold is decided in `resolvers.feeds`, here it is only written down.
"""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp
from tortoise.exceptions import DBConnectionError

from auth.refusals import NotFound, Unavailable
from models import OfferCategory, OfferDirection
from resolvers import feeds
from resolvers.context import Context, Services
from resolvers.translation import _, negotiate, translate
from web.http.feeds.answers import answer, refused, refuses
from web.http.unavailable import retry_after
from web.limits.metering import Refuse

Paid = Callable[[ASGIApp, Refuse], ASGIApp]
Feed = Callable[[Context, Request], Awaitable[Response]]
Value = TypeVar("Value", bound=StrEnum)
_MOST_VALUES = 20
# Who knows the address of such a feed may read it: nobody keeps it, nobody is told where it was read.
_SECRET = {"Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


class BadParametersError(ValueError):
    """A parameter of the address is wrong; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def feed_routes(
    services: Services, retry_seconds: float = 5, paid: Paid = lambda feed, _refuse: feed
) -> list[BaseRoute]:
    """Where the feeds are. Each answers as a guest sees the network, whatever else the request says.

    Where the database is away the answer is 503: readers ask again after `retry_seconds`. `paid` makes of a feed one
    that is paid for, and refused by the function that it is given.
    """

    def route(path: str, feed: Feed) -> BaseRoute:
        made = Route(path, serve(feed))
        made.app = paid(made.app, refuses(retry_seconds))
        return made

    def serve(feed: Feed) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            language = negotiate(request.headers.get("accept-language"))
            try:
                return await feed(Context(services, language=language), request)
            except NotFound:
                return refused(404, translate(language, _("There is no such feed.")))
            except BadParametersError as wrong:
                return refused(400, translate(language, _("The parameter “{name}” is wrong."), name=wrong.name))
            except DBConnectionError:
                return refused(503, translate(language, Unavailable.message), **retry_after(retry_seconds))

        return endpoint

    return [
        route("/feeds/events.ics", _network),
        route("/feeds/events/{slug}.ics", _event),
        route("/feeds/groups/{slug}.ics", _group),
        route("/feeds/registrations/{secret}.ics", _registrations),
        route("/feeds/offers.atom", _offers),
    ]


async def _network(ctx: Context, request: Request) -> Response:
    return await _calendar(request, await feeds.network_calendar(ctx), "events")


async def _event(ctx: Context, request: Request) -> Response:
    slug = request.path_params["slug"]
    return await _calendar(request, await feeds.event_calendar(ctx, slug), slug)


async def _group(ctx: Context, request: Request) -> Response:
    slug = request.path_params["slug"]
    return await _calendar(request, await feeds.group_calendar(ctx, slug), slug)


async def _registrations(ctx: Context, request: Request) -> Response:
    calendar = await feeds.registrations_calendar(ctx, request.path_params["secret"])
    return await _calendar(request, calendar, "registrations", **_SECRET)


async def _calendar(request: Request, calendar: feeds.Calendar, name: str, **headers: str) -> Response:
    body = await run_in_threadpool(_rendered, calendar)
    headers["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return answer(request, body, "text/calendar; charset=utf-8", calendar.changed_at, **headers)


def _rendered(calendar: feeds.Calendar) -> bytes:
    from web.http.feeds.calendars import render  # icalendar is loaded with the first calendar

    return render(calendar)


async def _offers(ctx: Context, request: Request) -> Response:
    """The board, narrowed down by the parameters that it knows; links that are passed on come with others, too."""
    directions = _values(request, "direction", OfferDirection)
    if len(directions) > 1:
        raise BadParametersError("direction")
    categories = _values(request, "category", OfferCategory)
    topics, districts = _texts(request, "topic"), _texts(request, "district")
    board = await feeds.board(ctx, directions[0] if directions else None, categories, topics, districts)
    given = {"direction": directions, "category": categories, "topic": topics, "district": districts}
    query = urlencode([(name, value) for name, values in given.items() for value in sorted(values)])
    address = f"{ctx.rules.public_url}/feeds/offers.atom" + (f"?{query}" if query else "")
    body = await run_in_threadpool(_as_atom, board, address)
    return answer(request, body, "application/atom+xml; charset=utf-8", board.changed_at)


def _as_atom(board: feeds.Board, address: str) -> bytes:
    from web.http.feeds.atom import render  # so is Python's XML

    return render(board, address)


def _texts(request: Request, name: str) -> tuple[str, ...]:
    """What was given under this name, each once; an empty value is none."""
    found = tuple(dict.fromkeys(value for value in request.query_params.getlist(name) if value))
    if len(found) > _MOST_VALUES:
        raise BadParametersError(name)
    return found


def _values(request: Request, name: str, kind: type[Value]) -> tuple[Value, ...]:
    try:
        return tuple(dict.fromkeys(kind(text.upper()) for text in _texts(request, name)))
    except ValueError:
        raise BadParametersError(name) from None
