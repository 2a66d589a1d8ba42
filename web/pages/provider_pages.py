"""To the city's own sign-in and back: two addresses, at which nothing is shown unless something went wrong.

Who asks at the first is sent to the provider, who comes back at the second to the network's website, and nobody
anywhere else. A token stands in the fragment of that address alone, which browsers send to no server.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from auth.refusals import BadRequest, RateLimited, Refusal, Unavailable
from auth.viewer import GUEST
from resolvers import accounts
from resolvers.context import Context, Services
from resolvers.translation import _, negotiate, translate
from resolvers.user_errors import UserErrors
from schema.declare.prices import TRANSACTION
from web.http.content_negotiation import headers_of
from web.http.unavailable import retry_after
from web.limits.metering import meter_of
from web.pages.form_page import HEADERS, Paid, Shown, rendered

START, BACK = "/sign-in/start", "/sign-in/callback"
_SHOWN = Shown(_("Signing in"), ())


def provider_routes(services: Services, retry_seconds: float, paid: Paid) -> list[BaseRoute]:
    """Where they are: nowhere without a provider."""
    if services.provider is None:
        return []

    def refused(scope: Scope, error: Refusal | UserErrors) -> Response:
        language = negotiate(headers_of(scope).get("accept-language"))
        if isinstance(error, UserErrors):
            texts = [translate(language, one.message, **one.parameters) for one in error.errors]
        else:
            texts = [translate(language, str(error))]
        headers = {}
        if isinstance(error, (RateLimited, Unavailable)):
            seconds = error.retry_after if isinstance(error, RateLimited) else None
            headers = retry_after(retry_seconds if seconds is None else seconds)
        status = 429 if isinstance(error, RateLimited) else 503 if isinstance(error, Unavailable) else 400
        return rendered(_SHOWN, language, services.rules.network_name, texts, status, **headers)

    def route(path: str, find: Callable[[Context, Request], Awaitable[str]]) -> Route:
        async def answer(request: Request) -> Response:
            meter = meter_of(request.scope)
            try:
                address = await find(Context(services, GUEST, address=meter.address if meter else ""), request)
            except (BadRequest, RateLimited, Unavailable, UserErrors) as error:
                return refused(request.scope, error)
            headers = {name: HEADERS[name] for name in ("Referrer-Policy", "Cache-Control")}
            return RedirectResponse(address, 303, headers)

        made = Route(path, answer, methods=["GET"])
        made.app = paid(made.app, refused, TRANSACTION.once)
        return made

    return [
        route(START, lambda ctx, asked: accounts.provider_address(ctx, asked.query_params.get("challenge", ""))),
        route(BACK, lambda ctx, asked: accounts.back_from_provider(ctx, asked.query_params)),
    ]
