"""How the models of a path do: figures over the folds, and on each part at every cut-off."""

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.calibration import calibration_slope
from pipeline.evaluation.classes import figures_of_classes
from pipeline.evaluation.metrics import Judged, Ranking, auc_of, figures, log_loss
from pipeline.evaluation.score_tables import counts_at
from pipeline.evaluation_results import RocCurve
from pipeline.frame import Floats
from pipeline.odds import probability_of
from pipeline.study_results import PathFigure, PathPart
from pipeline.tuning.routes import Fits
from pipeline.tuning.task import Task

CUTOFFS = np.arange(401) / 400
ROC_POINTS = 200

Rows = NDArray[np.intp]


def figures_over_folds(task: Task, fits: Fits) -> tuple[PathFigure, PathFigure]:
    """AUC and log-loss of every C over the folds, each judged by the model of the other folds on rows as they came."""
    aucs, losses = np.empty((2, len(fits.Cs), len(fits.folds)))
    for at, (model, (_, judged)) in enumerate(zip(fits.folds, task.folds, strict=True)):
        own = task.classes[judged]
        if task.n_classes == 2:
            for k, eta in enumerate(model.log_odds_of_bad(task.frame, judged)):
                aucs[k, at], losses[k, at] = auc_and_loss(eta, own == 1)
            continue
        for k, log_odds in enumerate(model.log_odds(task.frame, judged)):
            found = figures_of_classes(own, model.probabilities(log_odds))
            aucs[k, at], losses[k, at] = found.auc, found.log_loss
    return over_folds(aucs, task.spec.folds, high=True), over_folds(losses, task.spec.folds, high=False)


def auc_and_loss(log_odds: Floats, is_bad: NDArray[np.bool_]) -> tuple[float, float]:
    """AUC and log-loss of rows with both classes, as `pipeline.folds` makes every fold."""
    judged = Judged(is_bad, probability_of(log_odds), 0.5)
    auc, loss = auc_of(judged.ranking), log_loss(judged)
    return np.nan if auc is None else auc, np.nan if loss is None else loss


def over_folds(values: Floats, n_folds: int, high: bool) -> PathFigure:
    """A figure over the folds.

    Parameters
    ----------
    values : ndarray of float, shape (C, folds of all repeats)
    n_folds : int
        Folds of one repeat.
    high : bool
        Whether the highest mean is the best one.

    Notes
    -----
    The standard error is the standard deviation (n - 1) over all folds by the root of the folds of one repeat: repeats share
    their rows, and many of them are not more data.
    """
    mean = values.mean(axis=1)
    se = values.std(axis=1, ddof=1) / np.sqrt(n_folds)
    best = int(mean.argmax() if high else mean.argmin())
    within = mean >= mean[best] - se[best] if high else mean <= mean[best] + se[best]
    table = tuple(tuple(map(float, row)) for row in values)
    return PathFigure(tuple(map(float, mean)), tuple(map(float, se)), table, best, int(np.flatnonzero(within)[0]))


def part_of(task: Task, fits: Fits, name: str, rows: Rows) -> PathPart:
    """How the models of the training rows do on one part."""
    own = task.classes[rows]
    if task.n_classes > 2:
        each = [figures_of_classes(own, fits.whole.probabilities(eta)) for eta in fits.whole.log_odds(task.frame, rows)]
        return PathPart(name, len(rows), None, tuple(each), (None,) * len(each))
    is_bad = own == 1
    metrics, slopes, bads, goods, curves = [], [], [], [], []
    for eta in fits.whole.log_odds_of_bad(task.frame, rows):
        judged = Judged(is_bad, probability_of(eta), task.spec.cutoff)
        metrics.append(figures(judged))
        slope = calibration_slope(judged.ranking)
        slopes.append(None if slope is None else slope[0])
        bad, good = counts_at(judged.ranking, CUTOFFS)
        bads.append(bad)
        goods.append(good)
        curves.append(thin_roc(judged.ranking))
    roc = tuple(curve for curve in curves if curve is not None)
    cutoffs = tuple(map(float, CUTOFFS))
    return PathPart(name, len(rows), int(is_bad.sum()), tuple(metrics), tuple(slopes), cutoffs, tuple(bads), tuple(goods), roc)


def thin_roc(ranking: Ranking) -> RocCurve | None:
    """The ROC curve in at most 200 points, evenly spaced along both axes' sum, ends included; null where one class is absent.

    No point of the curve is farther than 2 / 199 from one that is kept, measured along both axes together.
    """
    if not ranking.n_bad or not ranking.n_good:
        return None
    x = np.concatenate([[0.0], np.cumsum(ranking.good[::-1]) / ranking.n_good])
    y = np.concatenate([[0.0], np.cumsum(ranking.bad[::-1]) / ranking.n_bad])
    kept = np.arange(len(x))
    if len(x) > ROC_POINTS:
        kept = np.unique(np.searchsorted(x + y, np.linspace(0, x[-1] + y[-1], ROC_POINTS)).clip(0, len(x) - 1))
        kept[-1] = len(x) - 1
    cutoffs = (None, *ranking.scores[len(ranking.scores) - kept[1:]].tolist())
    return RocCurve(tuple(x[kept].tolist()), tuple(y[kept].tolist()), cutoffs)
