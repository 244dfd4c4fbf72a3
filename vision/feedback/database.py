"""The feedback database: where it is, and how it is opened so that several processes can write at once."""

import sqlite3
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from vision.feedback.place import VARIABLE, DatabaseError
from vision.feedback.tables import METADATA

WRITES = "second_look_writes"  # execution option of a connection that is going to write
WAIT_S = 20


def open_database(url: str) -> Engine:
    """Opens a database and makes its tables if they are missing.

    Raises:
        DatabaseError: the address is none, its driver is missing, or the database cannot be reached or written.
    """
    try:
        address = make_url(url)
        engine = create_engine(address, pool_pre_ping=True, hide_parameters=True, connect_args=_connect_args(address))
    except (ArgumentError, ImportError, ValueError) as error:
        raise DatabaseError(
            f"{VARIABLE} is not an address of a database that can be opened here ({_line(error)}); expected one such "
            "as sqlite:////srv/feedback.db or postgresql+psycopg://user:password@host/name, with its driver installed."
        ) from error
    if address.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        _make_tables(engine)
    except SQLAlchemyError as error:
        engine.dispose()
        raise DatabaseError(f"The feedback database {shown(address)} cannot be opened: {_line(error)}.") from error
    return engine


def shown(address: URL) -> str:
    """The address without its password."""
    return f"'{address.render_as_string(hide_password=True)}'"


def _make_tables(engine: Engine) -> None:
    try:
        _make_missing(engine)
    except SQLAlchemyError:
        _make_missing(engine)  # where another process made them at the same moment, they are there now


def _make_missing(engine: Engine) -> None:
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        METADATA.create_all(connection)


def _connect_args(address: URL) -> dict[str, Any]:
    return {"timeout": WAIT_S} if address.get_backend_name() == "sqlite" else {}


def _set_up_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # Python would begin transactions by itself, and too late: see `_begin_sqlite`.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")  # readers and a writer do not wait for each other
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # a photo that is taken back is overwritten


def _begin_sqlite(connection: Connection) -> None:
    # Who reads first and then writes is refused at once, without any waiting, if somebody else wrote in between.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _line(error: BaseException) -> str:
    cause = error.__cause__ or getattr(error, "orig", None) or error
    return " ".join(str(cause).split()).rstrip(".")[:200]
