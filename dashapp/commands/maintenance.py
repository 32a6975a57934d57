"""Settings, migrations and backups."""

import dataclasses
import os
import sqlite3
from pathlib import Path

from dashapp.settings import Settings
from dashapp.usecases.errors import Refused


def show_settings(settings: Settings) -> int:
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        shown = ("1" if value else "0") if isinstance(value, bool) else str(value)
        if field.name == "secret":
            shown = "(set)" if value else "(not set)"
        if field.name == "database_url":
            shown = _without_password(shown)
        print(f"{field.metadata['variable']}={shown}\n    {field.metadata['help']}")
    return 0


def migrate(settings: Settings) -> int:
    # Loaded here: the list of settings needs no database.
    from db.engine import Database

    db = Database(settings.database_url)
    db.migrate()
    db.dispose()
    print("The database has this version's schema.")
    return 0


def backup(settings: Settings, target: Path) -> int:
    """A consistent copy through SQLite's backup, which does not stop those who are working."""
    from sqlalchemy.engine import make_url

    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        raise Refused("Only SQLite is copied by this command.", fix="Use pg_dump for PostgreSQL.")
    source = Path(url.database or "")
    if not source.is_file():
        raise Refused(f"There is no database at '{source}'.", fix="Check SCOREDESK_DATABASE_URL.")
    try:
        # Created first, so that nothing is ever overwritten.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise Refused(f"'{target}' cannot be written ({error.strerror}).", fix="Name a file that does not exist yet.") from None
    try:
        _copy(source, target)
    except BaseException:
        target.unlink()
        raise
    print(f"Wrote {target} ({target.stat().st_size:,} bytes).")
    return 0


def _copy(source: Path, target: Path) -> None:
    reader, writer = sqlite3.connect(source, timeout=30), sqlite3.connect(target)
    try:
        reader.backup(writer)
        verdict = writer.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        reader.close()
        writer.close()
    if verdict != "ok":
        raise Refused(f"The copy is damaged ({verdict}).", fix="Check the disk and the database.")


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    if not at:
        return url
    scheme, _, account = head.partition("://")
    return f"{scheme}://{account.split(':', 1)[0]}:***@{tail}" if ":" in account else url
