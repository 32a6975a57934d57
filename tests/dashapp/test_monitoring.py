"""The Monitor tab's use case: who may score what, at once or in a job, and the scored rows to take away."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete

from dashapp.tabs.monitor import callbacks
from dashapp.tabs.monitor.layout import start_card
from dashapp.tabs.monitor.results import page
from dashapp.usecases import monitoring, runs, sharing, training
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from dashapp.usecases.job_views import study_page
from db import leases, studies
from db.engine import Database
from db.tables import ScoreChunk
from pipeline.pairing_results import Monitoring
from pipeline.results import RunResult
from tests.dashapp.uploading import upload


def written(path: Path, seed: int, n: int = 600, columns: str = "income,home,defaulted") -> Path:
    draw = np.random.default_rng(seed)
    income, home = draw.normal(0, 1, n).round(3), draw.choice(["own", "rent"], n)
    bad = draw.random(n) < 1 / (1 + np.exp(1 + income))
    values = {"income": income, "home": home, "defaulted": np.where(bad, "yes", "no")}
    rows = zip(*(values[name] for name in columns.split(",")), strict=True)
    path.write_text(columns + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    return path


def do_next(db: Database, desk: Desk, kind: str) -> None:
    with db.write() as session:
        [job] = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1, kinds=(kind,))
        job_id, attempt = job.id, job.attempt
    (training if kind == "train" else monitoring).execute(db, job_id, attempt, desk.settings)


@pytest.fixture
def run(db: Database, desk: Desk, tmp_path: Path) -> str:
    dataset_id = upload(desk, written(tmp_path / "first.csv", 1))
    run_id = runs.start(desk, dataset_id, "A run", {"target": "defaulted", "bad_label": "yes", "folds": 0})
    do_next(db, desk, "train")
    return run_id


def test_a_newer_file_is_scored_and_its_rows_can_be_taken_away(
    desk: Desk, run: str, tmp_path: Path, browser: Callable[..., Any]
) -> None:
    newer = upload(desk, written(tmp_path / "newer.csv", 2), name="Newer")
    study = monitoring.get(desk, run, monitoring.start(desk, run, newer))
    found = study.result
    assert isinstance(found, Monitoring)
    assert (found.n_rows, found.n_scored) == (600, 600)
    assert found.metrics is not None
    assert monitoring.start(desk, run, newer) == study.card.id  # the same is not done twice

    analyst = browser("analyst")
    answer = analyst.get(f"/api/runs/{run}/scores/{newer}.csv")
    assert answer.status_code == 200
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 600
    scores = np.array([float(row["probability_of_default"]) for row in rows])
    assert scores.mean() == pytest.approx(found.mean_newer)
    refused = np.array([row["decision"] == "refuse" for row in rows])
    np.testing.assert_array_equal(refused, scores >= runs.get(desk, run).cutoff)

    own = list(csv.DictReader(io.StringIO(analyst.get(f"/api/runs/{run}/scores/{runs.get(desk, run).dataset_id}.csv").text)))
    parts = [row["part_of_run"] for row in own]
    result = runs.get(desk, run).result
    assert result is not None
    assert (parts.count("training"), parts.count("held_out")) == (result.data.n_train, result.data.n_test)
    assert browser("stranger").get(f"/api/runs/{run}/scores/{newer}.csv").status_code == 404


def test_a_large_one_is_scored_in_a_job_and_gives_the_same(
    desk: Desk, db: Database, run: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = upload(desk, written(tmp_path / "newer.csv", 2), name="Newer")
    at_once = monitoring.get(desk, run, monitoring.start(desk, run, newer)).result
    monkeypatch.setattr(monitoring, "AT_ONCE_CELLS", 0)
    same = upload(desk, written(tmp_path / "newer-again.csv", 2), name="Newer")
    study_id = monitoring.start(desk, run, same)
    waiting = monitoring.get(desk, run, study_id)
    assert waiting.result is None
    assert waiting.card.job is not None
    assert waiting.card.job.href == study_page("monitor", study_id, run) == f"/runs/{run}/monitor?study={study_id}"
    do_next(db, desk, "monitor")
    assert monitoring.get(desk, run, study_id).result == at_once


def test_a_tick_moves_the_bars_and_reads_no_result_of_the_run(
    db: Database, desk: Desk, run: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is drawn anew once a scoring has ended, and not each second: what is being chosen on it stays."""
    monkeypatch.setattr(callbacks, "desk", lambda: desk)
    monkeypatch.setattr(monitoring, "AT_ONCE_CELLS", 0)
    monitoring.start(desk, run, upload(desk, written(tmp_path / "newer.csv", 2), name="Newer"))
    shown = callbacks.states(monitoring.made(desk, run))
    with monkeypatch.context() as reading:
        reading.setattr(RunResult, "from_json", lambda stored: pytest.fail("a result was read"))
        assert len(callbacks.still(run, shown) or []) == 1
        assert callbacks.still(run, None) is None
    do_next(db, desk, "monitor")
    assert callbacks.still(run, shown) is None
    assert callbacks.still("unknown", shown) is None


