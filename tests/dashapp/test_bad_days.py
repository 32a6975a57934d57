"""What becomes of studies and of old results when something they lean on goes: runs, data sets, shares, people, versions."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dashapp.commands import maintenance
from dashapp.usecases import accounts, datasets, jobs, runs, searches, sharing, studies, training, tuning
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound
from dashapp.usecases.work import lose
from db import audit, leases
from db import runs as stored_runs
from db.engine import Database
from pipeline.model import FittedModel
from pipeline.study_results import SearchResult, TuningPath
from tests.dashapp.studying import do_next
from tests.dashapp.test_studies import GIVEN, GRID, loans, run
from tests.dashapp.uploading import upload

__all__ = ["loans", "run"]

OLD_RUN = Path(__file__).parent / "fixtures" / "run_of_format_1.json"


def claimed(desk: Desk, kind: str) -> tuple[str, int]:
    with desk.db.write() as session:
        [job] = leases.claim(session, claimed_by="test", lease_seconds=600, limit=1, kinds=(kind,))
        return job.id, job.attempt


def compute_path(desk: Desk) -> None:
    tuning.execute(desk.db, *claimed(desk, "path"), desk.settings)


def state_of(desk: Desk, study_id: str) -> tuple[str, str]:
    job = studies.get(desk, study_id).card.job
    assert job is not None
    return job.state, job.error or ""


# Paths that are cancelled and repeated


def test_a_path_that_waits_is_cancelled_at_once_and_repeated(desk: Desk, run: str) -> None:
    study_id = tuning.start(desk, run, {})
    job = studies.get(desk, study_id).card.job
    assert job is not None
    jobs.cancel(desk, job.id)
    assert state_of(desk, study_id) == ("cancelled", "")
    studies.retry(desk, study_id)
    compute_path(desk)
    assert isinstance(tuning.get(desk, run, study_id).result, TuningPath)


def test_a_path_that_is_computed_stops_at_its_next_report_and_keeps_nothing(
    desk: Desk, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashapp.usecases import work

    monkeypatch.setattr(work, "REPORT_SECONDS", 0.0)
    study_id = tuning.start(desk, run, {})
    job_id, attempt = claimed(desk, "path")
    told: list[str] = []

    def cancel_in_the_middle(held: work.Attempt, progress: object) -> None:
        told.append(str(progress))
        if len(told) == 3:
            jobs.cancel(desk, job_id)
        report(held, progress)  # type: ignore[arg-type]

    report = work.Attempt.report
    with monkeypatch.context() as patched:
        patched.setattr(work.Attempt, "report", cancel_in_the_middle)
        tuning.execute(desk.db, job_id, attempt, desk.settings)
    assert len(told) == 3
    assert state_of(desk, study_id) == ("cancelled", "")
    assert studies.get(desk, study_id).result is None
    studies.retry(desk, study_id)
    compute_path(desk)
    assert isinstance(studies.get(desk, study_id).result, TuningPath)


def test_an_attempt_that_lost_its_path_stores_nothing(desk: Desk, run: str) -> None:
    study_id = tuning.start(desk, run, {})
    old = claimed(desk, "path")
    lose(desk.db, *old, "The process died.")
    newer = claimed(desk, "path")
    tuning.execute(desk.db, *old, desk.settings)
    assert studies.get(desk, study_id).result is None
    tuning.execute(desk.db, *newer, desk.settings)
    assert state_of(desk, study_id) == ("succeeded", "")


# What a study leans on goes


def test_a_run_with_studies_is_deleted_and_its_studies_stay_with_their_owner(
    desk_of: Callable[[str], Desk], desk: Desk, loans: str, run: str
) -> None:
    sharing.share(desk, "run", run, "colleague")
    path = tuning.start(desk, run, {})
    compute_path(desk)
    search = searches.start(desk, loans, GIVEN, GRID, name="Search", run_id=run)
    do_next(desk)
    runs.delete(desk, run)
    [card] = studies.visible(desk, "search")
    assert (card.id, card.run_name) == (search, None)  # no link to a page that is not there
    assert isinstance(studies.get(desk, search).result, SearchResult)
    with pytest.raises(NotFound, match="run"):
        tuning.start(desk, run, {})
    for study_id in (path, search):
        with pytest.raises(NotFound):
            studies.get(desk_of("colleague"), study_id)
    runs.restore(desk, run)
    assert studies.visible(desk, "search")[0].run_name == "Base"
    assert studies.get(desk_of("colleague"), path).result is not None


def test_work_on_a_run_that_is_deleted_meanwhile_ends_well(desk: Desk, run: str) -> None:
    study_id = tuning.start(desk, run, {})
    about = claimed(desk, "path")
    runs.delete(desk, run)
    tuning.execute(desk.db, *about, desk.settings)
    assert state_of(desk, study_id) == ("succeeded", "")


def test_a_data_set_with_studies_is_deleted_and_what_they_found_is_still_read(desk: Desk, loans: str, run: str) -> None:
    done = searches.start(desk, loans, GIVEN, GRID, name="Done", run_id=run)
    do_next(desk)
    path = tuning.start(desk, run, {})
    datasets.delete(desk, loans)
    compute_path(desk)
    state, error = state_of(desk, path)
    assert (state, "no such data set" in error) == ("failed", True)
    view = studies.get(desk, done)
    assert isinstance(view.result, SearchResult)
    assert (view.card.dataset_name, view.card.sees_dataset) == ("Loans", False)
    with pytest.raises(NotFound):
        searches.save_as_run(desk, done, 0, "Cell")
    with pytest.raises(NotFound):
        searches.start(desk, loans, GIVEN, {"C": [1, 2]}, name="Another")


def test_a_deactivated_owners_studies_stay_with_those_who_see_the_run(
    desk_of: Callable[[str], Desk], desk: Desk, loans: str, run: str
) -> None:
    sharing.share(desk, "run", run, "colleague")
    waiting = searches.start(desk, loans, GIVEN, GRID, name="Search", run_id=run)
    accounts.deactivate(desk.db, "analyst")
    do_next(desk)  # what was queued is done
    found = studies.get(desk_of("colleague"), waiting)
    assert (isinstance(found.result, SearchResult), found.card.mine) == (True, False)


def test_what_is_unshared_while_a_colleague_works_on_it(desk_of: Callable[[str], Desk], desk: Desk, loans: str, run: str) -> None:
    """The colleague's own study of the run stays theirs, without the run's name; the data set's going fails what waits."""
    colleague = desk_of("colleague")
    for kind, key in (("run", run), ("dataset", loans)):
        sharing.share(desk, kind, key, "colleague")  # type: ignore[arg-type]
    own = searches.start(colleague, loans, GIVEN, GRID, name="Theirs", run_id=run)
    sharing.unshare(desk, "run", run, "colleague")
    do_next(colleague)
    assert isinstance(studies.get(colleague, own).result, SearchResult)
    assert studies.visible(colleague, "search")[0].run_name is None
    later = searches.start(colleague, loans, GIVEN, {"C": [1, 2]}, name="Later")
    sharing.unshare(desk, "dataset", loans, "colleague")
    do_next(colleague)
    assert state_of(colleague, later)[0] == "failed"


