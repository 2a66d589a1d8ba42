"""Where entries and events count as lying: columns that the database itself keeps, and a view of where districts do.

docs/decisions/0021-points-are-kept-by-triggers.md says why.
"""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration_tools.operations import AddColumn, OnDialect

# By table, which of its columns name a district, in the order in which they count.
_DISTRICTS = {"offer": ("venue_district_id", "district_id"), "event": ("venue_district_id",)}
_EARTH_KM, _RADIAN = 6371.0088, 0.017453292519943295

# Of each district its place, or that of the nearest one that it is a part of: three levels.
_VIEW = ops.RunSQL(
    sql="""CREATE VIEW district_point AS
        SELECT d.id, COALESCE(d.latitude, p.latitude, g.latitude) AS latitude,
            COALESCE(d.longitude, p.longitude, g.longitude) AS longitude
        FROM district AS d LEFT JOIN district AS p ON p.id = d.parent_id LEFT JOIN district AS g ON g.id = p.parent_id""",
    reverse_sql="DROP VIEW district_point",
)
# A district, what is a part of it, and what is a part of that.
_FAMILY = """SELECT id FROM district WHERE id = NEW.id OR parent_id = NEW.id
        OR parent_id IN (SELECT id FROM district WHERE parent_id = NEW.id)"""


def _point(table: str) -> str:
    """The columns of a new row's point, out of those that say where it is."""
    names = _DISTRICTS[table]
    joins = " ".join(f"LEFT JOIN district_point AS d{n} ON d{n}.id = NEW.{name}" for n, name in enumerate(names))
    latitudes = ", ".join(f"d{n}.latitude" for n in range(len(names)))
    longitudes = ", ".join(f"d{n}.longitude" for n in range(len(names)))
    return f"""SELECT latitude, longitude,
            {_EARTH_KM} * cos(latitude * {_RADIAN}) * cos(longitude * {_RADIAN}),
            {_EARTH_KM} * cos(latitude * {_RADIAN}) * sin(longitude * {_RADIAN}),
            {_EARTH_KM} * sin(latitude * {_RADIAN})
        FROM (SELECT
            CASE WHEN {_KNOWN} THEN NEW.venue_latitude ELSE COALESCE({latitudes}, NULL) END AS latitude,
            CASE WHEN {_KNOWN} THEN NEW.venue_longitude ELSE COALESCE({longitudes}, NULL) END AS longitude
            FROM (SELECT 1 AS one) AS once {joins}) AS place"""


_KNOWN = "NEW.venue_latitude IS NOT NULL AND NEW.venue_longitude IS NOT NULL"
_POINT = ("point_latitude", "point_longitude", "point_x", "point_y", "point_z")


def _sources(table: str) -> str:
    """What a point follows from. Whoever sets `point_latitude`, to whatever, has it found anew."""
    return ", ".join(("venue_latitude", "venue_longitude", *_DISTRICTS[table], "point_latitude"))


def _moved(table: str) -> str:
    """Have the points found anew of all that counts as lying where a district does."""
    within = " OR ".join(f"{name} IN ({_FAMILY})" for name in _DISTRICTS[table])
    return f"UPDATE {table} SET point_latitude = NULL WHERE {within};"


ON_SQLITE = OnDialect(
    "sqlite",
    [
        sql
        for table in _DISTRICTS
        for sql in (
            f"""CREATE TRIGGER {table}_point_found AFTER UPDATE OF {_sources(table)} ON {table} BEGIN
            UPDATE {table} SET ({", ".join(_POINT)}) = ({_point(table)}) WHERE id = NEW.id;
        END""",
            f"""CREATE TRIGGER {table}_point_begun AFTER INSERT ON {table} BEGIN
            UPDATE {table} SET point_latitude = NULL WHERE id = NEW.id;
        END""",
        )
    ]
    + [
        f"""CREATE TRIGGER district_moves AFTER UPDATE OF latitude, longitude, parent_id ON district BEGIN
            {_moved("offer")} {_moved("event")}
        END"""
    ],
    [
        "DROP TRIGGER district_moves",
        *(f"DROP TRIGGER {table}_point_{what}" for table in _DISTRICTS for what in ("begun", "found")),
    ],
)


