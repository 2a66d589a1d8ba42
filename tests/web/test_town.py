"""TOWN names the file that a new network begins with; a wrong one is one line, before anything is stored."""

from pathlib import Path

import pytest

from web.app import town_of
from web.process.startup_errors import CannotStartError
from web.settings import Settings


def test_the_town_is_the_one_that_the_file_says(tmp_path: Path) -> None:
    path = tmp_path / "town.toml"
    path.write_text('[[topics]]\nname = "Schach"\n')
    town = town_of(Settings(town=path))
    assert town is not None
    assert [topic.slug for topic in town.topics] == ["schach"]
    assert town_of(Settings()) is None


def test_a_file_that_says_no_town_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "town.toml"
    path.write_text("[[topics]]\n")
    with pytest.raises(CannotStartError) as caught:
        town_of(Settings(town=path))
    assert str(caught.value) == f"TOWN: {path} is no town: topics.0.name: Field required."
    assert caught.value.exit_code == 2
