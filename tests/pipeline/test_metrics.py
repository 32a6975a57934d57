"""Figures of merit against closed forms, scikit-learn, and the definitions themselves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from pipeline.evaluation.classes import confusion_matrix, figures_of_classes
from pipeline.evaluation.metrics import METRICS, Judged, Ranking, auc_interval, figures
from pipeline.evaluation.roc import roc_curve
from pipeline.evaluation.score_tables import cutoffs_of, score_table
from pipeline.evaluation_results import Metrics

few = settings(max_examples=60, deadline=None)
SCORES = st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=2, max_size=60).filter(
    lambda rows: len({bad for bad, _ in rows}) == 2
)


def judged(rows, cutoff=0.5) -> Judged:
    return Judged(np.array([bad for bad, _ in rows]), np.array([score / 20 for _, score in rows]), cutoff)


@few
@given(SCORES, st.sampled_from([0.0, 0.25, 0.5, 0.95, 1.0]))
def test_figures_are_those_of_scikit_learn(rows, cutoff):
    part = judged(rows, cutoff)
    found = figures(part)
    refused = part.probability >= cutoff
    assert found.auc == pytest.approx(sk.roc_auc_score(part.is_bad, part.probability))
    assert found.gini == pytest.approx(2 * found.auc - 1)
    assert found.accuracy == pytest.approx(sk.accuracy_score(part.is_bad, refused))
    assert found.recall == pytest.approx(sk.recall_score(part.is_bad, refused))
    assert found.f1 == pytest.approx(sk.f1_score(part.is_bad, refused, zero_division=0))
    assert found.brier_score == pytest.approx(sk.brier_score_loss(part.is_bad, part.probability))
    assert found.log_loss == pytest.approx(sk.log_loss(part.is_bad, part.probability))
    if refused.any():
        assert found.precision == pytest.approx(sk.precision_score(part.is_bad, refused))
    else:
        assert found.precision is None
    low, high, _ = sk.roc_curve(part.is_bad, part.probability, drop_intermediate=False)
    assert found.ks_statistic == pytest.approx(np.abs(high - low).max())
    tn, fp, fn, tp = sk.confusion_matrix(part.is_bad, refused).ravel()
    assert vars(part.confusion) == {"tn": tn, "fp": fp, "fn": fn, "tp": tp}


def test_a_monotone_score_separates_and_a_constant_one_does_not():
    bad = np.arange(100) >= 70
    perfect, constant = figures(Judged(bad, np.arange(100) / 100, 0.7)), figures(Judged(bad, np.full(100, 0.3), 0.5))
    assert (perfect.auc, perfect.ks_statistic, perfect.accuracy, perfect.f1) == (1, 1, 1, 1)
    assert (constant.auc, constant.ks_statistic, constant.gini) == (0.5, 0, 0)


def test_one_class_alone_has_no_ranking_figures():
    found = figures(Judged(np.zeros(5, bool), np.linspace(0, 0.4, 5), 0.5))
    assert (found.auc, found.gini, found.ks_statistic, found.recall, found.precision, found.f1) == (None,) * 6
    assert (found.auc_low, found.auc_high) == (None, None)
    assert found.accuracy == 1


@few
@given(SCORES)
def test_delong_is_the_variance_of_placements(rows):
    """DeLong's definition, pair by pair: psi = 1, 1/2 or 0 for each bad against each good."""
    part = judged(rows)
    bad, good = part.probability[part.is_bad], part.probability[~part.is_bad]
    interval = auc_interval(part.ranking)
    if len(bad) < 2 or len(good) < 2:
        assert interval is None
        return
    psi = (bad[:, None] > good) + 0.5 * (bad[:, None] == good)
    sd = np.sqrt(psi.mean(axis=1).var(ddof=1) / len(bad) + psi.mean(axis=0).var(ddof=1) / len(good))
    auc = psi.mean()
    if sd < 1e-12:
        assert interval is None
        return
    assert interval == pytest.approx((max(0, auc - 1.959964 * sd), min(1, auc + 1.959964 * sd)), abs=1e-6)


@few
@given(st.lists(st.tuples(st.booleans(), st.floats(-1, 1)), max_size=40), st.booleans())
def test_a_ranking_counts_the_rows_of_each_score(rows, merits):
    """With merits also below 0; -0 and 0 are one score."""
    bad, score = np.array([bad for bad, _ in rows], bool), np.array([score if merits else abs(score) for _, score in rows], float)
    found = Ranking.of(bad, score)
    assert found.scores.tolist() == sorted(set(score.tolist()))
    assert found.bad.tolist() == [int((bad & (score == value)).sum()) for value in found.scores]
    assert found.good.tolist() == [int((~bad & (score == value)).sum()) for value in found.scores]


