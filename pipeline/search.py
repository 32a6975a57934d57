"""A search over a grid: each cell is cross-validated on the training rows, and the best is told from the simplest as good.

Held-out rows are never looked at: they judge the run that is made of the cell that was chosen.
"""

import itertools
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.engine import Fitted, Prepared, penalties, prepared
from pipeline.errors import PipelineError, Stopped
from pipeline.evaluation.classes import figures_of_classes
from pipeline.evaluation.metrics import Judged, figures
from pipeline.evaluation_results import Metrics
from pipeline.fitting import fit
from pipeline.frame import Floats, Frame, frame_of
from pipeline.grid import Cells, cell_spec
from pipeline.outcome import Outcome, outcome_of
from pipeline.results import Progress, Report, no_report
from pipeline.settling import settled
from pipeline.spec import TrainSpec
from pipeline.spec_checks import check
from pipeline.split import folds_of, parts_of
from pipeline.study_results import SearchResult, Trial
from pipeline.tallies import summarise

JudgedBy = Literal["log_loss", "auc"]
_USUAL_STEPS = 8  # Newton steps of an ordinary fit, for the progress

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Ready:
    """The rows of a base spec, read once for many fits. No option that varies may change what this is made of."""

    spec: TrainSpec  # features and bad label filled in
    head: pa.Table  # the table's columns, without rows
    outcome: Outcome
    frame: Frame
    classes: Rows  # of every row of the frame, -1 without an outcome
    training: Rows
    testing: Rows
    folds: tuple[Rows, ...]  # of each training row, once for each repeat; none where the spec has no folds

    def spec_of(self, options: Mapping[str, Any]) -> TrainSpec:
        """The base with other options. Raises InvalidSpec where they do not go together, or not with the data."""
        return settled(self.head, cell_spec(self.spec, options), self.outcome)[0]


def ready(table: pa.Table, spec: TrainSpec) -> Ready:
    """Reads a table for many fits of specs that differ in how they fit, not in which rows and columns they use.

    Raises InvalidSpec or UnusableData, as `pipeline.training.train` does.
    """
    columns = summarise(table)
    check(spec, columns)
    outcome = outcome_of(table, spec)
    spec, _, _ = settled(table, spec, outcome, columns)
    classes = np.full(table.num_rows, -1, np.intp)
    classes[outcome.rows] = outcome.classes
    parts = parts_of(table, outcome, spec)
    groups = parts.groups[parts.train] if parts.groups is not None else None
    folds = folds_of(classes[parts.train], spec, groups) if spec.folds else ()
    frame = frame_of(table, spec.features, spec.categorical)
    return Ready(spec, table.slice(0, 0), outcome, frame, classes, parts.train, parts.test, folds)


def fit_trial(data: Ready, number: int, options: Mapping[str, Any], report: Report = no_report) -> Trial:
    """Cross-validates one cell, as `fit_path` does."""
    return fit_path(data, {number: options}, report)[0]


def fit_path(data: Ready, cells: Mapping[int, Mapping[str, Any]], report: Report = no_report) -> list[Trial]:
    """Cross-validates cells that differ in C alone; everything that is learnt is learnt within each fold anew.

    Each fold is prepared once, and fitted from the strongest penalty to the weakest, each fit beginning where the one before
    ended. Every fit meets the same conditions of an optimum as it would by itself.

    Parameters
    ----------
    data : Ready
        The rows; its spec is the base.
    cells : mapping of int to options
        Each cell's place in the grid, and what differs from the base.
    report : callable
        Called at every step of a solver; may raise Stopped.

    Returns
    -------
    list of Trial
        In the order of `cells`. Means over the folds of all repeats. The standard errors are those of a mean of as many values as
        there are folds, since repeats of the folds judge the same rows again. A cell that cannot be fitted comes back with its
        sentence.
    """
    began = time.perf_counter()
    asked = [_Cell(number, options) for number, options in cells.items()]
    for cell in asked:
        with cell.tried():
            cell.spec = data.spec_of(cell.options)
    path = sorted((cell for cell in asked if not cell.error), key=lambda cell: cell.spec.C)
    total = len(data.folds) * data.spec.folds
    for fold, (number, at) in enumerate(itertools.product(data.folds, range(data.spec.folds))):
        left = [cell for cell in path if not cell.error]
        told = _Told(report, fold, total, max(len(left), 1))
        _fit_fold(data, left, data.training[number != at], data.training[number == at], told)
    seconds = (time.perf_counter() - began) / max(len(asked), 1)
    return [cell.trial(data.spec.folds, total, seconds) for cell in asked]


def judge(grid: Cells, trials: Sequence[Trial], judged_by: JudgedBy, seconds: float) -> SearchResult:
    """The best cell, and the simplest one that is as good within the best's standard error.

    `one_se` is, among the cells whose mean is within one standard error of the best mean (Breiman et al. 1984), the one with
    the fewest coefficients, then the strongest penalty (smallest C; none is weakest), then the best mean.
    """
    done = [trial for trial in trials if _score(trial, judged_by) is not None]
    best = min(done, key=lambda trial: (_score(trial, judged_by), trial.number), default=None)
    return SearchResult(
        spec=grid.spec.to_json(),
        grid=grid.grid,
        trials=tuple(sorted(trials, key=lambda trial: trial.number)),
        judged_by=judged_by,
        best=best.number if best is not None else None,
        one_se=_simplest(done, best, grid.spec, judged_by).number if best is not None else None,
        folds=grid.spec.folds,
        repeats=grid.spec.fold_repeats,
        seconds=seconds,
    )


