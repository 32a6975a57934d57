"""Resampling: agreement with imbalanced-learn's pipeline, and proof that judged rows are rows as they came."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.over_sampling import SMOTE, SMOTENC, RandomOverSampler
from imblearn.pipeline import Pipeline
from imblearn.under_sampling import RandomUnderSampler
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from pipeline.engine import fit_rows, prepared
from pipeline.errors import InvalidSpec
from pipeline.evaluation.judging import judge
from pipeline.frame import frame_of
from pipeline.outcome import outcome_of
from pipeline.resampling import over_sampled, under_sampled
from pipeline.settling import settled
from pipeline.spec import TrainSpec
from pipeline.split import parts_of
from pipeline.training import train
from tests.pipeline.tables import loans, spec

WAYS = ("over", "under", "smote", "smotenc")
CLASSES = st.lists(st.integers(0, 2), min_size=12, max_size=120).filter(lambda rows: min(np.bincount(rows, minlength=3)) >= 2)


def rare(n: int = 600, seed: int = 3, classes: int = 2) -> pa.Table:
    """Loans of which one in five is bad."""
    table = loans(n * 2, seed=seed, classes=classes, gaps=False)
    bad = np.flatnonzero(np.array(table["outcome"].to_pylist()) == "bad")
    return table.take(pa.array(np.setdiff1d(np.arange(n * 2), bad[: int(len(bad) * 0.75)])))


@settings(max_examples=50, deadline=None)
@given(CLASSES, st.integers(0, 2**31 - 1))
def test_drawn_rows_are_those_of_imbalanced_learn(rows, seed):
    classes = np.array(rows)
    index = np.arange(len(classes))[:, None]
    over, _ = RandomOverSampler(random_state=seed).fit_resample(index, classes)
    assert over_sampled(classes, seed).tolist() == np.bincount(over[:, 0], minlength=len(classes)).tolist()
    under, _ = RandomUnderSampler(random_state=seed).fit_resample(index, classes)
    assert under_sampled(classes, seed).tolist() == sorted(under[:, 0].tolist())


def peer(sampler: object) -> Pipeline:
    """imbalanced-learn's pipeline: preprocessing, resampling of the training rows, scikit-learn's fit."""
    prepare = ColumnTransformer(
        [("numbers", StandardScaler(), ["income", "debt", "late"]), ("levels", OneHotEncoder(drop="first"), ["home", "region"])]
    )
    model = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-10, max_iter=500)
    return Pipeline([("prepare", prepare), ("sample", sampler), ("fit", model)])


@pytest.mark.parametrize(
    ("way", "sampler"),
    [
        ("over", RandomOverSampler(random_state=11)),
        ("under", RandomUnderSampler(random_state=11)),
        ("smote", SMOTE(k_neighbors=5, random_state=11)),
    ],
)
def test_scores_are_those_of_imbalanced_learns_pipeline(way, sampler):
    table = rare()
    asked = spec(resampling=way, correct_prior=False, test_share=0.3, tolerance=1e-11)
    run = train(table, asked)
    parts = parts_of(table, outcome_of(table, asked), asked)
    data = table.to_pandas()
    bad = (data["outcome"] == "bad").to_numpy().astype(int)
    oracle = peer(sampler).fit(data.iloc[parts.train], bad[parts.train])
    scores = run.model.probability_of_default(table)
    np.testing.assert_allclose(scores, oracle.predict_proba(data)[:, 1], atol=1e-6)
    assert run.result.test.auc == pytest.approx(roc_auc_score(bad[parts.test], oracle.predict_proba(data.iloc[parts.test])[:, 1]))


@pytest.mark.parametrize("way", ["over", "smote"])
def test_cross_validation_is_that_of_imbalanced_learns_pipeline(way):
    """Resampling within each fold: the pipeline resamples when it is fitted and never when it predicts."""
    from pipeline.folds import fold_numbers

    table = rare()
    asked = spec(resampling=way, correct_prior=False, folds=3, tolerance=1e-11)
    found = train(table, asked).result.cross_validation
    data = table.to_pandas()
    bad = (data["outcome"] == "bad").to_numpy().astype(int)
    number = fold_numbers(bad, 3, 11)
    losses = []
    for fold in range(3):
        sampler = RandomOverSampler(random_state=11) if way == "over" else SMOTE(k_neighbors=5, random_state=11)
        oracle = peer(sampler).fit(data[number != fold], bad[number != fold])
        losses.append(log_loss(bad[number == fold], oracle.predict_proba(data[number == fold])[:, 1]))
    assert found.log_loss.values == pytest.approx(losses, abs=1e-6)


def test_smotenc_is_imbalanced_learns_on_codes():
    """The numbers as scaled and one column of codes for each category: rows and levels are those of SMOTENC itself."""
    table = rare()
    asked = spec(resampling="smotenc")
    frame, classes, asked = laid_out(table, asked)
    rows = np.arange(table.num_rows)
    plain = prepared(frame, classes, 2, rows, TrainSpec(**{**vars(asked), "resampling": "none"}))
    made = prepared(frame, classes, 2, rows, asked)
    design = plain.problem.design
    numbers = design.dense * design.unit[design.dense_at] + design.shift[design.dense_at]
    n_dense = numbers.shape[1]
    sampler = SMOTENC(list(range(n_dense, n_dense + design.codes.shape[1])), k_neighbors=5, random_state=11)
    matrix, own = sampler.fit_resample(np.hstack([numbers, design.codes]), classes)
    assert made.problem.classes.tolist() == own.tolist()
    assert made.problem.design.codes.tolist() == matrix[:, n_dense:].astype(int).tolist()
    scaled = made.problem.design
    np.testing.assert_allclose(
        scaled.dense * scaled.unit[scaled.dense_at] + scaled.shift[scaled.dense_at], matrix[:, :n_dense], atol=1e-5
    )


def laid_out(table: pa.Table, asked: TrainSpec):
    outcome = outcome_of(table, asked)
    asked, _, _ = settled(table, asked, outcome)
    return frame_of(table, asked.features, asked.categorical), outcome.of_every_row(table.num_rows), asked


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("classes", [2, 3])
def test_all_classes_are_as_large_afterwards_and_a_seed_fixes_them(way, classes):
    table = rare(400, classes=classes)
    frame, own, asked = laid_out(table, spec(resampling=way))
    rows = np.arange(table.num_rows)
    made, again = (prepared(frame, own, classes, rows, asked) for _ in range(2))
    counts = np.bincount(own)
    wanted = counts.min() if way == "under" else counts.max()
    weights = made.problem.row_weights
    assert np.bincount(made.problem.classes, weights=weights).tolist() == [wanted] * classes
    assert made.n_fitted == wanted * classes
    np.testing.assert_array_equal(made.problem.design.dense, again.problem.design.dense)
    other = prepared(frame, own, classes, rows, TrainSpec(**{**vars(asked), "seed": 12}))
    same = np.array_equal(made.problem.design.dense, other.problem.design.dense) and np.array_equal(
        made.problem.row_weights, other.problem.row_weights
    )
    assert not same


@pytest.mark.parametrize("way", WAYS)
def test_held_out_and_validation_rows_are_judged_as_they_came(way):
    """Each figure is of the original rows, counted and scored here by the stored model; no synthetic row is among them."""
    table = rare()
    asked = spec(resampling=way, test_share=0.3, validation_share=0.2)
    run = train(table, asked)
    parts = parts_of(table, outcome_of(table, asked), asked)
    bad = np.array(table["outcome"].to_pylist()) == "bad"
    scores = run.model.probability_of_default(table)
    for metrics, rows in (
        (run.result.test, parts.test),
        (run.result.validation, parts.validation),
        (run.result.train, parts.train),
    ):
        assert (metrics.n_rows, metrics.n_bad) == (len(rows), bad[rows].sum())
        assert metrics.auc == pytest.approx(roc_auc_score(bad[rows], scores[rows]))
        assert metrics.log_loss == pytest.approx(log_loss(bad[rows], scores[rows]))
    assert run.result.calibration.n_rows == len(parts.test)
    assert run.result.data.n_fitted not in {0, len(parts.train)}
    assert run.result.fit.deviance == pytest.approx(2 * log_loss(bad[parts.train], scores[parts.train], normalize=False))


@pytest.mark.parametrize("way", WAYS)
def test_judged_rows_never_reach_the_fit(way):
    """No leak: the rows of the other parts are changed beyond recognition, and the weights stay as they were, bit for bit."""
    table = rare()
    frame, classes, asked = laid_out(table, spec(resampling=way, test_share=0.3))
    parts = parts_of(table, outcome_of(table, asked), asked)
    first = fit_rows(frame, classes, 2, parts.train, asked, lambda step, norm: None)
    income = frame.columns["income"].copy()
    income[parts.test] = 1e7
    frame.columns["income"] = income
    turned = classes.copy()
    turned[parts.test] = 1 - turned[parts.test]
    second = fit_rows(frame, turned, 2, parts.train, asked, lambda step, norm: None)
    np.testing.assert_array_equal(first.weights, second.weights)
    judged, _ = judge(first, frame, classes, parts.test, ("good", "bad"), asked)
    assert len(judged.judged.is_bad) == len(parts.test)


@pytest.mark.parametrize(
    ("options", "columns", "option", "says"),
    [
        ({"resampling": "smote", "neighbours": 40}, {}, "neighbours", "40 neighbours need 41 rows of each class"),
        ({"resampling": "smotenc", "features": ["income", "debt"]}, {}, "resampling", "needs a category"),
        ({"resampling": "smotenc", "features": ["home", "region"]}, {}, "resampling", "needs a number"),
    ],
)
def test_what_cannot_be_resampled_is_told_at_the_option(options, columns, option, says):
    with pytest.raises(InvalidSpec, match=says) as told:
        train(rare(150), spec(**options))
    assert list(told.value.problems) == [option]


@pytest.mark.parametrize(
    ("limit", "value", "says"),
    [("MOST_NEIGHBOURED", 50, "searched for neighbours"), ("MOST_CELLS", {"smote": 50}, "cells after")],
)
def test_too_many_rows_for_smote_are_told_with_a_way_out(monkeypatch, limit, value, says):
    monkeypatch.setattr(f"pipeline.resampling.{limit}", value)
    with pytest.raises(InvalidSpec, match=says) as told:
        train(rare(400), spec(resampling="smote"))
    assert "over-sampling" in told.value.problems["resampling"]


def test_weights_and_resampling_multiply():
    """Balanced after over-sampling changes nothing more; own weights count on top of it."""
    table = rare()
    over = train(table, spec(resampling="over"))
    both = train(table, spec(resampling="over", class_weight="balanced"))
    np.testing.assert_allclose(both.model.coefficients, over.model.coefficients, atol=1e-9)
    own = train(table, spec(resampling="over", class_weight="given", class_weights={"bad": 2}))
    assert own.result.prior_shift[0] == pytest.approx(over.result.prior_shift[0] + np.log(2))