# What is kept


def test_the_trail_of_a_study_tells_its_start_its_ends_and_its_going(desk: Desk, loans: str) -> None:
    study_id = searches.start(desk, loans, GIVEN, GRID, name="Search")
    job = studies.get(desk, study_id).card.job
    assert job is not None
    jobs.cancel(desk, job.id)
    studies.retry(desk, study_id)
    do_next(desk)
    studies.delete(desk, study_id)
    with desk.db.read() as session:
        events = [(event.action, event.user_id) for event in audit.events_of(session, "study", study_id)]
    assert events == [(action, desk.user.id) for action in ("started", "repeated", "succeeded", "deleted")]


def test_a_backup_holds_studies_and_their_trials(desk: Desk, loans: str, run: str, tmp_path: Path) -> None:
    search = searches.start(desk, loans, GIVEN, GRID, name="Search", run_id=run)
    do_next(desk)
    path = tuning.start(desk, run, {})  # waits
    before = studies.get(desk, search)
    assert maintenance.backup(desk.settings, tmp_path / "copy.sqlite") == 0
    copy = Database(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    copy.check()
    there = Desk(copy, desk.settings, desk.user)
    assert studies.get(there, search) == before
    compute_path(there)  # the queue goes on in the copy
    assert isinstance(studies.get(there, path).result, TuningPath)
    assert studies.get(desk, path).result is None
    copy.dispose()


def test_a_run_of_the_first_format_opens_scores_and_is_tuned(desk: Desk, loans: str) -> None:
    """The row as the version before studies stored it: options that came later have their defaults."""
    old = json.loads(OLD_RUN.read_text(encoding="utf-8"))
    assert (old["result"]["format"], "bootstrap" in old["spec"]) == (1, False)
    with desk.db.write() as session:
        row = stored_runs.add(session, owner_id=desk.user.id, dataset_id=loans, name="Old", spec=old["spec"], cutoff=0.5)
        row.state, row.result, row.model, row.model_sha256 = "succeeded", old["result"], old["model"], old["model_sha256"]
        run_id = row.id
    view = runs.get(desk, run_id)
    assert view.result is not None
    assert view.result.test is not None
    assert view.result.test.auc == old["result"]["test"]["auc"]
    assert len(view.result.coefficients) == len(old["result"]["coefficients"])
    model = FittedModel.from_json(runs.model_json(desk, run_id) or "")
    assert model.sha256 == old["model_sha256"]
    study_id = tuning.start(desk, run_id, {})
    compute_path(desk)
    assert state_of(desk, study_id) == ("succeeded", "")


# Splits by a column that is no feature


@pytest.mark.parametrize("split", ["date", "group"])
def test_the_job_reads_the_column_that_decides_the_split(desk: Desk, tmp_path: Path, split: str) -> None:
    path = tmp_path / "dated.csv"
    rows = [f"{i % 37},2024-{i % 12 + 1:02d}-15,b{i % 40},{'yes' if i % 37 > 25 or i % 5 == 0 else 'no'}" for i in range(400)]
    path.write_text("income,opened,branch,defaulted\n" + "\n".join(rows) + "\n", encoding="utf-8")
    dataset_id = upload(desk, path)
    given = {"target": "defaulted", "bad_label": "yes", "features": ["income"], "split": split}
    run_id = runs.start(desk, dataset_id, "Split", {**given, "split_column": {"date": "opened", "group": "branch"}[split]})
    training.execute(desk.db, *claimed(desk, "train"), desk.settings)
    view = runs.get(desk, run_id)
    assert (view.state, view.error) == ("succeeded", None)
