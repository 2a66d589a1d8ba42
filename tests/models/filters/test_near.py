"""Circles, and the squares around them."""

from math import asin, atan2, cos, pi, radians, sin
from math import degrees as degrees_of

import pytest

from models import Offer
from models.filters.errors import BadFilter
from models.filters.near import EARTH_KM, KM_PER_DEGREE, Bounds, Near, km_between, on_sphere
from models.places import Located


@pytest.mark.parametrize("latitude", [0.0, 52.4227, -80.0, 89.9, 90.0])
def test_the_square_holds_the_circle(latitude: float) -> None:
    around = Near(latitude, 10.0, 10.0).bounds()
    degrees = 10.0 / KM_PER_DEGREE
    assert around.south <= max(latitude - degrees, -90)
    assert min(latitude + degrees, 90) <= around.north
    assert around.west <= 10.0 - degrees
    assert 10.0 + degrees <= around.east
    assert latitude < 90 or (around.west, around.east) == (-180, 180)


def a_point(latitude: float, longitude: float) -> Located:
    """A row that lies there."""
    x, y, z = on_sphere(latitude, longitude)
    return Offer(point_latitude=latitude, point_longitude=longitude, point_x=x, point_y=y, point_z=z)


def beside(latitude: float, longitude: float, km: float, bearing: float) -> tuple[float, float]:
    """Where one comes by so many km in a direction (the direct problem on the sphere)."""
    way, north, east = km / EARTH_KM, radians(latitude), radians(longitude)
    to_north = asin(sin(north) * cos(way) + cos(north) * sin(way) * cos(bearing))
    to_east = east + atan2(sin(bearing) * sin(way) * cos(north), cos(way) - sin(north) * sin(to_north))
    return degrees_of(to_north), (degrees_of(to_east) + 180) % 360 - 180


@pytest.mark.parametrize("center", [(52.4227, 10.7865), (0.0, 179.9), (-80.0, -179.5), (89.7, 12.0)])
@pytest.mark.parametrize("km", [0.001, 3.0, 250.0, 500.0])
def test_a_circle_is_one_on_the_sphere(center: tuple[float, float], km: float) -> None:
    near = Near(*center, km)
    for number in range(24):
        bearing = number * pi / 12
        inside, outside = beside(*center, km * 0.9999, bearing), beside(*center, km * 1.0001, bearing)
        assert near.holds(a_point(*inside)), (number, inside)
        assert not near.holds(a_point(*outside)), (number, outside)
        assert km_between(on_sphere(*center), on_sphere(*inside)) == pytest.approx(km * 0.9999, rel=1e-5)
    assert near.holds(a_point(*center))
    assert not near.holds(Offer())


def test_a_rectangle_may_go_over_the_180th_meridian() -> None:
    pacific, town = Bounds(-30, 170, 30, -170), Bounds(52.3, 10.6, 52.5, 10.9)
    assert pacific.holds(a_point(0, 175))
    assert pacific.holds(a_point(0, -175))
    assert not pacific.holds(a_point(0, 0))
    assert not pacific.holds(a_point(31, 175))
    assert town.holds(a_point(52.5, 10.9))
    assert not town.holds(a_point(52.4, 11))
    assert not town.holds(Offer())


@pytest.mark.parametrize("corners", [(52.5, 10.0, 52.4, 11.0), (-91, 0, 0, 0), (0, 0, 0, 181), (0, float("nan"), 1, 1)])
def test_what_is_no_rectangle_is_refused(corners: tuple[float, float, float, float]) -> None:
    with pytest.raises(BadFilter, match="bounds"):
        Bounds(*corners)
