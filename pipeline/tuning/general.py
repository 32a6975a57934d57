"""The general way: each fold learns its own terms, is resampled by itself, and is fitted at every C."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.engine import Prepared, penalties, prepared
from pipeline.fitting import fit
from pipeline.tuning.grid import grid_of_design
from pipeline.tuning.routes import Fits, PathModel, off_the_intercepts
from pipeline.tuning.task import Task

SOLVER = "each fold prepared, and fitted at each C, by itself"


@dataclass
class _Count:
    """Fits done, the worst violation of the conditions of an optimum, and how many did not converge."""

    done: int = 0
    unconverged: int = 0
    worst: float = 0.0
    warnings: dict[str, None] = field(default_factory=dict)


def fit_each(task: Task, n_C: int, tell: Callable[[float], None], why: str = "") -> Fits:
    """Fits every C on the training rows and on each fold, as a run of that C would.

    `tell` takes the share of the fits that is done; `why` says why the faster way was not taken.
    """
    made = prepared(task.frame, task.classes, task.n_classes, task.training, task.spec)
    Cs = grid_of_design(made.problem, task.spec, n_C)
    count, total = _Count(), len(Cs) * task.n_fits

    def models_of(made: Prepared) -> PathModel:
        each: list[NDArray[np.float64]] = []
        for C in Cs:  # each begins where the one before ended
            each.append(_weights(made, task, C, count, lambda: tell(count.done / total), each[-1] if each else None))
        weights = made.problem.design.to_model() @ np.stack(each)
        shift = made.shift if task.spec.correct_prior else ()
        return PathModel(made.terms, off_the_intercepts(weights, shift), made.problem.link)

    whole = models_of(made)
    folds = tuple(
        models_of(prepared(task.frame, task.classes, task.n_classes, training, task.spec)) for training, _ in task.folds
    )
    notes = (why, *count.warnings) if why else tuple(count.warnings)
    return Fits(Cs, whole, folds, count.unconverged, count.worst, SOLVER, notes)


def _weights(
    made: Prepared, task: Task, C: float, count: _Count, tell: Callable[[], None], near: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Weights of the design's columns at one C, begun `near` them."""
    spec = replace(task.spec, C=C)
    l1, l2 = penalties(made.problem.design, spec)
    problem = replace(made.problem, l1=l1, l2=l2)
    most = spec.max_iterations
    found = fit(problem, spec.tolerance, most, lambda step, norm: tell(), solver=spec.solver, seed=spec.seed, start=near)
    count.done += 1
    count.unconverged += not found.converged
    count.worst = max(count.worst, found.gradient_norm)
    if found.note:
        count.warnings[found.note] = None
    return found.point.weights
