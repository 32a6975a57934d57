"""What a fitted model says of one part of the rows, and for three classes and more how well it does there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.engine import Fitted
from pipeline.evaluation.calibration import calibration_of
from pipeline.evaluation.class_intervals import class_intervals
from pipeline.evaluation.classes import class_figures, confusion_matrix, figures_of_classes
from pipeline.evaluation.metrics import Judged
from pipeline.evaluation_results import Calibration, ClassFigures, MetricInterval, Metrics
from pipeline.frame import Floats, Frame
from pipeline.spec import TrainSpec

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Judgement:
    """What a model says of one part: of two classes the rows themselves, of more what is told of them.

    What is told of two classes is made of the rows in `pipeline.evaluation.evaluating`.

    Calibration is worked out where it was asked for: of the probabilities before the correction for a changed prior where the
    model corrects, and of those after it where there is something to correct and the model does not.
    """

    judged: Judged | None = None  # two classes
    metrics: Metrics | None = None  # three classes and more, as are the next three
    intervals: tuple[MetricInterval, ...] = ()
    matrix: tuple[tuple[int, ...], ...] | None = None
    classes: tuple[ClassFigures, ...] = ()
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
    if other is None:
        return Judgement(judged), unseen
    second = calibration_of(Judged(judged.is_bad, np.ascontiguousarray(other[:, 1]), spec.cutoff))
    if fitted.corrects:
        return Judgement(judged, calibration_before=second), unseen
    return Judgement(judged, calibration_after=second), unseen


def _of_classes(own: Rows, probability: Floats, before: Floats | None, labels: tuple[str, ...], calibrated: bool) -> Judgement:
    each: tuple[ClassFigures, ...] = ()
    if calibrated:
        each = class_figures(own, probability, labels, before)
    matrix = confusion_matrix(own, probability.argmax(axis=1), len(labels))
    metrics, intervals = figures_of_classes(own, probability), class_intervals(own, probability)
    return Judgement(metrics=metrics, intervals=intervals, matrix=matrix, classes=each)
