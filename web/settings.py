"""The settings: the one place that reads the environment. docs/settings.md describes each."""

from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from auth.provider_rules import ProviderRules
from resolvers.accounts import MOST_SESSIONS
from resolvers.context import NETWORK_ABOUT, Rules
from resolvers.limits.kept_for import KeptFor
from resolvers.limits.quotas import Quota, Quotas
from resolvers.limits.rates import Rate
from resolvers.site import Site
from resolvers.terms import read_terms
from schema.documents.bounds import Bounds
from web import setting_checks as checks
from web.http import origins
from web.limits.proxies import Proxies, networks
from web.process.startup_errors import CannotStartError

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_MOST = 2**31 - 1
_MOST_DAYS = 36_500


class Settings(BaseSettings):
    """What the environment says; an empty variable counts as one that isn't set."""

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True)

    # where it listens
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: Annotated[str | None, AfterValidator(checks.public_url)] = None
    allowed_origins: Annotated[str, AfterValidator(checks.origin_list)] = ""
    allowed_hosts: Annotated[str, AfterValidator(checks.host_list)] = ""
    trusted_proxies: Annotated[str, AfterValidator(checks.network_list)] = ""
    proxy_header: Literal["X-Forwarded-For", "Forwarded"] = "X-Forwarded-For"

    # real parts
    data_dir: Path = Path("data")
    database_url: Annotated[SecretStr | None, AfterValidator(checks.database_url)] = None
    database_pool: int = Field(default=10, ge=2, le=1000)
    database_busy_seconds: float = Field(default=30, gt=0, le=3600)
    database_connect_seconds: float = Field(default=10, gt=0, le=600)
    statement_seconds: float = Field(default=10, gt=0, le=3600)
    redis_url: Annotated[
        SecretStr | None, checks.secret_url("redis://", "rediss://", "unix://", check=checks.redis_url)
    ] = None
    redis_hang_seconds: float = Field(default=0.5, gt=0, le=60)
    smtp_url: Annotated[SecretStr | None, checks.secret_url("smtp://", "smtps://", check=checks.mail_url)] = None
    mail_from: Annotated[str, AfterValidator(checks.sender)] = "Engagement-Netzwerk <netzwerk@mitwirk.example>"
    secret_key: SecretStr | None = None

    # the network
    demo: bool = False
    network_name: str = Field(default="Engagement-Netzwerk Wolfsburg", max_length=200)
    network_about: str = Field(default=NETWORK_ABOUT, max_length=5000)
    town: Path | None = None
    terms: Annotated[Path | None, AfterValidator(checks.terms_file)] = None
    terms_required: bool = False

    # the network's own website
    site_url: Annotated[str | None, AfterValidator(checks.site_url)] = None
    site_offer: Annotated[str, checks.template("slug")] = "/offers/{slug}"
    site_event: Annotated[str, checks.template("slug")] = "/events/{slug}"
    site_group: Annotated[str, checks.template("slug")] = "/groups/{slug}"
    site_member: Annotated[str, checks.template("slug")] = "/members/{slug}"
    site_confirm: Annotated[str, checks.template("token")] = "/confirm?token={token}"
    site_reset: Annotated[str, checks.template("token")] = "/reset?token={token}"
    site_sign_in: Annotated[str, checks.template("token")] = "/sign-in?token={token}"
    site_provider: Annotated[str, checks.template("token")] = "/sign-in/provider#token={token}"
    site_invitation: Annotated[str, checks.template("token")] = "/invitation?token={token}"
    # The server's own page does it, unless the site has one.
    site_unsubscribe: Annotated[str, checks.template("token")] = checks.NO_PAGE

    # the city's own sign-in
    oidc_issuer: Annotated[str | None, AfterValidator(checks.issuer)] = None
    oidc_client_id: str = Field(default="", max_length=500)
    oidc_client_secret: SecretStr | None = None
    oidc_scopes: str = Field(default="openid email profile", max_length=500, pattern=r"^openid( [!#-\[\]-~]+)*$")
    oidc_office_claim: str = Field(default="", max_length=500, pattern=r"^([^=]+=.+)?$")
    oidc_name: str = Field(default="Servicekonto", max_length=100)
    oidc_seconds: float = Field(default=10, gt=0, le=60)
    oidc_bytes: int = Field(default=262_144, ge=4096, le=16_777_216)

    # how the dashboard looks
    dashboard_colour: str | None = Field(default=None, pattern="^#[0-9a-fA-F]{6}$")
    dashboard_logo: Path | None = None
    embed_origins: Annotated[str, AfterValidator(checks.origin_list)] = ""

    # lifetimes
    access_token_minutes: float = Field(default=15, gt=0, le=1440)
    session_days: float = Field(default=30, gt=0, le=3650)
    sessions_at_once: int = Field(default=MOST_SESSIONS, ge=1, le=MOST_SESSIONS)
    office_second_factor: bool = False
    sign_up_hours: float = Field(default=48, gt=0, le=8760)
    reset_minutes: float = Field(default=60, gt=0, le=10_080)
    sign_in_link_minutes: float = Field(default=15, gt=0, le=1440)
    offer_days: float = Field(default=90, gt=0, le=3650)
    retention_hours: float = Field(default=24, gt=0, le=87_600)
    retention_changes: int = Field(default=1_000_000, ge=1, le=_MOST)

    # how long is kept what is over, in days; an entry of the audit longer than the database insists on
    keep_sign_ups_days: float = Field(default=30, gt=0, le=_MOST_DAYS)
    keep_sessions_days: float = Field(default=30, gt=0, le=_MOST_DAYS)
    keep_mails_days: float = Field(default=30, gt=0, le=_MOST_DAYS)
    keep_api_keys_days: float = Field(default=365, gt=0, le=_MOST_DAYS)
    keep_registrations_days: float = Field(default=365, gt=0, le=_MOST_DAYS)
    keep_reports_days: float = Field(default=365, gt=0, le=_MOST_DAYS)
    keep_audit_texts_days: float = Field(default=365, gt=0, le=_MOST_DAYS)
    keep_audit_days: float = Field(default=1095, ge=31, le=_MOST_DAYS)
    keep_applications_days: float = Field(default=180, gt=0, le=_MOST_DAYS)
    # 0: without end; and how long before its owner is told
    keep_inactive_accounts_days: float = Field(default=1095, ge=0, le=_MOST_DAYS)
    inactive_notice_days: float = Field(default=42, ge=7, le=365)

    # what is remembered: who asks, for how long at most, and answers
    viewer_seconds: float = Field(default=1, ge=0, le=60)
    response_cache: bool = True
    response_cache_bytes: int = Field(default=33_554_432, ge=100_000, le=_MOST)
    proxy_cache_seconds: int = Field(default=0, ge=0, le=86_400)

    # limits
    waiting_list_limit: int = Field(default=1000, ge=0, le=_MOST)
    body_bytes: int = Field(default=1_000_000, ge=1000, le=_MOST)
    socket_message_bytes: int = Field(default=1_000_000, ge=1000, le=_MOST)
    socket_operations: int = Field(default=100, ge=1, le=_MOST)
    socket_init_seconds: float = Field(default=10, gt=0, le=3600)
    socket_ping_seconds: float = Field(default=20, gt=0, le=3600)
    token_warning_seconds: float = Field(default=60, ge=0, le=3600)
    stream_ping_seconds: float = Field(default=15, gt=0, le=3600)
    stream_retry_seconds: float = Field(default=5, gt=0, le=600)
    sockets_at_once: int = Field(default=10_000, ge=1, le=_MOST)
    sockets_per_address: int = Field(default=500, ge=1, le=_MOST)
    subscriptions_at_once: int = Field(default=100_000, ge=1, le=_MOST)
    subscriptions_per_address: int = Field(default=5000, ge=1, le=_MOST)
    limit_loopback: bool = False
    # requests over HTTP
    requests_per_address_at_once: int = Field(default=4, ge=1, le=_MOST)
    line_seconds: float = Field(default=30, gt=0, le=3600)
    # what one change may cost, in points of its updates
    update_cost_at_once: int = Field(default=5_000_000, ge=1, le=_MOST)
    update_cost_per_address: int = Field(default=250_000, ge=1, le=_MOST)
    send_buffer_bytes: int = Field(default=65_536, ge=4096, le=16_777_216)
    unread_seconds: float = Field(default=20, gt=0, le=3600)
    password_hashes_at_once: int = Field(default=2, ge=1, le=64)
    password_hashes_waiting: int = Field(default=60, ge=1, le=10_000)
    password_hashes_waiting_per_address: int = Field(default=4, ge=1, le=10_000)
    shutdown_seconds: int = Field(default=5, ge=1, le=600)
    shared_updates: bool = True
    breadth_first: bool = True
    operation_cache_bytes: int = Field(default=33_554_432, ge=1_048_576, le=_MOST)
    shutdown_notice_seconds: float = Field(default=0, ge=0, le=60)
    shutdown_sockets_per_second: float = Field(default=500, gt=0, le=1_000_000)
    ready_lag_seconds: float = Field(default=30, gt=0, le=86_400)
    job_seconds: float = Field(default=5, gt=0, le=10)

    # metrics
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(default=None, ge=0, le=65535)

    # rates
    points_seconds: float = Field(default=60, gt=0, le=86_400)
    points_per_address: int = Field(default=3_000_000, ge=100, le=_MOST)
    points_per_account: int = Field(default=3_000_000, ge=100, le=_MOST)
    points_per_key: int = Field(default=10_000_000, ge=100, le=_MOST)
    refusals_per_caller: float = Field(default=10, gt=0, le=1_000_000)
    refusals_a_second: float = Field(default=500, gt=0, le=1_000_000)
    refusals_held: int = Field(default=10_000, ge=1, le=_MOST)
    sign_in_minutes: float = Field(default=15, gt=0, le=1440)
    sign_ins: int = Field(default=10, ge=1, le=_MOST)
    sign_ins_per_address: int = Field(default=50, ge=1, le=_MOST)
    sign_ins_per_account: int = Field(default=100, ge=1, le=_MOST)
    sign_ups_a_day: int = Field(default=5, ge=1, le=_MOST)
    sign_ups_per_address: int = Field(default=50, ge=1, le=_MOST)
    sign_ups_per_account: int = Field(default=20, ge=1, le=_MOST)
    links_a_day: int = Field(default=10, ge=1, le=_MOST)
    links_per_address: int = Field(default=50, ge=1, le=_MOST)
    links_per_account: int = Field(default=20, ge=1, le=_MOST)
    mails_a_day: int = Field(default=100, ge=1, le=_MOST)
    # what people ask for about their data
    data_export_hours: float = Field(default=48, gt=0, le=720)
    data_exports_a_day: int = Field(default=2, ge=1, le=50)
    data_export_bytes: int = Field(default=50_000_000, ge=100_000, le=1_000_000_000)
    fresh_sign_in_minutes: float = Field(default=15, ge=0, le=1440)
    # what people report to the office
    reports_per_account: int = Field(default=20, ge=1, le=_MOST)
    reports_per_address: int = Field(default=20, ge=1, le=_MOST)
    reports_of_one: int = Field(default=20, ge=1, le=_MOST)
    offers_stale_days: float = Field(default=60, gt=0, le=3650)

    # quotas of a member; invitations are those of a group
    groups_a_day: int = Field(default=3, ge=0, le=_MOST)
    groups_at_once: int = Field(default=10, ge=0, le=_MOST)
    organisations_a_day: int = Field(default=3, ge=0, le=_MOST)
    organisations_at_once: int = Field(default=5, ge=0, le=_MOST)
    invitations_a_day: int = Field(default=50, ge=0, le=_MOST)
    invitations_at_once: int = Field(default=200, ge=0, le=_MOST)
    representatives_a_day: int = Field(default=20, ge=0, le=_MOST)
    representatives_at_once: int = Field(default=20, ge=0, le=_MOST)
    join_requests_a_day: int = Field(default=20, ge=0, le=_MOST)
    join_requests_at_once: int = Field(default=50, ge=0, le=_MOST)
    offers_a_day: int = Field(default=200, ge=0, le=_MOST)
    offers_at_once: int = Field(default=500, ge=0, le=_MOST)
    responses_a_day: int = Field(default=50, ge=0, le=_MOST)
    responses_at_once: int = Field(default=200, ge=0, le=_MOST)
    registrations_a_day: int = Field(default=50, ge=0, le=_MOST)
    registrations_at_once: int = Field(default=200, ge=0, le=_MOST)

    # documents that are known beforehand
    persisted_queries_bytes: int = Field(default=16_777_216, ge=0, le=_MOST)
    persisted_queries_hours: float = Field(default=720, gt=0, le=87_600)
    trusted_documents: Path | None = None

    # mutations that are sent again
    idempotency_hours: float = Field(default=24, gt=0, le=8760)
    idempotency_bytes: int = Field(default=1_048_576, ge=65_536, le=_MOST)
    idempotency_claim_seconds: float = Field(default=120, gt=0, le=3600)
    idempotency_wait_seconds: float = Field(default=10, gt=0, le=600)
    idempotency_redis_seconds: float = Field(default=2, gt=0, le=60)

    # invitations to act for an organisation
    invitation_days: float = Field(default=14, gt=0, le=365)
    representative_mails_a_day: int = Field(default=5, ge=1, le=_MOST)
    representative_mails_per_account: int = Field(default=20, ge=1, le=_MOST)

    # partners' keys
    api_keys_per_organisation: int = Field(default=10, ge=1, le=10_000)
    saved_searches_per_account: int = Field(default=20, ge=1, le=20)

    # synonyms of the search
    synonyms_limit: int = Field(default=1000, ge=0, le=10_000)

    # connections
    connections_at_once: int = Field(default=12_000, ge=16, le=_MOST)
    connections_per_address: int = Field(default=500, ge=1, le=_MOST)
    header_bytes: int = Field(default=32_768, ge=1024, le=1_048_576)
    url_bytes: int = Field(default=16_384, ge=256, le=65_535)
    header_seconds: float = Field(default=10, gt=0, le=3600)
    body_seconds: float = Field(default=30, gt=0, le=3600)
    idle_seconds: int = Field(default=5, ge=1, le=3600)

    # what an operation may be
    document_bytes: int = Field(default=65_536, ge=1000, le=_MOST)
    document_tokens: int = Field(default=600, ge=50, le=_MOST)
    document_depth: int = Field(default=20, ge=2, le=100)
    document_fields: int = Field(default=1500, ge=50, le=100_000)
    document_aliases: int = Field(default=60, ge=0, le=_MOST)
    document_directives: int = Field(default=60, ge=0, le=_MOST)
    variables_bytes: int = Field(default=200_000, ge=1000, le=_MOST)
    cost_limit: int = Field(default=50_000, ge=100, le=_MOST)
    answer_bytes: int = Field(default=10_485_760, ge=10_000, le=_MOST)
    introspection: bool = True
    suggestions: bool = True

    # the log
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _key_with_database(self) -> Self:
        key = self.secret_key.get_secret_value() if self.secret_key else None
        if key is None and self.database_url is not None:
            raise ValueError("SECRET_KEY must be set where DATABASE_URL is: all processes need the same one")
        if key is not None and len(key) < checks.SHORTEST_KEY:
            raise ValueError(f"SECRET_KEY must have at least {checks.SHORTEST_KEY} characters")
        if self.terms_required and self.terms is None:
            raise ValueError("TERMS must be set where TERMS_REQUIRED is: else nobody could sign up")
        return self

    @model_validator(mode="after")
    def _told_before(self) -> Self:
        if 0 < self.keep_inactive_accounts_days < 2 * self.inactive_notice_days:
            raise ValueError("KEEP_INACTIVE_ACCOUNTS_DAYS must be 0, or twice INACTIVE_NOTICE_DAYS at least")
        return self

    @model_validator(mode="after")
    def _site_with_provider(self) -> Self:
        if self.oidc_issuer is not None:
            if not self.oidc_client_id:
                raise ValueError("OIDC_CLIENT_ID must be set where OIDC_ISSUER is")
            if self.site_url is None or self.site_provider == checks.NO_PAGE:
                raise ValueError("SITE_URL must be set where OIDC_ISSUER is: people go on there")
        return self

    @property
    def provider(self) -> ProviderRules | None:
        """What is agreed upon with the city's own provider."""
        if self.oidc_issuer is None:
            return None
        name, _equals, value = self.oidc_office_claim.partition("=")
        return ProviderRules(
            issuer=self.oidc_issuer,
            client_id=self.oidc_client_id,
            client_secret=self.oidc_client_secret.get_secret_value() if self.oidc_client_secret else "",
            scopes=self.oidc_scopes,
            office_claim=(name, value) if name else None,
            seconds=self.oidc_seconds,
            most_bytes=self.oidc_bytes,
        )

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches the server."""
        return self.host in _LOOPBACK

    @property
    def folder(self) -> Path:
        """DATA_DIR, absolute."""
        return self.data_dir.expanduser().absolute()

    @property
    def origins(self) -> list[str]:
        """Origins of web pages, other than the server's own, that may use the API from a browser."""
        return self.allowed_origins.split(",") if self.allowed_origins else []

    @property
    def hosts(self) -> frozenset[str]:
        """Which hosts requests may name; empty: any."""
        return frozenset(filter(None, self.allowed_hosts.split(",")))

    @property
    def proxies(self) -> Proxies:
        """The proxies that are believed whom they ask for."""
        return Proxies(networks(self.trusted_proxies), self.proxy_header)

    @property
    def path(self) -> str:
        """The path of PUBLIC_URL, below which everything is: empty, or such as `/api`."""
        return origins.path_of(self.public_url) if self.public_url is not None else ""

    @property
    def database(self) -> str:
        """The database's URL: DATABASE_URL, or a SQLite file in DATA_DIR."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite://{self.folder / 'mitwirk.sqlite3'}"

    def address(self, port: int | None = None) -> str:
        """Under which address people reach the server: PUBLIC_URL, or where it listens."""
        if self.public_url is not None:
            return self.public_url
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(self.host, self.host)
        return f"http://{host}:{self.port if port is None else port}"

    @property
    def site(self) -> Site:
        """The network's own website: SITE_URL and its templates."""
        if self.site_url is None:
            return Site()
        templates = {one.name: getattr(self, f"site_{one.name}") for one in fields(Site) if one.name != "home"}
        pages = {name: self.site_url + one for name, one in templates.items() if one != checks.NO_PAGE}
        return Site(home=self.site_url, **pages)

    def _quota(self, name: str) -> Quota | None:
        """The quota of this name. In demonstration mode, where many share few sign-ins, only what is set holds."""
        names = (f"{name}_a_day", f"{name}_at_once")
        held = [not self.demo or one in self.model_fields_set for one in names]
        a_day, at_once = (getattr(self, one) if holds else _MOST for one, holds in zip(names, held, strict=True))
        return Quota(a_day, at_once) if any(held) else None

    @property
    def bounds(self) -> Bounds:
        """What an operation may be."""
        return Bounds(**{one.name: getattr(self, one.name) for one in fields(Bounds)})

    def rules(self, port: int | None = None) -> Rules:
        """The limits and lifetimes that resolvers work by."""
        return Rules(
            public_url=self.address(port),
            site=self.site,
            network_name=self.network_name,
            network_about=self.network_about,
            terms=read_terms(self.terms) if self.terms is not None else None,
            terms_required=self.terms_required,
            session_lifetime=timedelta(days=self.session_days),
            sessions_limit=self.sessions_at_once,
            office_second_factor=self.office_second_factor,
            sign_in_provider=self.oidc_name if self.oidc_issuer else None,
            sign_up_lifetime=timedelta(hours=self.sign_up_hours),
            reset_lifetime=timedelta(minutes=self.reset_minutes),
            sign_in_link_lifetime=timedelta(minutes=self.sign_in_link_minutes),
            invitation_lifetime=timedelta(days=self.invitation_days),
            representative_mails=Rate(self.representative_mails_a_day, 86_400),
            representative_mails_by_account=Rate(self.representative_mails_per_account, 86_400),
            offer_lifetime=timedelta(days=self.offer_days),
            waiting_list_limit=self.waiting_list_limit,
            api_keys_limit=self.api_keys_per_organisation,
            saved_searches_limit=self.saved_searches_per_account,
            synonyms_limit=self.synonyms_limit,
            log_lifetime=timedelta(hours=self.retention_hours),
            log_changes=self.retention_changes,
            sign_ins=Rate(self.sign_ins, self.sign_in_minutes * 60),
            sign_ins_by_address=Rate(self.sign_ins_per_address, self.sign_in_minutes * 60),
            sign_ins_by_account=Rate(self.sign_ins_per_account, self.sign_in_minutes * 60),
            sign_ups=Rate(self.sign_ups_a_day, 86_400),
            sign_ups_by_address=Rate(self.sign_ups_per_address, 86_400),
            sign_ups_by_account=Rate(self.sign_ups_per_account, 86_400),
            links=Rate(self.links_a_day, 86_400),
            links_by_address=Rate(self.links_per_address, 86_400),
            links_by_account=Rate(self.links_per_account, 86_400),
            mails_a_day=self.mails_a_day,
            data_export_lifetime=timedelta(hours=self.data_export_hours),
            data_exports_a_day=self.data_exports_a_day,
            data_export_bytes=self.data_export_bytes,
            fresh_sign_in=timedelta(minutes=self.fresh_sign_in_minutes),
            reports=Rate(self.reports_per_account, 86_400),
            reports_by_address=Rate(self.reports_per_address, 86_400),
            reports_of_one=self.reports_of_one,
            offers_stale_after=timedelta(days=self.offers_stale_days),
            kept_for=KeptFor(
                **{one.name: timedelta(days=getattr(self, f"keep_{one.name}_days")) for one in fields(KeptFor)}
            ),
            inactive_notice=timedelta(days=self.inactive_notice_days),
            quotas=Quotas(**{one.name: self._quota(one.name) for one in fields(Quotas)}),
        )


def read_settings() -> Settings:
    """The settings from the environment. Raises `CannotStartError` with a line for each wrong value."""
    try:
        return Settings()
    except ValidationError as error:
        lines = []
        for problem in error.errors(include_url=False, include_input=False, include_context=False):
            name = ".".join(str(part) for part in problem["loc"]).upper()
            text = problem["msg"].removeprefix("Value error, ")
            lines.append(f"{name}: {text}" if name else text)
        raise CannotStartError("\n".join(lines), exit_code=2) from None
