"""Folded text and slugs."""

import pytest

from models.sql.slugs import slugify
from models.text.folding import fold


@pytest.mark.parametrize(
    ("text", "folded", "slug"),
    [
        ("Ärzte  Straße", "arzte strasse", "aerzte-strasse"),
        ("Emre Yıldız", "emre yildiz", "emre-yildiz"),
        ("İpek Şahin", "ipek sahin", "ipek-sahin"),
        ("Łukasz Søren Đorđe", "lukasz soren dorde", "lukasz-soren-dorde"),
    ],
)
def test_letters_of_the_neighbours_languages_fold_to_what_people_type(text: str, folded: str, slug: str) -> None:
    assert fold(text) == folded
    assert slugify(text) == slug
