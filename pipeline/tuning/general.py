"""The general way: each fold learns its own terms and design, and is fitted at every C."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.engine import fit_rows
from pipeline.tuning.routes import Fits, PathModel
from pipeline.tuning.task import Task

SOLVER = "Each fold prepared and fitted by itself"


def fit_each(task: Task, Cs: tuple[float, ...], tell: Callable[[int], None]) -> Fits:
    """Fits every C on the training rows and on each fold, as a run of that C would; `tell` takes the number of fits done."""
    outcomes: list[tuple[float, bool]] = []

    def path_on(rows: NDArray[np.intp]) -> PathModel:
        weights = []
        for C in Cs:
            spec = replace(task.spec, C=C)
            fitted = fit_rows(task.frame, task.classes, task.n_classes, rows, spec, lambda step, norm: tell(len(outcomes)))
            outcomes.append((fitted.fit.gradient_norm, fitted.fit.converged))
            weights.append(fitted.weights)
        return PathModel(fitted.terms, np.stack(weights), fitted.problem.link)

    whole = path_on(task.training)
    folds = tuple(path_on(training) for training, _ in task.folds)
    worst = max(norm for norm, _ in outcomes)
    return Fits(whole, folds, len(outcomes), sum(not converged for _, converged in outcomes), worst, SOLVER)
