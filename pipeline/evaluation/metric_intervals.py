"""95% intervals of the metrics, each by the way that suits it; the cost grows with distinct scores, once."""

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.cutoff_metrics import figures_of
from pipeline.evaluation.intervals import Z95
from pipeline.evaluation.metrics import Ranking, auc_interval, losses
from pipeline.evaluation_results import Confusion, MetricInterval
from pipeline.frame import Floats

DELONG = "DeLong"
WILSON = "Wilson"
MEAN = "standard error of the mean"
BOOTSTRAP = "bootstrap on binned scores"

DRAWS = 500
_MOST_BINS = 400
SEED = 20_260_101  # the same draws for the same counts


def metric_intervals(ranking: Ranking, confusion: Confusion, *, is_probability: bool = True) -> tuple[MetricInterval, ...]:
    """The intervals of METRICS for two classes.

    Parameters
    ----------
    ranking : Ranking
        The scores.
    confusion : Confusion
        The decisions at the cut-off.
    is_probability : bool
        Whether the scores are probabilities; Brier score and log-loss are left out where they are not.

    Returns
    -------
    tuple of MetricInterval
        In the order of METRICS; a metric without an honest interval is left out.

    Notes
    -----
    AUC and Gini: DeLong. KS: see `ks_interval`. Accuracy, precision, recall and F1: Wilson
    (`pipeline.evaluation.cutoff_metrics`). Brier score and log-loss: means over the rows, with their standard error.
    """
    auc = auc_interval(ranking)
    found: list[MetricInterval | None] = []
    if auc is not None:
        found.append(MetricInterval("auc", *auc, DELONG))
        found.append(MetricInterval("gini", 2 * auc[0] - 1, 2 * auc[1] - 1, DELONG))
    ks = ks_interval(ranking)
    found.append(None if ks is None else MetricInterval("ks_statistic", *ks, BOOTSTRAP))
    found += decision_intervals(confusion)
    if is_probability:
        p = ranking.scores
        found.append(_of_mean("brier_score", ranking, (1 - p) ** 2, p**2))
        found.append(_of_mean("log_loss", ranking, losses(p), losses(1 - p)))
    return tuple(interval for interval in found if interval is not None)


def decision_intervals(confusion: Confusion) -> list[MetricInterval]:
    """Accuracy, precision, recall and F1 by Wilson; those that do not exist are left out."""
    wanted = ("accuracy", "precision", "recall", "f1")
    return [
        MetricInterval(figure.name, figure.low, figure.high, WILSON)
        for figure in figures_of(confusion)
        if figure.name in wanted and figure.low is not None and figure.high is not None
    ]


def mean_interval(metric: str, mean: float, variance: float, n: int) -> MetricInterval | None:
    """Of a mean of n losses with this variance (n - 1 below), not below 0; None for fewer than two rows."""
    if n < 2 or variance <= 0:
        return None
    reach = Z95 * math.sqrt(variance / n)
    return MetricInterval(metric, max(0.0, mean - reach), mean + reach, MEAN)


def _of_mean(metric: str, ranking: Ranking, of_bad: Floats, of_good: Floats) -> MetricInterval | None:
    n = ranking.n_bad + ranking.n_good
    if n < 2:
        return None
    mean = float(ranking.bad @ of_bad + ranking.good @ of_good) / n
    square = float(ranking.bad @ (of_bad - mean) ** 2 + ranking.good @ (of_good - mean) ** 2)
    return mean_interval(metric, mean, square / (n - 1), n)


def ks_interval(ranking: Ranking) -> tuple[float, float] | None:
    """The 95% interval of KS.

    Parameters
    ----------
    ranking : Ranking

    Returns
    -------
    (low, high), or None
        Within 0 and 1, holding the statistic; None with fewer than 2 rows of a class, or where the largest gap is 0 or 1.

    Notes
    -----
    KS is a largest value and so too large on average, above all in small samples, and percentiles of a bootstrap double that:
    of a true 0.38 with 60 bads and 140 goods they hold it 3 times of 4. So the bootstrap gives what it is too large by, which is
    taken off, and the standard error is that of the two shares at the cut-off of the largest gap. Rows are drawn as Poisson
    counts on at most 400 bins of the score, one edge of which is that cut-off, so that the cost does not grow with the rows.
    """
    if ranking.n_bad < 2 or ranking.n_good < 2:
        return None
    bad, good = np.cumsum(ranking.bad) / ranking.n_bad, np.cumsum(ranking.good) / ranking.n_good
    at = int(np.abs(bad - good).argmax())
    gap = abs(float(bad[at] - good[at]))
    if not 0 < gap < 1:
        return None
    error = math.sqrt(bad[at] * (1 - bad[at]) / ranking.n_bad + good[at] * (1 - good[at]) / ranking.n_good)
    middle = gap - _ks_excess(ranking, at, gap)
    low, high = middle - Z95 * error, middle + Z95 * error
    return max(0.0, min(low, gap)), min(1.0, max(high, gap))


def _ks_excess(ranking: Ranking, at: int, gap: float) -> float:
    """How much larger KS is in the mean of the draws."""
    first = _bin_starts(ranking, at + 1)
    draw = np.random.default_rng(SEED)
    shares = []
    for counts in (ranking.bad, ranking.good):
        drawn = np.cumsum(draw.poisson(np.add.reduceat(counts, first), (DRAWS, len(first))), axis=1, dtype=np.float64)
        shares.append(drawn / np.maximum(drawn[:, -1:], 1.0))
    return float(np.abs(shares[0] - shares[1]).max(axis=1).mean()) - gap


def _bin_starts(ranking: Ranking, edge: int) -> NDArray[np.intp]:
    """Positions where at most 400 bins of about as many rows begin, `edge` among them where it is one."""
    n_scores = len(ranking.scores)
    if n_scores <= _MOST_BINS:
        return np.arange(n_scores)
    rows = np.cumsum(ranking.bad + ranking.good)
    wanted = np.arange(_MOST_BINS - 1) / (_MOST_BINS - 1) * rows[-1]
    first = np.unique(np.append(np.searchsorted(rows, wanted, side="right"), edge))
    return first[first < n_scores]
