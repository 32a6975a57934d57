"""Bootstrap intervals: what the coefficients would have been on other draws of the same kind of rows."""

from collections.abc import Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.engine import Fitted, fit_rows
from pipeline.errors import InvalidSpec, UnusableData
from pipeline.frame import Floats, Frame
from pipeline.inference import INTERCEPT, corrected_weights
from pipeline.monomials import rewritten
from pipeline.results import Coefficient, Progress, Report, no_report
from pipeline.spec import TrainSpec
from pipeline.spec_conflicts import LEAST_BOOTSTRAP
from pipeline.terms.columns import columns_of, in_own_units

FEWEST = LEAST_BOOTSTRAP
MOST_LOST = 0.05  # share of the draws that may lack a coefficient
_STREAM = 104_729  # keeps these random numbers apart from those of the split
_BATCH = 10

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Bootstrapped:
    """The draws' weights in own units, (draws, width, classes told), NaN where a draw has none; and how many fits failed."""

    draws: Floats
    n_failed: int
    classes: tuple[str, ...]
    columns: tuple[tuple[str, str | None], ...]  # (field, level), the intercept first

    @property
    def n_draws(self) -> int:
        return len(self.draws) + self.n_failed

    def interval(self, label: str, field: str, level: str | None) -> tuple[float, float] | None:
        """Percentiles 2.5 and 97.5 of one estimate; None where too many draws lack it."""
        values = self.draws[:, self.columns.index((field, level)), self.classes.index(label)]
        there = values[np.isfinite(values)]
        if len(there) < max(FEWEST, (1 - MOST_LOST) * self.n_draws):
            return None
        low, high = np.quantile(there, (0.025, 0.975))
        return float(low), float(high)

    def added_to(self, rows: Sequence[Coefficient]) -> tuple[Coefficient, ...]:
        """The estimates with their intervals."""
        found = []
        for row in rows:
            ends = self.interval(row.label, row.field, row.level)
            found.append(row if ends is None else replace(row, bootstrap_low=ends[0], bootstrap_high=ends[1]))
        return tuple(found)

    def notes(self) -> tuple[str, ...]:
        """What should be known about the intervals, in sentences."""
        said: list[str] = []
        if self.n_draws < FEWEST:
            said.append(f"{self.n_draws} bootstrap draws are too few for 95% intervals; ask for at least {FEWEST}.")
        if self.n_failed:
            said.append(
                f"{self.n_failed:,} of {self.n_draws:,} bootstrap draws gave no fit (a class or all variation was missing, or "
                "the classes were separated) and are left out."
            )
        if self.n_draws >= FEWEST and self.n_failed > MOST_LOST * self.n_draws:
            said.append("With so many draws lost, bootstrap intervals would be too narrow, and none is given.")
        elif self.n_draws >= FEWEST:
            lacking = [
                field if level is None else f"{field} = {level}"
                for at, (field, level) in enumerate(self.columns)
                if self.interval(self.classes[0], field, level) is None and at
            ]
            if lacking:
                named = ", ".join(f"'{name}'" for name in lacking[:5]) + (", ..." if len(lacking) > 5 else "")
                said.append(f"No bootstrap interval for {named}: over {MOST_LOST:.0%} of the draws had no such level.")
        return tuple(said)


