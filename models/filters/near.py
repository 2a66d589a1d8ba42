"""Where: circles, distances and rectangles on the sphere, in arithmetic that both databases do alike.

Every row that lies somewhere has its point (`models.places.Located`): in degrees, which an index finds, and in km from
the centre of the earth. The straight way between two points through the earth, the chord, grows with the way over it:
so a great circle's distance is compared by nothing but subtraction and multiplication.
"""

from dataclasses import dataclass
from functools import cached_property
from math import asin, cos, pi, radians, sin

from tortoise.expressions import Q

from models.filters.errors import BadFilter
from models.places import Located
from models.sql.expressions import SqlExpression

# The earth's mean radius (IUGG).
EARTH_KM = 6371.0088
KM_PER_DEGREE = EARTH_KM * pi / 180
# What lies on the circle itself must not be lost to rounding.
_ROOM = 1.000001

Vector = tuple[float, float, float]


def on_sphere(latitude: float, longitude: float) -> Vector:
    """A point in km from the centre of the earth."""
    north, east = radians(latitude), radians(longitude)
    return EARTH_KM * cos(north) * cos(east), EARTH_KM * cos(north) * sin(east), EARTH_KM * sin(north)


def chord_squared(one: Vector, other: Vector) -> float:
    """The square of the straight way between two points, in km²: in the same steps as `Near.distance` has it done."""
    x, y, z = one[0] - other[0], one[1] - other[1], one[2] - other[2]
    return x * x + y * y + z * z


def km_between(one: Vector, other: Vector) -> float:
    """How far it is over the earth."""
    return 2 * EARTH_KM * asin(min(1.0, chord_squared(one, other) ** 0.5 / (2 * EARTH_KM)))


def _must_be_on_earth(name: str, latitude: float, longitude: float) -> None:
    """Raises `BadFilter` for what is no place."""
    if not -90 <= latitude <= 90 or not -180 <= longitude <= 180:
        raise BadFilter(f"`{name}`: latitude is from -90 to 90, longitude from -180 to 180.")


@dataclass(frozen=True)
class Bounds:
    """A rectangle of degrees, as a map shows one. Where west is greater than east it goes over the 180th meridian."""

    south: float
    west: float
    north: float
    east: float

    def __post_init__(self) -> None:
        """Raises `BadFilter` where it is none on earth, or upside down."""
        _must_be_on_earth("bounds", self.south, self.west)
        _must_be_on_earth("bounds", self.north, self.east)
        if self.south > self.north:
            raise BadFilter("`bounds`: southWest lies north of northEast.")

    def condition(self) -> Q:
        """Rows whose point lies in it, its edges included."""
        lies = Q(point_latitude__gte=self.south, point_latitude__lte=self.north)
        if self.west <= self.east:
            return lies & Q(point_longitude__gte=self.west, point_longitude__lte=self.east)
        return lies & (Q(point_longitude__gte=self.west) | Q(point_longitude__lte=self.east))

    def holds(self, row: Located) -> bool:
        """As `condition`, of one row."""
        north, east = row.point_latitude, row.point_longitude
        if north is None or east is None or not self.south <= north <= self.north:
            return False
        if self.west <= self.east:
            return self.west <= east <= self.east
        return east >= self.west or east <= self.east


@dataclass(frozen=True)
class Near:
    """A circle on the sphere."""

    latitude: float
    longitude: float
    radius_km: float = 10.0

    def __post_init__(self) -> None:
        """Raises `BadFilter` where it is no place on earth, or the radius is out of range."""
        _must_be_on_earth("near", self.latitude, self.longitude)
        if not 0 < self.radius_km <= 500:
            raise BadFilter("`near`: radiusKm is more than 0 and at most 500.")

    def bounds(self) -> Bounds:
        """A rectangle that holds the circle: what an index finds."""
        angle = self.radius_km / EARTH_KM * _ROOM
        high = angle * 180 / pi
        south, north = self.latitude - high, self.latitude + high
        if south <= -90 or north >= 90:  # around a pole, the circle goes all around
            return Bounds(max(south, -90.0), -180.0, min(north, 90.0), 180.0)
        wide = asin(sin(angle) / cos(radians(self.latitude))) * 180 / pi * _ROOM
        west, east = self.longitude - wide, self.longitude + wide
        return Bounds(south, west + 360 if west < -180 else west, north, east - 360 if east > 180 else east)

    @cached_property
    def center(self) -> Vector:
        """Its centre, in km from that of the earth."""
        return on_sphere(self.latitude, self.longitude)

    @property
    def farthest(self) -> float:
        """The square of the longest chord from its centre, in km²."""
        return float((2 * EARTH_KM * sin(self.radius_km / (2 * EARTH_KM))) ** 2)

    def distance(self, table: str) -> SqlExpression:
        """What grows with the distance of a row of `table`: the square of the chord, null where it has no point."""
        parts = [f'("{table}"."point_{axis}" - ?)' for axis in "xyz"]
        values = [value for value in self.center for _twice in range(2)]
        return SqlExpression(f"({' + '.join(f'{part} * {part}' for part in parts)})", tuple(values))

    def holds(self, row: Located) -> bool:
        """Whether one row lies in it: as `models.filters.conditions.within`, in the same arithmetic."""
        x, y, z = row.point_x, row.point_y, row.point_z
        if x is None or y is None or z is None or not self._around.holds(row):
            return False
        return chord_squared((x, y, z), self.center) <= self.farthest

    @cached_property
    def _around(self) -> Bounds:
        return self.bounds()
