"""An application on a fresh database, people to sign in as, and a browser that keeps cookies."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from argon2 import PasswordHasher
from dash import Dash

from dashapp.app import create_app
from dashapp.settings import Settings
from dashapp.usecases import accounts, runs
from dashapp.usecases.desk import Desk, Person
from db.engine import Database
from tests.dashapp.uploading import upload

PASSWORD = "correct horse battery"
PEOPLE = {"analyst": "analyst", "colleague": "analyst", "stranger": "analyst", "officer": "officer", "admin": "admin"}


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Argon2 at its full price makes a suite of sign-ins slow; the tests about its price set it back."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, cheap_passwords: None) -> Path:
    """A database with the cast of people, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "scoredesk.sqlite"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    for name, role in PEOPLE.items():
        accounts.add_person(database, name=name, display_name=name.capitalize(), role=role, password=PASSWORD)
    database.dispose()
    return path


@pytest.fixture
def settings(tmp_path: Path, template: Path) -> Settings:
    shutil.copy(template, tmp_path / "scoredesk.sqlite")
    return Settings(database_url=f"sqlite:///{tmp_path / 'scoredesk.sqlite'}", secret="s" * 40, https=False, upload_limit_mb=1)


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url)
    yield database
    database.dispose()


@pytest.fixture
def app(settings: Settings, db: Database) -> Dash:
    return create_app(settings, db)


@dataclass
class Browser:
    """A test client that signs in, and sends the token against forged requests as Dash does."""

    app: Dash
    address: str = "203.0.113.5"

    def __post_init__(self) -> None:
        self.client = self.app.server.test_client()

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, environ_base={"REMOTE_ADDR": self.address}, buffered=True, **more)

    def post(self, path: str, **more: Any) -> Any:
        return self.client.post(path, environ_base={"REMOTE_ADDR": self.address}, **self._signed(more))

    def put(self, path: str, **more: Any) -> Any:
        return self.client.put(path, environ_base={"REMOTE_ADDR": self.address}, **self._signed(more))

    def form_token(self, path: str = "/sign-in") -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)
        assert found, "The page holds no form."
        return found[1]

    def sign_in(self, name: str, password: str = PASSWORD, **more: Any) -> Any:
        form = {"name": name, "password": password, "csrf_token": self.form_token(), **more}
        answer = self.client.post("/sign-in", data=form, environ_base={"REMOTE_ADDR": self.address})
        if answer.status_code == 303:
            self.get("/")
        return answer

    @property
    def csrf(self) -> str:
        cookie = self.client.get_cookie("_csrf_token")
        return cookie.value if cookie else ""

    def _signed(self, more: dict[str, Any]) -> dict[str, Any]:
        return {**more, "headers": {"X-CSRFToken": self.csrf, **more.get("headers", {})}}


@pytest.fixture
def browser(app: Dash) -> Callable[..., Browser]:
    """Makes a browser; with a name it is signed in."""

    def make(name: str | None = None, **more: Any) -> Browser:
        made = Browser(app, **more)
        if name is not None:
            assert made.sign_in(name).status_code == 303
        return made

    return make


@dataclass
class Serving:
    """A real `serve` in a process of its own, with gunicorn and, where wanted, the supervisor."""

    process: "subprocess.Popen[str]"
    url: str
    log: Path

    def tree(self) -> list[psutil.Process]:
        """Every process of it that lives."""
        top = psutil.Process(self.process.pid)
        return [top, *top.children(recursive=True)]

    def web_workers(self) -> list[psutil.Process]:
        """The processes that answer pages: children of gunicorn, which is the parent's first child."""
        return sorted(psutil.Process(self.process.pid).children(), key=lambda child: child.pid)[0].children()

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(40)


@pytest.fixture
def serving(settings: Settings, tmp_path: Path) -> Iterator[Callable[..., Serving]]:
    """Starts `python -m dashapp serve` on the test's database and a free port, and stops it after the test."""
    started: list[Serving] = []

    def start(*arguments: str, **variables: str) -> Serving:
        environment = {
            **os.environ,
            "SCOREDESK_DATABASE_URL": settings.database_url,
            "SCOREDESK_SECRET": settings.secret,
            "SCOREDESK_HTTPS": "0",
            "SCOREDESK_PORT": "0",
            **variables,
        }
        log = tmp_path / f"serve-{len(started)}.log"
        with log.open("w") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "dashapp", "serve", *arguments],
                env=environment, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=tmp_path,
            )  # fmt: skip
        assert process.stdout is not None
        first = process.stdout.readline()
        process.stdout.close()
        assert first.startswith("Scoredesk is at "), log.read_text()
        started.append(Serving(process, first.split()[-1], log))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.stop()


@pytest.fixture
def person(db: Database) -> Callable[[str], Person]:
    return lambda name: next(person for person in accounts.everyone(db) if person.name == name)


@pytest.fixture
def desk_of(db: Database, settings: Settings, person: Callable[[str], Person]) -> Callable[[str], Desk]:
    return lambda name: Desk(db, settings, person(name))


@pytest.fixture
def desk(desk_of: Callable[[str], Desk]) -> Desk:
    """The analyst's."""
    return desk_of("analyst")


@pytest.fixture
def start_run(tmp_path: Path, desk_of: Callable[[str], Desk]) -> Callable[..., str]:
    """Uploads a table as the analyst and starts a training that takes some seconds; gives the run's id."""

    def start(n_rows: int = 20_000) -> str:
        random = np.random.default_rng(7)
        columns = [random.normal(size=n_rows).round(4) for _ in range(6)]
        bad = random.random(n_rows) < 1 / (1 + np.exp(2 - columns[0] + columns[1] / 2))
        file = tmp_path / "loans.csv"
        with file.open("w") as out:
            out.write("a,b,c,d,e,f,bad\n")
            out.writelines(
                ",".join(map(str, row)) + (",yes\n" if is_bad else ",no\n")
                for row, is_bad in zip(zip(*columns, strict=True), bad, strict=True)
            )
        desk = desk_of("analyst")
        dataset_id = upload(desk, file)
        return runs.start(desk, dataset_id, "A long one", {"target": "bad", "bad_label": "yes", "folds": 50})

    return start
