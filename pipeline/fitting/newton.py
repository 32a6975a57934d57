"""Newton's method, or proximal Newton where there is an L1 part, to the optimum that the spec asks for.

A large table begins at the optimum of a sample of its rows. A Hessian serves for several steps while these are short (the chord
method), as a gradient costs a third of a Hessian; the gradient is always that of all rows, and it alone decides when to stop.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.fitting.likelihood import Sums, objective, point_of, sums
from pipeline.fitting.passes import Passes
from pipeline.fitting.problem import Fit, Problem
from pipeline.fitting.quadratic import Quadratic
from pipeline.frame import Floats
from pipeline.terms import Design

_ALIASED = 1e-10  # share of a column's variation that others leave unexplained, below which it says nothing of its own
_SUSPECT = 1e-7  # the same with weighted rows: below it the unweighted share is computed
_SETTLED = 0.1  # change of any row's log-odds that one more step would make at the end, in tolerances
_SETTLED_SAMPLED = 50  # the same for large tables: 5e-7 at the usual tolerance
_MOST_UNSETTLED = 0.05  # whatever the tolerance
_ROUNDING = 1e-10  # gradients below which one that no longer falls is taken for the end
_SLOW = 0.3  # share of the gradient that a step must not leave, if the next is to use the same Hessian
_ROUGH = 0.1  # share of the violations that may be left in the minimum of a quadratic model with an L1 part, far from the end
_FINE = 1e-3  # the same near it
_LONG = 0.3  # root mean square change of log-odds beyond which the next step takes a Hessian of its own
_SEPARATED_GRADIENT = 1e-7
_SEPARATED_STEP = 0.3
_SEPARATED_ROUNDS = 3
_SAMPLED_FROM = 100_000  # rows
_SAMPLED_SHARE = 16  # one row of so many
_SAMPLE_GRADIENT = 1e-4  # tolerance within the sample, which is an estimate itself

Report = Callable[[int, float], None]


def minimise(problem: Problem, tolerance: float, max_iterations: int, report: Report, start: Floats | None = None) -> Fit:
    """Minimises a problem with link "reference" or "softmax"; arguments and result as those of `pipeline.fitting.fit`."""
    passes = Passes.over(problem.design)
    if start is not None:
        return _on_all_rows(problem, passes, tolerance, max_iterations, report, start)
    start = _start(problem)
    began = _from_sample(problem, passes, report)
    if began is not None:
        course = [_start_objective(problem, start)]
        descent = _Descent(problem, passes, tolerance, max_iterations, report, course, _SETTLED_SAMPLED, sampled=True)
        fit = descent.run(began, 1)
        if fit is not None and (fit.converged or len(fit.diverging) or fit.iterations >= max_iterations):
            return fit
        note = "The sample that a large table begins with led nowhere, so all rows were used from the start."
        return replace(_on_all_rows(problem, passes, tolerance, max_iterations, report, start), note=note)
    return _on_all_rows(problem, passes, tolerance, max_iterations, report, start)


def _on_all_rows(problem: Problem, passes: Passes, tolerance: float, most: int, report: Report, start: Floats) -> Fit:
    fit = _Descent(problem, passes, tolerance, most, report, []).run(start, 0)
    assert fit is not None  # noqa: S101 - only a descent from a sample gives up
    return fit


@dataclass(frozen=True)
class _Place:
    """Weights, their log-odds (rows, free), and the sums over rows there."""

    weights: Floats
    eta: Floats
    found: Sums


@dataclass
class _Descent:
    """One way down. `course` holds the objective before the first step and after each so far; `settled` is in tolerances."""

    problem: Problem
    passes: Passes
    tolerance: float
    most: int
    report: Report
    course: list[float]
    settled: float = _SETTLED
    sampled: bool = False
    aliased: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, np.intp))

    def run(self, weights: Floats, iteration: int) -> Fit | None:
        """The fit; None where columns turn out to be aliased, which a start from a sample does not allow for."""
        problem, n = self.problem, self.problem.design.n_rows
        place = self._place(weights, self.passes.linear(weights), curvature=True)
        if not problem.penalised:
            self.aliased = _aliased_by(problem, self.passes, place.found)
            if self.sampled and len(self.aliased):
                return None
        active = np.setdiff1d(np.arange(problem.design.width), self.aliased)
        model = Quadratic(problem, active)
        last, long_steps = np.inf, 0
        while True:
            norm = float(problem.violations(place.weights, place.found.gradient / n)[active].max())
            if place.found.hessian is None and norm > _SLOW * last:  # the old Hessian has served its time
                place = self._place(place.weights, place.eta, curvature=True)
            if place.found.hessian is not None:
                model.take(place.found.hessian)
            self.course[iteration:] = [self._objective(place)]
            self.report(iteration, norm)
            target = model.target(place.weights, place.found.gradient, min(_ROUGH, max(_FINE, 10 * norm)) * norm * n)
            change = self.passes.linear(target - place.weights)
            if norm <= self.tolerance and self._is_end(place, change, norm, last):
                return self._end(place, iteration, norm, True)
            longest = float(np.abs(target - place.weights).max())
            separating = not problem.penalised and norm <= _SEPARATED_GRADIENT and longest > _SEPARATED_STEP
            long_steps = long_steps + 1 if separating else 0
            if iteration >= self.most or long_steps >= _SEPARATED_ROUNDS:
                break
            moved = self._move(place, target, change)
            if moved is None and place.found.hessian is not None:
                break
            if moved is None:
                last = 0.0  # the next round takes a Hessian of here
                continue
            if moved.found.hessian is None:
                model.learn(moved.weights - place.weights, moved.found.gradient - place.found.gradient)
            place, iteration, last = moved, iteration + 1, norm
        return self._end(place, iteration, norm, False, target if separating else None)

    def _place(self, weights: Floats, eta: Floats, *, curvature: bool) -> _Place:
        return _Place(weights, eta, sums(self.problem, self.passes, weights, eta, curvature=curvature))

    def _objective(self, place: _Place) -> float:
        return (place.found.loss + self.problem.penalty(place.weights)) / self.problem.design.n_rows

    def _is_end(self, place: _Place, change: Floats, norm: float, last: float) -> bool:
        """Whether one more step would change no row's log-odds by what counts, or rounding allows no more."""
        if np.abs(change).max() <= min(_MOST_UNSETTLED, self.settled * self.tolerance):
            return True
        return place.found.hessian is not None and norm <= _ROUNDING and norm > 0.5 * last

    def _move(self, place: _Place, target: Floats, change: Floats) -> _Place | None:
        """The place after the longest of the steps 1, 1/2, 1/4, ... that does not raise the objective; None where all do."""
        bound = self.course[-1] + 1e-13 * max(1.0, abs(self.course[-1]))
        moved = self._place(target, place.eta + change, curvature=_root_mean_square(change) > _LONG)
        if self._objective(moved) <= bound:
            return moved
        for halvings in range(1, 30):
            share = 0.5**halvings
            weights, eta = place.weights + share * (target - place.weights), place.eta + share * change
            if objective(self.problem, weights, eta) <= bound:
                return self._place(weights, eta, curvature=True)
        return None

    def _end(self, place: _Place, iteration: int, norm: float, converged: bool, target: Floats | None = None) -> Fit:
        """The fit; `target` is where a step would lead that grows without end."""
        how = "Proximal Newton with coordinate descent" if self.problem.l1.any() else "Newton's method"
        growing = None if target is None else np.abs((target - place.weights)[1:]).max(axis=1) > 0.1
        return Fit(
            point=point_of(self.problem, self.passes, place.weights, place.eta, place.found),
            iterations=iteration,
            gradient_norm=norm,
            converged=converged,
            aliased=self.aliased,
            diverging=np.empty(0, np.intp) if growing is None else np.flatnonzero(growing) + 1,
            objective=tuple(self.course),
            optimality=norm,
            solver=f"{how}, begun on a sample of the rows" if self.sampled else how,
        )


