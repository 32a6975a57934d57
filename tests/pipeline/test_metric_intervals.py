"""Intervals of the metrics: against closed forms and other programs, and how often they hold what is true."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from pipeline.evaluation.class_intervals import class_intervals, mean_auc_interval, mean_decision_intervals
from pipeline.evaluation.classes import figures_of_classes
from pipeline.evaluation.metric_intervals import ks_interval, metric_intervals
from pipeline.evaluation.metrics import METRICS, Judged, Ranking, auc_interval, figures


def drawn(n: int, lift: float, rate: float, draw: np.random.Generator, digits: int = 12) -> Judged:
    bad = draw.random(n) < rate
    return Judged(bad, np.round(1 / (1 + np.exp(-draw.normal(-1 + lift * bad, 1))), digits), 0.3)


def intervals(part: Judged, *, is_probability: bool = True) -> dict[str, tuple[float, float]]:
    found = metric_intervals(part.ranking, part.confusion, is_probability=is_probability)
    return {one.metric: (one.low, one.high) for one in found}


@pytest.mark.parametrize("digits", [12, 1])
def test_each_is_that_of_its_method(digits):
    part = drawn(900, 1, 0.3, np.random.default_rng(1), digits)
    found = intervals(part)
    assert list(found) == [metric.name for metric in METRICS]
    auc = auc_interval(part.ranking)
    assert auc is not None
    assert found["auc"] == auc
    assert found["gini"] == pytest.approx((2 * auc[0] - 1, 2 * auc[1] - 1))
    counts = part.confusion
    for name, cases, n in (
        ("accuracy", counts.tp + counts.tn, 900),
        ("precision", counts.tp, counts.tp + counts.fp),
        ("recall", counts.tp, counts.tp + counts.fn),
    ):
        assert found[name] == pytest.approx(proportion_confint(cases, n, method="wilson"))
    p, bad = part.probability, part.is_bad
    for name, losses in (
        ("brier_score", (p - bad) ** 2),
        ("log_loss", -np.log(np.maximum(np.where(bad, p, 1 - p), np.finfo(float).eps))),
    ):
        assert found[name] == pytest.approx(DescrStatsW(losses).zconfint_mean())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=1, max_size=60), st.booleans())
def test_each_holds_the_figure_and_stays_where_it_can_be(rows, is_probability):
    part = Judged(np.array([bad for bad, _ in rows]), np.array([score / 20 for _, score in rows]), 0.4)
    values = figures(part)
    for name, (low, high) in intervals(part, is_probability=is_probability).items():
        value = getattr(values, name)
        assert value is not None
        assert low - 1e-12 <= value <= high + 1e-12
        assert (-1 if name == "gini" else 0) <= low < high
        assert name == "log_loss" or high <= 1 + 1e-12 or name == "brier_score"
        assert is_probability or name not in {"brier_score", "log_loss"}


def test_what_says_nothing_of_chance_has_no_interval():
    perfect = Judged(np.arange(20) >= 10, np.linspace(0.1, 0.9, 20), 0.5)
    assert set(intervals(perfect)) == {"accuracy", "precision", "recall", "f1", "brier_score", "log_loss"}
    constant = Judged(np.arange(20) >= 10, np.full(20, 0.3), 0.5)
    assert not {"auc", "ks_statistic", "precision"} & set(intervals(constant))
    alone = Judged(np.array([True]), np.array([0.7]), 0.5)
    assert set(intervals(alone)) == {"accuracy", "precision", "recall", "f1"}


def test_equal_counts_give_equal_intervals():
    part = drawn(3_000, 1, 0.2, np.random.default_rng(4))
    order = np.random.default_rng(5).permutation(3_000)
    assert intervals(part) == intervals(Judged(part.is_bad[order], part.probability[order], 0.3))


def test_they_hold_what_is_true_nearly_19_times_of_20():
    """300 samples of 500 rows; normal scores one standard deviation apart have an AUC of Φ(1/√2) and a KS of 2 Φ(½) - 1."""
    draw, truth = np.random.default_rng(6), {"auc": norm.cdf(math.sqrt(0.5)), "ks_statistic": 2 * norm.cdf(0.5) - 1}
    large = drawn(1_000_000, 1, 0.25, draw)
    truth |= {name: getattr(figures(large), name) for name in ("f1", "precision", "brier_score", "log_loss")}
    held = dict.fromkeys(truth, 0)
    for _ in range(300):
        found = intervals(drawn(500, 1, 0.25, draw))
        for name, value in truth.items():
            held[name] += found[name][0] <= value <= found[name][1]
    shares = {name: times / 300 for name, times in held.items()}
    assert shares.pop("ks_statistic") > 0.87  # a bootstrap's percentiles hold it 0.8 of the time
    for name, share in shares.items():
        assert share == pytest.approx(0.95, abs=0.045), name


def test_bins_do_not_move_the_interval_of_ks():
    """The same scores, once each its own and once rounded to fewer than 400 of them."""
    part = drawn(60_000, 1, 0.2, np.random.default_rng(7))
    fine, coarse = ks_interval(part.ranking), ks_interval(Ranking.of(part.is_bad, np.round(part.probability, 2)))
    assert fine is not None
    assert coarse is not None
    assert fine == pytest.approx(coarse, abs=0.003)
    assert fine[1] - fine[0] == pytest.approx(2 * 1.96 * math.sqrt(0.31 * 0.69 * (1 / 12_000 + 1 / 48_000)), rel=0.05)


def classes_of(n: int, draw: np.random.Generator, k: int = 3) -> tuple[np.ndarray, np.ndarray]:
    probability = draw.dirichlet([1.2] * k, n)
    chances = 0.7 * probability + 0.3 / k
    return (draw.random(n)[:, None] > np.cumsum(chances, axis=1)).sum(axis=1).clip(0, k - 1), probability


def test_with_two_classes_the_mean_auc_has_delongs_interval():
    classes, probability = classes_of(400, np.random.default_rng(8), k=2)
    delong = auc_interval(Ranking.of(classes == 1, probability[:, 1]))
    assert delong is not None
    assert mean_auc_interval(classes, probability) == pytest.approx(delong, abs=1e-12)


def test_intervals_of_means_over_classes_hold_what_is_true_nearly_19_times_of_20():
    draw = np.random.default_rng(9)
    large = figures_of_classes(*classes_of(400_000, draw))
    names = ("auc", "accuracy", "precision", "recall", "f1", "brier_score", "log_loss")
    held = dict.fromkeys(names, 0)
    for _ in range(300):
        found = {one.metric: one for one in class_intervals(*classes_of(500, draw))}
        for name in names:
            held[name] += found[name].low <= getattr(large, name) <= found[name].high
    for name, times in held.items():
        assert times / 300 == pytest.approx(0.95, abs=0.045), name


def test_a_class_that_is_never_said_has_no_mean_precision():
    found = {one.metric for one in mean_decision_intervals(np.array([[30, 5, 0], [4, 30, 0], [5, 5, 0]]))}
    assert found == {"recall", "f1"}
    assert class_intervals(np.array([0]), np.array([[0.5, 0.3, 0.2]])) == ()
    few = {one.metric for one in class_intervals(np.array([0, 1, 2]), np.eye(3))}
    assert "auc" not in few
