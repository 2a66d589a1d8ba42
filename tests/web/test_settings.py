"""Settings come from the environment, each documented, a wrong one told in one line."""

import re
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.process import ROOT, environment
from web.failures import CannotStartError
from web.settings import Settings, prepare_folder, read_settings, secret_key

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
            text = str(int(written)) if isinstance(written, (bool, float)) else str(written)
            assert default == f"`{text}`", name


def test_the_environment_is_read_nowhere_else() -> None:
    readers = [
        path.relative_to(ROOT).as_posix()
        for room in ("models", "auth", "subscriptions", "resolvers", "schema", "web")
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"os\.environ|getenv", path.read_text())
    ]
    # Builds the playground's page while it is developed: hands PATH on to npm, and no server runs it.
    assert readers == ["web/playground/build.py"]


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


def test_a_database_of_ones_own_needs_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/x")
    with pytest.raises(CannotStartError, match="SECRET_KEY must be set where DATABASE_URL is"):
        read_settings()
    monkeypatch.setenv("SECRET_KEY", KEY)
    assert secret_key(read_settings()) == KEY


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
