"""Cross-validation: everything that is learnt, imputation and scaling included, is learnt within each fold anew."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.engine import fit_rows
from pipeline.errors import InvalidSpec
from pipeline.evaluation import figures, figures_of_classes
from pipeline.frame import Frame
from pipeline.metrics import Judged
from pipeline.results import CrossValidation, FoldFigure, Metrics
from pipeline.spec import TrainSpec
from pipeline.split import fold_numbers

Rows = NDArray[np.intp]


def cross_validate(
    frame: Frame, classes: Rows, n_classes: int, rows: Rows, spec: TrainSpec, report: Callable[[int, int, float], None]
) -> tuple[CrossValidation, tuple[str, ...]]:
    """Stratified K-fold cross-validation of a spec on some rows.

    Parameters
    ----------
    frame, classes, n_classes, rows
        The features, the class of every row, how many classes there are, and the rows to use.
    spec : TrainSpec
        `folds` says how many, `seed` which.
    report : callable
        Takes the fold, the Newton step in it and the largest element of the gradient; may raise to stop.

    Returns
    -------
    CrossValidation
        AUC and log-loss of each fold, judged by the model of the others.
    warnings : tuple of str

    Raises
    ------
    InvalidSpec
        Where a class has fewer rows than there are folds.
    """
    check_folds(classes[rows], spec)
    number = fold_numbers(classes[rows], spec.folds, spec.seed)
    parts: list[Metrics] = []
    n_unfinished = 0
    for fold in range(spec.folds):
        training, judged = rows[number != fold], rows[number == fold]
        fitted = fit_rows(frame, classes, n_classes, training, spec, lambda step, norm, fold=fold: report(fold, step, norm))  # type: ignore[misc]
        n_unfinished += not fitted.fit.converged
        probability, _ = fitted.probabilities(frame, judged)
        parts.append(
            figures(Judged(classes[judged] == 1, probability[:, 1], spec.cutoff))
            if n_classes == 2
            else figures_of_classes(classes[judged], probability)
        )
    warnings = (f"The fit did not converge in {n_unfinished} of {spec.folds} folds.",) if n_unfinished else ()
    return CrossValidation(spec.folds, _over([part.auc for part in parts]), _over([part.log_loss for part in parts])), warnings


def check_folds(classes: Rows, spec: TrainSpec) -> None:
    """Raises InvalidSpec where some fold would lack a class."""
    rarest = int(np.bincount(classes).min())
    if spec.folds > rarest:
        raise InvalidSpec.one(
            "folds",
            f"{spec.folds} folds need {spec.folds} training rows of each class, and the rarest has {rarest}; choose fewer folds.",
        )


def _over(values: list[float | None]) -> FoldFigure:
    known = np.array([value for value in values if value is not None])
    return FoldFigure(float(known.mean()), float(known.std(ddof=1)), tuple(map(float, known)))
