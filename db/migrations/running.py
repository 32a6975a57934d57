"""Runs Alembic on a connection that is in a transaction already, so that a schema changes whole or not at all."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from db.migrations import HEAD

_LOCK = 7_203_946_117  # any number that no one else on the PostgreSQL server takes


def config(connection: Connection) -> Config:
    """Alembic's configuration without a file. The escape keeps a % in the path from being read as a placeholder."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection, revision: str = HEAD) -> None:
    _lock(connection)
    command.upgrade(config(connection), revision)
    _check_references(connection)


def downgrade(connection: Connection, revision: str) -> None:
    _lock(connection)
    command.downgrade(config(connection), revision)
    _check_references(connection)


def _lock(connection: Connection) -> None:
    """One migration at a time. On SQLite BEGIN IMMEDIATE has seen to it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _check_references(connection: Connection) -> None:
    """SQLite changes a table by writing it anew, for which foreign keys are off; so they are checked before the commit."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"The migration would leave {len(broken)} rows that refer to nothing; nothing was changed.")
