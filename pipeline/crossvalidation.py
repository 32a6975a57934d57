"""Cross-validation: everything that is learnt, imputation, scaling and resampling included, is learnt within each fold anew."""

from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.engine import fit_rows
from pipeline.evaluation import figures, figures_of_classes
from pipeline.fit_warnings import references_missed
from pipeline.frame import Frame
from pipeline.metrics import Judged
from pipeline.results import CrossValidation, FoldFigure, Metrics
from pipeline.spec import TrainSpec

Rows = NDArray[np.intp]


def cross_validate(
    frame: Frame,
    classes: Rows,
    n_classes: int,
    rows: Rows,
    draws: tuple[Rows, ...],
    spec: TrainSpec,
    report: Callable[[int, int, float], None],
) -> tuple[CrossValidation, tuple[str, ...]]:
    """K-fold cross-validation of a spec on some rows.

    Parameters
    ----------
    frame, classes, n_classes, rows
        The features, the class of every row, how many classes there are, and the rows to use.
    draws : tuple of ndarray of int
        The fold of each of `rows`, once for each repeat: `pipeline.folds.folds_of`.
    spec : TrainSpec
        What is fitted.
    report : callable
        Takes the fit (from 0, over all repeats), the step in it and the largest element of the gradient; may raise to stop.

    Returns
    -------
    CrossValidation
        AUC and log-loss of each fold, judged by the model of the others on rows as they came.
    warnings : tuple of str
    """
    parts: list[Metrics] = []
    n_unfinished = 0
    missed: Counter[tuple[str, str]] = Counter()
    for number in draws:
        for fold in range(spec.folds):
            training, judged = rows[number != fold], rows[number == fold]
            at = len(parts)
            fitted = fit_rows(frame, classes, n_classes, training, spec, lambda step, norm, at=at: report(at, step, norm))  # type: ignore[misc]
            n_unfinished += not fitted.fit.converged
            missed.update((term.field, level) for term, level in references_missed(fitted.terms, spec))
            probability, _ = fitted.probabilities(frame, judged)
            parts.append(
                figures(Judged(classes[judged] == 1, np.ascontiguousarray(probability[:, 1]), spec.cutoff))
                if n_classes == 2
                else figures_of_classes(classes[judged], probability)
            )
    warnings = [f"The fit did not converge in {n_unfinished} of {len(parts)} folds."] if n_unfinished else []
    warnings += [
        f"In {n} of {len(parts)} folds the reference level '{level}' of '{name}' could not be taken, so another stands in for it."
        for (name, level), n in missed.items()
    ]
    auc, log_loss = _over([part.auc for part in parts]), _over([part.log_loss for part in parts])
    return CrossValidation(spec.folds, auc, log_loss, len(draws)), tuple(warnings)


def _over(values: list[float | None]) -> FoldFigure:
    known = np.array([value for value in values if value is not None])
    return FoldFigure(float(known.mean()), float(known.std(ddof=1)), tuple(map(float, known)))
