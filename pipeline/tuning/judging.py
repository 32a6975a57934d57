"""How the models of a path do: figures over the folds, and on each part at every cut-off."""

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation import figures, figures_of_classes, roc_curve
from pipeline.frame import Floats
from pipeline.metrics import Judged, Ranking
from pipeline.model import probabilities
from pipeline.results import Metrics, RocCurve
from pipeline.study_results import PathFigure, PathPart

CUTOFFS = np.arange(401) / 400
ROC_POINTS = 200


def metrics_of(log_odds: Floats, link: str, classes: NDArray[np.intp], cutoff: float) -> Metrics:
    """The figures of one model on some rows; `log_odds` (rows, classes with weights)."""
    probability = probabilities(log_odds, link)
    if probability.shape[1] > 2:
        return figures_of_classes(classes, probability)
    return figures(Judged(classes == 1, np.ascontiguousarray(probability[:, 1]), cutoff))


def over_folds(values: list[list[float]], repeats: int, high: bool) -> PathFigure:
    """A figure over the folds: `values[C][fold]`; the best is the highest or the lowest.

    The standard error is that of the mean over all folds, with n - 1; repeats share their rows, so that it is taken from the
    means of the repeats' folds with the number of folds of one repeat, lest many repeats look like much data.
    """
    table = np.array(values)
    n_folds = table.shape[1] // repeats
    mean = table.mean(axis=1)
    se = table.std(axis=1, ddof=1) / np.sqrt(n_folds)
    best = int(mean.argmax() if high else mean.argmin())
    within = mean >= mean[best] - se[best] if high else mean <= mean[best] + se[best]
    one_se = int(np.flatnonzero(within)[0])
    return PathFigure(
        tuple(map(float, mean)), tuple(map(float, se)), tuple(tuple(map(float, row)) for row in table), best, one_se
    )


def part_of(name: str, log_odds: Floats, link: str, classes: NDArray[np.intp], cutoff: float) -> PathPart:
    """The models on one part; `log_odds` (C, rows, classes with weights)."""
    metrics = [metrics_of(each, link, classes, cutoff) for each in log_odds]
    if link != "reference" or log_odds.shape[2] > 1:
        return PathPart(name, len(classes), None, tuple(metrics), (None,) * len(metrics))
    is_bad = classes == 1
    bads, goods, curves, slopes = [], [], [], []
    for each in log_odds:
        ranking = Ranking.of(is_bad, np.ascontiguousarray(probabilities(each, link)[:, 1]))
        bad, good = counts_at(ranking, CUTOFFS)
        bads.append(bad)
        goods.append(good)
        curves.append(thin_roc(ranking))
        slopes.append(calibration_slope(each[:, 0], is_bad))
    return PathPart(
        name,
        len(classes),
        int(is_bad.sum()),
        tuple(metrics),
        tuple(slopes),
        tuple(map(float, CUTOFFS)),
        tuple(bads),
        tuple(goods),
        tuple(curve for curve in curves if curve is not None),
    )


def counts_at(ranking: Ranking, cutoffs: Floats) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Bads and goods with a score at or above each cut-off."""
    first = np.searchsorted(ranking.scores, cutoffs, side="left")
    bad = np.append(np.cumsum(ranking.bad[::-1])[::-1], 0)[first]
    good = np.append(np.cumsum(ranking.good[::-1])[::-1], 0)[first]
    return tuple(bad.tolist()), tuple(good.tolist())


def thin_roc(ranking: Ranking) -> RocCurve | None:
    """At most 200 points of the ROC curve, evenly spaced along it, both ends kept; null where one class is absent."""
    curve = roc_curve(ranking)
    if curve is None or len(curve.cutoffs) <= ROC_POINTS:
        return curve
    x, y = np.array(curve.false_positive_rate), np.array(curve.true_positive_rate)
    along = x + y  # from 0 to 2, never falling
    kept = np.unique(np.searchsorted(along, np.linspace(0, along[-1], ROC_POINTS)).clip(0, len(x) - 1))
    return RocCurve(tuple(x[kept].tolist()), tuple(y[kept].tolist()), tuple(curve.cutoffs[k] for k in kept))


def calibration_slope(log_odds: Floats, is_bad: NDArray[np.bool_]) -> float | None:
    """The slope of a logistic regression of the outcome on the log-odds (Cox 1958); null where there is none.

    Newton's method on two weights; null with one class only, with constant log-odds, and where they separate the classes.
    """
    spread = float(log_odds.std())
    if not 0 < int(is_bad.sum()) < len(is_bad) or not spread > 1e-9 * max(1.0, float(np.abs(log_odds).max())):
        return None
    x = (log_odds - log_odds.mean()) / spread
    rate = is_bad.mean()
    a, b = float(np.log(rate / (1 - rate))), 0.0
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(a + b * x, -700, 700)))
        residual, weight = is_bad - p, p * (1 - p)
        h0, h1, h2 = float(weight.sum()), float(weight @ x), float(weight @ (x * x))
        g0, g1 = float(residual.sum()), float(residual @ x)
        determinant = h0 * h2 - h1 * h1
        if not determinant > 1e-12 * h0 * h0:
            return None
        step_a, step_b = (h2 * g0 - h1 * g1) / determinant, (h0 * g1 - h1 * g0) / determinant
        a, b = a + step_a, b + step_b
        if max(abs(step_a), abs(step_b)) < 1e-9:
            return b / spread
    return None
