"""The precision-recall curve against scikit-learn, its thinning against the full curve, its average against the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from pipeline.evaluation.metrics import Ranking
from pipeline.evaluation.precision_recall import average_precision_interval, precision_recall_curve
from pipeline.evaluation.thinning import thinned

ROWS = st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=2, max_size=60).filter(
    lambda rows: len({bad for bad, _ in rows}) == 2
)


def drawn(n: int, lift: float, rate: float, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    bad = draw.random(n) < rate
    return bad, 1 / (1 + np.exp(-draw.normal(lift * bad, 1)))


@settings(max_examples=80, deadline=None)
@given(ROWS)
def test_points_and_average_are_those_of_scikit_learn(rows):
    bad, score = np.array([bad for bad, _ in rows]), np.array([score / 20 for _, score in rows])
    found = precision_recall_curve(Ranking.of(bad, score))
    assert found is not None
    assert found.average_precision == pytest.approx(sk.average_precision_score(bad, score))
    precision, recall, cutoffs = sk.precision_recall_curve(bad, score)
    at = {round(float(cutoff), 6): (r, p) for r, p, cutoff in zip(recall, precision, cutoffs, strict=False)}
    for r, p, cutoff in zip(found.recall, found.precision, found.cutoffs, strict=True):
        assert (r, p) == pytest.approx(at[round(cutoff, 6)], abs=6e-6)
    assert list(found.cutoffs) == sorted(found.cutoffs, reverse=True)
    assert (found.cutoffs[0], found.cutoffs[-1]) == pytest.approx((score.max(), score.min()))
    assert found.recall[-1] == 1


@pytest.mark.parametrize(("lift", "rate"), [(0.0, 0.2), (1.0, 0.2), (1.5, 0.1), (2.5, 0.5)])
@pytest.mark.parametrize("n", [500, 10_000, 30_000, 300_000])
def test_what_is_left_out_lies_within_its_bound(n, lift, rate):
    bad, score = drawn(n, lift, rate, np.random.default_rng(n))
    ranking = Ranking.of(bad, score)
    found = precision_recall_curve(ranking)
    assert found is not None
    assert len(found.recall) <= 1_000
    caught = np.cumsum(ranking.bad[::-1])
    x, y = caught / caught[-1], caught / np.arange(1, n + 1)
    kept = thinned(x, y)
    assert (found.recall, found.precision) == (tuple(np.round(x[kept], 5)), tuple(np.round(y[kept], 5)))
    assert found.cutoffs == pytest.approx(ranking.scores[::-1][kept], rel=1e-6)
    assert farthest(x, y, kept) < 4.9e-4  # rounding moves it by less than 1e-5


def farthest(x, y, kept) -> float:
    """Largest distance of a point from the piece of line between the kept points before and after it."""
    after = np.clip(np.searchsorted(kept, np.arange(len(x))), 1, len(kept) - 1)
    x0, y0 = x[kept[after - 1]], y[kept[after - 1]]
    dx, dy = x[kept[after]] - x0, y[kept[after]] - y0
    length = dx**2 + dy**2
    along = np.clip(((x - x0) * dx + (y - y0) * dy) / np.where(length > 0, length, 1), 0, 1)
    return float(np.hypot(x - x0 - along * dx, y - y0 - along * dy).max())


def test_there_is_none_of_one_class():
    for bad in (np.zeros(5, bool), np.ones(5, bool)):
        assert precision_recall_curve(Ranking.of(bad, np.linspace(0, 1, 5))) is None


def test_a_score_without_a_fault_has_an_average_of_1_and_no_interval():
    found = precision_recall_curve(Ranking.of(np.arange(10) >= 6, np.arange(10) / 10))
    assert found is not None
    assert (found.average_precision, found.low, found.high) == (1, None, None)


def test_the_interval_is_symmetric_in_log_odds():
    """Of 100 bads and an average of ½ the standard error of the log-odds is 1 / √25."""
    found = average_precision_interval(0.5, 100)
    assert found == pytest.approx((1 / (1 + np.exp(1.959964 / 5)), 1 / (1 + np.exp(-1.959964 / 5))), abs=1e-6)


def test_the_interval_holds_what_is_true_19_times_of_20_or_more():
    draw = np.random.default_rng(3)
    truth = sk.average_precision_score(*drawn(1_000_000, 1, 0.2, draw))
    held = 0
    for _ in range(400):
        bad, score = drawn(400, 1, 0.2, draw)
        low, high = average_precision_interval(sk.average_precision_score(bad, score), int(bad.sum())) or (1, 0)
        held += low <= truth <= high
    assert held / 400 > 0.93
