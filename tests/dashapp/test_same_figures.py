"""One model and the same rows: what the command line says, and what the application stores of a run's held-out rows."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv as pacsv
import pytest

from dashapp.usecases import backgrounds, explaining, limes, runs
from dashapp.usecases.desk import Desk
from dashapp.usecases.run_scores import scores_of
from dashapp.usecases.segments import get, start
from db import runs as doors
from pipeline.__main__ import main
from pipeline.lime_results import LimeResult
from pipeline.segment_results import SegmentTable
from pipeline.segments.rating import rates
from tests.dashapp.payload_pages import small_run

CUTOFF = 0.3


@pytest.fixture
def said(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, Callable[..., dict[str, Any]]]:
    """A run with a corrected prior, and what a command says of its model and a file of its held-out rows."""
    run_id = small_run(desk, tmp_path)
    model = runs.model_json(desk, run_id)
    assert model is not None
    (tmp_path / "model.json").write_text(model, encoding="utf-8")
    with desk.db.read() as session:
        held_out = scores_of(session, desk.user.id, doors.get(session, desk.user.id, run_id, with_result=True)).rows("held_out")
    pacsv.write_csv(pacsv.read_csv(tmp_path / "loans.csv").take(held_out), tmp_path / "held_out.csv")

    def command(name: str, *more: str) -> dict[str, Any]:
        capsys.readouterr()
        files = (str(tmp_path / "model.json"), str(tmp_path / "held_out.csv"))
        assert main([name, *files, *more, "--json"]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return run_id, command


def test_metrics_intervals_calibration_and_decisions(desk: Desk, said: tuple[str, Callable[..., dict[str, Any]]]) -> None:
    run_id, command = said
    result = runs.get(desk, run_id).result
    assert result is not None
    assert result.test is not None
    assert result.confusion_test is not None
    told, found = result.evaluation("held_out"), command("evaluate")
    assert told is not None
    assert told.calibration is not None
    assert found["metrics"] == pytest.approx(asdict(result.test))
    assert found["intervals"] == {one.metric: pytest.approx([one.low, one.high]) for one in told.intervals}
    assert found["confusion_matrix"] == asdict(result.confusion_test)
    assert found["calibration"]["slope"] == pytest.approx(told.calibration.slope)
    assert found["calibration"]["intercept"] == pytest.approx(told.calibration.intercept)
    assert [row["n_bad"] for row in found["gains_table"]] == [band.n_bad for band in told.gains]
    table = result.scores_test
    assert table is not None
    at = int(np.searchsorted(table.cutoffs, 0.5))
    row = next(row for row in found["strategy"] if row["rule"] == "given")
    assert row["bads_avoided"] == table.bad_at_or_above[at]


def test_segments(desk: Desk, said: tuple[str, Callable[..., dict[str, Any]]]) -> None:
    run_id, command = said
    counted = get(desk, run_id, start(desk, run_id, [["home"]])).result
    assert isinstance(counted, SegmentTable)
    assert counted.part == "held_out"
    cutoff = counted.cutoffs[int(np.searchsorted(counted.cutoffs, CUTOFF))]
    found = command("segments", "--by", "home", "--cutoff", repr(cutoff))
    for one, row in zip(rates(counted, cutoff), found["segments"], strict=True):
        assert row["by"] == {"home": one.levels[0]}
        assert (row["n"], row["n_bad"]) == (one.n_rows, one.n_bad)
        for name in ("approval_rate", "true_positive_rate", "false_positive_rate", "auc", "observed_expected"):
            told = getattr(one, name)
            assert row[name] == pytest.approx(told.value)
            if told.low is not None:
                assert row["intervals"][name] == pytest.approx([told.low, told.high])
        if one.fairness is not None:
            assert row["adverse_impact_ratio"] == pytest.approx(one.fairness.adverse_impact_ratio.value)


@pytest.mark.parametrize("reference", ["average", "good", "passing"])
def test_one_row_explained(
    desk: Desk,
    said: tuple[str, Callable[..., dict[str, Any]]],
    tmp_path: Path,
    reference: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The rows that the run was trained on are the background of both."""
    run_id, _ = said
    run = backgrounds.opened(desk, run_id)
    with desk.db.read() as session:
        rows = scores_of(session, desk.user.id, doors.get(session, desk.user.id, run_id, with_result=True)).rows("training")
    pacsv.write_csv(pacsv.read_csv(tmp_path / "loans.csv").take(rows), tmp_path / "training.csv")
    arguments = ["--row", "12", "--reference", reference, "--cutoff", repr(run.view.cutoff), "--method", "lime", "--seed", "3"]
    assert main(["explain", str(tmp_path / "model.json"), str(tmp_path / "training.csv"), *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    applicant = explaining.of_row(desk, run, int(rows[11]))
    told = explaining.told(run, applicant, explaining.reference_of(desk, run, reference))
    account = told.explanation
    for name in ("log_odds", "probability", "intercept"):
        assert found[name] == pytest.approx(getattr(account, name), rel=1e-9)
    assert found["reference"] == account.reference
    assert found["decision"] == told.advice
    assert [(one["field"], one["value"]) for one in found["contributions"]] == [
        (one.field, one.value) for one in account.contributions
    ]
    assert [one["contribution"] for one in found["contributions"]] == pytest.approx(
        [one.contribution for one in account.contributions], abs=1e-9
    )
    assert [(one["rank"], one["field"]) for one in found["principal_reasons"]] == [(one.rank, one.field) for one in told.reasons]
    assert found["reasons_reference"] == told.reasons_against
    limes.warm()
    lime = limes.get(desk, limes.start(desk, run_id, applicant, seed=3)).result
    assert isinstance(lime, LimeResult)
    assert found["lime"]["local_r2"] == pytest.approx(lime.local_r2)
    assert [(one["field"], one["rule"]) for one in found["lime"]["weights"]] == [(one.field, one.rule) for one in lime.weights]
    assert [one["weight"] for one in found["lime"]["weights"]] == pytest.approx([one.weight for one in lime.weights])
