"""The demonstration: what it holds, who may enter, and that it is private to the account that started it."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dashapp.settings import Settings
from dashapp.usecases import accounts, datasets, demo, runs
from dashapp.usecases.desk import Desk
from db.engine import Database
from tests.dashapp.clicking import Clicker


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[[], tuple["subprocess.Popen[str]", str]]]:
    """Starts `python -m dashapp demo` on a free port, and gives its process and all that it printed before it served."""
    processes: list[subprocess.Popen[str]] = []

    def start() -> tuple["subprocess.Popen[str]", str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "dashapp", "demo", "--port", "0"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "SCOREDESK_WEB_WORKERS": "1"},
        )
        processes.append(process)
        assert process.stdout is not None
        printed = ""
        while "Scoredesk is at" not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        return process, printed

    yield start
    for process in processes:
        process.terminate()
        process.wait(40)
        assert process.stdout is not None
        process.stdout.close()


def link_in(text: str) -> tuple[str, str]:
    """The server and the token of the one link in the text."""
    (line,) = [word for word in text.split() if "/sign-in/link/" in word]
    url, _, token = line.partition("/sign-in/link/")
    return url, token


def entered(url: str, token: str) -> bool:
    with closing(Clicker(url)) as someone:
        status, _ = someone.ask("GET", f"/sign-in/link/{token}")
        return status == 303 and someone.ask("GET", "/")[0] == 200


@pytest.mark.slow
def test_one_printed_link_signs_in_once_and_the_folder_is_private(tmp_path: Path, started: Callable[[], Any]) -> None:
    process, printed = started()
    url, token = link_in(printed)
    assert entered(url, token)
    assert not entered(url, token)
    folder = tmp_path / "demo-data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert len((folder / "secret").read_text()) >= 32

    command = [sys.executable, "-m", "dashapp", "link", "officer"]
    wrong = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "--dir demo-data" in wrong.stderr
    right = subprocess.run([*command, "--dir", "demo-data"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert link_in(right.stdout)[0] == url
    assert entered(*link_in(right.stdout))

    secret = (folder / "secret").read_text()
    process.terminate()
    assert process.wait(40) == 0
    _, printed = started()
    assert "Making" not in printed
    assert entered(*link_in(printed))
    assert (folder / "secret").read_text() == secret


@pytest.mark.slow
def test_it_holds_examples_and_a_trained_run_that_the_officer_may_open(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'demo.sqlite'}", secret="d" * 40, demo=True)
    db = Database(settings.database_url)
    db.migrate()
    said: list[str] = []
    demo.fill(db, settings, said.append)
    people = {person.name: person for person in accounts.everyone(db)}
    assert [(name, people[name].role) for name in sorted(people)] == [("admin",) * 2, ("analyst",) * 2, ("officer",) * 2]
    analyst, officer, admin = (Desk(db, settings, people[name]) for name in ("analyst", "officer", "admin"))
    assert {(card.name, card.n_rows) for card in datasets.visible(analyst)} == {
        ("Loan book", 20_000),
        ("Deployments", 500),
        ("Breast cancer", 569),
        ("Wine", 178),
    }
    assert [card.name for card in datasets.visible(officer)] == ["Loan book"]  # applicants can be looked up
    (card,) = runs.visible(officer)
    shown = runs.get(officer, card.id)
    assert (shown.name, shown.state) == (demo.RUN_NAME, "succeeded")
    assert shown.result is not None
    assert shown.result.test is not None
    # The loan book is made from a known truth; a model that found nothing in it would be at 0.5.
    assert shown.result.test.auc > 0.7
    # Proposed by the analyst and approved by the admin; officers see no run before that.
    assert (shown.stage, shown.proposed_by, shown.stage_by) == ("approved", "Analyst", "Admin")
    assert runs.get(admin, card.id).is_reviewer
    assert len(shown.wording) == 13
    # The age is a protected trait: the run never sees it, and its segments can be compared.
    loans = next(one for one in datasets.visible(analyst) if one.name == "Loan book")
    assert {one.name: one.role for one in datasets.get(analyst, loans.id).columns}["age_years"] == "segment"
    assert "age_years" not in shown.spec.features

    said.clear()
    demo.fill(db, settings, said.append)
    assert said == []
    assert len(runs.visible(analyst)) == 1
    db.dispose()


def test_an_interrupted_start_is_carried_on(tmp_path: Path, monkeypatch: Any) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'demo.sqlite'}", secret="d" * 40, demo=True)
    db = Database(settings.database_url)
    db.migrate()
    tables = [example.make().slice(0, 300) for example in demo.EXAMPLES]
    small = [replace(example, make=partial(tables.__getitem__, at)) for at, example in enumerate(demo.EXAMPLES)]
    broken = [small[0], replace(small[1], make=lambda: 1 / 0)]
    monkeypatch.setattr(demo, "EXAMPLES", broken)
    with pytest.raises(ZeroDivisionError):
        demo.fill(db, settings, lambda _: None)
    monkeypatch.setattr(demo, "EXAMPLES", small)
    demo.fill(db, settings, lambda _: None)
    analyst = next(person for person in accounts.everyone(db) if person.name == "analyst")
    assert len(datasets.visible(Desk(db, settings, analyst))) == 4
    assert [run.state for run in runs.visible(Desk(db, settings, analyst))] == ["succeeded"]
    db.dispose()