def _root_mean_square(values: Floats) -> float:
    return float(np.sqrt(np.vdot(values, values) / values.size))


def _start(problem: Problem) -> Floats:
    """No effect of any column, and intercepts that give each class its share."""
    counts = np.bincount(problem.classes, weights=problem.row_weights, minlength=problem.n_classes)
    logs = np.log(np.maximum(counts, 0.5))
    weights = np.zeros((problem.design.width, problem.n_free))
    weights[0] = logs[1:] - logs[0] if problem.reference else logs - logs.mean()
    return weights


def _start_objective(problem: Problem, start: Floats) -> float:
    """The objective of intercepts alone, for which no pass is needed."""
    counts = np.bincount(problem.classes, weights=problem.row_weights, minlength=problem.n_classes)
    logits = np.append(0.0, start[0]) if problem.reference else start[0]
    logs = logits - logits.max()
    logs -= np.log(np.exp(logs).sum())
    return float(-(counts @ logs)) / problem.design.n_rows


def _from_sample(problem: Problem, passes: Passes, report: Report) -> Floats | None:
    """The optimum of every sixteenth row, from which the steps on all rows are few; None where the table is small for it."""
    rows = np.arange(problem.design.n_rows // _SAMPLED_SHARE) * _SAMPLED_SHARE
    n_weights = problem.design.width * problem.n_free
    if problem.design.n_rows < _SAMPLED_FROM or len(rows) < 20 * n_weights:
        return None
    if np.bincount(problem.classes[rows], minlength=problem.n_classes).min() < 20:
        return None
    share = len(rows) / problem.design.n_rows
    sample = replace(
        problem,
        design=replace(problem.design, dense=problem.design.dense[rows], codes=problem.design.codes[rows]),
        classes=problem.classes[rows],
        row_weights=None if problem.row_weights is None else problem.row_weights[rows],
        l1=problem.l1 * share,
        # a level that the sample lacks, or has in one class only, must not run away
        l2=problem.l2 * share + np.append(0.0, np.full(problem.design.width - 1, 1.0)),
    )
    descent = _Descent(
        sample, Passes(sample.design, passes.grouped), _SAMPLE_GRADIENT, 30, lambda _, norm: report(0, norm), [], _SETTLED_SAMPLED
    )
    fit = descent.run(_start(sample), 0)
    return fit.point.weights if fit is not None and fit.converged else None


def _aliased_by(problem: Problem, passes: Passes, found: Sums) -> NDArray[np.intp]:
    """Aliased columns; where the Hessian leaves no doubt that there are none, no pass is made."""
    assert found.hessian is not None  # noqa: S101 - asked for at the first point
    width = problem.design.width
    if not len(dependent(found.hessian[:width, :width], _SUSPECT)):
        return np.empty(0, np.intp)
    return dependent(passes.products(), _ALIASED)


def aliased_columns(design: Design) -> NDArray[np.intp]:
    """Columns that are linear combinations of columns before them."""
    return dependent(Passes.over(design).products(), _ALIASED)


def dependent(products: Floats, share: float) -> NDArray[np.intp]:
    """Columns of which at most a share is left once those before are taken out, by Cholesky decomposition in their order."""
    left = products.copy()
    total = np.diag(left).copy()
    found: list[int] = []
    for j in range(len(left)):
        if left[j, j] <= share * total[j]:
            found.append(j)
            continue
        left[j + 1 :, j + 1 :] -= np.outer(left[j + 1 :, j], left[j, j + 1 :]) / left[j, j]
    return np.array(found, np.intp)
