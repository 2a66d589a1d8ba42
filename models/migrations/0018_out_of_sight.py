"""What the office hid, and what is out of sight with its owner: `withheld_at` of all five nouns, kept by the database.

docs/decisions/0012-entries-are-withheld-by-triggers.md says why.
"""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.fields import InstantField
from models.migration_tools.operations import AddColumn, OnDialect

# A member's own: the office hid it, or it isn't ACTIVE.
_MEMBER = "COALESCE(NEW.hidden_at, CASE WHEN NEW.status <> 'ACTIVE' THEN NEW.updated_at END)"
_MEMBER_CHANGES = "(OLD.status = 'ACTIVE') <> (NEW.status = 'ACTIVE') OR OLD.hidden_at IS {distinct} NEW.hidden_at"
# What a member takes along in events and posts. Of who has left they stay: others have seats in them, and they are the
# group's.
_OF_MEMBER = "SELECT withheld_at FROM member WHERE id = {key} AND (status <> 'LEFT' OR hidden_at IS NOT NULL)"


def _of_member(key: str) -> str:
    return f"({_OF_MEMBER.format(key=key)})"


_OFFER = "COALESCE({row}hidden_at, (SELECT withheld_at FROM member WHERE id = {row}owner_id))"
_EVENT = (
    f"COALESCE({{row}}hidden_at, {_of_member('{row}host_id')},"
    " (SELECT p.withheld_at FROM event AS p WHERE p.id = {row}parent_id))"
)
_POST = (
    f"COALESCE({{row}}hidden_at, {_of_member('{row}author_id')},"
    " (SELECT g.withheld_at FROM working_group AS g WHERE g.id = {row}group_id))"
)
_GROUP = "{row}hidden_at"
_ROWS = {"working_group": _GROUP, "event": _EVENT, "group_post": _POST, "offer": _OFFER}

# What follows where one of these is out of sight from now on, or back.
_FOLLOWS = {
    "member": (
        f"UPDATE offer SET withheld_at = {_OFFER.format(row='offer.')} WHERE owner_id = NEW.id",
        f"UPDATE event SET withheld_at = {_EVENT.format(row='event.')} WHERE host_id = NEW.id",
        f"UPDATE group_post SET withheld_at = {_POST.format(row='group_post.')} WHERE author_id = NEW.id",
    ),
    "working_group": (
        f"UPDATE group_post SET withheld_at = {_POST.format(row='group_post.')} WHERE group_id = NEW.id",
    ),
    "event": (f"UPDATE event SET withheld_at = {_EVENT.format(row='event.')} WHERE parent_id = NEW.id",),
}
# Whose row is locked where a row of its own is stored: who suspends a member, and who stores something of it, see each
# other.
_OWNERS = {"offer": "owner_id", "event": "host_id", "group_post": "author_id"}

# The number of each kind in the index, and what of it everybody finds in lists: as it was, and as it is.
_LISTED = {
    "member": (1, "NEW.status = 'ACTIVE'", "NEW.withheld_at IS NULL"),
    "working_group": (2, "NEW.status <> 'CLOSED'", "NEW.status <> 'CLOSED' AND NEW.withheld_at IS NULL"),
    "event": (3, "NEW.status = 'PUBLISHED'", "NEW.status = 'PUBLISHED' AND NEW.withheld_at IS NULL"),
    "offer": (4, *["NEW.status = 'PUBLISHED' AND NEW.withheld_at IS NULL"] * 2),
    "group_post": (5, None, "NEW.withheld_at IS NULL"),
}


def _columns(table: str, *, before: bool) -> str:
    if before:
        return "status, withheld_at" if table == "offer" else "status"
    return "hidden_at, withheld_at" if table == "group_post" else "status, hidden_at, withheld_at"


def _list(table: str, *, before: bool = False) -> str:
    kind, *conditions = _LISTED[table]
    listed = f"CASE WHEN {conditions[0 if before else 1]} THEN 1 ELSE 0 END"
    return f"UPDATE search_posting SET listed = {listed} WHERE kind = {kind} AND row_id = NEW.id AND listed <> {listed}"


# ---------------------------------------------------------------- SQLite


def _sqlite(name: str, when: str, *statements: str) -> str:
    return f"CREATE TRIGGER {name} {when} BEGIN {'; '.join(statements)}; END"


def _sqlite_listed(table: str, *, before: bool) -> str:
    when = f"AFTER UPDATE OF {_columns(table, before=before)} ON {table}"
    return _sqlite(f"{table}_is_listed", when, _list(table, before=before))


