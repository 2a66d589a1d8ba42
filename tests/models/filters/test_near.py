"""Circles, and the squares around them."""

import pytest

from models.filters.near import Near


@pytest.mark.parametrize("latitude", [0.0, 52.4227, -80.0, 89.9, 90.0])
def test_the_square_holds_the_circle(latitude: float) -> None:
    near = Near(latitude, 10.0, 10.0)
    south, west, north, east = near.bounds()
    degrees = 10.0 / 111.195
    assert south <= latitude - degrees
    assert latitude + degrees <= north
    assert west <= 10.0 - degrees
    assert 10.0 + degrees <= east
    assert latitude < 89 or east - west >= 20