def test_only_the_scorings_of_the_run_are_read(desk: Desk, run: str, tmp_path: Path) -> None:
    """However many there are of other runs, which are the newer ones."""
    newer = upload(desk, written(tmp_path / "newer.csv", 2), name="Newer")
    mine = monitoring.start(desk, run, newer)
    view = runs.get(desk, run)
    with desk.db.write() as session:
        for place in range(51):
            studies.add(
                session, kind="monitor", owner_id=desk.user.id, dataset_id=newer, run_id=None, name="Other",
                spec=view.spec.to_json(), options={"run": f"other{place}", "cutoff": 0.5}, fingerprint=str(place),
            )  # fmt: skip
    assert [one.card.id for one in monitoring.made(desk, run)] == [mine]


def test_a_run_whose_own_scores_are_not_stored_is_scored_in_a_job(desk: Desk, db: Database, run: str, tmp_path: Path) -> None:
    """One from before they were kept: all of its own rows have to be scored again, however few the newer ones are."""
    newer = upload(desk, written(tmp_path / "newer.csv", 2), name="Newer")
    with db.write() as session:
        session.execute(delete(ScoreChunk))
    study_id = monitoring.start(desk, run, newer)
    assert monitoring.get(desk, run, study_id).result is None
    do_next(db, desk, "monitor")
    found = monitoring.get(desk, run, study_id).result
    assert isinstance(found, Monitoring)
    assert found.n_scored == 600


def test_what_cannot_be_scored_is_told(desk: Desk, run: str, tmp_path: Path) -> None:
    view = runs.get(desk, run)
    with pytest.raises(Refused, match="that the run was made on"):
        monitoring.start(desk, run, view.dataset_id)
    lacking = upload(desk, written(tmp_path / "lacking.csv", 3, columns="income,defaulted"), name="Lacking")
    with pytest.raises(Refused, match="lacks 'home'"):
        monitoring.start(desk, run, lacking)
    assert [(one.name, one.lacks) for one in monitoring.candidates(desk, view)] == [("Lacking", ("home",))]
    assert monitoring.made(desk, run) == []


def test_only_who_scored_sees_it(desk: Desk, desk_of: Callable[[str], Desk], run: str, tmp_path: Path) -> None:
    """A run may be shared with somebody who may not see the newer data."""
    newer = upload(desk, written(tmp_path / "newer.csv", 2), name="Newer")
    study_id = monitoring.start(desk, run, newer)
    sharing.share(desk, "run", run, "colleague")
    colleague = desk_of("colleague")
    assert monitoring.made(colleague, run) == []
    for name in ("colleague", "stranger", "officer", "admin"):
        with pytest.raises(NotFound):
            monitoring.get(desk_of(name), run, study_id)
        with pytest.raises(NotFound):
            monitoring.start(desk_of(name), run, newer)
    with pytest.raises(NotFound):
        monitoring.made(desk_of("stranger"), run)


def test_the_page_tells_what_was_found(desk: Desk, run: str, tmp_path: Path) -> None:
    view = runs.get(desk, run)
    assert view.result is not None
    assert "There is no other data set yet" in str(start_card(monitoring.candidates(desk, view)))
    newer = upload(desk, written(tmp_path / "newer.csv", 2), name="Newer")
    monitoring.start(desk, run, newer)
    made = monitoring.made(desk, run)
    shown = str(page(view, view.result, start_card(monitoring.candidates(desk, view)), made, made[0], "light"))
    assert "In Newer the score is" in shown
    assert "600 newer rows with an outcome" in shown
