"""Live tuning as a use case: who may start and see a path, what is computed once, and what becomes a run."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dashapp.usecases import runs, sharing, studies, training, tuning
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from db import jobs, leases
from pipeline.study_results import TuningPath
from tests.dashapp.prepared import only_run, prepared
from tests.dashapp.uploading import upload

GIVEN = {"target": "bad", "bad_label": "yes", "C": 0.3, "cutoff": 0.4, "interactions": [["a", "b"]]}


def _train(desk: Desk, folder: Path) -> None:
    """On 600 rows whose outcome hangs on a and b; c is noise."""
    rng = np.random.default_rng(5)
    a, b, c = rng.normal(size=(3, 600)).round(3)
    home = rng.choice(["own", "rent", "free"], 600)
    bad = rng.random(600) < 1 / (1 + np.exp(1 - a + b / 2))
    lines = [f"{w},{x},{y},{z},{'yes' if is_bad else 'no'}\n" for w, x, y, z, is_bad in zip(a, b, c, home, bad, strict=True)]
    path = folder / "loans.csv"
    path.write_text("a,b,c,home,bad\n" + "".join(lines), encoding="utf-8")
    run = runs.start(desk, upload(desk, path), "First", GIVEN)
    work_off(desk)
    assert runs.get(desk, run).state == "succeeded", runs.get(desk, run).error


def work_off(desk: Desk) -> None:
    """What a worker does, here."""
    handlers = {"train": training.execute, "path": tuning.execute}
    with desk.db.write() as session:
        claimed = [(job.id, job.attempt, job.kind) for job in leases.claim(session, claimed_by="test", lease_seconds=60, limit=9)]
    for job_id, attempt, kind in claimed:
        handlers[kind](desk.db, job_id, attempt, desk.settings)


settings = prepared(_train)


@pytest.fixture
def run(desk: Desk) -> str:
    return only_run(desk)


@pytest.fixture
def loans(desk: Desk, run: str) -> str:
    return runs.get(desk, run).dataset_id


def path_of(desk: Desk, run: str, study: str) -> TuningPath:
    result = tuning.get(desk, run, study).result
    assert isinstance(result, TuningPath)
    return result


def test_a_path_is_computed_once_for_each_set_of_options(desk: Desk, run: str) -> None:
    first = tuning.start(desk, run, {})
    work_off(desk)
    assert tuning.get(desk, run, first).card.job.state == "succeeded"  # type: ignore[union-attr]
    assert tuning.start(desk, run, {}) == first
    assert tuning.start(desk, run, tuning.options_of(runs.get(desk, run))) == first
    other = tuning.start(desk, run, {"penalty": "l1"})
    assert other != first
    assert tuning.start(desk, run, {"penalty": "l1", "l1_ratio": 0.9}) == other  # the share matters for the elastic net alone
    view = runs.get(desk, run)
    assert tuning.is_own(view, tuning.get(desk, run, first))
    assert not tuning.is_own(view, tuning.get(desk, run, other))


def test_a_page_starts_no_path_that_was_cancelled_a_second_time(desk: Desk, run: str) -> None:
    first = tuning.start(desk, run, {}, anew=False)
    job = studies.get(desk, first).card.job
    assert job is not None
    with desk.db.write() as session:
        jobs.request_cancel(session, owner_id=desk.user.id, job_id=job.id)
    assert tuning.start(desk, run, {}, anew=False) == first
    assert tuning.start(desk, run, {}) != first


def test_the_runs_own_model_is_on_its_path(desk: Desk, run: str) -> None:
    """At the run's C the path says of the held-out rows what the run says of them."""
    study = tuning.start(desk, run, {})
    work_off(desk)
    path, result = path_of(desk, run, study), runs.get(desk, run).result
    assert result is not None
    assert result.test is not None
    at = path.Cs.index(0.3)
    part = next(part for part in path.parts if part.name == "held_out")
    assert part.metrics[at].auc == pytest.approx(result.test.auc, abs=1e-6)
    assert part.metrics[at].log_loss == pytest.approx(result.test.log_loss, abs=1e-6)
    cut = part.cutoffs.index(0.4)
    assert result.confusion_test is not None
    assert part.bad_at_or_above[at][cut] == result.confusion_test.tp
    assert part.good_at_or_above[at][cut] == result.confusion_test.fp


def test_what_is_saved_is_the_model_that_was_shown(desk: Desk, run: str) -> None:
    study = tuning.start(desk, run, {"penalty": "l1", "features": ["a", "c", "home"]})
    work_off(desk)
    path = path_of(desk, run, study)
    place = 14
    made = tuning.save(desk, run, study, place, 0.25)
    work_off(desk)
    view = runs.get(desk, made)
    assert view.state == "succeeded", view.error
    assert (view.spec.C, view.spec.cutoff, view.spec.penalty, view.cutoff) == (path.Cs[place], 0.25, "l1", 0.25)
    assert view.spec.features == ("a", "c", "home")
    assert view.spec.interactions == ()  # b is not used any more
    part = next(part for part in path.parts if part.name == "held_out")
    assert view.result is not None
    assert view.result.test is not None
    assert view.result.confusion_test is not None
    assert view.result.test.auc == pytest.approx(part.metrics[place].auc, abs=1e-6)
    cut = part.cutoffs.index(0.25)
    assert view.result.confusion_test.tp == part.bad_at_or_above[place][cut]
    assert view.result.confusion_test.fp == part.good_at_or_above[place][cut]


