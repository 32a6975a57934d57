"""Differences between two models judged on the same rows, with intervals that take the pairing into account."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.cutoff_metrics import CutoffMetric
from pipeline.evaluation.delong import components
from pipeline.evaluation.intervals import Z95
from pipeline.evaluation.metrics import losses
from pipeline.evaluation_results import Confusion
from pipeline.frame import Floats
from pipeline.pairing_results import MetricDifference

BOOTSTRAP_METRICS = ("ks_statistic", "accuracy", "precision", "recall", "f1", "brier_score", "log_loss")
LEAST_ROWS = 10  # that must speak for a normal interval of a difference
_BATCH = 2_000_000  # cells of a batch of draws: 16 MB
_STEP = 1e-6  # of a numeric slope

Counts = NDArray[np.intp]
Interval = tuple[float, float, float]


@dataclass(frozen=True)
class PairedAuc:
    """Two AUCs on the same rows, and the first less the second with its 95% interval; p is of no difference, two-sided."""

    first: float
    second: float
    difference: float
    low: float
    high: float
    p_value: float | None  # null where both rank the rows alike, or one of them wholly right: there is no chance to speak of


def auc_difference(bad: NDArray[np.bool_], first: Floats, second: Floats) -> PairedAuc | None:
    """AUC of the first scores less that of the second on the same rows, with DeLong's 95% interval.

    Parameters
    ----------
    bad : ndarray of bool, shape (n,)
    first, second : ndarray of float, shape (n,)
        Two scores of the same rows; higher is worse.

    Returns
    -------
    PairedAuc, or None
        None with fewer than two rows of a class.

    Notes
    -----
    DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44: the variance of the difference of two correlated areas is that of the
    difference of their structural components, over bads and over goods. One sort for each score (Sun and Xu 2014).
    """
    n_bad, n_good = int(bad.sum()), int((~bad).sum())
    if n_bad < 2 or n_good < 2:
        return None
    of_first, of_second = components(bad, first), components(bad, second)
    difference_of = of_first - of_second
    of_bad, of_good = difference_of[bad], difference_of[~bad]
    difference = float(of_bad.mean())
    variance = float(of_bad.var(ddof=1)) / n_bad + float(of_good.var(ddof=1)) / n_good
    spread = math.sqrt(variance)
    p_value = math.erfc(abs(difference) / spread / math.sqrt(2)) if spread > 0 else None
    reach = Z95 * spread
    return PairedAuc(
        float(of_first[bad].mean()), float(of_second[bad].mean()), difference, difference - reach, difference + reach, p_value
    )


def bootstrap_differences(
    bad: NDArray[np.bool_], first: Floats, second: Floats, cutoff: float, n_draws: int, seed: int
) -> dict[str, Interval]:
    """Each metric of the first model less that of the second, with the 95% interval of a paired bootstrap.

    Parameters
    ----------
    bad : ndarray of bool, shape (n,)
    first, second : ndarray of float, shape (n,)
        Probabilities of bad of the same rows.
    cutoff : float
        A row is refused at or above it.
    n_draws : int
    seed : int

    Returns
    -------
    dict of metric to (difference, low, high)
        A metric that does not exist for one of the models, such as the precision where nothing is refused, is left out, as are
        single draws where it does not exist.

    Notes
    -----
    Rows are drawn with replacement within each class, the same rows for both models; the interval is from the 2.5th to the 97.5th
    percentile of the differences (Efron and Tibshirani 1993, chapter 13). A row counts in a draw as often as it was drawn, so
    that every metric is a weighted sum over the rows in order of their scores.
    """
    models = (_Sums(bad, first, cutoff), _Sums(bad, second, cutoff))
    whole = [model.metrics(np.ones((1, len(bad)))) for model in models]
    draw = np.random.Generator(np.random.PCG64([seed, 7]))
    found: dict[str, list[Floats]] = {name: [] for name in BOOTSTRAP_METRICS}
    each = max(1, _BATCH // max(len(bad), 1))
    for start in range(0, n_draws, each):
        times = _times(bad, min(each, n_draws - start), draw)
        one, other = (model.metrics(times) for model in models)
        for name in BOOTSTRAP_METRICS:
            found[name].append(one[name] - other[name])
    intervals = {}
    for name, parts in found.items():
        difference = float(whole[0][name][0] - whole[1][name][0])
        drawn = np.concatenate(parts)
        drawn = drawn[np.isfinite(drawn)]
        if math.isfinite(difference) and len(drawn) >= n_draws / 2:
            low, high = np.quantile(drawn, [0.025, 0.975])
            intervals[name] = (difference, float(low), float(high))
    return intervals


def _times(bad: NDArray[np.bool_], n_draws: int, draw: np.random.Generator) -> Floats:
    """How often each row was drawn, (n_draws, n)."""
    times = np.zeros((n_draws, len(bad)))
    for rows in (np.flatnonzero(bad), np.flatnonzero(~bad)):
        if len(rows):
            drawn = rows[draw.integers(0, len(rows), (n_draws, len(rows)))]
            for at in range(n_draws):
                times[at] += np.bincount(drawn[at], minlength=len(bad))
    return times


class _Sums:
    """A model's metrics for many draws at once: what is summed is worked out once for the rows, and weighted in each draw."""

    def __init__(self, bad: NDArray[np.bool_], probability: Floats, cutoff: float) -> None:
        self._order = np.argsort(probability, kind="stable")
        ordered = probability[self._order]
        self._last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))  # of each distinct score
        self._bad = bad.astype(np.float64)
        self._refused = (probability >= cutoff).astype(np.float64)
        self._square = (probability - self._bad) ** 2
        self._loss = losses(np.where(bad, probability, 1 - probability))

    def metrics(self, times: Floats) -> dict[str, Floats]:
        n, bads = times.sum(axis=1), times @ self._bad
        refused, caught = times @ self._refused, times @ (self._refused * self._bad)
        with np.errstate(invalid="ignore", divide="ignore"):
            return {
                "ks_statistic": self._ks(times, bads, n - bads),
                "accuracy": (n - bads - refused + 2 * caught) / n,
                "precision": caught / refused,
                "recall": caught / bads,
                "f1": 2 * caught / (refused + bads),
                "brier_score": times @ self._square / n,
                "log_loss": times @ self._loss / n,
            }

    def _ks(self, times: Floats, bads: Floats, goods: Floats) -> Floats:
        ordered = times[:, self._order]
        steps = np.where(self._bad[self._order] == 1, 1 / bads[:, None], -1 / goods[:, None])
        return np.asarray(np.abs(np.cumsum(ordered * steps, axis=1)[:, self._last]).max(axis=1))


