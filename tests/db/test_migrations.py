"""One history for both databases, and it ends where the tables are."""

import multiprocessing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from db import sqlite, users
from db.engine import Database
from db.migrations import HEAD, running
from db.tables import Base


def engine_of(url: str):
    return create_engine(Database(url).url, poolclass=NullPool)


def test_the_head_that_the_program_expects_is_the_last_script() -> None:
    scripts = ScriptDirectory(str(Path(running.__file__).parent))
    assert scripts.get_heads() == [HEAD]


def test_the_migrated_schema_is_that_of_the_tables(url: str) -> None:
    engine = engine_of(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_way_back_and_forth(url: str) -> None:
    engine = engine_of(url)
    with engine.begin() as connection:
        running.downgrade(connection, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    with engine.begin() as connection:
        running.upgrade(connection)
    assert set(inspect(engine).get_table_names()) == {"alembic_version", *Base.metadata.tables}
    check(url)


def check(url: str) -> None:
    database = Database(url)
    database.check()
    database.dispose()


def migrate(url: str) -> None:
    Database(url).migrate()


def empty(url: str) -> None:
    with engine_of(url).begin() as connection:
        running.downgrade(connection, "base")
        connection.execute(text("DROP TABLE alembic_version"))


def test_two_processes_may_migrate_at_once(url: str) -> None:
    empty(url)
    context = multiprocessing.get_context("spawn")
    with context.Pool(3) as pool:
        pool.map(migrate, [url] * 3, chunksize=1)
    check(url)


def test_migrating_again_changes_nothing(db: Database) -> None:
    with db.write() as session:
        users.add(session, name="a", display_name="A", role="analyst")
    db.migrate()
    with db.read() as session:
        assert users.by_name(session, "A") is not None


def test_a_migration_that_breaks_references_is_undone(tmp_path) -> None:
    url = f"sqlite:///{tmp_path / 'broken.sqlite'}"
    Database(url).migrate()
    engine = create_engine(url, module=sqlite.driver(), poolclass=NullPool)
    sqlite.listen(engine, foreign_keys=False)
    with engine.execution_options(writes=True).connect() as connection:
        connection.execute(text("INSERT INTO audit_events VALUES (1, '2026-01-01', 99, 'a', 'b', 'c', '{}')"))
        with pytest.raises(RuntimeError, match="1 rows"):
            running.upgrade(connection)
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM audit_events")) == 0
