"""Studies as use cases: who may do what, what is started once, and what a search keeps when processes die."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dashapp.usecases import imbalances, jobs, runs, searches, sharing, studies, training
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.usecases.spreading import MOST_LOSSES
from dashapp.usecases.work import Superseded
from db import leases
from pipeline.spec import TrainSpec
from pipeline.study_results import ImbalanceComparison, SearchResult
from tests.dashapp.studying import do_next
from tests.dashapp.uploading import upload

GIVEN = {"target": "defaulted", "bad_label": "yes", "features": ["income", "home"], "folds": 3}
GRID = {"C": [0.1, 1, 10], "penalty": ["l2", "l1"]}
OTHERS = ("colleague", "stranger", "officer", "admin")


@pytest.fixture
def loans(desk: Desk, tmp_path: Path) -> str:
    path = tmp_path / "loans.csv"
    rows = [f"{i % 37},{'own' if i % 3 else 'rent'},{'yes' if (i * 7) % 11 < 3 or i % 37 > 30 else 'no'}" for i in range(300)]
    path.write_text("income,home,defaulted\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return upload(desk, path)


@pytest.fixture
def run(desk: Desk, loans: str) -> str:
    run_id = runs.start(desk, loans, "Base", GIVEN)
    with desk.db.write() as session:
        [job] = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1, kinds=("train",))
        about = job.id, job.attempt
    training.execute(desk.db, *about, desk.settings)
    assert runs.get(desk, run_id).state == "succeeded"
    return run_id


def start(desk: Desk, loans: str, **more: object) -> str:
    return searches.start(desk, loans, GIVEN, GRID, name="Search", **more)  # type: ignore[arg-type]


def claimed(desk: Desk) -> tuple[str, int]:
    with desk.db.write() as session:
        [job] = leases.claim(session, claimed_by="one", lease_seconds=600, limit=1, kinds=("search", "imbalance"))
        return job.id, job.attempt


# Starting


def test_the_same_search_is_started_once(desk: Desk, loans: str) -> None:
    first = start(desk, loans)
    assert start(desk, loans) == first
    assert start(desk, loans, judged_by="auc") != first
    do_next(desk)
    assert start(desk, loans) == first  # done already


def test_a_search_that_was_cancelled_is_started_anew(desk: Desk, loans: str) -> None:
    first = start(desk, loans)
    job = studies.get(desk, first).card.job
    assert job is not None
    jobs.cancel(desk, job.id)
    assert start(desk, loans) != first


@pytest.mark.parametrize(
    ("given", "grid", "judged_by", "option"),
    [
        (GIVEN | {"target": "absent"}, GRID, "log_loss", "target"),
        (GIVEN | {"features": ["absent"]}, GRID, "log_loss", "features"),
        (GIVEN, {"C": [0]}, "log_loss", "C"),
        (GIVEN, {}, "log_loss", "penalty"),
        (GIVEN | {"folds": 1}, GRID, "log_loss", "folds"),
        (GIVEN, GRID, "luck", "judged_by"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_stored(
    desk: Desk, loans: str, given: dict, grid: dict, judged_by: str, option: str
) -> None:
    with pytest.raises(InvalidSpec) as refused:
        searches.start(desk, loans, given, grid, name="Search", judged_by=judged_by)
    assert option in refused.value.problems
    assert studies.visible(desk, "search") == []
    assert jobs.active(desk) == []


def test_a_search_needs_a_name(desk: Desk, loans: str) -> None:
    with pytest.raises(Refused):
        searches.start(desk, loans, GIVEN, GRID, name="  ")


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_starts_anything_on_the_data(desk_of: Callable[[str], Desk], loans: str, run: str, who: str) -> None:
    other = desk_of(who)
    with pytest.raises(NotFound):
        start(other, loans)
    with pytest.raises(NotFound):
        searches.plan(other, loans, GIVEN, GRID)
    with pytest.raises(NotFound):
        imbalances.start(other, loans, GIVEN, name="Compared")


def test_a_run_that_is_not_ones_own_to_see_is_no_start(desk_of: Callable[[str], Desk], desk: Desk, loans: str, run: str) -> None:
    sharing.share(desk, "dataset", loans, "colleague")
    with pytest.raises(NotFound, match="run"):
        start(desk_of("colleague"), loans, run_id=run)
    assert start(desk_of("colleague"), loans) != ""


# Seeing


@pytest.mark.parametrize("who", OTHERS)
def test_a_study_is_seen_with_its_run_and_changed_by_its_owner_alone(
    desk_of: Callable[[str], Desk], desk: Desk, loans: str, run: str, who: str
) -> None:
    sharing.share(desk, "run", run, "colleague")
    of_run, alone = start(desk, loans, run_id=run), start(desk, loans)
    other = desk_of(who)
    sees = who == "colleague"
    assert [card.id for card in studies.visible(other, "search")] == ([of_run] if sees else [])
    for study_id in (of_run, alone):
        if sees and study_id == of_run:
            view = studies.get(other, study_id)
            assert (view.card.mine, view.card.sees_dataset, view.card.run_name) == (False, False, "Base")
        else:
            with pytest.raises(NotFound):
                studies.get(other, study_id)
        for change in (studies.delete, studies.retry):
            with pytest.raises(NotFound):
                change(other, study_id)
        with pytest.raises((NotFound, Refused)):
            searches.save_as_run(other, study_id, 0, "Mine")
    assert runs.visible(other, dataset_id=loans) == [] or sees


# Working


def test_a_search_ends_with_every_cell_and_the_best(desk: Desk, loans: str) -> None:
    study_id = start(desk, loans)
    pool = do_next(desk)
    view = studies.get(desk, study_id)
    assert sorted(pool.done) == [0, 1]  # one path for each penalty
    assert isinstance(view.result, SearchResult)
    assert view.result.best in range(6)
    assert [trial.number for trial in view.trials] == list(range(6))
    assert view.card.job is not None
    assert (view.card.job.state, view.card.job.share_done) == ("succeeded", 1.0)


def test_a_part_whose_process_dies_is_tried_again(desk: Desk, loans: str) -> None:
    study_id = start(desk, loans)
    do_next(desk, lose={1: MOST_LOSSES - 1})
    assert all(trial.error == "" for trial in studies.get(desk, study_id).trials)


def test_a_part_that_kills_its_process_each_time_fails_alone(desk: Desk, loans: str) -> None:
    study_id = start(desk, loans)
    do_next(desk, lose={0: MOST_LOSSES})
    view = studies.get(desk, study_id)
    assert isinstance(view.result, SearchResult)
    assert [trial.number for trial in view.trials if trial.error] == [0, 1, 2]
    assert "SCOREDESK_JOB_MEMORY_MB" in view.trials[2].error
    assert view.trials[2].options == {"penalty": "l2", "C": 10.0}
    assert view.result.best in {3, 4, 5}


def test_an_attempt_that_lost_the_job_keeps_nothing(desk: Desk, loans: str) -> None:
    """The second attempt holds the job: what the first one brings late is refused."""
    from dashapp.usecases.work import Attempt
    from db.tables import Job

    study_id = start(desk, loans)
    job_id, attempt = claimed(desk)
    with desk.db.read() as session:
        first = Attempt(desk.db, session.get_one(Job, job_id))
    with desk.db.write() as session:
        leases.lose_attempt(session, job_id=job_id, attempt=attempt, reason="It was lost.")
    with pytest.raises(Superseded):
        searches._keep(first, study_id, 0, {"number": 0})
    assert studies.get(desk, study_id).trials == ()


def test_a_cancelled_search_goes_on_where_it_was(desk: Desk, loans: str) -> None:
    """Two cells are stored; the rest is fitted when it is repeated, and those two are not."""
    study_id = start(desk, loans)
    job_id, attempt = claimed(desk)
    with desk.db.write() as session:
        leases.start_run(session, job_id=job_id, attempt=attempt)
    from db import studies as stored

    for at in (0, 1):
        trial = searches.fit_part(desk.db, job_id, attempt, at)[0]
        with desk.db.write() as session:
            stored.keep_trial(session, study_id, trial["number"], trial)
    kept = {trial.number: trial for trial in studies.get(desk, study_id).trials}
    studies.retry(desk, study_id)  # it is at work, and goes on
    assert studies.get(desk, study_id).card.job.state == "running"  # type: ignore[union-attr]
    jobs.cancel(desk, job_id)
    with desk.db.write() as session:
        leases.lose_attempt(session, job_id=job_id, attempt=attempt, reason="")
    studies.retry(desk, study_id)
    pool = do_next(desk)
    view = studies.get(desk, study_id)
    assert sorted(kept) == [0, 3]
    assert sorted(pool.done) == [0, 1]
    assert [trial.number for trial in view.trials] == list(range(6))
    assert {number: view.trials[number] for number in kept} == kept
    assert isinstance(view.result, SearchResult)


def test_a_part_stops_once_its_job_is_cancelled(desk: Desk, loans: str) -> None:
    from pipeline.errors import Stopped

    start(desk, loans)
    job_id, attempt = claimed(desk)
    searches.fit_part(desk.db, job_id, attempt, 0)
    jobs.cancel(desk, job_id)
    with pytest.raises(Stopped):
        searches.fit_part(desk.db, job_id, attempt, 0)


def test_a_data_set_that_is_gone_fails_the_search_with_its_sentence(desk: Desk, loans: str) -> None:
    from dashapp.usecases import datasets

    study_id = start(desk, loans)
    datasets.delete(desk, loans)
    do_next(desk)
    job = studies.get(desk, study_id).card.job
    assert job is not None
    assert (job.state, "no such data set" in (job.error or "")) == ("failed", True)


def test_deleting_ends_the_work(desk: Desk, loans: str) -> None:
    study_id = start(desk, loans)
    job_id, attempt = claimed(desk)
    studies.delete(desk, study_id)
    with pytest.raises(NotFound):
        studies.get(desk, study_id)
    with desk.db.read() as session:
        assert not leases.goes_on(session, job_id=job_id, attempt=attempt)


# Saving


def test_a_cell_becomes_a_run_with_its_options(desk: Desk, loans: str, run: str) -> None:
    study_id = start(desk, loans, run_id=run)
    do_next(desk)
    view = studies.get(desk, study_id)
    for trial in view.trials:
        made = runs.get(desk, searches.save_as_run(desk, study_id, trial.number, f"Cell {trial.number}"))
        assert {name: getattr(made.spec, name) for name in trial.options} == trial.options
        rest = {name: value for name, value in made.spec.to_json().items() if name not in trial.options}
        assert rest == {name: value for name, value in view.spec.to_json().items() if name not in trial.options}


def test_a_cell_that_is_not_there_or_failed_is_refused(desk: Desk, loans: str) -> None:
    study_id = start(desk, loans)
    do_next(desk, lose={0: MOST_LOSSES})
    for number in (2, 17, -1):
        with pytest.raises(Refused):
            searches.save_as_run(desk, study_id, number, "No run")


def test_a_run_of_a_cell_has_the_cross_validation_of_its_trial(desk: Desk, loans: str) -> None:
    """The same folds, the same fits: what the search said of the cell is what the run says of itself."""
    study_id = start(desk, loans)
    do_next(desk)
    trial = studies.get(desk, study_id).trials[4]
    run_id = searches.save_as_run(desk, study_id, 4, "Cell 4")
    with desk.db.write() as session:
        [job] = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1, kinds=("train",))
        about = job.id, job.attempt
    training.execute(desk.db, *about, desk.settings)
    result = runs.get(desk, run_id).result
    assert result is not None
    assert result.cross_validation is not None
    assert result.cross_validation.log_loss.values == pytest.approx(trial.fold_log_loss, abs=1e-9)
    assert result.cross_validation.auc.values == pytest.approx(trial.fold_auc, abs=1e-9)


# Treatments of imbalance


def test_a_comparison_of_treatments(desk: Desk, loans: str, run: str) -> None:
    study_id = imbalances.start(desk, loans, GIVEN | {"resampling": "over", "class_weight": "balanced"}, name="All", run_id=run)
    pool = do_next(desk)
    view = studies.get(desk, study_id)
    assert sorted(pool.done) == [0, 1, 2, 3, 4]
    assert isinstance(view.result, ImbalanceComparison)
    assert [one.name for one in view.result.treatments] == ["none", "balanced", "smote", "over", "under"]
    assert TrainSpec.parse(view.result.spec).resampling == "none"
    made = runs.get(desk, imbalances.save_as_run(desk, study_id, "smote", "With SMOTENC"))
    assert (made.spec.resampling, made.spec.class_weight) == ("smotenc", "none")
    with pytest.raises(Refused):
        imbalances.save_as_run(desk, study_id, "magic", "No run")


def test_treatments_need_held_out_rows(desk: Desk, loans: str) -> None:
    with pytest.raises(InvalidSpec) as refused:
        imbalances.start(desk, loans, GIVEN | {"test_share": 0}, name="All")
    assert "held-out rows" in refused.value.problems["test_share"]


def test_treatments_are_compared_for_two_classes(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "risk.csv"
    path.write_text("x,risk\n" + "".join(f"{i % 17},{('low', 'mid', 'high')[i % 3]}\n" for i in range(200)), encoding="utf-8")
    dataset = upload(desk, path, name="Risk")
    with pytest.raises(Refused, match="three classes"):
        imbalances.start(desk, dataset, {"target": "risk", "features": ["x"]}, name="All")
    assert imbalances.start(desk, dataset, {"target": "risk", "bad_label": "high", "features": ["x"]}, name="All")