def mean_difference(metric: str, first: Floats, second: Floats) -> MetricDifference | None:
    """The mean of a figure of each row, of the second model less of the first, with the 95% interval of a paired mean.

    Parameters
    ----------
    metric : str
    first, second : ndarray of float, shape (n,)
        The figure of the same rows by the two models, such as the squared error of the probability.

    Returns
    -------
    MetricDifference, or None
        None with fewer than LEAST_ROWS rows, where a normal interval is not honest.
    """
    if len(first) < LEAST_ROWS:
        return None
    each = second - first
    difference, reach = float(each.mean()), Z95 * float(each.std(ddof=1)) / math.sqrt(len(each))
    return MetricDifference(metric, float(first.mean()), float(second.mean()), difference, difference - reach, difference + reach)


def count_difference(counts: Counts, metric: CutoffMetric) -> MetricDifference | None:
    """A figure of the decisions, of the second model less of the first, with its 95% interval.

    Parameters
    ----------
    counts : ndarray of int, shape (2, 2, 2)
        Rows by [bad, refused by the first, refused by the second].
    metric : CutoffMetric

    Returns
    -------
    MetricDifference, or None
        None where one of the two has no such figure, and with fewer than LEAST_ROWS rows that the two decide differently
        among those that the figure is a share of.

    Notes
    -----
    The delta method: a share u/v of counts moves by (u_i - share·v_i)/v with each row i, a share within both models for the same
    rows, so the variance of the difference is that of the difference of the two movements, summed over the eight kinds of row.
    """
    whole = [Confusion(*(int(n) for n in sums.ravel())) for sums in (counts.sum(axis=2), counts.sum(axis=1))]
    (u1, v1), (u2, v2) = (metric.counted(confusion) for confusion in whole)
    if not v1 or not v2:
        return None
    values = [metric.shown(u1 / v1), metric.shown(u2 / v2)]
    mean = square = n_differ = 0.0
    for bad, one, other in np.ndindex(2, 2, 2):
        n = float(counts[bad, one, other])
        moved = [_moved(metric, bad, refused, share, of) for refused, share, of in ((one, u1 / v1, v1), (other, u2 / v2, v2))]
        step = moved[1] - moved[0]
        mean, square = mean + n * step, square + n * step * step
        n_differ += n if one != other and step else 0
    if n_differ < LEAST_ROWS:
        return None
    n_rows = float(counts.sum())
    reach = Z95 * math.sqrt(max(square - mean * mean / n_rows, 0.0) * n_rows / (n_rows - 1))
    difference = values[1] - values[0]
    return MetricDifference(metric.name, values[0], values[1], difference, difference - reach, difference + reach)


def _moved(metric: CutoffMetric, bad: int, refused: int, share: float, n: int) -> float:
    """By how much one row of a kind moves the figure."""
    u, v = metric.counted(Confusion(*(int((bad, refused) == kind) for kind in ((0, 0), (0, 1), (1, 0), (1, 1)))))
    slope = (metric.shown(share + _STEP) - metric.shown(share - _STEP)) / (2 * _STEP)
    return slope * (u - share * v) / n