def _on_sqlite() -> list[str]:
    changes = _MEMBER_CHANGES.format(distinct="NOT")
    keep = f"UPDATE member SET withheld_at = {_MEMBER} WHERE id = NEW.id"
    made = [
        _sqlite("member_withheld", f"AFTER UPDATE OF status, hidden_at ON member WHEN {changes}", keep),
        _sqlite("member_withheld_new", "AFTER INSERT ON member WHEN NEW.status <> 'ACTIVE'", keep),
    ]
    for table, since in _ROWS.items():
        keep = f"UPDATE {table} SET withheld_at = {since.format(row='NEW.')} WHERE id = NEW.id"
        hidden = f"AFTER UPDATE OF hidden_at ON {table} WHEN OLD.hidden_at IS NOT NEW.hidden_at"
        made.append(_sqlite(f"{table}_hidden", hidden, keep))
        if table in _OWNERS:
            made.append(
                _sqlite(f"{table}_withheld", f"AFTER INSERT ON {table} WHEN {since.format(row='NEW.')} NOT NULL", keep)
            )
    for table, follows in _FOLLOWS.items():
        when = f"AFTER UPDATE OF withheld_at ON {table} WHEN OLD.withheld_at IS NOT NEW.withheld_at"
        made.append(_sqlite(f"{table}_withholds", when, *follows))
    return made


_OLD_ON_SQLITE = [
    _sqlite(
        "member_withholds",
        "AFTER UPDATE OF status ON member WHEN (OLD.status = 'ACTIVE') <> (NEW.status = 'ACTIVE')",
        "UPDATE offer SET withheld_at = CASE WHEN NEW.status = 'ACTIVE' THEN NULL ELSE NEW.updated_at END"
        " WHERE owner_id = NEW.id",
    ),
    _sqlite(
        "offer_withheld",
        "AFTER INSERT ON offer WHEN EXISTS (SELECT 1 FROM member WHERE id = NEW.owner_id AND status <> 'ACTIVE')",
        "UPDATE offer SET withheld_at = (SELECT updated_at FROM member WHERE id = NEW.owner_id) WHERE id = NEW.id",
    ),
]
_OLD_NAMES = (
    "offer_withheld",
    "member_withholds",
    *(f"{table}_is_listed" for table in _LISTED if table != "group_post"),
)


def _names(statements: list[str]) -> list[str]:
    return [statement.split()[2] for statement in statements]


_NEW_ON_SQLITE = [*_on_sqlite(), *(_sqlite_listed(table, before=False) for table in _LISTED)]
ON_SQLITE = OnDialect(
    "sqlite",
    [*(f"DROP TRIGGER {name}" for name in _OLD_NAMES), *_NEW_ON_SQLITE],
    [
        *(f"DROP TRIGGER {name}" for name in _names(_NEW_ON_SQLITE)),
        *_OLD_ON_SQLITE,
        *(_sqlite_listed(table, before=True) for table in _LISTED if table != "group_post"),
    ],
)

# ---------------------------------------------------------------- PostgreSQL


def _postgres(table: str, name: str, when: str, work: str, gives: str = "NULL") -> list[str]:
    event, _where, condition = when.partition(" WHEN ")
    tail = f" WHEN ({condition})" if condition else ""
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $do$ BEGIN {work}; RETURN {gives}; END $do$",
        f"CREATE TRIGGER {name} {event} ON {table} FOR EACH ROW{tail} EXECUTE FUNCTION {name}()",
    ]


