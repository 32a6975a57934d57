"""A database that is filled once, and copied for each test: training is what makes most of them slow."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashapp.settings import Settings
from dashapp.usecases import accounts, backgrounds, row_parts, runs, wanted_rows, what_ifs
from dashapp.usecases.desk import Desk
from db.engine import Database


def prepared(fill: Callable[[Desk, Path], object]) -> Any:
    """The fixture `settings` of modules whose database the analyst has filled: once in this process."""
    filled: list[Path] = []

    @pytest.fixture
    def settings(template: Path, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Settings:
        if not filled:
            folder = tmp_path_factory.mktemp("prepared")
            path = folder / "scoredesk.sqlite"
            shutil.copy(template, path)
            db = Database(f"sqlite:///{path}")
            analyst = next(one for one in accounts.everyone(db) if one.name == "analyst")
            fill(Desk(db, _settings(path), analyst), folder)
            db.dispose()
            filled.append(path)
        shutil.copy(filled[0], tmp_path / "scoredesk.sqlite")
        forget()
        return _settings(tmp_path / "scoredesk.sqlite")

    return settings


def forget() -> None:
    """What this process keeps of runs: another copy of the database has the same ones, and has counted nothing yet."""
    for kept in (backgrounds._backgrounds, row_parts._kept, what_ifs._runs, what_ifs._applicants, wanted_rows._kept):
        kept.clear()


def only_run(desk: Desk) -> str:
    (card,) = runs.visible(desk)
    return card.id


def _settings(path: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{path}", secret="s" * 40, https=False, upload_limit_mb=1)
