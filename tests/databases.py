"""Fresh databases of both kinds. A folder of tests takes the fixtures by importing them in its conftest.py."""

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from db.engine import Database
from db.tables import Base

SERVER = os.environ.get("SCOREDESK_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A scratch database with the schema, on the PostgreSQL server of SCOREDESK_TEST_POSTGRES_URL; dropped at the end."""
    server = create_engine(SERVER, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    name = f"scoredesk_test_{secrets.token_hex(4)}"
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except OperationalError as error:
        sentence = (
            "needs a PostgreSQL server: apt-get install postgresql, or set SCOREDESK_TEST_POSTGRES_URL to a role that may "
            f"create databases ({str(error.orig).splitlines()[0]})"
        )
        if "postgres" in os.environ.get("SCOREDESK_REQUIRE", ""):
            pytest.fail(sentence)
        pytest.skip(sentence)
    url = server.url.set(database=name).render_as_string(hide_password=False)
    Database(url).migrate()
    yield url
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the schema, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "scoredesk.sqlite"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.dispose()
    return path


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database with the schema, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "scoredesk.sqlite"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        return f"sqlite:///{path}"
    address: str = request.getfixturevalue("postgres_url")
    engine = create_engine(address, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {', '.join(Base.metadata.tables)} RESTART IDENTITY"))
    return address


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.dispose()
