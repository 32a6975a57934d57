"""From a table and a spec to the regularisation path that the Tune screen is drawn from."""

import time

import numpy as np
import pyarrow as pa

from pipeline.errors import InvalidSpec
from pipeline.results import Progress, Report, no_report
from pipeline.spec import TrainSpec
from pipeline.study_results import PathColumn, TuningPath
from pipeline.terms import columns_of, in_own_units
from pipeline.tuning.general import fit_each
from pipeline.tuning.judging import figures_over_folds, part_of
from pipeline.tuning.routes import Fits
from pipeline.tuning.shared import fit_shared, shared_terms
from pipeline.tuning.task import Task, task_of

MOST_C = 200
_FITTED = 0.85  # share of the work that is done once the models are fitted


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
    fits = _fits(task, n_C, report)
    report(Progress(_FITTED, 1, "Judging the models"))
    auc, log_loss = figures_over_folds(task, fits)
    parts = []
    for name, rows in task.parts.items():
        parts.append(part_of(task, fits, name, rows))
        report(Progress(_FITTED + (1 - _FITTED) * len(parts) / len(task.parts), 1, "Judging the models"))
    columns, coefficients, intercepts = _coefficients(fits, task.outcome.labels)
    return TuningPath(
        spec=task.spec.to_json(),
        labels=task.outcome.labels,
        Cs=fits.Cs,
        columns=columns,
        coefficients=coefficients,
        intercepts=intercepts,
        auc=auc,
        log_loss=log_loss,
        parts=tuple(parts),
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


def _fits(task: Task, n_C: int, report: Report) -> Fits:
    """Fits the fast way where it gives what each fold would have by itself, else fold by fold."""

    def tell(share: float) -> None:
        report(Progress(_FITTED * share, 1, f"Fitting {n_C} values of C on {task.n_fits - 1} folds and on the training rows"))

    terms = shared_terms(task)
    if isinstance(terms, str):
        return fit_each(task, n_C, tell, terms)
    return fit_shared(task, *terms, n_C, tell)


def _coefficients(
    fits: Fits, labels: tuple[str, ...]
) -> tuple[tuple[PathColumn, ...], tuple[tuple[float, ...], ...], tuple[tuple[float, ...], ...]]:
    """The columns with a coefficient, class by class; their coefficients and the intercepts at every C.

    For three classes and more against the first class, as in a run's coefficients; of one against rest each class by itself.
    """
    terms = fits.whole.terms
    weights = (
        fits.whole.weights if fits.whole.link == "reference" else fits.whole.weights[:, :, 1:] - fits.whole.weights[:, :, :1]
    )
    own = in_own_units(terms) @ weights  # (C, width, classes)
    parts = columns_of(terms)
    scale = np.array([1.0 if part.sd is None else part.sd for part in parts])
    columns = tuple(
        PathColumn(label, part.field, part.level, part.name) for label in labels[-weights.shape[2] :] for part in parts
    )
    standardised = (own[:, 1:] * scale[:, None]).transpose(0, 2, 1).reshape(len(own), -1)
    return columns, tuple(map(tuple, standardised.tolist())), tuple(map(tuple, own[:, 0].tolist()))