def _score(trial: Trial, judged_by: JudgedBy) -> float | None:
    """The figure that is judged by, smaller is better; None for a cell without one."""
    if judged_by == "auc":
        return None if trial.auc is None else -trial.auc
    return trial.log_loss


def _simplest(done: Sequence[Trial], best: Trial, spec: TrainSpec, judged_by: JudgedBy) -> Trial:
    se = (best.auc_se if judged_by == "auc" else best.log_loss_se) or 0.0
    least = _score(best, judged_by)
    assert least is not None  # noqa: S101 - `done` holds trials with a figure only
    close = [trial for trial in done if (_score(trial, judged_by) or 0.0) <= least + se]

    def order(trial: Trial) -> tuple[float, float, float, int]:
        penalty = trial.options.get("penalty", spec.penalty)
        strength = math.inf if penalty == "none" else float(trial.options.get("C", spec.C))
        return (trial.n_nonzero or 0, strength, _score(trial, judged_by) or 0.0, trial.number)

    return min(close, key=order)


@dataclass
class _Cell:
    """A cell on its way through the folds: what each gave, and the sentence that ended it."""

    number: int
    options: Mapping[str, Any]
    spec: TrainSpec = field(init=False)
    parts: list[Metrics] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    n_unfinished: int = 0
    error: str = ""

    @contextmanager
    def tried(self) -> Iterator[None]:
        """What goes wrong within is the cell's own; a stop is not."""
        try:
            yield
        except Stopped:
            raise
        except (PipelineError, np.linalg.LinAlgError, MemoryError) as fault:
            self.error = str(fault) if isinstance(fault, PipelineError) else _sentence(fault)

    def trial(self, folds: int, n_fits: int, seconds: float) -> Trial:
        if self.error:
            return Trial(self.number, dict(self.options), seconds=seconds, error=self.error)
        auc, auc_se = _mean_and_se([part.auc for part in self.parts], folds)
        log_loss, log_loss_se = _mean_and_se([part.log_loss for part in self.parts], folds)
        unfinished = f"The fit did not converge in {self.n_unfinished} of {n_fits} folds."
        return Trial(
            number=self.number,
            options=dict(self.options),
            auc=auc,
            auc_se=auc_se,
            log_loss=log_loss,
            log_loss_se=log_loss_se,
            fold_auc=tuple(part.auc for part in self.parts if part.auc is not None),
            fold_log_loss=tuple(part.log_loss for part in self.parts if part.log_loss is not None),
            n_nonzero=round(float(np.mean(self.widths))),
            seconds=seconds,
            warnings=(unfinished,) if self.n_unfinished else (),
        )


@dataclass
class _Told:
    """Tells how far a path is: an ordinary number of steps for each of its fits."""

    report: Report
    fold: int
    total: int
    n_cells: int
    n_done: int = 0

    def __call__(self, step: int, _norm: float) -> None:
        done = self.fold + (self.n_done + min(step / _USUAL_STEPS, 1)) / self.n_cells
        self.report(Progress(done, float(self.total), f"Fold {self.fold + 1} of {self.total}"))


def _fit_fold(data: Ready, cells: Sequence[_Cell], training: Rows, judged: Rows, told: _Told) -> None:
    """Fits cells from the strongest penalty to the weakest on one fold's rows, and judges them on the others."""
    if not cells:
        return
    made: Prepared | None = None
    for cell in cells:  # what cannot be prepared for one cannot be for any
        with cell.tried():
            made = made or prepared(data.frame, data.classes, len(data.outcome.labels), training, cell.spec)
    start: Floats | None = None
    for cell in cells:
        with cell.tried():
            if made is None:
                continue
            fitted = _fit(made, cell.spec, told, start)
            start = fitted.fit.point.weights if fitted.fit.converged else None
            cell.n_unfinished += not fitted.fit.converged
            probability, _ = fitted.probabilities(data.frame, judged)
            cell.parts.append(_judged(data, judged, probability, cell.spec.cutoff))
            cell.widths.append(_n_coefficients(fitted))
        told.n_done += 1


def _fit(made: Prepared, spec: TrainSpec, told: _Told, start: Floats | None) -> Fitted:
    l1, l2 = penalties(made.problem.design, spec)
    problem = replace(made.problem, l1=l1, l2=l2)
    found = fit(problem, spec.tolerance, spec.max_iterations, told, solver=spec.solver, seed=spec.seed, start=start)
    return Fitted(made.terms, made.left_out, problem, found, made.shift, made.n_fitted, made.counts, spec.correct_prior)


def _judged(data: Ready, rows: Rows, probability: Floats, cutoff: float) -> Metrics:
    own = data.classes[rows]
    if len(data.outcome.labels) == 2:
        return figures(Judged(own == 1, np.ascontiguousarray(probability[:, 1]), cutoff))
    return figures_of_classes(own, probability)


def _n_coefficients(fitted: Fitted) -> int:
    """Columns of the model with a coefficient other than 0 for some class; the intercept does not count."""
    return int(np.count_nonzero(np.any(fitted.weights[1:] != 0, axis=1)))


def _mean_and_se(values: Sequence[float | None], folds: int) -> tuple[float | None, float | None]:
    known = np.array([value for value in values if value is not None])
    if len(known) < max(len(values), 1):
        return None, None
    spread = float(known.std(ddof=1) / math.sqrt(folds)) if len(known) > 1 else None
    return float(known.mean()), spread


def _sentence(fault: Exception) -> str:
    if isinstance(fault, MemoryError):
        return "It needed more memory than it may use. Take fewer columns or a lower degree."
    return "The equations of the fit have no solution; a penalty, or fewer columns, gives them one."
