"""An installation of its own, with an analyst, for benchmarks that ask the application itself.

Importing this puts the project's folder on the path, where the tests are: some benchmarks open pages as they do.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from dashapp.app import create_app
from dashapp.settings import Settings
from dashapp.usecases import accounts
from dashapp.usecases.desk import Desk
from db.engine import Database
from tests.dashapp.conftest import PASSWORD, Browser


@contextmanager
def installed(upload_limit_mb: int = 1) -> Iterator[tuple[Desk, Path]]:
    """An analyst's desk on a new SQLite database, and the folder that is removed with it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            database_url=f"sqlite:///{folder}/bench.sqlite", secret="s" * 40, https=False, upload_limit_mb=upload_limit_mb
        )
        db = Database(settings.database_url)
        db.migrate()
        person = accounts.add_person(db, name="analyst", display_name="Analyst", role="analyst", password=PASSWORD)
        yield Desk(db, settings, person), Path(folder)
        db.dispose()


def signed_in(desk: Desk) -> Browser:
    """A browser without a screen, in which the person of the desk is signed in."""
    browser = Browser(create_app(desk.settings, desk.db))
    browser.sign_in(desk.user.name)
    return browser
