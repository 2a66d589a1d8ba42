"""docs/privacy.md says what is declared, and a city's own times where it asks for them."""

from pathlib import Path

import pytest

from main import main
from resolvers.limits.kept_for import KeptFor
from resolvers.privacy.processing_record import filled
from web.settings import Settings

PAGE = Path(__file__).parents[3] / "docs" / "privacy.md"


def test_the_page_for_the_data_protection_officer_says_what_is_declared() -> None:
    assert PAGE.read_text() == filled(PAGE.read_text(), KeptFor()), "write it anew by `make privacy`"


def test_it_is_printed_with_the_times_in_force(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("KEEP_MAILS_DAYS", "7.5")
    assert main(["privacy"]) == 0
    printed, page = capsys.readouterr().out.splitlines(), PAGE.read_text().splitlines()
    other = [after for before, after in zip(page, printed, strict=True) if before != after]
    assert len(other) == 2, "the table of mails, and the table of times"
    assert "*Kept:* 7.5 days (`KEEP_MAILS_DAYS`) after it was sent." in other[0]
    assert other[1].startswith("| mails | 7.5 days | ")


def test_a_page_without_a_place_for_a_table_is_refused() -> None:
    with pytest.raises(ValueError, match="<!-- times -->"):
        filled(PAGE.read_text().replace("<!-- times -->", ""), KeptFor())
