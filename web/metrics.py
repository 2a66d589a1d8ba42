"""The numbers that the parts of a server have for `/metrics`: docs/metrics.md lists them."""

from collections.abc import Iterator
from typing import Any

from models import Mail
from models.database.outage_log import Outages
from models.database.postgres.client import PostgresClient
from models.sql.statements import connection
from resolvers.context import Services
from subscriptions.response_cache import ResponseCache
from web.http.endpoint import GraphQLEndpoint
from web.process.health import behind, unnumbered
from web.process.metrics import Lag, Number


def lags_of(services: Services) -> list[Lag]:
    """What has to be asked of the database."""
    hub = services.hub
    return [
        Lag("mitwirk_outbox_lag_seconds", "How long a committed change has waited for its number.", unnumbered),
        Lag(
            "mitwirk_reader_lag_seconds",
            "How long a numbered change has waited to be read by this process.",
            lambda: behind(hub.position),
        ),
        Lag("mitwirk_mails_waiting", "Mails that are not delivered yet.", Mail.filter(sent_at__isnull=True).count),
    ]


def numbers_of(services: Services, api: GraphQLEndpoint, response_cache: ResponseCache | None) -> list[Number]:
    """What is read where it stands."""
    return [
        *_live(services, api),
        *_caches(api, response_cache),
        *_database(),
        Number("mitwirk_hashes", "Passwords that were hashed.", lambda: services.passwords.hashed, True),
        Number("mitwirk_fallbacks", "Root fields given to graphql-core.", lambda: api.schema.fallbacks.count, True),
    ]


def _live(services: Services, api: GraphQLEndpoint) -> Iterator[Number]:
    limits, hub, shared = api.limits, services.hub, api.fan_out.shared
    yield Number(
        "mitwirk_requests_waiting", "Requests waiting behind others of their caller.", lambda: api.lines.waiting
    )
    turns = {"begin": api.lines.beginnings, "query": api.schema.turns.small, "dear": api.schema.turns.dear}
    turns["compile"] = api.schema.turns.compiling
    for name, line in turns.items():
        says = "Who waits for a turn, by what for."
        yield Number("mitwirk_turns_waiting", says, lambda line=line: line.waiting, labels={"turn": name})  # type: ignore[misc]
    held = api.metering.held
    yield Number("mitwirk_refusals_held", "Refusals that are held back.", lambda: held.held)
    yield Number("mitwirk_sockets", "WebSockets that are open.", lambda: limits.sockets.taken)
    yield Number("mitwirk_operations", "Operations on sockets and streams.", lambda: limits.subscriptions.taken)
    yield Number("mitwirk_shared_subscriptions", "Different subscriptions, each executed once.", lambda: len(shared))
    yield Number("mitwirk_update_points", "Points that one change may cost.", lambda: limits.updates.taken)
    yield Number("mitwirk_updates_waiting", "Subscriptions waiting for their turn.", lambda: hub.turns.waiting)
    hashing = services.passwords.queue
    yield Number("mitwirk_hashing_waiting", "Passwords that wait to be hashed.", lambda: hashing.waiting)
    yield Number("mitwirk_log_position", "The number of the newest change here.", lambda: hub.position.seq)


def _caches(api: GraphQLEndpoint, response_cache: ResponseCache | None) -> Iterator[Number]:
    bytes_, asked = "Bytes that a cache takes, as it estimates them.", "How often a cache was asked."
    hits = "How often a cache had what it was asked for."
    kinds = {"cache": "operations"}, {"cache": "responses"}
    operations = api.schema.operations
    yield Number("mitwirk_cache_bytes", bytes_, lambda: operations.size, labels=kinds[0])
    yield Number("mitwirk_cache_asked", asked, lambda: operations.asked, True, kinds[0])
    yield Number("mitwirk_cache_hits", hits, lambda: operations.asked - operations.compiled, True, kinds[0])
    if response_cache is not None:
        memory = response_cache.memory
        yield Number("mitwirk_cache_bytes", bytes_, lambda: memory.size, labels=kinds[1])
        yield Number("mitwirk_cache_asked", asked, lambda: memory.asked, True, kinds[1])
        yield Number("mitwirk_cache_hits", hits, lambda: memory.hits, True, kinds[1])


def _database() -> Iterator[Number]:
    """The connections to PostgreSQL; of SQLite there is one, for which all wait in turn."""
    database: Any = connection()
    outages: Outages = database.outages
    yield Number("mitwirk_statements_cut_off", "Statements that took too long.", lambda: outages.cut_off, True)
    if isinstance(database, PostgresClient):
        says = "Connections to the database by state, and who waits for one."
        for state in ("lent", "free", "waiting"):
            yield Number(
                "mitwirk_database_connections",
                says,
                lambda state=state: database.connections()[state],  # type: ignore[misc]
                labels={"state": state},
            )
