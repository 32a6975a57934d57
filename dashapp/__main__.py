"""python -m dashapp: serve the workbench, and look after its people and its database."""

import argparse
import gc
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from dashapp.settings import Settings, SettingsError


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence instead of the usage block."""
        self.exit(2, f"{message[:1].upper()}{message[1:]}; see: {self.prog} --help\n")


def parser() -> Parser:
    top = Parser(prog="python -m dashapp", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="serve the pages, with a supervisor for jobs beside them")
    serve.add_argument("--no-worker", action="store_true", help="serve pages only; jobs are run by `worker` elsewhere")

    demo = commands.add_parser("demo", help="serve a demonstration with example data on loopback")
    demo.add_argument("--dir", type=Path, default=Path("demo-data"), help="folder that keeps it (default: %(default)s)")
    demo.add_argument("--port", type=int, help="port to listen on (default: 8050, or a free one where that is taken)")

    commands.add_parser("worker", help="run queued jobs")

    link = commands.add_parser("link", help="print a link that signs one person in, once")
    link.add_argument("name")
    link.add_argument("--dir", type=Path, help="folder of a demonstration; without it: the installation of the environment")

    users = commands.add_parser("users", help="look after the people who may sign in")
    _add_users(users.add_subparsers(dest="action", required=True, metavar="ACTION"))

    commands.add_parser("migrate", help="bring the database to this version's schema")
    commands.add_parser("settings", help="print every setting, its variable and its value")
    backup = commands.add_parser("backup", help="copy a SQLite database while it is in use")
    backup.add_argument("file", type=Path, help="the copy; it must not exist yet")
    return top


def _add_users(actions: "argparse._SubParsersAction[Parser]") -> None:
    add = actions.add_parser("add", help="add a person")
    add.add_argument("name", help="what they sign in with")
    add.add_argument("--role", required=True, choices=("analyst", "officer", "admin"))
    add.add_argument("--display-name", help="how others see them (default: the name)")
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input; else they get a link")
    actions.add_parser("list", help="list the people who may sign in")
    actions.add_parser("deactivate", help="end a person's sessions and refuse new ones").add_argument("name")
    password = actions.add_parser("password", help="set a person's password and end their sessions")
    password.add_argument("name")
    password.add_argument("--password-stdin", action="store_true", help="read it from standard input instead of the terminal")


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    os.umask(0o077)  # databases, backups and uploads hold what only this account may read
    try:
        return _run(given)
    except SettingsError as error:
        return _refuse(str(error))
    except Exception as error:
        # Loaded only here: most commands end without a fault.
        from dashapp.usecases.errors import DatabaseError, Refused

        if isinstance(error, DatabaseError | Refused):
            return _refuse(str(error))
        raise


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 2


def _run(given: argparse.Namespace) -> int:
    settings = Settings.from_env()
    match given.command:
        case "serve":
            # Importing makes no garbage, and looking for it takes a tenth of the start. The children turn it on again.
            gc.disable()
            from dashapp.commands.serve import serve

            return serve(settings, with_worker=not given.no_worker)
        case "demo":
            from dashapp.commands.demo import demo

            return demo(settings, folder=given.dir, port=given.port)
        case "worker":
            from dashapp.commands.serve import work

            return work(settings)
        case "link" | "users":
            from dashapp.commands import people

            return people.link(settings, given.name, given.dir) if given.command == "link" else people.users(settings, given)
        case "settings":
            from dashapp.commands.maintenance import show_settings

            return show_settings(settings)
        case "migrate":
            from dashapp.commands.maintenance import migrate

            return migrate(settings)
        case _:
            from dashapp.commands.maintenance import backup

            return backup(settings, given.file)


if __name__ == "__main__":
    sys.exit(main())
