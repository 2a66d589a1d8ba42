"""Models that Tortoise prepares once a process for each kind of database.

It does so whenever a database is opened, which is half of what that costs: a server opens one, tests open thousands.
"""

from copy import copy
from typing import Any

from tortoise.apps import Apps
from tortoise.models import MetaInfo, Model

from models.database.private_names import look_for

# What differs by the kind of database: operators of filters, classes of queries, how columns are read.
_OF_THE_KIND = (
    *("filters", "basetable", "basequery", "basequery_all_fields"),
    *("db_native_fields", "db_default_fields", "db_complex_fields"),
)

look_for(Apps, "it prepares models for the kind of database that was opened", "_build_initial_querysets")
look_for(MetaInfo, "that is what it prepares", *_OF_THE_KIND)

_prepare = Apps._build_initial_querysets
# By the names of connections, of which each kind of database has its own.
_prepared: dict[tuple[str | None, ...], dict[type[Model], dict[str, Any]]] = {}


def _prepare_once(apps: Apps) -> None:
    """As Tortoise does it, or as it has done it for the same models and kind of database."""
    made = [model for app in apps.apps.values() for model in app.values()]
    kind = tuple(model._meta.default_connection for model in made)
    known = _prepared.get(kind)
    if known is not None and list(known) == made:
        for model, values in known.items():
            for name, value in values.items():
                setattr(model._meta, name, _own(value))
        return
    _prepare(apps)
    if type(apps) is Apps:  # the states of migrations have models of their own
        _prepared[kind] = {model: {name: _own(getattr(model._meta, name)) for name in _OF_THE_KIND} for model in made}


def _own(value: Any) -> Any:
    """Lists and mappings are filled anew for another kind of database: each has its own."""
    return copy(value) if isinstance(value, (list, dict)) else value


def prepare_models_once() -> None:
    """Have it so in this process."""
    setattr(Apps, "_build_initial_querysets", _prepare_once)  # noqa: B010
