"""Settings come from the environment, each documented, a wrong one told in one line."""

import re
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from resolvers.limits.quotas import Quota, Quotas
from resolvers.site import Site
from tests.web.server import ROOT, environment
from tests.world import SCHEMA
from web.http.endpoint import GraphQLEndpoint
from web.http.origins import Origins
from web.process.data_folder import prepare_folder, secret_key
from web.process.mail_delivery import delivery
from web.process.startup_errors import CannotStartError
from web.settings import Settings, read_settings

KEY = "k" * 32


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_every_setting_is_documented_with_its_default_and_no_other() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+?) \|", (ROOT / "docs/settings.md").read_text(), re.M)
    assert sorted(name for name, _default in rows) == sorted(name.upper() for name in Settings.model_fields)
    for name, default in rows:
        if default.startswith("`") and name != "PUBLIC_URL":
            written = Settings.model_fields[name.lower()].default
            text = str(int(written)) if isinstance(written, (bool, float)) and written == int(written) else str(written)
            assert default == f"`{text}`", name


def test_the_environment_is_read_nowhere_else() -> None:
    readers = [
        path.relative_to(ROOT).as_posix()
        for room in ("models", "auth", "subscriptions", "resolvers", "schema", "web")
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"os\.environ|getenv", path.read_text())
    ]
    # Builds the playground's page while it is developed: hands PATH on to npm, and no server runs it.
    assert readers == ["web/pages/playground/build.py"]


def test_nothing_set_is_a_loopback_server_on_sqlite() -> None:
    settings = read_settings()
    assert (settings.host, settings.port, settings.demo, settings.redis_url) == ("127.0.0.1", 8000, False, None)
    assert settings.is_loopback
    assert settings.database == f"sqlite://{Path.cwd() / 'data' / 'mitwirk.sqlite3'}"
    assert settings.address() == "http://127.0.0.1:8000"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), "")
    assert read_settings() == Settings.model_validate({})


def test_rules_are_made_of_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFER_DAYS", "7.5")
    monkeypatch.setenv("WAITING_LIST_LIMIT", "0")
    monkeypatch.setenv("PUBLIC_URL", "https://api.example.org/")
    rules = read_settings().rules()
    assert rules.offer_lifetime == timedelta(days=7, hours=12)
    assert rules.waiting_list_limit == 0
    assert rules.public_url == "https://api.example.org"
    assert rules.site == Site()
    assert rules.home == "https://api.example.org"


