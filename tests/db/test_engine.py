"""Sessions that only read, sessions that commit, and whether the database is ready."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, StatementError

from db import cases, datasets, runs, studies, users
from db.engine import Database, WroteWhileOpen, WroteWhileReading
from db.errors import NotFound, NotReady
from db.migrations import HEAD
from db.tables import Run, User


def add(session, name: str) -> User:
    return users.add(session, name=name, display_name=name, role="analyst")


def names(db: Database) -> list[str]:
    with db.read() as session:
        return list(session.scalars(select(User.name).order_by(User.name)))


def test_a_reading_session_refuses_to_flush(db: Database) -> None:
    with db.read() as session:
        session.add(User(name="a", display_name="A", role="analyst"))
        with pytest.raises(WroteWhileReading):
            session.commit()
    assert names(db) == []


def test_a_reading_session_refuses_a_written_statement_too(db: Database) -> None:
    with db.write() as session:
        add(session, "a")
    with pytest.raises(DBAPIError, match=r"read-?only"), db.read() as session:
        session.execute(text("DELETE FROM users"))
    assert names(db) == ["a"]


def test_a_writing_session_commits_at_the_end_of_its_block_or_not_at_all(db: Database) -> None:
    with db.write() as session:
        add(session, "a")
    with pytest.raises(KeyError), db.write() as session:
        raise KeyError(add(session, "b").name)
    assert names(db) == ["a"]


def test_the_same_connection_reads_and_writes_in_turn(db: Database) -> None:
    """A pooled connection must not stay read-only, nor become writable, from one session to the next."""
    for name in ("a", "b"):
        with db.write() as session:
            add(session, name)
        assert name in names(db)
    with pytest.raises(DBAPIError, match=r"read-?only"), db.read() as session:
        session.execute(text("DELETE FROM users"))


def test_what_was_loaded_stays_usable(db: Database) -> None:
    with db.write() as session:
        stored = add(session, "a")
    with db.read() as session:
        loaded = users.get(session, stored.id)
    assert (stored.name, loaded.name) == ("a", "a")


@pytest.mark.parametrize("outer", ["read", "write"])
def test_a_write_inside_another_session_is_refused_before_it_waits_for_itself(db: Database, outer: str) -> None:
    with getattr(db, outer)() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(WroteWhileOpen), db.write():
            pass
    with db.write() as session:
        add(session, "a")
    with db.read(), db.read() as session:
        assert users.by_name(session, "a") is not None


def test_references_are_kept(db: Database) -> None:
    with pytest.raises(DBAPIError), db.write() as session:
        session.add(Run(owner_id=999, dataset_id="absent", name="x"))


def test_a_number_that_is_none_cannot_be_stored_as_json(db: Database, run: Run) -> None:
    with pytest.raises((ValueError, StatementError), match="Out of range float"), db.write() as session:
        session.get(Run, run.id).result = {"auc": float("nan")}


def test_what_is_stored_as_json_comes_back_as_it_was(db: Database, run: Run) -> None:
    given = {"half of a pair": "\ud800", "least": 5e-324, "whole": [2**63 - 1, -(2**63)], "ü": [[], {}, None, True, 0.1 + 0.2]}
    with db.write() as session:
        session.merge(run).spec = given
    with db.read() as session:
        assert session.get_one(Run, run.id).spec == given


def test_a_migrated_database_is_ready(db: Database) -> None:
    db.check()


def test_an_empty_database_is_not_ready(tmp_path) -> None:
    with pytest.raises(NotReady, match="empty") as caught:
        Database(f"sqlite:///{tmp_path / 'new.sqlite'}").check()
    assert "migrate" in caught.value.fix


def test_another_schema_is_not_ready(db: Database) -> None:
    with db.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    try:
        with pytest.raises(NotReady, match="schema older"):
            db.check()
    finally:
        with db.write() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD})


@pytest.mark.parametrize(
    "url", ["postgresql://nobody@127.0.0.1:9/none", "sqlite:////dev/null/none.sqlite"], ids=["no server", "no folder"]
)
def test_what_cannot_be_reached_is_not_ready(url: str) -> None:
    with pytest.raises(NotReady, match="does not answer"):
        Database(url).check()


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://h/x", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_cannot_serve_is_refused_with_a_remedy(url: str) -> None:
    with pytest.raises(NotReady) as caught:
        Database(url)
    assert "SCOREDESK_DATABASE_URL" in caught.value.fix


@pytest.mark.parametrize("given", ["postgresql://h/x", "postgres://h/x", "postgresql+psycopg://h/x"])
def test_every_spelling_of_postgresql_is_understood(given: str) -> None:
    database = Database(given)
    assert (database.url.drivername, database.dialect) == ("postgresql+psycopg", "postgresql")


@pytest.mark.parametrize("wrong", ["\0", "abc\0", "\ud83d"])
def test_what_no_database_takes_as_text_is_nobody_s_id(db: Database, wrong: str) -> None:
    """Addresses may hold anything, and PostgreSQL refuses a NUL."""
    with db.read() as session:
        for door in (runs, datasets, studies, cases):
            with pytest.raises(NotFound):
                door.get(session, 1, wrong)
