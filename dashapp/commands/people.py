"""The people who may sign in, and their sign-in links."""

import argparse
import getpass
import sys
from pathlib import Path

from dashapp.commands.demo import DEMO_FOLDER, is_demo, settings_of
from dashapp.settings import Settings
from dashapp.usecases import accounts
from dashapp.usecases.accounts import AccountError
from db.engine import Database
from db.errors import NotReady


def users(settings: Settings, given: argparse.Namespace) -> int:
    db = Database(settings.database_url)
    db.check()
    match given.action:
        case "add":
            password = _password(from_stdin=True) if given.password_stdin else None
            person = accounts.add_person(
                db, name=given.name, display_name=given.display_name or given.name, role=given.role, password=password
            )
            print(f"Added {person.name} ({person.role}).")
            if password is None:
                print(f"They have no password yet; a sign-in link lets them in: python -m dashapp link {person.name}")
        case "list":
            for person in accounts.everyone(db):
                print(f"{person.name}\t{person.role}\t{person.display_name}")
        case "deactivate":
            accounts.deactivate(db, given.name)
            print(f"{given.name} can sign in no more; what they own stays.")
        case "password":
            accounts.set_password(db, given.name, _password(from_stdin=given.password_stdin))
            print(f"The password of {given.name} is set; their sessions have ended.")
    db.dispose()
    return 0


def link(settings: Settings, name: str, folder: Path | None) -> int:
    """Prints the link alone, so that it can be piped."""
    if folder is not None:
        settings = settings_of(settings, folder)
    db = Database(settings.database_url)
    try:
        db.check()
    except NotReady as error:
        if folder is None and is_demo(DEMO_FOLDER):
            raise NotReady(error.message, fix=f"For the demonstration add: --dir {DEMO_FOLDER}") from None
        raise
    print(f"{settings.url}/sign-in/link/{accounts.make_link(db, settings, name)}")
    db.dispose()
    return 0


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise AccountError("There is no terminal to type a password in.", fix="Add --password-stdin and pipe it in.")
    password = getpass.getpass("New password: ")
    if getpass.getpass("Again: ") != password:
        raise AccountError("The two passwords differ.", fix="Try again.")
    return password
