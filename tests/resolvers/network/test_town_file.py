"""A town's file: what it may say, and the one sentence about what it may not."""

from pathlib import Path

import pytest

from models.places import DISTRICT_LEVELS, MOST_DISTRICTS
from resolvers.demo.places import PLACES
from resolvers.network.town_file import TownFileError, read_town, wolfsburg

TOPIC = '[[topics]]\nname = "Sport"\n'


def districts(*lines: str) -> str:
    """A file with these districts, one a line."""
    return TOPIC + "\n".join(f"[[districts]]\n{line}" for line in lines)


WRONG = {
    "is no TOML": "[[topics]\n",
    "topics: Field required": "",
    "topics.0.name: Field required": "[[topics]]\n",
    "topics.0.nmae: Extra inputs": '[[topics]]\nname = "Sport"\nnmae = "Sport"\n',
    "topics.0.name: this shows nothing": '[[topics]]\nname = " "\n',
    "topics.0.name: String should have at most 80": f'[[topics]]\nname = "{"a" * 81}"\n',
    "topics.0.synonyms: Tuple should have at most 30": f"{TOPIC}synonyms = {['x'] * 31}",
    "SPORT: there are two of this name": f'{TOPIC}[[topics]]\nname = "SPORT"',
    "districts.0.location.0: Input should be less than or equal to 90": districts('name = "A"\nlocation = [90.5, 0]'),
    "districts.0.location.1: Field required": districts('name = "A"\nlocation = [52.5]'),
    "districts.0.postal_codes.0: String should match": districts('name = "A"\npostal_codes = ["drüben"]'),
    "A: there is no district of the name of its parent, B": districts('name = "A"\nparent = "B"'),
    "A: districts lie in each other at most": districts('name = "A"\nparent = "B"', 'name = "B"\nparent = "A"'),
    f"districts: Tuple should have at most {MOST_DISTRICTS}": districts(*(f'name = "{n}"' for n in range(101))),
}


@pytest.mark.parametrize("problem", WRONG)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, problem: str) -> None:
    path = tmp_path / "town.toml"
    path.write_text(WRONG[problem])
    with pytest.raises(TownFileError) as caught:
        read_town(path)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(TownFileError, match="can't be read"):
        read_town(tmp_path / "none.toml")
    (tmp_path / "large.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(TownFileError, match="has more than"):
        read_town(tmp_path / "large.toml")


def test_districts_lie_in_each_other_as_deep_as_they_may(tmp_path: Path) -> None:
    path = tmp_path / "town.toml"
    chain = [f'name = "{n}"\nparent = "{n + 1}"' for n in range(DISTRICT_LEVELS - 1)]
    path.write_text(districts(*chain, f'name = "{DISTRICT_LEVELS - 1}"'))
    assert len(read_town(path).districts) == DISTRICT_LEVELS


def test_each_part_of_wolfsburg_has_its_place_where_it_is() -> None:
    """As far as the demonstration's venues, whose places are known, can tell."""
    by_slug = {one.slug: one for one in wolfsburg().districts}
    assert all(one.location and one.postal_codes for one in by_slug.values())
    for venue in PLACES.values():
        location = by_slug[venue.district].location
        assert location is not None
        assert abs(location[0] - venue.latitude) < 0.02, venue
        assert abs(location[1] - venue.longitude) < 0.03, venue
