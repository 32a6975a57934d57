"""What is told of each part of a run: all of it, on the rows that it is of, and small whatever the rows."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from pipeline.evaluation.evaluating import PARTS, Evaluated, evaluated
from pipeline.evaluation.metrics import METRICS
from pipeline.results import RunResult
from pipeline.scores.row_scores import RowScores
from pipeline.training import train
from tests.pipeline.tables import loans, spec

BASE = train(loans(300), spec(test_share=0.3)).result


def scores(n: int = 6_000, seed: int = 1, folds: bool = True) -> RowScores:
    """Thirds for training, validation and holding out; scores out of the folds are a little worse than those of training."""
    draw = np.random.default_rng(seed)
    part = (np.arange(n) % 3).astype(np.int8)
    is_bad = (draw.random(n) < 0.2).astype(np.int8)
    eta = draw.normal(-2 + 1.2 * is_bad, 1)
    out = np.where(part == 0, 1 / (1 + np.exp(-eta - draw.normal(0, 0.4, n))), np.nan)
    return RowScores(part, is_bad, 1 / (1 + np.exp(-eta)), out if folds else None)


def test_every_part_has_all_that_is_told():
    rows = scores()
    told = evaluated(rows, 0.3)
    assert [evaluation.part for evaluation in told.evaluations] == list(PARTS)
    for evaluation in told.evaluations:
        bad, score = rows.of(evaluation.part)
        metrics, curve = told.metrics[evaluation.part], evaluation.precision_recall
        assert (evaluation.n_rows, evaluation.n_bad, metrics.n_rows) == (len(bad), bad.sum(), 2_000)
        assert metrics.auc == pytest.approx(sk.roc_auc_score(bad, score))
        assert told.confusions[evaluation.part].tp == (bad & (score >= 0.3)).sum()
        assert {one.metric for one in evaluation.intervals} == {metric.name for metric in METRICS}
        assert curve is not None
        assert curve.average_precision == pytest.approx(sk.average_precision_score(bad, score))
        assert evaluation.gains[-1].cumulative_rows == 2_000
        assert evaluation.brier is not None
        assert evaluation.brier.score == pytest.approx(metrics.brier_score)
        assert evaluation.hosmer_lemeshow is not None
        assert evaluation.hosmer_lemeshow.df == (8 if evaluation.part == "training" else 10)
        assert evaluation.calibration is not None
        assert evaluation.calibration.expected_bad == pytest.approx(score.sum())
        assert told.tables[evaluation.part].cutoffs == told.tables["held_out"].cutoffs


def test_a_score_that_is_no_probability_is_ranked_alone():
    told = evaluated(scores(), 0.3, is_probability=False, fitted_on=())
    for evaluation in told.evaluations:
        assert (evaluation.brier, evaluation.hosmer_lemeshow, evaluation.calibration) == (None, None, None)
        metrics = told.metrics[evaluation.part]
        assert (metrics.brier_score, metrics.log_loss) == (None, None)
        assert metrics.auc is not None
        assert not {"brier_score", "log_loss"} & {one.metric for one in evaluation.intervals}
        assert evaluation.precision_recall is not None
        assert evaluation.gains


def test_the_fields_are_those_of_a_result():
    told = evaluated(scores(), 0.3)
    result = replace(BASE, **told.fields())
    assert (result.train, result.validation, result.test) == tuple(
        told.metrics[p] for p in ("training", "validation", "held_out")
    )
    assert result.scores_cross_validated == told.tables["cross_validated"]
    assert result.confusion_validation == told.confusions["validation"]
    assert result.roc_test == told.rocs["held_out"]
    assert result.calibration == told.evaluations[-1].calibration
    cross = result.evaluation("cross_validated")
    assert cross is not None
    assert cross.metrics == told.metrics["cross_validated"]
    assert RunResult.from_json(json.loads(json.dumps(result.to_json()))) == result


def test_parts_without_rows_are_absent():
    rows = scores(folds=False)
    alone = evaluated(RowScores(np.zeros_like(rows.part), rows.is_bad, rows.score), 0.3)
    assert [evaluation.part for evaluation in alone.evaluations] == ["training"]
    fields = alone.fields()
    assert (fields["test"], fields["scores_validation"], fields["roc_test"]) == (None, None, None)
    assert fields["calibration"] == alone.evaluations[0].calibration
    assert Evaluated().fields()["calibration"] is None


def test_one_class_alone_is_told_as_far_as_it_goes():
    rows = scores()
    told = evaluated(RowScores(rows.part, np.zeros_like(rows.is_bad), rows.score), 0.3)
    for evaluation in told.evaluations:
        assert evaluation.precision_recall is None
        assert evaluation.interval("auc") is None
        assert evaluation.interval("accuracy") is not None
        assert evaluation.gains[0].n_bad == 0


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-1, 2), st.integers(-1, 1), st.sampled_from([0.0, 1e-300, 0.1, 0.25, 0.5, 0.9, 1.0, float("nan")])),
        min_size=1,
        max_size=40,
    ),
    st.booleans(),
    st.sampled_from([0.0, 0.3, 1.0]),
)
def test_any_rows_are_told_in_finite_numbers(rows, is_probability, cutoff):
    """Few rows, certain scores, gaps, one class: nothing breaks, warns, or is no JSON."""
    part, is_bad, score = (np.array(column) for column in zip(*rows, strict=True))
    told = RowScores(part.astype(np.int8), is_bad.astype(np.int8), score.astype(float), score[::-1].astype(float))
    fields = evaluated(told, cutoff, is_probability=is_probability).fields() if usable(told) else {}
    stored = json.dumps(replace(BASE, **fields).to_json(), allow_nan=False)
    assert RunResult.from_json(json.loads(stored)) == replace(BASE, **fields)


def usable(rows: RowScores) -> bool:
    return any(len(rows.rows(part)) for part in PARTS)


def test_training_tells_all_parts_and_three_classes_theirs():
    two = train(loans(500), spec(test_share=0.3, validation_share=0.2, folds=3)).result
    assert [evaluation.part for evaluation in two.evaluations] == list(PARTS)
    three = train(loans(500, classes=3), spec(test_share=0.3)).result
    assert [evaluation.part for evaluation in three.evaluations] == ["training", "held_out"]
    for evaluation in three.evaluations:
        assert (evaluation.n_bad, evaluation.calibration) == (None, None)
        assert {one.metric for one in evaluation.intervals} == {metric.name for metric in METRICS} - {"ks_statistic"}
    assert {one.metric for one in three.classes[0].intervals} == {"precision", "recall", "f1"}


@pytest.mark.parametrize("n", [3_000, 30_000, 300_000])
def test_what_is_stored_stays_small(n):
    rows = scores(n)
    result = replace(BASE, **evaluated(rows, 0.3).fields())
    assert len(json.dumps(result.to_json())) < 400_000
