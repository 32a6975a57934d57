"""Figures at a cut-off against scikit-learn and statsmodels, and how often their intervals hold what is true."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk
from statsmodels.stats.proportion import proportion_confint

from pipeline.evaluation.cutoff_metrics import CUTOFF_METRICS, classification_report, figures_of, metrics_at, report_of_matrix
from pipeline.evaluation.metrics import Ranking
from pipeline.evaluation.score_tables import cutoffs_of, score_table
from pipeline.evaluation_results import Confusion

COUNTS = st.builds(Confusion, *(st.integers(0, 40),) * 4)


def rows_of(confusion: Confusion) -> tuple[np.ndarray, np.ndarray]:
    times = [confusion.tn, confusion.fp, confusion.fn, confusion.tp]
    return np.repeat([0, 0, 1, 1], times), np.repeat([0, 1, 0, 1], times)


@settings(max_examples=80, deadline=None)
@given(COUNTS)
def test_figures_are_those_of_scikit_learn_and_their_intervals_hold_them(counts):
    bad, refused = rows_of(counts)
    found = {figure.name: figure for figure in figures_of(counts)}
    assert list(found) == [metric.name for metric in CUTOFF_METRICS]
    for figure in found.values():
        assert (figure.value is None) == (figure.low is None) == (figure.high is None) == (figure.n == 0)
        if figure.value is not None:
            assert 0 <= figure.low <= figure.value + 1e-12
            assert figure.value <= figure.high + 1e-12 <= 1 + 2e-12
    expected = {
        "accuracy": lambda: sk.accuracy_score(bad, refused),
        "precision": lambda: sk.precision_score(bad, refused),
        "recall": lambda: sk.recall_score(bad, refused),
        "specificity": lambda: sk.recall_score(bad, refused, pos_label=0),
        "f1": lambda: sk.f1_score(bad, refused),
        "approval_rate": lambda: (refused == 0).mean(),
        "bad_rate_approved": lambda: 1 - sk.precision_score(bad, refused, pos_label=0),
    }
    for name, value in expected.items():
        if found[name].n:
            assert found[name].value == pytest.approx(value())


def test_intervals_of_shares_are_those_of_statsmodels():
    found = {figure.name: figure for figure in figures_of(Confusion(tn=60, fp=10, fn=12, tp=18))}
    for name, cases, n in (("accuracy", 78, 100), ("precision", 18, 28), ("recall", 18, 30), ("bad_rate_approved", 12, 72)):
        assert (found[name].low, found[name].high) == pytest.approx(proportion_confint(cases, n, method="wilson"))
    low, high = proportion_confint(18, 40, method="wilson")
    assert (found["f1"].low, found["f1"].high) == pytest.approx((2 * low / (1 + low), 2 * high / (1 + high)))


def test_intervals_hold_what_is_true_about_19_times_of_20():
    """4,000 tables of 400 rows with known chances of each cell. A share of 0.95 seen so often has a standard error of 0.0035."""
    chances = np.array([0.62, 0.14, 0.09, 0.15])  # tn, fp, fn, tp
    drawn = np.random.default_rng(8).multinomial(400, chances, 4_000)
    tn, fp, fn, tp = chances
    truth = {"accuracy": tn + tp, "precision": tp / (tp + fp), "recall": tp / (tp + fn), "f1": 2 * tp / (2 * tp + fp + fn)}
    held = dict.fromkeys(truth, 0)
    for row in drawn:
        for figure in figures_of(Confusion(*map(int, row))):
            if figure.name in truth:
                held[figure.name] += figure.low <= truth[figure.name] <= figure.high
    for name, times in held.items():
        assert times / 4_000 == pytest.approx(0.95, abs=0.013), name


@settings(max_examples=80, deadline=None)
@given(COUNTS)
def test_the_report_is_that_of_scikit_learn(counts):
    bad, refused = rows_of(counts)
    if not len(bad):
        return
    names = ["good", "bad", "macro avg", "weighted avg"]
    expected = sk.classification_report(
        bad, refused, labels=[0, 1], target_names=["good", "bad"], output_dict=True, zero_division=np.nan
    )
    for name, row in zip(names, classification_report(counts), strict=True):
        assert (row.name, row.support) == (name, expected[name]["support"])
        for figure in ("precision", "recall"):
            value = getattr(row, figure)
            if value is not None:
                assert value == pytest.approx(expected[name][figure])
        if row.f1 is not None and None not in (row.precision, row.recall):
            assert row.f1 == pytest.approx(expected[name]["f1-score"])


def test_the_report_of_three_classes_is_that_of_scikit_learn():
    draw = np.random.default_rng(5)
    actual, predicted = draw.integers(0, 3, 200), draw.integers(0, 3, 200)
    predicted[:90] = actual[:90]
    expected = sk.classification_report(actual, predicted, target_names=["a", "b", "c"], output_dict=True)
    for row in report_of_matrix(sk.confusion_matrix(actual, predicted).tolist(), ("a", "b", "c")):
        wanted = expected[row.name]
        assert (row.precision, row.recall, row.f1, row.support) == pytest.approx(
            (wanted["precision"], wanted["recall"], wanted["f1-score"], wanted["support"])
        )


def test_a_class_that_nobody_is_said_to_be_of_has_no_precision():
    good, bad, macro, weighted = classification_report(Confusion(tn=9, fp=0, fn=1, tp=0), ("paid", "default"))
    assert (good.name, good.precision, good.recall, good.support) == ("paid", 0.9, 1.0, 9)
    assert (bad.name, bad.precision, bad.recall, bad.f1) == ("default", None, 0.0, 0.0)
    assert (macro.precision, macro.recall, weighted.recall, weighted.precision) == (None, 0.5, 0.9, None)


def test_a_table_gives_the_figures_at_every_cutoff():
    draw = np.random.default_rng(3)
    bad = draw.random(5_000) < 0.2
    score = np.clip(draw.beta(1, 6, 5_000) + 0.1 * bad, 0, 1)
    ranking = Ranking.of(bad, score)
    table = score_table(ranking, cutoffs_of(ranking, 0.5))
    for cutoff in (0.1, 0.2, 0.3, 0.9, 1.0):
        found = metrics_at(table, cutoff)
        assert found.cutoff == cutoff
        assert found.figure("accuracy").value == pytest.approx(((score >= cutoff) == bad).mean())
        assert found.figure("approval_rate").value == pytest.approx((score < cutoff).mean())
        assert found.confusion.tp == (bad & (score >= cutoff)).sum()
    assert metrics_at(table, 1.0).figure("precision").value is None


def test_every_figure_says_what_it_is():
    for metric in CUTOFF_METRICS:
        assert metric.label
        assert metric.help.endswith(".")
