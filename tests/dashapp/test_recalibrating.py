"""Recalibration as a use case: who may start it, what stands in its way, and the run that is stored."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dashapp.usecases import backgrounds, datasets, explaining, recalibrating, runs, sharing
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from dashapp.usecases.run_scores import scores_of
from db import audit
from db import runs as stored_runs
from pipeline.explaining.exact import read
from pipeline.model import FittedModel
from pipeline.scores.recalibration import moved
from pipeline.scores.row_scores import RowScores
from tests.dashapp.recalibrations import loans, trained, work_off


@pytest.fixture
def dataset(desk: Desk, tmp_path: Path) -> str:
    return loans(desk, tmp_path)


@pytest.fixture
def run(desk: Desk, dataset: str) -> str:
    return trained(desk, dataset)


def row_scores(desk: Desk, run_id: str) -> RowScores:
    with desk.db.read() as session:
        return scores_of(session, desk.user.id, stored_runs.get(session, desk.user.id, run_id, with_result=True))


@pytest.mark.parametrize("method", ["logistic", "isotonic"])
def test_a_new_run_holds_the_moved_probabilities(desk: Desk, run: str, method: str) -> None:
    made = recalibrating.start(desk, run, method, "Moved")
    waiting = runs.get(desk, made)
    assert (waiting.state, waiting.origin.kind, waiting.origin.run_id) == ("queued", "recalibrated", run)
    work_off(desk)
    base, view = runs.get(desk, run), runs.get(desk, made)
    assert view.state == "succeeded", view.error
    assert base.result is not None
    assert view.result is not None
    found = view.result.recalibration
    assert found is not None
    assert (found.method, found.n_rows) == (method, base.result.data.n_validation)
    assert (view.origin.method, view.origin.run_name) == (method, "First")
    before, after = row_scores(desk, run), row_scores(desk, made)
    np.testing.assert_allclose(after.score, moved(found, before.score), rtol=1e-12)
    assert view.cutoff == view.spec.cutoff
    if method == "logistic":
        np.testing.assert_array_equal(after.score >= view.cutoff, before.score >= base.cutoff)
    model = FittedModel.from_json(runs.model_json(desk, made) or "")
    assert model.sha256 == view.model_sha256 != base.model_sha256
    alone = [explaining.of_row(desk, backgrounds.opened(desk, made), row).values for row in range(100)]
    assert [read(model, values).probabilities[1] for values in alone] == after.score[:100].tolist()
    test = view.result.test
    assert test is not None
    with desk.db.read() as session:
        stored = stored_runs.get(session, desk.user.id, made)
        assert (stored.auc, stored.auc_low, stored.auc_high) == (test.auc, test.auc_low, test.auc_high)
        (event,) = [event for event in audit.events_of(session, "run", run) if event.action == "recalibrated"]
    assert event.details == {"made": made, "method": method}


def test_chances_that_a_penalty_pulled_together_are_right_again(desk: Desk, run: str) -> None:
    made = recalibrating.start(desk, run, "logistic", "Moved")
    work_off(desk)
    before, after = runs.get(desk, run).result, runs.get(desk, made).result
    assert before is not None
    assert before.calibration is not None
    assert before.calibration.slope_low is not None
    assert before.calibration.slope_low > 1.5
    assert after is not None
    assert after.calibration is not None
    assert after.calibration.slope == pytest.approx(1, abs=0.3)


def test_the_saved_cut_off_goes_along(desk: Desk, run: str) -> None:
    with desk.db.write() as session:
        stored_runs.set_cutoff(session, owner_id=desk.user.id, run_id=run, cutoff=0.25, choice={"rule": "by hand"})
    made = recalibrating.start(desk, run, "logistic", "Moved")
    work_off(desk)
    view = runs.get(desk, made)
    assert view.cutoff_choice is None
    np.testing.assert_array_equal(row_scores(desk, made).score >= view.cutoff, row_scores(desk, run).score >= 0.25)


def test_what_cannot_be_recalibrated_says_what_to_do(desk: Desk, dataset: str, run: str) -> None:
    with pytest.raises(Refused, match="not known"):
        recalibrating.start(desk, run, "beta", "Moved")
    with pytest.raises(Refused, match="at least one character"):
        recalibrating.start(desk, run, "logistic", "  ")
    without = trained(desk, dataset, validation_share=0)
    with pytest.raises(Refused, match="no validation rows") as said:
        recalibrating.start(desk, without, "logistic", "Moved")
    assert "share of rows for validation" in said.value.fix
    made = recalibrating.start(desk, run, "logistic", "Moved")
    with pytest.raises(Refused, match="no result yet"):
        recalibrating.start(desk, made, "isotonic", "Again")
    work_off(desk)
    with pytest.raises(Refused, match="already"):
        recalibrating.start(desk, made, "isotonic", "Again")
    assert recalibrating.obstacle(runs.get(desk, run)) is None


def test_too_few_rows_of_a_class_fail_the_run_with_the_remedy(desk: Desk, dataset: str) -> None:
    few = trained(desk, dataset, validation_share=0.06)
    made = recalibrating.start(desk, few, "isotonic", "Moved")
    work_off(desk)
    view = runs.get(desk, made)
    assert view.state == "failed"
    assert "isotonic regression needs 50 of each" in (view.error or "")
    assert "Hold out a larger share" in (view.error or "")


def test_the_cast(desk: Desk, desk_of: Callable[[str], Desk], dataset: str, run: str) -> None:
    for name in ("stranger", "officer", "admin", "colleague"):
        with pytest.raises(NotFound):
            recalibrating.start(desk_of(name), run, "logistic", "Moved")
    colleague = desk_of("colleague")
    sharing.share(desk, "run", run, "colleague")
    with pytest.raises(Refused, match="without its data set"):
        recalibrating.start(colleague, run, "logistic", "Moved")
    sharing.share(desk, "dataset", dataset, "colleague")
    made = recalibrating.start(colleague, run, "logistic", "Theirs")
    work_off(colleague)
    theirs = runs.get(colleague, made)
    assert (theirs.state, theirs.mine) == ("succeeded", True)
    assert recalibrating.base_of(colleague, theirs) is not None
    with pytest.raises(NotFound):
        runs.get(desk, made)


def test_the_base_may_go(desk: Desk, run: str) -> None:
    made = recalibrating.start(desk, run, "logistic", "Moved")
    work_off(desk)
    runs.delete(desk, run)
    view = runs.get(desk, made)
    assert view.result is not None
    assert recalibrating.base_of(desk, view) is None
    assert view.origin.run_name == "First"


def test_a_base_that_goes_before_the_work_fails_it(desk: Desk, run: str) -> None:
    made = recalibrating.start(desk, run, "logistic", "Moved")
    runs.delete(desk, run)
    work_off(desk)
    assert runs.get(desk, made).state == "failed"


def test_names_are_suggested_within_their_length(desk: Desk, run: str) -> None:
    view = runs.get(desk, run)
    assert recalibrating.usual_name(view) == "First, recalibrated"
    runs.describe(desk, run, name="x" * 200, note="")
    assert len(recalibrating.usual_name(runs.get(desk, run))) <= 200
    assert datasets.clean_name(recalibrating.usual_name(view))


def test_pressed_twice_it_is_made_once(desk: Desk, run: str) -> None:
    made = recalibrating.start(desk, run, "logistic", "Moved")
    assert recalibrating.start(desk, run, "logistic", "Moved") == made
    assert recalibrating.start(desk, run, "isotonic", "Moved") != made
    assert recalibrating.start(desk, run, "logistic", "Moved once more") != made
