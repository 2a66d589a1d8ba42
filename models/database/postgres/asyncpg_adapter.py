"""What is used of asyncpg that it keeps to itself."""

from typing import Any

from asyncpg import Connection, connect_utils, pool
from asyncpg.protocol.protocol import BaseProtocol, ConnectionSettings
from tortoise.exceptions import DBConnectionError

from models.database.private_names import look_for

Proxy = Any  # of a connection that asyncpg's pool lent

look_for(pool.PoolConnectionProxy, "it is the connection behind a proxy, None once that is closed", "_con")
look_for(pool.PoolConnectionProxy, "it is the place of the pool that a proxy fills", "_holder")
look_for(pool.PoolConnectionHolder, "they tell whether a connection is expired", "_generation", "_pool")
look_for(pool.Pool, "`expire_connections` counts by it", "_generation")
look_for(Connection, "it is the protocol of a connection", "_protocol")
look_for(BaseProtocol, "it tells whether a statement is being cut off", "_is_cancelling")
look_for(BaseProtocol, "it holds what a connection knows of types", "get_settings")
look_for(ConnectionSettings, "it takes what is known of types", "register_data_types")
look_for(connect_utils, "it reads a URL and the environment as `connect` does", "_parse_connect_dsn_and_args")


def itself(proxy: Proxy) -> Any:
    """The connection behind a proxy. Raises `DBConnectionError` where it was closed."""
    connection = proxy._con
    if connection is None:
        raise DBConnectionError("the connection was closed")
    return connection


def is_open(proxy: Proxy) -> bool:
    """Whether statements can be sent through a proxy, which itself takes several times as long to tell."""
    connection = proxy._con
    return connection is not None and not connection.is_closed()


def has_left(proxy: Proxy) -> bool:
    """Whether the pool has its connection back already."""
    return proxy._con is None


def is_as_new(proxy: Proxy) -> bool:
    """Whether a connection can be lent as it is: no transaction is open, nothing is being cut off, it isn't expired."""
    connection, holder = proxy._con, proxy._holder
    return (
        is_open(proxy)
        and not (connection.is_in_transaction() or connection._protocol._is_cancelling())
        and holder._generation == holder._pool._generation
    )


# Arrays of PostgreSQL's own types: their number, and the type of what they hold, by its number and name. They are the
# same in every database (pg_type.dat).
_ARRAYS = (
    (1000, 16, "bool"),
    (1005, 21, "int2"),
    (1007, 23, "int4"),
    (1016, 20, "int8"),
    (1009, 25, "text"),
    (1015, 1043, "varchar"),
    (1185, 1184, "timestamptz"),
    (2951, 2950, "uuid"),
)


def know_arrays(connection: Any) -> None:
    """Tell a connection itself of arrays of usual types.

    Else it asks the server, by a statement of its own, when it first meets one: that takes the server longer than most
    statements of ours, on every connection.
    """
    known = [
        {
            "oid": number,
            "ns": "pg_catalog",
            "name": f"_{name}",
            "kind": "b",
            "basetype": None,
            "elemtype": element,
            "elemdelim": ",",
            "range_subtype": None,
            "attrtypoids": None,
            "attrnames": None,
            "depth": 0,
            "basetype_name": None,
            "elemtype_name": name,
            "range_subtype_name": None,
        }
        for number, element, name in _ARRAYS
    ]
    connection._protocol.get_settings().register_data_types(known)


def check_dsn(dsn: str, others: tuple[str, ...]) -> None:
    """Have asyncpg read a URL, with nothing for its other parameters; nothing is sent. Raises what that raises."""
    connect_utils._parse_connect_dsn_and_args(dsn=dsn, **dict.fromkeys(others))  # type: ignore[attr-defined]
