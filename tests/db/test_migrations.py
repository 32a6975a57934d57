"""One history for both databases, and it ends where the tables are."""

import multiprocessing
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, insert, inspect, select, text
from sqlalchemy.pool import NullPool

from db import sqlite, users
from db.engine import Database
from db.errors import NotReady
from db.migrations import HEAD, running
from db.tables import Base

AT = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - SQLite holds no zone


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


FIRST_ROWS = {
    "users": {"id": 1, "name": "a", "display_name": "A", "role": "analyst", "active": True, "created_at": AT},
    "datasets": {
        "id": "d",
        "owner_id": 1,
        "name": "Loans",
        "state": "ready",
        "source": "f.csv",
        "sha256": "h",
        "created_at": AT,
        "n_bytes": 5_000_000_000,
        "n_rows": 2,
        "recipe": {"format": 1},
        "columns": [{"name": "x"}],
    },
    "column_chunks": {"dataset_id": "d", "column_index": 0, "chunk_index": 0, "first_row": 0, "n_rows": 2, "data": b"xx"},
    "dataset_shares": {"dataset_id": "d", "user_id": 1, "created_at": AT},
    "runs": {
        "id": "r",
        "owner_id": 1,
        "dataset_id": "d",
        "name": "First",
        "note": "",
        "stage": "draft",
        "state": "queued",
        "spec": {},
        "cutoff": 0.5,
        "created_at": AT,
        "changed_at": AT,
    },
    "jobs": {
        "id": "j",
        "kind": "train",
        "owner_id": 1,
        "run_id": "r",
        "state": "queued",
        "attempt": 2,
        "forgiven": 1,
        "cancel_requested": False,
        "share_done": 0.25,
        "doing": "x",
        "created_at": AT,
    },
}


def test_what_was_stored_before_uploads_were_known_stays(url: str) -> None:
    """A database of the first schema, with rows that refer to each other, goes up, comes back and goes up again."""
    engine = engine_of(url)
    with engine.begin() as connection:
        running.downgrade(connection, "0001")
        first = MetaData()
        first.reflect(connection)
        for table, row in FIRST_ROWS.items():
            connection.execute(insert(first.tables[table]).values(row))
    for _ in range(2):
        with engine.begin() as connection:
            running.upgrade(connection)
            dataset = connection.execute(text("SELECT name, n_bytes, description, version, replaces_id FROM datasets")).one()
            assert tuple(dataset) == ("Loans", 5_000_000_000, "", 1, None)
            job = connection.execute(text("SELECT run_id, attempt, forgiven, share_done, title, upload_id FROM jobs")).one()
            assert tuple(job) == ("r", 2, 1, 0.25, "", None)
        with engine.begin() as connection:
            running.downgrade(connection, "0001")
            for table, row in FIRST_ROWS.items():
                (kept,) = connection.execute(select(first.tables[table])).mappings()
                plain = {name for name in row if not name.endswith("_at")}
                assert {name: kept[name] for name in plain} == {name: row[name] for name in plain}
    with engine.begin() as connection:
        running.upgrade(connection)
    check(url)


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


SECOND_ROWS = {
    **FIRST_ROWS,
    "jobs": {**FIRST_ROWS["jobs"], "title": "Loans", "dataset_id": "d"},
}
STUDY_ROWS = {
    "studies": {
        "id": "s",
        "kind": "search",
        "owner_id": 1,
        "dataset_id": "d",
        "run_id": "r",
        "name": "Search",
        "spec": {"target": "bad"},
        "options": {"grid": {"C": [1.0]}},
        "fingerprint": "f" * 64,
        "result": {"format": 1},
        "created_at": AT,
    },
    "study_trials": {"study_id": "s", "number": 0, "result": {"number": 0}},
    "jobs": {**FIRST_ROWS["jobs"], "id": "k", "kind": "search", "run_id": None, "study_id": "s", "title": "Search"},
}


def test_studies_come_and_go_and_leave_what_was_there(url: str) -> None:
    """Down goes what the second schema did not know, studies with trials and jobs, and nothing else; up again it is ready."""
    engine = engine_of(url)
    with engine.begin() as connection:
        running.downgrade(connection, "0002")
        second = MetaData()
        second.reflect(connection)
        for table, row in SECOND_ROWS.items():
            added = {"description": "", "version": 1} if table == "datasets" else {}
            connection.execute(insert(second.tables[table]).values({**row, **added}))
    behind = Database(url)
    with pytest.raises(NotReady):
        behind.check()
    behind.dispose()
    for _ in range(2):
        with engine.begin() as connection:
            running.upgrade(connection)
            now = MetaData()
            now.reflect(connection)
            for table, row in STUDY_ROWS.items():
                connection.execute(insert(now.tables[table]).values(row))
            assert connection.execute(text("SELECT id, study_id FROM jobs ORDER BY id")).all() == [("j", None), ("k", "s")]
        check(url)
        with engine.begin() as connection:
            running.downgrade(connection, "0002")
            assert "studies" not in inspect(connection).get_table_names()
            for table, row in SECOND_ROWS.items():
                (kept,) = connection.execute(select(second.tables[table])).mappings()
                plain = {name for name in row if not name.endswith("_at")}
                assert {name: kept[name] for name in plain} == {name: row[name] for name in plain}
    with engine.begin() as connection:
        running.upgrade(connection)
    check(url)
