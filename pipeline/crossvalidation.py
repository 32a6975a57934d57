"""Cross-validation: everything that is learnt, imputation, scaling and resampling included, is learnt within each fold anew."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.engine import fit_rows
from pipeline.evaluation.classes import figures_of_classes
from pipeline.evaluation.metrics import Judged, figures
from pipeline.evaluation_results import CrossValidation, FoldFigure, Metrics
from pipeline.fit_warnings import references_missed
from pipeline.frame import Floats, Frame
from pipeline.spec import TrainSpec

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class CrossValidated:
    """The figures over folds; and for two classes the probability of bad of each row, in the order of the rows, by the model of
    the folds that it was not in (first repeat; NaN for a row of no fold)."""

    figures: CrossValidation
    out_of_fold: Floats | None
    warnings: tuple[str, ...]


def cross_validate(
    frame: Frame,
    classes: Rows,
    n_classes: int,
    rows: Rows,
    draws: tuple[Rows, ...],
    spec: TrainSpec,
    report: Callable[[int, int, float], None],
) -> CrossValidated:
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
    CrossValidated
        AUC and log-loss of each fold, judged by the model of the others on rows as they came.
    """
    out_of_fold = np.full(len(rows), np.nan) if n_classes == 2 else None
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
            if out_of_fold is not None and number is draws[0]:
                out_of_fold[number == fold] = probability[:, 1]
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
    return CrossValidated(CrossValidation(spec.folds, auc, log_loss, len(draws)), out_of_fold, tuple(warnings))


def _over(values: list[float | None]) -> FoldFigure:
    known = np.array([value for value in values if value is not None])
    return FoldFigure(float(known.mean()), float(known.std(ddof=1)), tuple(map(float, known)))
