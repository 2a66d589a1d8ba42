"""Nearness: circles and distances, in arithmetic that both databases do alike."""

from dataclasses import dataclass
from math import cos, radians

from models.filters.errors import BadFilter
from models.sql.expressions import SqlExpression

KM_PER_DEGREE = 111.195
# What lies on the circle itself must not be lost to rounding.
_ROOM = 1.000001


@dataclass(frozen=True)
class Near:
    """A circle. Over the size of a region the plane is near enough to the sphere: the error is below half a percent."""

    latitude: float
    longitude: float
    radius_km: float = 10.0

    def __post_init__(self) -> None:
        """Raises `BadFilter` where it is no place on earth, or the radius is out of range."""
        if not -90 <= self.latitude <= 90 or not -180 <= self.longitude <= 180:
            raise BadFilter("`near`: latitude is from -90 to 90, longitude from -180 to 180.")
        if not 0 < self.radius_km <= 500:
            raise BadFilter("`near`: radiusKm is more than 0 and at most 500.")

    def bounds(self) -> tuple[float, float, float, float]:
        """South, west, north and east of a square that holds the circle."""
        high = self.radius_km / KM_PER_DEGREE * _ROOM
        # Near a pole the circle goes all around.
        wide = min(high / max(cos(radians(self.latitude)), 1e-9), 360.0)
        return self.latitude - high, self.longitude - wide, self.latitude + high, self.longitude + wide

    def distance(self, table: str) -> SqlExpression:
        """The square of the distance in km of a row of `table` with a venue, null where it has no location."""
        north, north_values = _scaled(table, "venue_latitude", self.latitude, KM_PER_DEGREE)
        east, east_values = _scaled(
            table, "venue_longitude", self.longitude, KM_PER_DEGREE * cos(radians(self.latitude))
        )
        return SqlExpression(f"({north} * {north} + {east} * {east})", (*north_values * 2, *east_values * 2))


def _scaled(table: str, column: str, center: float, km_per_degree: float) -> tuple[str, tuple[float, float]]:
    """How many km a column of degrees lies off a center, as SQL with its values."""
    return f'(("{table}"."{column}" - ?) * ?)', (float(center), km_per_degree)
