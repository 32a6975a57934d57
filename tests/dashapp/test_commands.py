"""python -m dashapp, as one would type it. Pages are not needed, so each runs in this process; serving is tested apart."""

import gc
import io
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from dashapp import __main__ as program
from dashapp.commands import maintenance
from dashapp.settings import Settings
from dashapp.usecases import accounts
from db.engine import Database

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, settings: Settings, monkeypatch: Any) -> Iterator[Path]:
    """The commands find the test's database, and leave the process as it was."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCOREDESK_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("SCOREDESK_SECRET", settings.secret)
    monkeypatch.setattr(os, "umask", lambda mask: 0)
    yield tmp_path
    gc.enable()  # serve turns it off while it starts


def run(*arguments: str) -> int:
    try:
        return program.main(arguments)
    except SystemExit as end:
        return int(end.code or 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "required"),
        (["fly"], "invalid choice: 'fly'"),
        (["serve", "--fast"], "--fast"),
        (["users"], "required"),
        (["users", "add", "x"], "--role"),
        (["users", "add", "x", "--role", "boss"], "boss"),
        (["users", "add", "a b", "--role", "admin"], "'a b' cannot be a name."),
        (["users", "add", "analyst", "--role", "admin"], "analyst"),
        (["users", "deactivate", "ghost"], "nobody named 'ghost'"),
        (["link", "ghost"], "nobody named 'ghost'"),
        (["link", "analyst", "--dir", "nowhere"], "no demonstration in 'nowhere'"),
        (["backup", "no/such/folder/copy"], "cannot be written"),
        (["backup", "scoredesk.sqlite"], "does not exist yet"),
        (["users", "password", "analyst"], "--password-stdin"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(capsys: Any, monkeypatch: Any, arguments: list[str], words: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert run(*arguments) == 2
    shown = capsys.readouterr()
    assert words in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("SCOREDESK_SECRET", "short", "SCOREDESK_SECRET must hold 32"),
        ("SCOREDESK_PORT", "eighty", "SCOREDESK_PORT is 'eighty'; set it to a number."),
        ("SCOREDESK_HTTPS", "yes", "SCOREDESK_HTTPS is 'yes'; set it to 1 or 0."),
        ("SCOREDESK_WEB_WORKERS", "0", "SCOREDESK_WEB_WORKERS is 0; set it to 1 or more."),
        ("SCOREDESK_DATABASE_URL", "mysql://x", "SCOREDESK_DATABASE_URL"),
        ("SCOREDESK_DATABASE_URL", "sqlite:////no/such/folder/x.sqlite", "database"),
        ("SCOREDESK_HOST", "192.0.2.1", "Cannot listen on 192.0.2.1"),
    ],
)
def test_serve_refuses_settings_that_cannot_work(capsys: Any, monkeypatch: Any, variable: str, value: str, words: str) -> None:
    monkeypatch.setenv(variable, value)
    assert run("serve") == 2
    shown = capsys.readouterr().err
    assert words in shown
    assert shown.count("\n") == 1


def test_serve_does_not_touch_a_schema_of_another_version(capsys: Any, here: Path) -> None:
    with sqlite3.connect(here / "scoredesk.sqlite") as raw:
        raw.execute("UPDATE alembic_version SET version_num = 'future'")
    raw.close()
    assert run("serve") == 2
    assert "python -m dashapp migrate" in capsys.readouterr().err


def test_people_are_added_listed_and_let_in(capsys: Any, monkeypatch: Any, db: Database, settings: Settings) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    assert run("users", "add", "First.Admin", "--role", "admin", "--display-name", "The admin", "--password-stdin") == 0
    assert accounts.sign_in(db, settings, name="first.admin", password=PASSWORD, address="", browser="")
    assert run("users", "list") == 0
    assert "first.admin\tadmin\tThe admin\n" in capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.StringIO("another password\n"))
    assert run("users", "password", "first.admin", "--password-stdin") == 0
    assert accounts.sign_in(db, settings, name="first.admin", password="another password", address="", browser="")
    assert run("users", "deactivate", "first.admin") == 0
    with pytest.raises(accounts.WrongPassword):
        accounts.sign_in(db, settings, name="first.admin", password="another password", address="", browser="")


def test_a_person_without_a_password_is_told_about_links(capsys: Any) -> None:
    assert run("users", "add", "newcomer", "--role", "analyst") == 0
    assert "python -m dashapp link newcomer" in capsys.readouterr().out


def test_a_link_stands_alone_on_the_output_and_works(capsys: Any, monkeypatch: Any, db: Database, settings: Settings) -> None:
    monkeypatch.setenv("SCOREDESK_PUBLIC_URL", "https://scores.example/")
    assert run("link", "officer") == 0
    (line,) = capsys.readouterr().out.splitlines()
    address, _, token = line.rpartition("/")
    assert address == "https://scores.example/sign-in/link"
    assert accounts.sign_in_by_link(db, settings, token=token, address="", browser="")


def test_every_setting_is_printed_with_its_help_and_secrets_are_not(capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("SCOREDESK_DATABASE_URL", "postgresql://scores:hidden@db.example/scores")
    monkeypatch.setenv("SCOREDESK_SECRET", "very secret " * 5)
    assert run("settings") == 0
    shown = capsys.readouterr().out
    for field in fields(Settings):
        assert len(field.metadata["help"]) > 10
        assert field.metadata["variable"].startswith("SCOREDESK_")
        assert f"{field.metadata['variable']}=" in shown
        assert field.metadata["help"] in shown
    assert "hidden" not in shown
    assert "very secret" not in shown
    assert "postgresql://scores:***@db.example/scores" in shown


def test_a_backup_is_a_whole_private_copy_taken_while_in_use(capsys: Any, here: Path, db: Database) -> None:
    with db.read():
        assert run("backup", "copy.sqlite") == 0
    copy = Database(f"sqlite:///{here / 'copy.sqlite'}")
    copy.check()
    assert {person.name for person in accounts.everyone(copy)} == {person.name for person in accounts.everyone(db)}
    copy.dispose()
    assert stat.S_IMODE((here / "copy.sqlite").stat().st_mode) == 0o600


def test_postgresql_is_left_to_its_own_tools(capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("SCOREDESK_DATABASE_URL", "postgresql://x@localhost/x")
    assert run("backup", "copy.sqlite") == 2
    assert "pg_dump" in capsys.readouterr().err


def test_migrate_makes_the_schema_and_does_no_harm_twice(capsys: Any, monkeypatch: Any, here: Path) -> None:
    monkeypatch.setenv("SCOREDESK_DATABASE_URL", f"sqlite:///{here / 'new.sqlite'}")
    assert run("migrate") == 0
    assert run("migrate") == 0
    Database(f"sqlite:///{here / 'new.sqlite'}").check()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///x.sqlite", "sqlite:///x.sqlite"),
        ("postgresql://u:p@h/d", "postgresql://u:***@h/d"),
        ("postgresql://u:p@ss:w/o@h:5432/d", "postgresql://u:***@h:5432/d"),
        ("postgresql://u@h/d", "postgresql://u@h/d"),
    ],
)
def test_passwords_are_taken_out_of_addresses(url: str, shown: str) -> None:
    assert maintenance._without_password(url) == shown


def test_the_command_line_imports_neither_dash_nor_models() -> None:
    code = "import sys, dashapp.__main__, dashapp.commands.serve; print(sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for name in ("dash", "flask", "plotly", "pandas", "pyarrow", "sklearn", "numpy", "distributed", "alembic"):
        assert f"'{name}'" not in loaded