def test_a_run_without_a_penalty(desk: Desk, run: str) -> None:
    with pytest.raises(InvalidSpec) as refused:
        tuning.start(desk, run, {"penalty": "none"})
    assert refused.value.problems == {"penalty": tuning.NO_PENALTY}
    made = tuning.save_unpenalised(desk, run, {"class_weight": "balanced"})
    spec = runs.get(desk, made).spec
    assert (spec.penalty, spec.class_weight, spec.cutoff) == ("none", "balanced", 0.4)


@pytest.mark.parametrize(
    ("changes", "option"),
    [
        ({"l1_ratio": 2, "penalty": "elasticnet"}, "l1_ratio"),
        ({"folds": 1}, "folds"),
        ({"folds": "many"}, "folds"),
        ({"penalty": "l7"}, "penalty"),
        ({"features": []}, "features"),
        ({"features": ["nosuch"]}, "features"),
        ({"features": ["bad", "a"]}, "features"),
        ({"class_weight": "given", "class_weights": {"yes": -1}}, "class_weights"),
        ({"seed": 3}, "seed"),
        ({"C": 3}, "C"),
    ],
)
def test_what_is_wrong_is_told_at_its_option(desk: Desk, run: str, changes: dict[str, object], option: str) -> None:
    with pytest.raises(InvalidSpec) as refused:
        tuning.start(desk, run, changes)
    assert option in refused.value.problems


@pytest.mark.parametrize("place", [-1, 25, 1.0, "3", None, True])
def test_only_what_is_on_the_path_can_be_saved(desk: Desk, run: str, place: object) -> None:
    study = tuning.start(desk, run, {})
    work_off(desk)
    with pytest.raises(InvalidSpec):
        tuning.save(desk, run, study, place, 0.5)
    with pytest.raises(InvalidSpec):
        tuning.save(desk, run, study, 3, "a half")


def test_nothing_is_saved_of_a_path_that_is_not_computed(desk: Desk, run: str) -> None:
    study = tuning.start(desk, run, {})
    with pytest.raises(Refused, match="not computed yet"):
        tuning.save(desk, run, study, 3, 0.5)


def test_a_run_that_is_not_trained_has_no_path(desk: Desk, loans: str) -> None:
    waiting = runs.start(desk, loans, "Waiting", GIVEN)
    with pytest.raises(Refused, match="no result yet"):
        tuning.start(desk, waiting, {})


@pytest.mark.parametrize("name", ["stranger", "officer", "admin"])
def test_for_a_stranger_there_is_no_path(desk: Desk, desk_of: Callable[[str], Desk], run: str, name: str) -> None:
    study = tuning.start(desk, run, {})
    work_off(desk)
    other = desk_of(name)
    for call in (
        lambda: tuning.start(other, run, {}),
        lambda: tuning.get(other, run, study),
        lambda: tuning.save(other, run, study, 3, 0.5),
        lambda: tuning.save_unpenalised(other, run, {}),
    ):
        with pytest.raises(NotFound):
            call()


def test_a_colleague_without_the_data_set_looks_and_computes_nothing(
    desk: Desk, desk_of: Callable[[str], Desk], run: str
) -> None:
    colleague = desk_of("colleague")
    sharing.share(desk, "run", run, "colleague")
    with pytest.raises(Refused, match="without its data set"):
        tuning.start(colleague, run, {})
    study = tuning.start(desk, run, {})
    with pytest.raises(Refused, match="without its data set"):
        tuning.start(colleague, run, {})  # it is not done yet
    work_off(desk)
    assert tuning.start(colleague, run, {}) == study
    assert path_of(colleague, run, study) == path_of(desk, run, study)
    with pytest.raises(Refused, match="without its data set"):
        tuning.start(colleague, run, {"penalty": "l1"})
    with pytest.raises(NotFound):
        tuning.save(colleague, run, study, 3, 0.5)
    assert tuning.columns(colleague, runs.get(colleague, run)).names == ("a", "b", "c", "home")


def test_a_colleague_with_the_data_set_tunes_as_well(desk: Desk, desk_of: Callable[[str], Desk], run: str, loans: str) -> None:
    colleague = desk_of("colleague")
    sharing.share(desk, "run", run, "colleague")
    sharing.share(desk, "dataset", loans, "colleague")
    study = tuning.start(colleague, run, {"penalty": "l1"})
    work_off(colleague)
    made = tuning.save(colleague, run, study, 3, 0.5)
    assert runs.get(colleague, made).mine
    with pytest.raises(NotFound):
        runs.get(desk, made)


def test_a_path_belongs_to_its_run(desk: Desk, run: str, loans: str) -> None:
    study = tuning.start(desk, run, {})
    second = runs.start(desk, loans, "Second", {**GIVEN, "penalty": "l1"})
    work_off(desk)
    with pytest.raises(NotFound):
        tuning.get(desk, second, study)


def test_columns_that_may_be_used(desk: Desk, run: str) -> None:
    view = runs.get(desk, run)
    assert tuning.columns(desk, view).names == ("a", "b", "c", "home")
    fewer = tuning.spec_of(replace(view, spec=replace(view.spec, log_columns=("a",))), {"features": ["b", "c"]})
    assert fewer["log_columns"] == []
    assert fewer["interactions"] == []
