"""How a fitted model does on one part of the rows, in all figures that a run stores."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.calibration import calibration_of
from pipeline.engine import Fitted
from pipeline.evaluation import class_figures, confusion_matrix, figures, figures_of_classes, roc_curve
from pipeline.frame import Floats, Frame
from pipeline.metrics import Judged
from pipeline.results import Calibration, ClassFigures, Confusion, Metrics, RocCurve
from pipeline.spec import TrainSpec

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Judgement:
    """The figures of one part. Two classes have what is named after the metrics, three and more the matrix and the classes.

    Calibration is worked out where it was asked for: of the model's probabilities, of those before the correction for a changed
    prior where the model corrects, and of those after it where there is something to correct and the model does not.
    """

    metrics: Metrics
    confusion: Confusion | None = None
    roc: RocCurve | None = None
    judged: Judged | None = None  # the rows themselves, for what is worked out of several parts together
    matrix: tuple[tuple[int, ...], ...] | None = None
    classes: tuple[ClassFigures, ...] = ()
    calibration: Calibration | None = None
    calibration_before: Calibration | None = None
    calibration_after: Calibration | None = None


def judge(
    fitted: Fitted,
    frame: Frame,
    classes: Rows,
    rows: Rows,
    labels: tuple[str, ...],
    spec: TrainSpec,
    *,
    calibrated: bool = False,
) -> tuple[Judgement, dict[str, int]]:
    """Judges a model on some rows.

    Parameters
    ----------
    fitted : Fitted
    frame, classes
        The features, and the class of every row of the frame.
    rows : ndarray of int
        The rows to judge on; never resampled.
    labels : tuple of str
        In the order of the classes.
    spec : TrainSpec
        `cutoff`.
    calibrated : bool
        Whether to work out calibration, and for three classes and more the figures of each class.

    Returns
    -------
    Judgement
    unseen : dict of str to int
        How many values of each column training never saw.
    """
    log_odds, unseen = fitted.log_odds(frame, rows)
    probability = fitted.probability(log_odds, corrected=fitted.corrects)
    other = fitted.probability(log_odds, corrected=not fitted.corrects) if fitted.shift and calibrated else None
    own = classes[rows]
    if len(labels) > 2:
        return _of_classes(own, probability, other if fitted.corrects else None, labels, calibrated), unseen
    judged = Judged(own == 1, np.ascontiguousarray(probability[:, 1]), spec.cutoff)
    found = Judgement(figures(judged), judged.confusion, roc_curve(judged.ranking), judged)
    if not calibrated:
        return found, unseen
    found = replace(found, calibration=calibration_of(judged))
    if other is None:
        return found, unseen
    second = calibration_of(Judged(judged.is_bad, np.ascontiguousarray(other[:, 1]), spec.cutoff))
    if fitted.corrects:
        return replace(found, calibration_before=second), unseen
    return replace(found, calibration_after=second), unseen


def _of_classes(own: Rows, probability: Floats, before: Floats | None, labels: tuple[str, ...], calibrated: bool) -> Judgement:
    each: tuple[ClassFigures, ...] = ()
    if calibrated:
        each = class_figures(own, probability, labels, before)
    matrix = confusion_matrix(own, probability.argmax(axis=1), len(labels))
    return Judgement(figures_of_classes(own, probability), matrix=matrix, classes=each)
