"""From a table and a spec to the regularisation path that the Tune screen is drawn from."""

import time
from dataclasses import replace

import numpy as np
import pyarrow as pa

from pipeline.engine import fit_rows
from pipeline.errors import InvalidSpec
from pipeline.frame import Floats
from pipeline.inference import in_own_units
from pipeline.results import Progress, Report, no_report
from pipeline.spec import TrainSpec
from pipeline.study_results import PathColumn, PathFigure, TuningPath
from pipeline.terms import NumberTerm, Term, design_of
from pipeline.tuning.general import fit_each
from pipeline.tuning.grid import grid_of
from pipeline.tuning.judging import metrics_of, over_folds, part_of
from pipeline.tuning.routes import Fits
from pipeline.tuning.task import Task, task_of

MOST_C = 200


def tuning_path(table: pa.Table, spec: TrainSpec, *, n_C: int = 25, report: Report = no_report) -> TuningPath:
    """Fits a run at every C of a path, on its training rows and on each fold.

    Parameters
    ----------
    table : pyarrow.Table
        As for `pipeline.training.train`.
    spec : TrainSpec
        Its `C` is one of the path's. `folds` 0 means 5.
    n_C : int
        How many values of C, from 2 to 200.
    report : callable, optional
        Called often; may raise Stopped.

    Returns
    -------
    TuningPath
        The model at the spec's C is the one that training gives; folds and parts are training's own.

    Raises
    ------
    InvalidSpec, UnusableData
        As training does; on `penalty` where the spec has none, and on `C` where `n_C` is out of range.
    Stopped
        Where `report` raised it.
    """
    if not 2 <= n_C <= MOST_C:
        raise InvalidSpec.one("C", f"A path has from 2 to {MOST_C} values of C, not {n_C}.")
    began, cpu_began = time.perf_counter(), time.process_time()
    report(Progress(0, 1, "Reading the columns"))
    task = task_of(table, spec)
    Cs = _grid(task, n_C)
    total = float(len(Cs) * (1 + len(task.folds)) + 1)
    fits = fit_each(task, Cs, lambda done: report(Progress(done, total, f"Fitting: {done} of {total - 1:.0f}")))
    report(Progress(total - 1, total, "Judging the models"))
    auc, log_loss = _over_folds(task, fits)
    parts = tuple(
        part_of(name, fits.whole.log_odds(task.frame, rows), fits.whole.link, task.classes[rows], task.spec.cutoff)
        for name, rows in task.parts.items()
    )
    columns, coefficients, intercepts = _coefficients(fits, task.outcome.labels)
    report(Progress(total, total, "Done"))
    return TuningPath(
        spec=task.spec.to_json(),
        labels=task.outcome.labels,
        Cs=Cs,
        columns=columns,
        coefficients=coefficients,
        intercepts=intercepts,
        auc=auc,
        log_loss=log_loss,
        parts=parts,
        folds=task.spec.folds,
        repeats=task.spec.fold_repeats,
        n_fits=fits.n_fits,
        n_unconverged=fits.n_unconverged,
        optimality=fits.optimality,
        solver=fits.solver,
        notes=(*task.notes, *fits.notes),
        seconds=time.perf_counter() - began,
        cpu_seconds=time.process_time() - cpu_began,
    )


def _grid(task: Task, n_C: int) -> tuple[float, ...]:
    """The values of C, from gradient and Hessian at the model of the intercept alone."""
    fitted = fit_rows(
        task.frame, task.classes, task.n_classes, task.training, replace(task.spec, C=1e-6), lambda step, norm: None
    )
    design, _ = design_of(task.frame, fitted.terms, task.training)
    own = task.classes[task.training]
    shares = np.bincount(own, minlength=task.n_classes) / len(own)
    gram, gradient = np.zeros((design.width, design.width)), np.zeros((design.width, task.n_classes))
    for start in range(0, design.n_rows, 8_192):
        X = design.block(start, start + 8_192)
        gram += X.T @ X
        gradient += X.T @ (shares - (own[start : start + len(X), None] == np.arange(task.n_classes)))
    centred = gram - np.outer(gram[0], gram[0]) / gram[0, 0]
    spread = float((shares * (1 - shares)).max())
    return grid_of(np.linalg.eigvalsh(centred[1:, 1:]) * spread, float(np.abs(gradient[1:]).max()), task.spec, n_C)


def _over_folds(task: Task, fits: Fits) -> tuple[PathFigure, PathFigure]:
    """AUC and log-loss of every C and fold, judged by the model of the other folds."""
    aucs: list[list[float]] = [[] for _ in range(len(fits.whole.weights))]
    losses: list[list[float]] = [[] for _ in range(len(fits.whole.weights))]
    for model, (_, judged) in zip(fits.folds, task.folds, strict=True):
        for k, log_odds in enumerate(model.log_odds(task.frame, judged)):
            found = metrics_of(log_odds, model.link, task.classes[judged], task.spec.cutoff)
            if found.auc is not None and found.log_loss is not None:
                aucs[k].append(found.auc)
                losses[k].append(found.log_loss)
    repeats = task.spec.fold_repeats
    return over_folds(aucs, repeats, high=True), over_folds(losses, repeats, high=False)


def _coefficients(
    fits: Fits, labels: tuple[str, ...]
) -> tuple[tuple[PathColumn, ...], tuple[tuple[float, ...], ...], tuple[tuple[float, ...], ...]]:
    """The columns with a coefficient, class by class; their coefficients and the intercepts at every C.

    For three classes and more against the first class, as in a run's coefficients.
    """
    terms = fits.whole.terms
    weights = (
        fits.whole.weights if fits.whole.link == "reference" else fits.whole.weights[:, :, 1:] - fits.whole.weights[:, :, :1]
    )
    own = in_own_units(terms) @ weights  # (C, width, classes)
    scale = _deviations(terms)
    columns = tuple(
        PathColumn(label, term.field, level, term.field if level is None else f"{term.field}: {level}")
        for label in labels[1:]
        for term in terms
        for level in term.column_levels
    )
    standardised = (own[:, 1:] * scale[1:, None]).transpose(0, 2, 1).reshape(len(own), -1)
    return columns, tuple(map(tuple, standardised.tolist())), tuple(map(tuple, own[:, 0].tolist()))


def _deviations(terms: tuple[Term, ...]) -> Floats:
    """What a coefficient in own units is multiplied by: the standard deviation for a number, 1 for a level."""
    found = [1.0]
    for term in terms:
        found += [term.sd if isinstance(term, NumberTerm) and level is None else 1.0 for level in term.column_levels]
    return np.array(found)
