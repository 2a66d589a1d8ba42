"""The application: its parts opened in order, its routes."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from tortoise.context import TortoiseContext
from tortoise.exceptions import DBConnectionError

from auth.passwords import Passwords
from auth.provider_rules import ProviderRules
from auth.second_factor import SecondFactors
from auth.tokens import Tokens, derive_key
from resolvers.context import Services, system_context
from resolvers.limits.rates import Rates
from resolvers.network.reference_data import store_town
from resolvers.network.town_file import Town, TownFileError, read_town
from resolvers.privacy.sweeping import Forget
from resolvers.search.synonyms import store_synonyms
from schema.execution.turns import Turns
from schema.roots import build
from schema.strawberry_internals import graphql_schema
from subscriptions import numbered_log as log
from subscriptions import pipeline
from subscriptions.bounded_hash import BoundedHash
from subscriptions.cursors import Cursors
from subscriptions.hub import Hub
from subscriptions.known_viewers import KnownViewers
from subscriptions.outbox import Outbox
from subscriptions.pipeline import Pipeline
from subscriptions.redis_client import REDIS_AWAY, connect
from subscriptions.response_cache import ResponseCache
from web.http.answer_headers import AnswerHeaders
from web.http.downloads import download_routes
from web.http.endpoint import GraphQLEndpoint
from web.http.feeds import feed_routes
from web.http.feeds.answers import refuses
from web.http.idempotency import Idempotency
from web.http.origins import CrossOrigin, Origins
from web.http.paths import Below, Straight, without_slashes
from web.http.persisted import AutomaticDocuments, Documents, SentDocuments
from web.http.response_cache import ResponseCacheMiddleware, fingerprint
from web.http.trusted_documents import ManifestError, TrustedDocuments, read_manifest
from web.http.unavailable import away
from web.limits.budgets import FEED_POINTS
from web.limits.proxies import Forwarded
from web.pages import dashboard
from web.pages.account_pages import PAGES
from web.pages.dashboard import Dashboard
from web.pages.dashboard.appearance import Appearance, LogoError, read_logo
from web.pages.documentation import Documentation
from web.pages.favicon import favicon_routes
from web.pages.form_page import form_routes
from web.pages.provider_pages import BACK, provider_routes
from web.process.counters import counters
from web.process.data_folder import prepare_folder, secret_key
from web.process.database import alone, bind_key, bring_to, check_writable, opened_database, outages_of
from web.process.health import Check, Health, LagError, behind, unnumbered
from web.process.jobs import Job, jobs_of, running
from web.process.mail_delivery import delivery, forget_files
from web.process.startup_errors import CannotStartError
from web.process.valkey import embedded_valkey
from web.settings import Settings

if TYPE_CHECKING:
    from auth.identity_provider import IdentityProvider


@dataclass(frozen=True)
class Parts:
    """What the application is made of, open."""

    services: Services
    checks: Mapping[str, Check]
    response_cache: ResponseCache | None = None
    documents: Documents = field(default_factory=SentDocuments)
    idempotency: Idempotency | None = None


@dataclass(frozen=True)
class Prepared:
    """The database, open and up to date, and what of the services needs nothing else."""

    settings: Settings
    database: TortoiseContext
    key: str

    def services(
        self,
        outbox: Outbox,
        hub: Hub,
        port: int | None = None,
        rates: Rates | None = None,
        viewers: KnownViewers | None = None,
    ) -> Services:
        """The services over this database. `port` is where it listens, if that is not what the settings say.

        Without `rates` they are counted by this process for itself, without `viewers` who asks is read each time.
        """
        rules, agreed = self.settings.rules(port), self.settings.provider
        return Services(
            rules=rules,
            outbox=outbox,
            hub=hub,
            tokens=Tokens(self.key, timedelta(minutes=self.settings.access_token_minutes)),
            passwords=Passwords(
                self.settings.password_hashes_at_once,
                most_waiting=self.settings.password_hashes_waiting,
                most_waiting_each=self.settings.password_hashes_waiting_per_address,
                refused=counters.refused,
            ),
            second_factors=SecondFactors(self.key),
            provider=_provider(agreed, rules.public_url + BACK, self.key) if agreed else None,
            rates=rates or Rates(),
            refused=counters.refused,
            viewers=viewers,
        )

    def rates(self, live: Pipeline) -> Rates:
        """The counts of all processes, in the Redis of live delivery."""
        return Rates(live.redis, lambda: live.relay.network_id, derive_key(self.key, "names of rates"))

    @property
    def cursors(self) -> Cursors:
        """Makes and reads live cursors."""
        return Cursors(derive_key(self.key, "live cursor"))


def _provider(agreed: ProviderRules, back: str, key: str) -> "IdentityProvider":
    from auth.identity_provider import IdentityProvider  # an HTTP client, OAuth: for networks that have one

    return IdentityProvider(agreed, back, key)


@contextlib.asynccontextmanager
async def prepared(settings: Settings) -> AsyncIterator[Prepared]:
    """The database, brought to the newest migration and bound to the key. Raises `CannotStartError`."""
    prepare_folder(settings)
    key = secret_key(settings)
    town = town_of(settings)
    async with opened_database(settings) as database:
        async with alone(settings, database):
            await bring_to(settings, database)
            outbox = Outbox(on_commit=lambda: None)
            await log.mend()
            await bind_key(outbox, key)
            await store_town(outbox, town)
            await store_synonyms(outbox)
        yield Prepared(settings, database, key)


@contextlib.asynccontextmanager
async def for_command(settings: Settings) -> AsyncIterator[Services]:
    """Services for a command beside the servers: what it tells of, they pass on."""
    async with prepared(settings) as base:
        outbox = Outbox(on_commit=lambda: None)
        yield base.services(outbox, Hub(base.cursors))
        await outbox.drain()


@contextlib.asynccontextmanager
async def opened(settings: Settings, port: int | None = None) -> AsyncIterator[Parts]:
    """Every part of the server, opened in order and closed in reverse; Valkey, which is needed longest, last.

    Raises `CannotStartError`.
    """
    prepare_folder(settings)
    async with contextlib.AsyncExitStack() as stack:
        if settings.redis_url is not None:
            redis_url = settings.redis_url.get_secret_value()
        else:
            redis_url = await stack.enter_async_context(embedded_valkey(settings.folder))
        base = await stack.enter_async_context(prepared(settings))
        await reach(redis_url)
        most = settings.response_cache_bytes if settings.response_cache else 0
        live = await stack.enter_async_context(
            pipeline.running(
                redis_url,
                base.cursors,
                response_cache_bytes=most,
                redis_seconds=settings.redis_hang_seconds,
                viewer_seconds=settings.viewer_seconds,
            )
        )
        documents = documents_of(settings, live)
        if isinstance(documents, AutomaticDocuments):
            stack.push_async_callback(documents.close)
        services = base.services(live.outbox, live.hub, port, base.rates(live), live.viewers)
        if live.response_cache is not None:
            live.response_cache.kin = fingerprint(services.rules)
        if settings.demo:
            from resolvers.demo import load_demo

            await load_demo(system_context(services))
        idempotency = idempotency_of(settings, live, derive_key(base.key, "answers of attempts"))
        stack.push_async_callback(idempotency.close)
        forget = forgetting(live, idempotency, documents)
        jobs = jobs_of(services, delivery(settings), settings.job_seconds, forget)
        jobs.append(Job("forget mail in files", 60, forget_files(settings.folder)))
        await stack.enter_async_context(running(jobs))

        checks = checks_of(base.database, live, settings)
        outages_of(base.database).hush(False)
        yield Parts(services, checks, live.response_cache, documents, idempotency)


def town_of(settings: Settings) -> Town | None:
    """The town that a new network begins with, None for the one that comes along. Raises `CannotStartError`."""
    if settings.town is None:
        return None
    try:
        return read_town(settings.town)
    except TownFileError as error:
        raise CannotStartError(f"TOWN: {settings.town} {error}.", exit_code=2) from None


def appearance_of(settings: Settings) -> Appearance:
    """How the dashboard looks here. Raises `CannotStartError`."""
    logo = settings.dashboard_logo
    try:
        picture = read_logo(logo) if logo else None
    except LogoError as error:
        raise CannotStartError(f"DASHBOARD_LOGO: {logo} {error}.", exit_code=2) from None
    framed_by = tuple(filter(None, settings.embed_origins.split(",")))
    return Appearance(settings.site_url, settings.dashboard_colour, picture, framed_by)


def documents_of(settings: Settings, live: Pipeline) -> Documents:
    """By which names documents are known. Raises `CannotStartError`."""
    if settings.trusted_documents is not None:
        try:
            manifest = read_manifest(settings.trusted_documents)
        except ManifestError as error:
            raise CannotStartError(f"TRUSTED_DOCUMENTS: {settings.trusted_documents} {error}.", exit_code=2) from None
        return TrustedDocuments(manifest, dashboard.documents())
    most = settings.persisted_queries_bytes
    if not most:
        return SentDocuments()
    shared = BoundedHash(live.redis, most, int(settings.persisted_queries_hours * 3_600_000))
    return AutomaticDocuments(shared, lambda: f"mitwirk:{live.relay.network_id}:documents", most)


def idempotency_of(settings: Settings, live: Pipeline, key: bytes) -> Idempotency:
    """What carries out each attempt once, over all processes."""
    lifetime_ms = int(settings.idempotency_hours * 3_600_000)
    return Idempotency(
        BoundedHash(live.redis, settings.idempotency_bytes, lifetime_ms, settings.idempotency_redis_seconds),
        lambda: f"mitwirk:{live.relay.network_id}:attempts",
        key,
        most=settings.idempotency_bytes,
        hours=settings.idempotency_hours,
        claim_seconds=settings.idempotency_claim_seconds,
        wait_seconds=settings.idempotency_wait_seconds,
    )


def forgetting(live: Pipeline, idempotency: Idempotency, documents: Documents) -> Forget:
    """What takes out of Redis what it may hold of members that were erased; a document, what somebody looked for."""

    async def forget(callers: Sequence[str]) -> None:
        if live.response_cache is not None:
            await live.response_cache.forget()
        if isinstance(documents, AutomaticDocuments):
            await documents.forget()
        for caller in callers:
            await idempotency.forget(caller)

    return forget


def checks_of(database: TortoiseContext, live: Pipeline, settings: Settings) -> dict[str, Check]:
    """What readiness asks. Vital is what this process may lack alone; docs/operating.md says why."""

    async def read() -> None:
        await database.db().execute_query("SELECT 1")

    async def redis() -> None:
        async with live.redis.trying(settings.redis_hang_seconds):
            await live.redis.ping()

    async def keeps_up() -> None:
        if (seconds := await behind(live.hub.position)) > settings.ready_lag_seconds:
            raise LagError(seconds)

    async def are_numbered() -> None:
        if (seconds := await unnumbered()) > settings.ready_lag_seconds:
            raise LagError(seconds)

    return {
        "database": Check(read, vital=True),
        "writing": Check(partial(check_writable, database)),
        "redis": Check(redis),
        "live": Check(keeps_up, vital=True),
        "numbering": Check(are_numbered),
    }


async def reach(redis_url: str) -> None:
    """Raises `CannotStartError` where Redis can't be reached, or is too old."""
    redis = connect(redis_url)
    try:
        version = str((await redis.info("server"))["redis_version"])
    except (*REDIS_AWAY, KeyError) as error:
        reason = str(error).strip() or type(error).__name__
        raise CannotStartError(f"Can't reach Redis ({reason}): check REDIS_URL.") from None
    finally:
        await redis.aclose()
    if tuple(int(part) for part in version.split(".")[:2]) < (7, 2):
        raise CannotStartError(f"Redis is of version {version}: REDIS_URL must be of one of 7.2 or later.")


