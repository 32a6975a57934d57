"""An application on a fresh database, people to sign in as, and a browser that keeps cookies."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from dash import Dash

from dashapp.app import create_app
from dashapp.settings import Settings
from dashapp.usecases import accounts
from dashapp.usecases.desk import Desk, Person
from db.engine import Database

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


@pytest.fixture
def person(db: Database) -> Callable[[str], Person]:
    return lambda name: next(person for person in accounts.everyone(db) if person.name == name)


@pytest.fixture
def desk_of(db: Database, settings: Settings, person: Callable[[str], Person]) -> Callable[[str], Desk]:
    return lambda name: Desk(db, settings, person(name))