def test_the_score_table_holds_the_exact_counts_at_its_cutoffs():
    draw = np.random.default_rng(4)
    bad = draw.random(30_000) < 0.1
    score = draw.beta(1, 20, 30_000) + 0.1 * bad
    ranking = Ranking.of(bad, score)
    table = score_table(ranking, cutoffs_of(ranking, 0.123))
    assert len(table.cutoffs) <= 1_001
    assert table.cutoffs[0] == 0
    assert list(table.cutoffs) == sorted(set(table.cutoffs))
    assert {0.2, 0.3, 0.5, 0.123} <= set(table.cutoffs)
    for k in range(0, len(table.cutoffs), 37):
        assert table.bad_at_or_above[k] == (bad & (score >= table.cutoffs[k])).sum()
        assert table.good_at_or_above[k] == (~bad & (score >= table.cutoffs[k])).sum()
    steps = -np.diff(np.array(table.bad_at_or_above) + np.array(table.good_at_or_above))
    assert steps.max() <= 30_000 / 799 + 1  # no gap hides more than one part in 799 of the rows


@pytest.mark.parametrize(("n", "lift"), [(50, 0.5), (3_000, 0.0), (200_000, 1.0), (200_000, 4.0)])
def test_the_thinned_roc_curve_stays_within_its_error(n, lift):
    """Every point of the full curve lies within 5e-4 of the thinned one, measured at right angles to it."""
    draw = np.random.default_rng(n)
    bad = draw.random(n) < 0.2
    score = 1 / (1 + np.exp(-draw.normal(lift * bad, 1)))
    curve = roc_curve(Ranking.of(bad, score))
    assert curve is not None
    x, y = np.array(curve.false_positive_rate), np.array(curve.true_positive_rate)
    assert len(x) <= 1_000
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert curve.cutoffs[0] is None
    full_x, full_y, _ = sk.roc_curve(bad, score)
    assert farthest(full_x, full_y, x, y) < 5e-4
    refused = score >= curve.cutoffs[len(x) // 2]
    assert (y[len(x) // 2], x[len(x) // 2]) == pytest.approx((refused[bad].mean(), refused[~bad].mean()))


def farthest(x, y, line_x, line_y) -> float:
    """Largest distance of points from a polyline; they are looked for in the neighbouring segments along x + y."""
    segment = np.clip(np.searchsorted(line_x + line_y, x + y), 1, len(line_x) - 1)
    dx, dy = line_x[segment] - line_x[segment - 1], line_y[segment] - line_y[segment - 1]
    return float(np.abs((dx * (y - line_y[segment - 1]) - dy * (x - line_x[segment - 1])) / np.hypot(dx, dy)).max())


def test_figures_of_three_classes_are_those_of_scikit_learn():
    draw = np.random.default_rng(6)
    probability = draw.dirichlet([1, 1, 1], 300)
    classes = np.array([draw.choice(3, p=row) for row in probability])
    predicted = probability.argmax(axis=1)
    found = figures_of_classes(classes, probability)
    assert found.auc == pytest.approx(sk.roc_auc_score(classes, probability, multi_class="ovr"))
    assert found.accuracy == pytest.approx((predicted == classes).mean())
    assert found.precision == pytest.approx(sk.precision_score(classes, predicted, average="macro"))
    assert found.recall == pytest.approx(sk.recall_score(classes, predicted, average="macro"))
    assert found.f1 == pytest.approx(sk.f1_score(classes, predicted, average="macro"))
    assert found.log_loss == pytest.approx(sk.log_loss(classes, probability))
    assert found.brier_score == pytest.approx(((probability - np.eye(3)[classes]) ** 2).sum(axis=1).mean())
    assert found.ks_statistic is None
    assert confusion_matrix(classes, predicted, 3) == tuple(map(tuple, sk.confusion_matrix(classes, predicted)))


def test_every_metric_says_what_it_is():
    named = {metric.name for metric in METRICS}
    assert named == set(Metrics.__dataclass_fields__) - {"n_rows", "n_bad", "auc_low", "auc_high"}
    for metric in METRICS:
        assert metric.label
        assert metric.help.endswith(".")
        assert metric.function.__doc__
