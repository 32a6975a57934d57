"""Which SQLite is used and how. Versions with the WAL-reset bug: https://sqlite.org/wal.html#walresetbug."""

import pytest
from sqlalchemy import text

from db import sqlite
from db.engine import Database


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False),  # no WAL yet
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 1), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
        ((4, 0, 0), False),
    ],
)
def test_the_wal_is_used_only_where_it_is_safe(version: tuple[int, ...], affected: bool) -> None:
    assert sqlite.has_wal_reset_bug(version) is affected
    assert sqlite.journal_mode(version) == ("delete" if affected else "wal")


@pytest.mark.parametrize(
    ("system", "bundled", "bundled_is_better"),
    [
        ((3, 40, 1), (3, 51, 1), True),  # both affected: the newer
        ((3, 40, 1), (3, 51, 3), True),
        ((3, 51, 1), (3, 40, 1), False),
        ((3, 51, 3), (3, 52, 0), True),  # both safe: the newer
        ((3, 51, 3), (3, 51, 3), False),
        ((3, 44, 6), (3, 51, 1), False),  # an old safe one before a new affected one
        ((3, 51, 1), (3, 44, 6), True),
    ],
)
def test_the_better_library_is_chosen(system: tuple[int, ...], bundled: tuple[int, ...], bundled_is_better: bool) -> None:
    assert sqlite.prefers_bundled(system, bundled) is bundled_is_better


def test_every_connection_is_set_up(tmp_path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.sqlite'}")
    with database.write() as session:
        settings = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only")
        }
        version = tuple(int(part) for part in session.scalar(text("SELECT sqlite_version()")).split("."))
    with database.read() as session:
        assert session.scalar(text("PRAGMA query_only")) == 1
    assert settings == {
        "journal_mode": sqlite.journal_mode(version),
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
        "query_only": 0,
    }
    database.dispose()
