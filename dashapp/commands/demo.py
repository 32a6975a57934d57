"""The demonstration: a folder with a database of examples, served on loopback to whoever has the printed link."""

import os
import secrets
import shlex
import socket
import sys
from dataclasses import replace
from pathlib import Path

from dashapp.commands.processes import run_apart
from dashapp.commands.serve import listen, make_ready, run
from dashapp.settings import Settings, SettingsError
from dashapp.usecases import accounts
from dashapp.usecases.errors import Refused
from db.engine import Database

DEMO_FOLDER = Path("demo-data")
_DATABASE = "scoredesk.sqlite"
_SECRET = "secret"  # noqa: S105 - the name of the file
_URL = "url"


def demo(settings: Settings, *, folder: Path, port: int | None) -> int:
    settings = _make(settings, folder)
    make_ready(settings)
    if run_apart(lambda: _fill(settings)):
        raise Refused("The examples could not be made.", fix=f"The lines above say why; then remove '{folder}' and try again.")
    opened = _listen(settings, port)
    settings = replace(settings, port=opened.getsockname()[1])
    (folder / _URL).write_text(settings.url)
    db = Database(settings.database_url)
    link = f"{settings.url}/sign-in/link/{accounts.make_link(db, settings, 'analyst')}"
    db.dispose()
    command = f"{shlex.quote(_python())} -m dashapp link officer --dir {shlex.quote(str(folder))}"
    print(
        f"\nOpen this link; it signs you in as the analyst, once:\n\n    {link}\n\n"
        f"For another, as the loan officer, the admin or the analyst, run in a second terminal:\n\n    {command}\n"
        f"    {command.replace('link officer', 'link admin')}\n    {command.replace('link officer', 'link analyst')}\n\n"
        "Nobody has a password here. Ctrl-C stops everything; the data stays in the folder "
        f"'{folder}' and is there at the next start.\n",
        flush=True,
    )
    return run(settings, opened, with_worker=True)


def is_demo(folder: Path) -> bool:
    """Whether a demonstration has been started in the folder."""
    return (folder / _URL).is_file()


def settings_of(settings: Settings, folder: Path) -> Settings:
    """The settings of a demonstration that was made before."""
    if not is_demo(folder):
        raise SettingsError(f"There is no demonstration in '{folder}'; start one with: python -m dashapp demo --dir {folder}")
    return replace(_in(settings, folder), public_url=(folder / _URL).read_text())


def _make(settings: Settings, folder: Path) -> Settings:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (folder / _SECRET).exists():
            handle = os.open(folder / _SECRET, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(48))
    except OSError as error:
        raise SettingsError(f"'{folder}' cannot be used ({error.strerror}); name another folder with --dir.") from None
    return _in(settings, folder)


def _in(settings: Settings, folder: Path) -> Settings:
    return replace(
        settings,
        demo=True,
        https=False,
        host="127.0.0.1",
        public_url="",
        trusted_proxies=0,
        database_url=f"sqlite:///{folder / _DATABASE}",
        secret=(folder / _SECRET).read_text(),
    )


def _fill(settings: Settings) -> None:
    # Loads the analysis, which the process that serves does without.
    from dashapp.usecases.demo import fill

    db = Database(settings.database_url)
    fill(db, settings, say=print)
    db.dispose()


def _listen(settings: Settings, port: int | None) -> socket.socket:
    if port is not None:
        return listen(settings.host, port)
    try:
        return listen(settings.host, settings.port)
    except SettingsError:
        return listen(settings.host, 0)


def _python() -> str:
    """The interpreter as one would type it here."""
    return os.path.relpath(sys.executable) if Path(sys.executable).is_relative_to(Path.cwd()) else sys.executable
