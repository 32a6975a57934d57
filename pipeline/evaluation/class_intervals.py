"""95% intervals of the averaged metrics for three classes and more."""

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.delong import NO_VARIANCE, components
from pipeline.evaluation.intervals import Z95, wilson_interval
from pipeline.evaluation.metric_intervals import DELONG, SEED, WILSON, mean_interval
from pipeline.evaluation.metrics import losses
from pipeline.evaluation_results import MetricInterval
from pipeline.frame import Floats

RESAMPLED = "bootstrap of the confusion matrix"
_DRAWS = 1_000

Classes = NDArray[np.intp]


def class_intervals(classes: Classes, probability: Floats) -> tuple[MetricInterval, ...]:
    """The intervals of METRICS as `pipeline.evaluation.classes.figures_of_classes` defines them.

    Parameters
    ----------
    classes : ndarray of int, shape (n,)
    probability : ndarray of float, shape (n, n_classes)

    Returns
    -------
    tuple of MetricInterval
        In the order of METRICS; a metric without an honest interval is left out.

    Notes
    -----
    Mean AUC and Gini: see `mean_auc_interval`. Accuracy: Wilson. Mean precision, recall and F1: percentiles of draws of the
    confusion matrix, which are draws of rows as far as decisions go. Brier score and log-loss: means over the rows.
    """
    n, n_classes = probability.shape
    if n < 2:
        return ()
    predicted = probability.argmax(axis=1)
    matrix = np.bincount(classes * n_classes + predicted, minlength=n_classes**2).reshape(n_classes, n_classes)
    auc = mean_auc_interval(classes, probability)
    found: list[MetricInterval | None] = []
    if auc is not None:
        found += [MetricInterval("auc", *auc, DELONG), MetricInterval("gini", 2 * auc[0] - 1, 2 * auc[1] - 1, DELONG)]
    low, high = wilson_interval(int(np.trace(matrix)), n)
    if low is not None and high is not None:
        found.append(MetricInterval("accuracy", low, high, WILSON))
    found += mean_decision_intervals(matrix)
    outcome = classes[:, None] == np.arange(n_classes)
    each = {
        "brier_score": ((probability - outcome) ** 2).sum(axis=1),
        "log_loss": losses(probability[np.arange(n), classes]),
    }
    found += [mean_interval(name, float(loss.mean()), float(loss.var(ddof=1)), n) for name, loss in each.items()]
    return tuple(interval for interval in found if interval is not None)


def mean_auc_interval(classes: Classes, probability: Floats) -> tuple[float, float] | None:
    """DeLong's interval, for the mean of the AUCs of each class against the rest.

    Parameters
    ----------
    classes, probability
        As in `class_intervals`.

    Returns
    -------
    (low, high), or None
        Within 0 and 1; None with fewer than 2 rows of a class, or where the classes are told apart without a fault.

    Notes
    -----
    Each AUC is a mean of the structural components of DeLong, DeLong and Clarke-Pearson (1988) over the rows of its class, and
    over the rest. A row's share in the mean AUC is the sum of its components over the classes, each over the rows that it is a
    mean of; the variance is that of the shares within each class, summed. With two classes that is DeLong's variance.
    """
    n, n_classes = probability.shape
    counts = np.bincount(classes, minlength=n_classes)
    if counts.min() < 2:
        return None
    share, mean = np.zeros(n), 0.0
    for k in range(n_classes):
        own = classes == k
        component = components(own, probability[:, k])
        share += component / np.where(own, counts[k], n - counts[k]) / n_classes
        mean += float(component[own].mean()) / n_classes
    variance = sum(int(counts[k]) * float(share[classes == k].var(ddof=1)) for k in range(n_classes))
    if variance < NO_VARIANCE:
        return None
    reach = Z95 * math.sqrt(variance)
    return max(0.0, mean - reach), min(1.0, mean + reach)


def mean_decision_intervals(matrix: NDArray[np.intp]) -> list[MetricInterval]:
    """Of mean precision, recall and F1 over the classes; left out where more than a twentieth of the draws have none.

    Parameters
    ----------
    matrix : ndarray of int, shape (n_classes, n_classes)
        Rows actual, columns predicted.
    """
    n = int(matrix.sum())
    drawn = np.random.default_rng(SEED).multinomial(n, matrix.ravel() / n, _DRAWS).reshape(_DRAWS, *matrix.shape)
    found = []
    for name, values in _mean_figures(drawn).items():
        known = values[~np.isnan(values)]
        if np.isfinite(_mean_figures(matrix[None])[name][0]) and len(known) >= 0.95 * _DRAWS:
            low, high = np.quantile(known, [0.025, 0.975])
            found.append(MetricInterval(name, float(low), float(high), RESAMPLED))
    return found


def _mean_figures(matrices: NDArray[np.intp]) -> dict[str, Floats]:
    """Mean precision, recall and F1 of each matrix, NaN where a class has none."""
    hit = np.diagonal(matrices, axis1=1, axis2=2)
    actual, predicted = matrices.sum(axis=2), matrices.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return {
            "precision": (hit / predicted).mean(axis=1),
            "recall": (hit / actual).mean(axis=1),
            "f1": (2 * hit / (actual + predicted)).mean(axis=1),
        }
