"""Accepts WebSockets, or refuses them: who may open one, how many, and in which language it is told."""

from starlette.websockets import WebSocket

from auth.refusals import RateLimited
from resolvers.context import Context, Services
from resolvers.translation import negotiate, translate
from web.http.content_negotiation import headers_of
from web.http.origins import Origins
from web.limits.budgets import SOCKET_POINTS
from web.limits.callers import caller_of
from web.limits.metering import Metering
from web.limits.socket_limits import Limits
from web.live.fan_out import FanOut
from web.live.graphql_transport_ws import Socket
from web.live.pings import Pings
from web.live.rfc6455.close_codes import CloseCode, fitting
from web.live.websocket import wire_of
from web.settings import Settings

PROTOCOL = "graphql-transport-ws"


class SocketServer:
    """Accepts sockets, and has what all of them share."""

    def __init__(
        self,
        services: Services,
        fan_out: FanOut,
        limits: Limits,
        metering: Metering,
        origins: Origins,
        settings: Settings,
    ) -> None:
        self.fan_out = fan_out
        self.limits = limits
        self._metering = metering
        self.pings = Pings(settings.socket_ping_seconds)
        self.init_seconds = settings.socket_init_seconds
        self.most_operations = settings.socket_operations
        self.token_warning_seconds = settings.token_warning_seconds
        self._services = services
        self._origins = origins

    async def serve(self, socket: WebSocket) -> None:
        """Accept or refuse a socket; served, without a task, it is from then on: this returns at once."""
        headers = headers_of(socket.scope)
        if not self._origins.allow(headers):
            await socket.close()  # before it is accepted: 403
            return
        language, caller = negotiate(headers.get("accept-language")), caller_of(socket.scope)
        meter = self._metering.meter(socket.scope)
        try:
            if meter is not None:
                await meter.spend(SOCKET_POINTS)
            give_back = self.limits.sockets.take(caller)
        except RateLimited as refusal:
            await _accept(socket)  # only to say why: of an HTTP status a page in a browser would learn nothing
            await socket.close(CloseCode.TRY_AGAIN_LATER, fitting(translate(language, str(refusal))))
            return
        wire = wire_of(socket.scope)
        wire.when_lost(give_back)
        if await _accept(socket):
            context = Context(
                self._services,
                language=language,
                address=meter.address if meter else "",
                user_agent=headers.get("user-agent", ""),
            )
            wire.listen(Socket(self, wire, context, caller, meter))
        else:
            await socket.close(CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable")


async def _accept(socket: WebSocket) -> bool:
    """Accept a socket; whether its client speaks this protocol."""
    is_known = PROTOCOL in socket.scope.get("subprotocols", ())
    await socket.accept(subprotocol=PROTOCOL if is_known else None)
    return is_known