def bootstrap(
    frame: Frame,
    classes: Rows,
    rows: Rows,
    spec: TrainSpec,
    fitted: Fitted,
    labels: tuple[str, ...],
    *,
    groups: Rows | None = None,
    report: Report = no_report,
    executor: Executor | None = None,
) -> Bootstrapped:
    """Refits a model on rows drawn with replacement.

    Parameters
    ----------
    frame : Frame
        The features.
    classes : ndarray of int, shape (frame.n_rows,)
        The class of every row.
    rows : ndarray of int, shape (n_train,)
        The training rows.
    spec : TrainSpec
        `bootstrap` is the number of draws. Preparation, resampling and weights are done anew on the rows of each draw.
    fitted : Fitted
        The fit on the training rows; its columns and units are the ones that the draws are told in.
    labels : tuple of str
        In the order of the classes.
    groups : ndarray of int, shape (n_train,), optional
        The group of each training row; then whole groups are drawn, because rows of one group are no independent draws.
    report : callable, optional
        Called after each draw (after each few with an executor); may raise Stopped.
    executor : Executor, optional
        Spreads the draws. The result is the same without it.

    Returns
    -------
    Bootstrapped

    Notes
    -----
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 9.5 (pairs) and 13 (percentiles). Rows are drawn from
    all classes together, not within each: in a table of loans the number of bads is itself a draw, and holding it fixed would
    make the intercept look surer than it is. A draw without one of the classes has no fit and is counted as failed. Draw k of a
    seed is the same for every number of draws.
    """
    told = labels if fitted.problem.link == "one_vs_rest" else labels[1:]
    task = _Task(frame, classes, rows, replace(spec, tolerance=max(spec.tolerance, 1e-6)), fitted, len(labels), groups)
    found: dict[int, Floats | None] = {}
    n = spec.bootstrap

    def tell() -> None:
        report(Progress(len(found), n, f"Bootstrap: {len(found):,} of {n:,} refits"))

    if executor is None:
        for number in range(n):
            found[number] = task.draw(number)
            tell()
    else:
        batches = [range(start, min(start + _BATCH, n)) for start in range(0, n, _BATCH)]
        futures: list[Future[dict[int, Floats | None]]] = [executor.submit(_draws, task, batch) for batch in batches]
        try:
            for done in as_completed(futures):
                found.update(done.result())
                tell()
        except BaseException:
            for future in futures:
                future.cancel()
            raise
    kept = [weights for number in range(n) if (weights := found[number]) is not None]
    columns = columns_of(fitted.terms)
    names = ((INTERCEPT, None), *((column.field, column.level) for column in columns))
    shape = (0, len(names), len(told))
    return Bootstrapped(np.array(kept) if kept else np.empty(shape), n - len(kept), told, names)


@dataclass(frozen=True)
class _Task:
    """What a draw needs; travels to another process as a whole."""

    frame: Frame
    classes: Rows
    rows: Rows
    spec: TrainSpec
    fitted: Fitted
    n_classes: int
    groups: Rows | None

    def draw(self, number: int) -> Floats | None:
        """The weights of one draw in own units, (width, classes told); None where it has no fit."""
        random = np.random.default_rng([self.spec.seed, _STREAM, number])
        rows = self._drawn(random)
        if len(np.unique(self.classes[rows])) < self.n_classes:
            return None
        spec = replace(self.spec, seed=int(random.integers(2**31 - 1)))  # resampling draws anew too
        try:
            fitted = fit_rows(self.frame, self.classes, self.n_classes, rows, spec, lambda _step, _norm: None)
        except (UnusableData, InvalidSpec):
            return None
        if not fitted.fit.converged or len(fitted.fit.diverging):
            return None
        weights = fitted.weights.copy()
        weights[fitted.fit.aliased] = np.nan
        weights = corrected_weights(weights, fitted)
        if not np.isfinite(weights[0]).all():
            return None
        return in_own_units_of(self.fitted, rewritten(weights, fitted.terms, self.fitted.terms))

    def _drawn(self, random: np.random.Generator) -> Rows:
        if self.groups is None:
            return self.rows[random.integers(0, len(self.rows), len(self.rows))]
        names, own = np.unique(self.groups, return_inverse=True)
        order = np.argsort(own, kind="stable")
        ends = np.searchsorted(own[order], np.arange(len(names) + 1))
        picked = random.integers(0, len(names), len(names))
        return np.concatenate([self.rows[order[ends[at] : ends[at + 1]]] for at in picked])


def in_own_units_of(fitted: Fitted, weights: Floats) -> Floats:
    """Weights of a model's columns in own units; an unknown one leaves the others known, but not the intercept that it enters."""
    T = in_own_units(fitted.terms)
    found = np.diag(T)[:, None] * weights
    moves = T[0, 1:, None] * weights[1:]
    found[0] = weights[0] + np.where(T[0, 1:, None] == 0, 0.0, moves).sum(axis=0)
    return found


def _draws(task: _Task, numbers: Sequence[int]) -> dict[int, Floats | None]:
    return {number: task.draw(number) for number in numbers}