def _dropped(table: str, name: str) -> list[str]:
    return [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"]


def _postgres_listed(table: str, *, before: bool) -> list[str]:
    when = f"AFTER UPDATE OF {_columns(table, before=before)}"
    return _postgres(table, f"{table}_is_listed", when, _list(table, before=before))


def _on_postgres() -> list[tuple[str, str, list[str]]]:
    """Table and name of each trigger, and what makes it."""
    made = [
        (
            "member",
            "member_withheld",
            "BEFORE UPDATE WHEN " + _MEMBER_CHANGES.format(distinct="DISTINCT FROM"),
            _MEMBER,
        ),
        ("member", "member_withheld_new", "BEFORE INSERT", _MEMBER),
    ]
    for table, since in _ROWS.items():
        hidden = "BEFORE UPDATE WHEN OLD.hidden_at IS DISTINCT FROM NEW.hidden_at"
        made.append((table, f"{table}_hidden", hidden, since.format(row="NEW.")))
    found = [
        (table, name, _postgres(table, name, when, f"NEW.withheld_at := {since}", "NEW"))
        for table, name, when, since in made
    ]
    for table, column in _OWNERS.items():
        lock = f"PERFORM 1 FROM member WHERE id = NEW.{column} FOR SHARE"
        keep = f"{lock}; NEW.withheld_at := {_ROWS[table].format(row='NEW.')}"
        name = f"{table}_withheld"
        found.append((table, name, _postgres(table, name, "BEFORE INSERT", keep, "NEW")))
    for table, follows in _FOLLOWS.items():
        when = "AFTER UPDATE WHEN OLD.withheld_at IS DISTINCT FROM NEW.withheld_at"
        name = f"{table}_withholds"
        found.append((table, name, _postgres(table, name, when, "; ".join(follows))))
    return [*found, *((table, f"{table}_is_listed", _postgres_listed(table, before=False)) for table in _LISTED)]


_OLD_ON_POSTGRES = [
    *_postgres(
        "member",
        "member_withholds",
        "AFTER UPDATE OF status",
        "UPDATE offer SET withheld_at = CASE WHEN NEW.status = 'ACTIVE' THEN NULL ELSE NEW.updated_at END"
        " WHERE owner_id = NEW.id AND (OLD.status = 'ACTIVE') <> (NEW.status = 'ACTIVE')",
    ),
    *_postgres(
        "offer",
        "offer_withheld",
        "BEFORE INSERT",
        "SELECT CASE WHEN status <> 'ACTIVE' THEN updated_at END INTO NEW.withheld_at"
        " FROM member WHERE id = NEW.owner_id FOR SHARE",
        "NEW",
    ),
]
_NEW_ON_POSTGRES = _on_postgres()
ON_POSTGRES = OnDialect(
    "postgres",
    [
        *(one for name in _OLD_NAMES for one in _dropped(name.removesuffix("_is_listed").split("_with")[0], name)),
        *(one for _table, _name, statements in _NEW_ON_POSTGRES for one in statements),
    ],
    [
        *(one for table, name, _statements in _NEW_ON_POSTGRES for one in _dropped(table, name)),
        *_OLD_ON_POSTGRES,
        *(one for table in _LISTED if table != "group_post" for one in _postgres_listed(table, before=True)),
    ],
)

_MODELS = {"Member": "member", "Group": "working_group", "Event": "event", "GroupPost": "group_post", "Offer": "offer"}


class Migration(migrations.Migration):
    dependencies = [("models", "0016_facets")]

    operations = [
        *(
            AddColumn(model_name=model, name=name, field=field)
            for model in _MODELS
            for name, field in (
                ("hidden_at", InstantField(null=True)),
                ("hidden_reason", fields.CharField(max_length=1000, null=True)),
            )
        ),
        *(
            AddColumn(model_name=model, name="withheld_at", field=InstantField(null=True))
            for model in _MODELS
            if model != "Offer"
        ),
        ops.RunSQL(
            sql="UPDATE member SET withheld_at = updated_at WHERE status <> 'ACTIVE'", reverse_sql=ops.RunSQL.noop
        ),
        ops.RunSQL(
            sql=f"UPDATE event SET withheld_at = {_of_member('event.host_id')}"
            f" WHERE host_id IN (SELECT id FROM member WHERE status <> 'ACTIVE')",
            reverse_sql=ops.RunSQL.noop,
        ),
        ops.RunSQL(
            sql=f"UPDATE group_post SET withheld_at = {_of_member('group_post.author_id')}"
            f" WHERE author_id IN (SELECT id FROM member WHERE status <> 'ACTIVE')",
            reverse_sql=ops.RunSQL.noop,
        ),
        # Few: who asks for them, as the count of a group's members and the date of a calendar, reads no others.
        *(
            ops.RunSQL(
                sql=f"CREATE INDEX {table}_withheld_last ON {table} (withheld_at) WHERE withheld_at IS NOT NULL",
                reverse_sql=f"DROP INDEX {table}_withheld_last",
            )
            for table in ("member", "event")
        ),
        ON_SQLITE,
        ON_POSTGRES,
        # What is withheld now is indexed anew: as what not everybody finds.
        *(
            ops.RunSQL(
                sql=f"INSERT INTO search_pending (kind, row_id) SELECT {kind}, id FROM {table}"
                " WHERE withheld_at IS NOT NULL ON CONFLICT (kind, row_id) DO NOTHING",
                reverse_sql=ops.RunSQL.noop,
            )
            for kind, table in ((3, "event"), (5, "group_post"))
        ),
    ]