def _finds(table: str) -> str:
    """FOR SHARE: who stores an entry waits for who is about to move its district, and the other way round."""
    names = ", ".join(f"NEW.{name}" for name in _DISTRICTS[table])
    return f"""CREATE FUNCTION {table}_point_found() RETURNS trigger LANGUAGE plpgsql AS $do$ BEGIN
            IF NOT ({_KNOWN}) THEN
                PERFORM 1 FROM district WHERE id IN (
                    SELECT unnest(ARRAY[d.id, p.id, p.parent_id]) FROM district AS d
                    LEFT JOIN district AS p ON p.id = d.parent_id WHERE d.id IN ({names})
                ) ORDER BY id FOR SHARE;
            END IF;
            SELECT * INTO {", ".join(f"NEW.{name}" for name in _POINT)} FROM ({_point(table)}) AS found;
            RETURN NEW;
        END $do$"""


ON_POSTGRES = OnDialect(
    "postgres",
    [
        sql
        for table in _DISTRICTS
        for sql in (
            _finds(table),
            f"""CREATE TRIGGER {table}_point_found BEFORE INSERT OR UPDATE OF {_sources(table)} ON {table} FOR EACH ROW
            EXECUTE FUNCTION {table}_point_found()""",
        )
    ]
    + [
        f"""CREATE FUNCTION district_moves() RETURNS trigger LANGUAGE plpgsql AS $do$ BEGIN
            {_moved("offer")} {_moved("event")} RETURN NULL;
        END $do$""",
        """CREATE TRIGGER district_moves AFTER UPDATE OF latitude, longitude, parent_id ON district FOR EACH ROW
            EXECUTE FUNCTION district_moves()""",
    ],
    [
        "DROP TRIGGER district_moves ON district",
        "DROP FUNCTION district_moves()",
        *(
            sql
            for table in _DISTRICTS
            for sql in (f"DROP TRIGGER {table}_point_found ON {table}", f"DROP FUNCTION {table}_point_found()")
        ),
    ],
)
# What is stored already is found as what is new.
_FIRST = [
    ops.RunSQL(sql=f"UPDATE {table} SET point_latitude = NULL", reverse_sql=ops.RunSQL.noop) for table in _DISTRICTS
]


class Migration(migrations.Migration):
    dependencies = [("models", "0012_matches_and_saved_searches")]

    operations = [
        AddColumn(
            model_name="Event",
            name="point_latitude",
            field=fields.FloatField(null=True),
        ),
        AddColumn(
            model_name="Event",
            name="point_longitude",
            field=fields.FloatField(null=True),
        ),
        AddColumn(
            model_name="Event",
            name="point_x",
            field=fields.FloatField(null=True),
        ),
        AddColumn(
            model_name="Event",
            name="point_y",
            field=fields.FloatField(null=True),
        ),
        AddColumn(
            model_name="Event",
            name="point_z",
            field=fields.FloatField(null=True),
        ),
        AddColumn(
            model_name="Offer",
            name="point_latitude",
            field=fields.FloatField(null=True),
        ),
        AddColumn(
            model_name="Offer",
            name="point_longitude",
            field=fields.FloatField(null=True),
        ),
        AddColumn(
            model_name="Offer",
            name="point_x",
            field=fields.FloatField(null=True),
        ),
        AddColumn(
            model_name="Offer",
            name="point_y",
            field=fields.FloatField(null=True),
        ),
        AddColumn(
            model_name="Offer",
            name="point_z",
            field=fields.FloatField(null=True),
        ),
        ops.RemoveIndex(
            model_name="Event",
            name=None,
            fields=["venue_latitude", "venue_longitude"],
        ),
        ops.AddIndex(
            model_name="Event",
            index=Index(fields=["point_latitude", "point_longitude"]),
        ),
        ops.RemoveIndex(
            model_name="Offer",
            name=None,
            fields=["venue_latitude", "venue_longitude"],
        ),
        ops.AddIndex(
            model_name="Offer",
            index=Index(fields=["point_latitude", "point_longitude"]),
        ),
        _VIEW,
        ON_SQLITE,
        ON_POSTGRES,
        *_FIRST,
    ]
