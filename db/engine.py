"""The database: who may read, who may write, and whether it is ready."""

import functools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from db import sqlite
from db.errors import NotReady
from db.migrations import HEAD

# One of these at the start of a PostgreSQL error code: connection lost, resources short, lock not granted in time, statement
# stopped, server going down.
_UNREADY_CODES = ("08", "53", "55P03", "57")
_UNREADY_SQLITE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_FULL", "SQLITE_NOTADB")
_POSTGRES_OPTIONS = "-c statement_timeout=300s -c lock_timeout=30s -c idle_in_transaction_session_timeout=300s"


class WroteWhileReading(RuntimeError):
    """A reading session was asked to store something: a mistake in the program."""


class WroteWhileOpen(RuntimeError):
    """A writing session was begun inside another session of the same thread: a mistake in the program.

    The commit would wait for the outer session, which waits for the commit.
    """


class Database:
    """One database by URL: `sqlite:///PATH` or `postgresql://...`. Nothing is opened before the first session."""

    def __init__(self, url: str) -> None:
        self.url = _url(url)
        self.dialect = self.url.get_backend_name()
        self._engine = _engine(self.url)
        self._reading = self._engine.execution_options(**({"postgresql_readonly": True} if self.dialect == "postgresql" else {}))
        self._writing = self._engine.execution_options(**{sqlite.WRITES: True})
        self._open = threading.local()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that refuses to store anything. What it loaded stays usable afterwards."""
        with self._opened(), Session(self._reading, expire_on_commit=False) as session:
            event.listen(session, "before_flush", _refuse_flush)
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The only session that commits: at the end of the block, or not at all where it raises. Never inside another."""
        if getattr(self._open, "sessions", 0):
            raise WroteWhileOpen("End the session that is open before a writing one begins.")
        with self._opened(), Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def check(self) -> None:
        """Raises NotReady unless the database answers and its schema is this version's."""
        with self.read() as session:
            try:
                found = session.scalar(text("SELECT version_num FROM alembic_version"))
            except DBAPIError as error:
                if _unready(error):
                    raise
                found = None
        if found is None:
            raise NotReady("The database is empty.", fix="Run: python -m dashapp migrate")
        if found != HEAD:
            raise NotReady(
                f"The database has schema {found}; this version of the program needs {HEAD}.",
                fix="Run: python -m dashapp migrate",
            )

    def migrate(self) -> None:
        """Brings the schema to this version's. Two processes may do so at once: the second waits and finds it done."""
        from db.migrations.running import upgrade  # alembic costs a quarter of a second

        if self.url.database and self.dialect == "sqlite":
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = _engine(self.url, foreign_keys=False, poolclass=NullPool)
        with self._translated(), engine.execution_options(**{sqlite.WRITES: True}).begin() as connection:
            upgrade(connection)

    def dispose(self, *, close: bool = True) -> None:
        """Lets go of the pooled connections; `close=False` in a forked child, whose parent still uses them."""
        self._engine.dispose(close=close)

    @contextmanager
    def _opened(self) -> Iterator[None]:
        self._open.sessions = getattr(self._open, "sessions", 0) + 1
        try:
            with self._translated():
                yield
        finally:
            self._open.sessions -= 1

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if _unready(error):
                raise NotReady("The database does not answer.", fix="Try again in a moment.") from error
            raise


def _url(given: str) -> URL:
    try:
        url = make_url(given)
        if url.drivername in {"postgresql", "postgres"}:
            url = url.set(drivername="postgresql+psycopg")
        if url.drivername not in {"sqlite", "postgresql+psycopg"}:
            raise ArgumentError(f"unknown kind of database '{url.drivername}'")
        if url.drivername == "sqlite" and url.database in {None, "", ":memory:"}:
            raise ArgumentError("a database in memory cannot be shared by processes")
    except SQLAlchemyError as error:
        raise NotReady(
            f"The address of the database cannot be used: {error}.",
            fix="Set SCOREDESK_DATABASE_URL to sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME.",
        ) from error
    return url


def _engine(url: URL, *, foreign_keys: bool = True, **more: Any) -> Engine:
    more["json_serializer"] = functools.partial(json.dumps, allow_nan=False)  # NaN is no JSON; PostgreSQL refuses it too
    more["json_deserializer"] = _read_json
    if url.get_backend_name() == "postgresql":
        return create_engine(url, pool_pre_ping=True, connect_args={"options": _POSTGRES_OPTIONS, "connect_timeout": 10}, **more)
    engine = create_engine(url, module=sqlite.driver(), connect_args={"timeout": sqlite.BUSY_SECONDS}, **more)
    sqlite.listen(engine, foreign_keys=foreign_keys)
    return engine


def _read_json(text: str | bytes) -> Any:
    """In a fifth of the standard library's time, which reads what orjson refuses: half of a surrogate pair."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def _unready(error: DBAPIError) -> bool:
    """Whether the database, and not the statement, is what failed."""
    name = getattr(error.orig, "sqlite_errorname", None)
    if name is not None:
        return str(name).startswith(_UNREADY_SQLITE)
    code = getattr(error.orig, "sqlstate", None)
    return (
        error.connection_invalidated
        or (type(error.orig).__name__ == "OperationalError" and code is None)
        or str(code).startswith(_UNREADY_CODES)
    )


def _refuse_flush(session: Session, _context: Any, _instances: Any) -> None:
    raise WroteWhileReading("This session only reads; use Database.write() to store something.")
