"""Engines: one that reads a snapshot and cannot write, one that writes alone. Only here are URLs
known, and what differs between SQLite and PostgreSQL.
"""

import os
import sqlite3
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import QueuePool

_WRITER_LOCK: Final = 0x_FA11ED
"""The advisory lock that keeps two writers of one PostgreSQL database apart."""

_STATEMENT_SECONDS: Final = 5
_BUSY_SECONDS: Final = 30


class UnsupportedDatabaseError(ValueError):
    """The database URL is not one this product can use."""


def parse_url(url: str) -> URL:
    """Read a database URL, naming the driver where it was left out.

    Raises UnsupportedDatabaseError with what is allowed.
    """
    allowed = "use sqlite:///path/to/file.db or postgresql://user:password@host:5432/name"
    try:
        parsed = make_url(url)
    except Exception as error:
        raise UnsupportedDatabaseError(f"DATABASE_URL is not a URL: {allowed}") from error
    match parsed.get_backend_name():
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            return parsed.set(drivername="sqlite+pysqlite")
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
        case name:
            raise UnsupportedDatabaseError(f"DATABASE_URL names {name or 'no database'}: {allowed}")


def reader(url: str) -> Engine:
    """An engine that reads: every transaction is one snapshot, and no statement can write."""
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed,
            creator=lambda: _open_read_only(Path(parsed.database or "")),
            poolclass=QueuePool,
            pool_size=10,
            pool_timeout=_STATEMENT_SECONDS,
        )
        event.listen(engine, "begin", _begin_snapshot)
        return engine
    return create_engine(
        parsed,
        pool_size=10,
        pool_timeout=_STATEMENT_SECONDS,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
        connect_args={
            "options": f"-c statement_timeout={_STATEMENT_SECONDS * 1000}",
            "connect_timeout": _STATEMENT_SECONDS,
        },
    )


def writer(url: str) -> Engine:
    """An engine that writes: a transaction holds the database's one write lock from its start."""
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, connect_args={"timeout": _BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite_writer)
        event.listen(engine, "begin", _begin_immediate)
        return engine
    engine = create_engine(parsed, connect_args={"connect_timeout": _STATEMENT_SECONDS})
    event.listen(engine, "begin", _lock_postgresql)
    return engine


def _open_read_only(path: Path) -> sqlite3.Connection:
    """Open a SQLite file so that SQLite itself refuses to write.

    A file in a folder this process may not write to cannot change under it, and is opened as
    immutable: SQLite could not make its lock files there.
    """
    fixed = "" if os.access(path.parent, os.W_OK) else "&immutable=1"
    connection = sqlite3.connect(
        f"file:{quote(str(path.resolve()))}?mode=ro{fixed}",
        uri=True,
        check_same_thread=False,
        timeout=_STATEMENT_SECONDS,
        isolation_level=None,  # no implicit BEGIN: the engine's event says when
    )
    connection.execute("PRAGMA query_only = ON")
    return connection


def _begin_snapshot(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _prepare_sqlite_writer(connection: DBAPIConnection, _: Any) -> None:
    connection.isolation_level = None
    # Readers keep their snapshot while a writer works, and a killed writer leaves no trace.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _lock_postgresql(connection: Connection) -> None:
    connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})"))
