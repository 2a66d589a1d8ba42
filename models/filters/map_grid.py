"""A list as a map shows it from afar: its rows counted by the cells of a grid in which they lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from models.filters.errors import BadFilter
from models.filters.near import Bounds
from models.sql.compile import LATER, QuerySpec, ReadStatement, compiled_once, dialect_of

# As far in as the maps of the web go.
_NEAREST_ZOOM = 22
# A tile of such a map, 256 pixels wide, is so many cells wide.
_CELLS_OF_A_TILE = 4
# So many clusters a map may have: of a rectangle that is too large for its zoom, the cells are larger.
MOST_CLUSTERS = 1000
# More than a grid has columns. Rows are grouped by one number, which is compared faster than two.
_MORE_THAN_CELLS = 2 ** (_NEAREST_ZOOM + 3)


@dataclass(frozen=True)
class Grid:
    """Cells of so many degrees, from the south pole and the 180th meridian on: they stay where the map is moved."""

    north: float
    east: float


@dataclass(frozen=True)
class Cluster:
    """Rows in one cell: how many, the middle of the smallest rectangle around them, and the key of the first one."""

    latitude: float
    longitude: float
    count: int
    key: int


def grid_of(bounds: Bounds, zoom: int) -> Grid:
    """The grid for a map of these bounds: cells of 64 pixels at this zoom. Raises `BadFilter` where there is none.

    A degree of longitude is the shorter the farther north: cells are about square in the tens of degrees.
    """
    if not 0 <= zoom <= _NEAREST_ZOOM:
        raise BadFilter(f"`zoom` is from 0 to {_NEAREST_ZOOM}.")
    east = 360 / 2**zoom / _CELLS_OF_A_TILE
    north = east * cos(radians(min(80, round((bounds.south + bounds.north) / 20) * 10)))
    wide = bounds.east - bounds.west if bounds.west <= bounds.east else bounds.east - bounds.west + 360
    while (wide // east + 2) * ((bounds.north - bounds.south) // north + 2) > MOST_CLUSTERS:
        north, east = north * 2, east * 2
    return Grid(north, east)


async def clusters(listed: QuerySpec[Any], grid: Grid) -> Sequence[Cluster]:
    """The rows of a listing that have a point, by cell; the largest clusters first. One statement."""
    records = await _clustered(listed, dialect_of(listed.model)).records(grid.north, grid.east)
    return [Cluster(*record) for record in records]


@compiled_once
def _clustered(listed: QuerySpec[Any], dialect: str) -> ReadStatement:
    """Binds how many degrees a cell has, to the north and to the east."""
    one = ReadStatement(listed.model)
    rows = one.subquery(listed, frozenset(("id", "point_latitude", "point_longitude")))
    whole = "CAST({} AS INTEGER)" if one.is_sqlite else "floor({})"
    north = whole.format(f"(b.point_latitude + 90) / {one.bind(LATER)}")
    east = whole.format(f"(b.point_longitude + 180) / {one.bind(LATER)}")
    middles = [f"(MIN(b.{name}) + MAX(b.{name})) / 2" for name in ("point_latitude", "point_longitude")]
    one.sql = (
        f"SELECT {', '.join(middles)}, COUNT(*), MIN(b.id) FROM {rows} AS b WHERE b.point_latitude IS NOT NULL"
        f" GROUP BY {north} * {_MORE_THAN_CELLS} + {east} ORDER BY COUNT(*) DESC, MIN(b.id)"
    )
    return one