def application(
    parts: Parts,
    settings: Settings,
    health: Health | None = None,
    on_made: Callable[[GraphQLEndpoint], None] = lambda _api: None,
) -> ASGIApp:
    """The ASGI application over open parts. `on_made` is given the endpoint, whose numbers others may read."""
    health = health or Health(parts.checks)
    schema = build(
        breadth_first=settings.breadth_first,
        operation_cache_bytes=settings.operation_cache_bytes,
        bounds=settings.bounds,
        turns=Turns(settings.database_pool, settings.line_seconds, lambda: counters.refused("turn")),
    )
    origins = Origins(settings.public_url, settings.origins)
    api = GraphQLEndpoint(schema, parts.services, settings, origins, health.stop, parts.documents, parts.idempotency)
    on_made(api)
    over_http: ASGIApp = api
    if parts.response_cache is not None:
        over_http = ResponseCacheMiddleware(api, api.fan_out, parts.response_cache, parts.documents, settings)
    over_http = api.metering.paid(over_http, api.refusal, knows_accounts=True)
    over_http = api.lines.before(over_http, api.refusal)

    documentation = Documentation(
        graphql_schema(schema),
        settings.network_name,
        settings.path,
        # To whom the schema may not be told.
        is_off=settings.trusted_documents is not None or not settings.introspection,
    )
    app = Starlette(
        routes=[
            Route("/graphql", over_http),
            WebSocketRoute("/graphql", api),
            *api.playground.routes(),
            *favicon_routes(),
            *form_routes(parts.services, PAGES, settings.stream_retry_seconds, api.metering.paid),
            *provider_routes(parts.services, settings.stream_retry_seconds, api.metering.paid),
            *Dashboard(settings.network_name, settings.path, appearance_of(settings)).routes(),
            *feed_routes(
                parts.services,
                settings.stream_retry_seconds,
                paid=lambda feed, refuse: api.metering.paid(feed, refuse, FEED_POINTS),
            ),
            *documentation.routes(
                lambda page: api.metering.paid(page, refuses(settings.stream_retry_seconds), FEED_POINTS)
            ),
            *download_routes(
                parts.services,
                settings.stream_retry_seconds,
                paid=lambda served, refuse: api.metering.paid(served, refuse, FEED_POINTS),
            ),
            Route("/health/live", health.live),
            Route("/health/ready", health.ready),
        ],
        middleware=[Middleware(CrossOrigin, origins, settings.origins)],
        exception_handlers={DBConnectionError: away(settings.stream_retry_seconds)},
    )
    without_slashes(app, settings.path)
    complete = AnswerHeaders(Straight(app, "/graphql", over_http))
    below: ASGIApp = Below(complete, settings.path) if settings.path else complete
    return Forwarded(below, settings.proxies) if settings.proxies else below
