"""How SQLite is opened so that many processes can write: which library, which journal, which transactions.

Python's own driver begins transactions late and upgrades read locks, which loses updates; here BEGIN is said aloud.
"""

import importlib
import sqlite3
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, event

Version = tuple[int, ...]

BUSY_SECONDS = 30
WRITES = "writes"  # the execution option that tells a writing transaction from a reading one


def has_wal_reset_bug(version: Version) -> bool:
    """Whether this version can corrupt a database in WAL mode when a checkpoint meets a writer.

    In every version from 3.7.0; fixed in 3.51.3 and, on older branches, in 3.44.6 and 3.50.7 (sqlite.org/wal.html).
    """
    fixed_in_branch = {(3, 44): 6, (3, 50): 7}
    if version >= (3, 51, 3) or version < (3, 7, 0):
        return False
    patch = fixed_in_branch.get((version[0], version[1]))
    return patch is None or version[2] < patch


def journal_mode(version: Version) -> str:
    """WAL, where readers and a writer don't wait for each other, unless this version's WAL is unsafe."""
    return "delete" if has_wal_reset_bug(version) else "wal"


def prefers_bundled(system: Version, bundled: Version) -> bool:
    """Whether the library that pysqlite3 brings along is the better one: free of the bug, else the newer."""
    system_bug, bundled_bug = has_wal_reset_bug(system), has_wal_reset_bug(bundled)
    return system_bug if system_bug != bundled_bug else bundled > system


def driver() -> ModuleType:
    """The DB-API module to use: the standard library's sqlite3 or pysqlite3."""
    try:
        bundled: ModuleType = importlib.import_module("pysqlite3")
    except ImportError:
        return sqlite3
    return bundled if prefers_bundled(sqlite3.sqlite_version_info, bundled.sqlite_version_info) else sqlite3


def listen(engine: Engine, *, foreign_keys: bool = True) -> None:
    """Sets up each connection and says BEGIN, IMMEDIATE for a writer, at the start of each transaction."""
    journal = journal_mode(engine.dialect.dbapi.sqlite_version_info)  # type: ignore[union-attr]

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        if cursor.execute("PRAGMA journal_mode").fetchone()[0] != journal:
            cursor.execute(f"PRAGMA journal_mode = {journal}")
        cursor.execute("PRAGMA synchronous = FULL")
        # SQLite's own knows the letters of ASCII alone; PostgreSQL's knows all.
        connection.create_function("lower", 1, _lower, deterministic=True)
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value
