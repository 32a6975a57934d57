"""Figures of three classes and more: each class against the rest, and the matrix of decisions."""

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.calibration import calibration_of
from pipeline.evaluation.metric_intervals import decision_intervals
from pipeline.evaluation.metrics import METRICS, Judged, auc_interval, auc_of, f1, losses, precision, recall
from pipeline.evaluation.roc import roc_curve
from pipeline.evaluation_results import ClassFigures, Metrics
from pipeline.frame import Floats


def figures_of_classes(classes: NDArray[np.intp], probability: Floats) -> Metrics:
    """The figures for three classes and more, as `pipeline.results.Metrics` defines them.

    Parameters
    ----------
    classes : ndarray of int, shape (n,)
        The class of each row, from 0.
    probability : ndarray of float, shape (n, n_classes)
        The predicted class is the most probable one.
    """
    n_classes = probability.shape[1]
    predicted = probability.argmax(axis=1)
    each = [_one_against_rest(classes == k, probability[:, k], predicted == k) for k in range(n_classes)]
    auc = _mean([part["auc"] for part in each])
    own = probability[np.arange(len(classes)), classes]
    outcome = classes[:, None] == np.arange(n_classes)
    some = len(classes) > 0
    return Metrics(
        n_rows=len(classes),
        n_bad=None,
        auc=auc,
        gini=None if auc is None else 2 * auc - 1,
        ks_statistic=None,
        accuracy=float((predicted == classes).mean()) if some else None,
        precision=_mean([part["precision"] for part in each]),
        recall=_mean([part["recall"] for part in each]),
        f1=_mean([part["f1"] for part in each]),
        brier_score=float(((probability - outcome) ** 2).sum(axis=1).mean()) if some else None,
        log_loss=float(losses(own).mean()) if some else None,
    )


def _one_against_rest(is_class: NDArray[np.bool_], probability: Floats, predicted: NDArray[np.bool_]) -> dict[str, float | None]:
    scores, decisions = Judged(is_class, probability, 0.5), Judged(is_class, predicted.astype(np.float64), 0.5)
    judged = {"score": scores, "decision": decisions}
    return {metric.name: metric.function(judged[metric.on]) for metric in METRICS}


def class_figures(
    classes: NDArray[np.intp], probability: Floats, labels: tuple[str, ...], uncorrected: Floats | None = None
) -> tuple[ClassFigures, ...]:
    """Each class against the rest; the decisions are those for the most probable class.

    Parameters
    ----------
    classes : ndarray of int, shape (n,)
    probability : ndarray of float, shape (n, n_classes)
    labels : tuple of str, length n_classes
    uncorrected : ndarray of float, shape (n, n_classes), optional
        Probabilities without the correction for a changed prior, for the calibration before it.

    Returns
    -------
    tuple of ClassFigures
        AUC with DeLong's 95% interval, null where all rows or none are of the class; precision, recall and F1 with Wilson's.
    """
    predicted = probability.argmax(axis=1)
    found = []
    for k, label in enumerate(labels):
        is_class = classes == k
        scores = Judged(is_class, np.ascontiguousarray(probability[:, k]), 0.5)
        decisions = Judged(is_class, (predicted == k).astype(np.float64), 0.5)
        interval = auc_interval(scores.ranking)
        before = None if uncorrected is None else Judged(is_class, np.ascontiguousarray(uncorrected[:, k]), 0.5)
        found.append(
            ClassFigures(
                label=label,
                n_rows=int(is_class.sum()),
                auc=auc_of(scores.ranking),
                auc_low=interval[0] if interval else None,
                auc_high=interval[1] if interval else None,
                precision=precision(decisions),
                recall=recall(decisions),
                f1=f1(decisions),
                roc=roc_curve(scores.ranking),
                calibration=calibration_of(scores),
                calibration_before=calibration_of(before) if before else None,
                intervals=tuple(found for found in decision_intervals(decisions.confusion) if found.metric != "accuracy"),
            )
        )
    return tuple(found)


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known and len(known) == len(values) else None


def confusion_matrix(classes: NDArray[np.intp], predicted: NDArray[np.intp], n_classes: int) -> tuple[tuple[int, ...], ...]:
    """Counts with a row for each actual class and a column for each predicted one."""
    counts = np.bincount(classes * n_classes + predicted, minlength=n_classes**2).reshape(n_classes, n_classes)
    return tuple(tuple(int(count) for count in row) for row in counts)