def test_the_site_s_pages_are_below_its_address_and_one_that_it_has_not_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = {
        "URL": "https://engagement.example/netz/",
        "EVENT": "/termine/{slug}.html",
        "OFFER": "-",
        "RESET": "#{token}",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"SITE_{name}", value)
    site = read_settings().rules().site
    assert (site.home, site.offer_page("a"), site.event_page("ein-fest"), site.group_page("ag")) == (
        "https://engagement.example/netz",
        None,
        "https://engagement.example/netz/termine/ein-fest.html",
        "https://engagement.example/netz/groups/ag",
    )
    assert site.reset_page("https://api.example", "t") == "https://engagement.example/netz#t"
    assert site.confirm_page("https://api.example", "t") == "https://engagement.example/netz/confirm?token=t"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("DEMO", "perhaps"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("REDIS_URL", "localhost:6379"),
        ("SMTP_URL", "mail.example.org"),
        ("PUBLIC_URL", "api.example.org"),
        ("SECRET_KEY", "short"),
        *(
            ("SITE_OFFER", one)
            for one in ("offers/{slug}", "/x", "/{slug}/{slug}", "/{slug}{x}", "/{token}", "/ä/{slug}")
        ),
        ("SITE_RESET", "/reset"),
        ("OFFER_DAYS", "0"),
        ("JOB_SECONDS", "11"),
        ("LOG_FORMAT", "xml"),
        ("DATABASE_POOL", "1"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_it(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(CannotStartError) as caught:
        read_settings()
    assert caught.value.exit_code == 2
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


SECRET = "hidden-word"
URLS = {
    "DATABASE_URL": "postgresql",
    "REDIS_URL": "redis",
    "SMTP_URL": "smtp",
    "PUBLIC_URL": "https",
    "SITE_URL": "https",
}
WRONG_URLS = [
    "{scheme}://u:hidden-word#x@h/0",
    "{scheme}://u:1234#hidden-word@h/0",
    "{scheme}://u:hidden-word/x@h/0",
    "{scheme}://u:hidden-word?x@h/0",
    "{scheme}://u:1234?hidden-word@h",
    "{scheme}://u:1234/hidden-word@h",
    "{scheme}://u:hidden-word@h:port/0",
    "{scheme}://u:hidden-word@h:99999/0",
    "{scheme}://u:hidden-word@h:-1/0",
    "{scheme}://u:hidden-word@h:1:2/0",
    "{scheme}://u:hidden-word@[::1/0",
    "{scheme}://u:hidden-word@[nothing]/0",
    "{scheme}://u:hidden-word@h h/0",
    "{scheme}://u:hidden-word%zz@h/0",
    "{scheme}://u:hidden-word@h/0?x",
    "{scheme}:u:hidden-word@h/0",
    "ftp://u:hidden-word@h/0",
    "u:hidden-word@h/0",
    "hidden-word",
    "://",
    "{scheme}://u:hidden-word\u2100@h/0",
]


@pytest.mark.parametrize("url", WRONG_URLS)
@pytest.mark.parametrize("name", URLS)
def test_a_wrong_url_is_one_line_without_the_password(monkeypatch: pytest.MonkeyPatch, name: str, url: str) -> None:
    monkeypatch.setenv("SECRET_KEY", KEY)
    monkeypatch.setenv(name, url.format(scheme=URLS[name]))
    with pytest.raises(CannotStartError) as caught:
        read_settings()
    assert caught.value.exit_code == 2
    assert str(caught.value).startswith(f"{name}: ")
    assert "\n" not in str(caught.value)
    assert SECRET not in str(caught.value)
    assert "1234" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://u%40x:p%23@h:5433/my%20base?sslmode=require"),
        ("DATABASE_URL", "postgresql://[::1]/x"),
        ("DATABASE_URL", "postgresql://u@h1:1,h2:2/x?target_session_attrs=read-write"),
        ("DATABASE_URL", "postgresql:///x?host=/run/postgresql"),
        ("REDIS_URL", "redis://:p%23x@h:6380/2"),
        ("REDIS_URL", "rediss://u:p@[::1]:6380?db=3"),
        ("REDIS_URL", "unix:///run/redis.sock?db=2"),
        ("SMTP_URL", "smtp://u%40x:p%40@h:587"),
        ("SMTP_URL", "smtps://h/"),
        ("PUBLIC_URL", "https://h:8443/api/"),
        ("ALLOWED_ORIGINS", "https://a.example, http://b.example:8080/,"),
        ("MAIL_FROM", "netzwerk@mitwirk.example"),
        ("MAIL_FROM", "Ärzte, vereint <a@b.example>".replace(",", "")),
    ],
)
def test_what_is_right_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv("SECRET_KEY", KEY)
    monkeypatch.setenv(name, value)
    assert read_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "redis://h/nothing"),
        ("REDIS_URL", "redis://h/0?nothing=1"),
        ("REDIS_URL", "redis://h/0?db=x"),
        ("REDIS_URL", "unix://"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://h/path"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https:///path"),
        ("PUBLIC_URL", "https://u:p@h"),
        ("PUBLIC_URL", "https://h?x=1"),
        ("ALLOWED_ORIGINS", "www.example.org"),
        ("ALLOWED_ORIGINS", "https://a.example https://b.example"),
        ("ALLOWED_ORIGINS", "https://a.example/page"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "a@b.example, c@d.example"),
        ("MAIL_FROM", "a@b.example\nBcc: c@d.example"),
        ("DATABASE_URL", "postgresql://h/x?sslmode=perhaps"),
        ("DATABASE_URL", "postgresql://h/x?connect_timeout=soon"),
        ("DATABASE_URL", "postgresql://h/x?channel_binding=require"),
        ("DATABASE_URL", "postgresql://h/x?port=x"),
        ("DATABASE_URL", "postgresql://h1,h2/x?port=1,2,3"),
        ("DATABASE_URL", "postgresql://u:p@q@h/x"),
        ("DATABASE_URL", "postgresql://h/x?sslmode=verify-full&sslrootcert=/nowhere"),
        ("DATABASE_URL", "sqlite://"),
    ],
)
def test_what_can_not_work_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    test_a_wrong_value_is_one_line_that_names_it(monkeypatch, name, value)


