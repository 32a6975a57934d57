"""A search over a grid: each cell is cross-validated on the training rows, and the best is told from the simplest as good.

Held-out rows are never looked at: they judge the run that is made of the cell that was chosen.
"""

import itertools
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.engine import Fitted, fit_rows
from pipeline.errors import PipelineError, Stopped
from pipeline.evaluation import figures, figures_of_classes
from pipeline.frame import Frame, frame_of
from pipeline.grid import Cells, cell_spec
from pipeline.metrics import Judged
from pipeline.outcome import Outcome, outcome_of
from pipeline.results import Metrics, Progress, Report, no_report
from pipeline.settling import settled
from pipeline.spec import TrainSpec
from pipeline.split import folds_of, parts_of
from pipeline.study_results import SearchResult, Trial

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
    outcome = outcome_of(table, spec)
    spec, _, _ = settled(table, spec, outcome)
    classes = np.full(table.num_rows, -1, np.intp)
    classes[outcome.rows] = outcome.classes
    parts = parts_of(table, outcome, spec)
    groups = parts.groups[parts.train] if parts.groups is not None else None
    folds = folds_of(classes[parts.train], spec, groups) if spec.folds else ()
    frame = frame_of(table, spec.features, spec.categorical)
    return Ready(spec, table.slice(0, 0), outcome, frame, classes, parts.train, parts.test, folds)


def fit_trial(data: Ready, number: int, options: Mapping[str, Any], report: Report = no_report) -> Trial:
    """Cross-validates one cell on the training rows; everything that is learnt is learnt within each fold anew.

    Parameters
    ----------
    data : Ready
        The rows; its spec is the base.
    number, options
        The cell's place in the grid, and what differs from the base.
    report : callable
        Called at every step of a solver; may raise Stopped.

    Returns
    -------
    Trial
        Means over the folds of all repeats. The standard errors are those of a mean of as many values as there are folds, since
        repeats of the folds judge the same rows again. A cell that cannot be fitted comes back with its sentence.
    """
    began = time.perf_counter()
    try:
        spec = data.spec_of(options)
        parts, widths, warnings = _folds(data, spec, report)
    except Stopped:
        raise
    except (PipelineError, np.linalg.LinAlgError, MemoryError) as fault:
        sentence = str(fault) if isinstance(fault, PipelineError) else _sentence(fault)
        return Trial(number, dict(options), seconds=time.perf_counter() - began, error=sentence)
    auc, auc_se = _mean_and_se([part.auc for part in parts], spec.folds)
    log_loss, log_loss_se = _mean_and_se([part.log_loss for part in parts], spec.folds)
    return Trial(
        number=number,
        options=dict(options),
        auc=auc,
        auc_se=auc_se,
        log_loss=log_loss,
        log_loss_se=log_loss_se,
        fold_auc=tuple(part.auc for part in parts if part.auc is not None),
        fold_log_loss=tuple(part.log_loss for part in parts if part.log_loss is not None),
        n_nonzero=round(float(np.mean(widths))),
        seconds=time.perf_counter() - began,
        warnings=warnings,
    )


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


def _folds(data: Ready, spec: TrainSpec, report: Report) -> tuple[list[Metrics], list[int], tuple[str, ...]]:
    """Figures of each fold, judged by the model of the others; how many coefficients each has that are not 0; warnings."""
    n_classes, rows = len(data.outcome.labels), data.training
    parts: list[Metrics] = []
    widths: list[int] = []
    n_unfinished = 0
    total = float(spec.folds * spec.fold_repeats)
    for fold, (number, at) in enumerate(itertools.product(data.folds, range(spec.folds))):
        training, judged = rows[number != at], rows[number == at]

        def tell(step: int, _norm: float, fold: int = fold) -> None:
            report(Progress(fold + min(step / _USUAL_STEPS, 1), total, f"Fold {fold + 1} of {total:.0f}"))

        fitted = fit_rows(data.frame, data.classes, n_classes, training, spec, tell)
        n_unfinished += not fitted.fit.converged
        probability, _ = fitted.probabilities(data.frame, judged)
        own = data.classes[judged]
        parts.append(
            figures(Judged(own == 1, np.ascontiguousarray(probability[:, 1]), spec.cutoff))
            if n_classes == 2
            else figures_of_classes(own, probability)
        )
        widths.append(_n_coefficients(fitted))
    warnings = (f"The fit did not converge in {n_unfinished} of {total:.0f} folds.",) if n_unfinished else ()
    return parts, widths, warnings


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
