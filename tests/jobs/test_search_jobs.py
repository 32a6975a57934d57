"""A search on a real cluster: cells arrive one by one, a killed process loses none, a cancel stops it."""

import time

import numpy as np
import psutil
import pyarrow as pa
import pytest

from dashapp.settings import Settings
from dashapp.usecases import searches, studies
from dashapp.usecases.desk import Desk, Person
from db import datasets
from db.engine import Database
from pipeline.study_results import SearchResult
from tests.jobs.conftest import Works, kill, wait_until

pytestmark = pytest.mark.slow

GIVEN = {"target": "bad", "bad_label": "yes", "features": ["a", "b", "c"], "folds": 5}
GRID = {"C": [0.001, 0.01, 0.1, 1, 10, 100], "penalty": ["l2"]}


def desk_of(works: Works) -> Desk:
    return Desk(works.db, Settings(), Person(works.owner_id, "analyst", "Analyst", "analyst"))


def rows(db: Database, owner_id: int, n: int) -> str:
    """A data set with `n` rows, three numbers and an outcome."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(n, 3))
    bad = rng.random(n) < 1 / (1 + np.exp(1 - x[:, 0] - 0.5 * x[:, 1] ** 2))
    table = pa.table({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "bad": np.where(bad, "yes", "no")})
    columns = [{"name": name, "kind": "number", "n_rows": n, "n_missing": 0, "n_distinct": None} for name in "abc"]
    levels = [["no", int((~bad).sum())], ["yes", int(bad.sum())]]
    columns.append({"name": "bad", "kind": "category", "n_rows": n, "n_missing": 0, "n_distinct": 2, "levels": levels})
    with db.write() as session:
        dataset = datasets.begin(session, owner_id=owner_id, name="Rows", source="f.csv", sha256="0" * 64, n_bytes=1)
        datasets.add_chunk(
            session, dataset_id=dataset.id, chunk_index=0, first_row=0, batch=table.combine_chunks().to_batches()[0]
        )
        datasets.finish(session, dataset_id=dataset.id, n_rows=n, columns=columns, recipe={})
        return dataset.id


def start(works: Works, grid: dict, n: int = 2_000, **given: object) -> str:
    return searches.start(
        desk_of(works), rows(works.db, works.owner_id, n), GIVEN | given, grid, name="Search", judged_by="log_loss"
    )


def job_of(works: Works, study_id: str) -> str:
    card = studies.get(desk_of(works), study_id).card
    assert card.job is not None
    return card.job.id


def n_trials(works: Works, study_id: str) -> int:
    return len(studies.get(desk_of(works), study_id).trials)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_one_worker_with_one_thread_does_the_job_and_its_parts(works: Works) -> None:
    study_id = start(works, GRID)
    works.supervise()
    assert works.ended(job_of(works, study_id)) == "succeeded", works.log()
    view = studies.get(desk_of(works), study_id)
    assert isinstance(view.result, SearchResult)
    assert [trial.number for trial in view.trials] == list(range(6))
    assert view.result.trials == view.trials
    assert all(trial.error == "" and trial.log_loss is not None for trial in view.trials)


@pytest.fixture
def long_search(works: Works) -> str:
    """Some four seconds of work for two processes, of which two cells are done."""
    works.workers, works.lease_seconds = 2, 15.0  # on a busy machine a shorter lease runs out by itself
    study_id = start(works, GRID | {"degree": [1, 2], "class_weight": ["none", "balanced"]}, 15_000, folds=16)
    works.supervise()
    wait_until(lambda: n_trials(works, study_id) >= 2, "two cells are done", 60)
    return study_id


def worker_pids(works: Works) -> list[int]:
    """The processes that do the work, in the order in which they started."""
    found = [
        child
        for child in psutil.Process(works.supervisors[0].pid).children(recursive=True)
        if "spawn_main" in " ".join(child.cmdline())
    ]
    return [child.pid for child in sorted(found, key=lambda child: child.create_time())]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("which", [0, 1], ids=["the first process", "the second process"])
def test_a_process_is_killed_in_the_middle_of_a_search(works: Works, long_search: str, which: int) -> None:
    """One of the two carries the search itself as well as cells: it is tried again, and keeps the cells that are stored."""
    before = {trial.number: trial for trial in studies.get(desk_of(works), long_search).trials}
    kill(worker_pids(works)[which])
    assert works.ended(job_of(works, long_search), 120) == "succeeded", works.log()
    view = studies.get(desk_of(works), long_search)
    assert isinstance(view.result, SearchResult)
    assert [trial.number for trial in view.trials] == list(range(24))
    assert all(trial.error == "" and trial.log_loss is not None for trial in view.trials)
    assert all(view.trials[number] == trial for number, trial in before.items())  # seconds included: not fitted again


def test_a_cancel_stops_a_search_within_seconds_and_keeps_what_is_done(works: Works, long_search: str) -> None:
    from dashapp.usecases import jobs

    job_id = job_of(works, long_search)
    asked = time.monotonic()
    jobs.cancel(desk_of(works), job_id)
    assert works.ended(job_id) == "cancelled"
    assert time.monotonic() - asked < 5
    n_kept = n_trials(works, long_search)
    assert 2 <= n_kept < 24
    after = start(works, GRID, 500)  # the processes are free again
    assert works.ended(job_of(works, after)) == "succeeded", works.log()
    assert n_trials(works, long_search) == n_kept