NO_NUMBERS = ["x", "nan", "inf", "1e300", "-inf", "9" * 30, "a b", "ä", "\udcff", "1,5", "[]", "{}", "null", "%"]


ODD = [*NO_NUMBERS, "0", "-1", "\t", "\u202e"]


def settings_and_values() -> Iterator[Any]:
    """Each setting with all that is odd; in short with each sixth, by turns."""
    for number, name in enumerate(Settings.model_fields):
        yield pytest.param(name.upper(), ODD[number % 6 :: 6], id=name.upper())
        yield pytest.param(name.upper(), ODD, id=f"{name.upper()}-all", marks=pytest.mark.soak)


@pytest.mark.parametrize(("name", "values"), list(settings_and_values()))
def test_whatever_a_setting_is_given_it_works_or_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, values: list[str]
) -> None:
    for value in values:
        monkeypatch.setenv(name, value)
        settings = taken(name)
        if settings is None:
            continue
        assert Settings.model_fields[name.lower()].annotation not in (int, float, bool) or value not in NO_NUMBERS
        # What is made of it at the start, before anything is opened.
        settings.rules(1)
        origins = Origins(settings.public_url, settings.origins)
        GraphQLEndpoint(SCHEMA, cast(Any, SimpleNamespace(hub=None, rates=None)), settings, origins)
        delivery(settings)


def taken(name: str) -> Settings | None:
    """The settings; None where that of this name is refused as it should be."""
    try:
        return read_settings()
    except CannotStartError as error:
        refused = error
    assert refused.exit_code == 2
    assert str(refused).startswith((f"{name}: ", "SECRET_KEY must"))
    assert "\n" not in str(refused)
    return None


def test_a_database_of_ones_own_needs_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/x")
    with pytest.raises(CannotStartError, match="SECRET_KEY must be set where DATABASE_URL is"):
        read_settings()
    monkeypatch.setenv("SECRET_KEY", KEY)
    assert secret_key(read_settings()) == KEY


@pytest.mark.parametrize(("kept", "taken"), [("0", True), ("59", False), ("60", True)])
def test_who_is_away_is_told_before_the_time_is_half_over(
    monkeypatch: pytest.MonkeyPatch, kept: str, taken: bool
) -> None:
    monkeypatch.setenv("INACTIVE_NOTICE_DAYS", "30")
    monkeypatch.setenv("KEEP_INACTIVE_ACCOUNTS_DAYS", kept)
    if taken:
        assert read_settings().rules().kept_for.inactive_accounts == timedelta(days=float(kept))
    else:
        with pytest.raises(CannotStartError, match="KEEP_INACTIVE_ACCOUNTS_DAYS must be 0, or twice"):
            read_settings()


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:hidden-word@localhost/x")
    monkeypatch.setenv("SECRET_KEY", "hidden-word")
    with pytest.raises(CannotStartError) as caught:
        read_settings()
    assert "hidden-word" not in str(caught.value)
    monkeypatch.setenv("SECRET_KEY", KEY)
    assert "hidden-word" not in repr(read_settings())
    assert KEY not in repr(read_settings())


def test_a_key_is_made_once_and_only_its_owner_may_read_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "a" / "data"))
    settings = read_settings()
    prepare_folder(settings)
    key = secret_key(settings)
    assert len(key) >= 32
    assert secret_key(settings) == key
    path = settings.folder / "secret_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(one.name for one in settings.folder.iterdir()) == ["secret_key"]
    path.write_text("short\n")
    with pytest.raises(CannotStartError, match="too short"):
        secret_key(settings)


def test_settings_of_the_tests_do_not_come_from_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://production/x")
    assert "DATABASE_URL" not in environment(PORT=0)


def test_in_demonstration_mode_only_those_quotas_hold_that_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().rules().quotas == Quotas()
    monkeypatch.setenv("DEMO", "1")
    assert set(vars(read_settings().rules().quotas).values()) == {None}
    monkeypatch.setenv("GROUPS_A_DAY", "2")
    quotas = read_settings().rules().quotas
    assert quotas.groups == Quota(2, 2**31 - 1)
    assert quotas.offers is None
