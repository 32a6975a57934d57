"""Where the quadratic model of an objective has its minimum: a linear system, or with an L1 part coordinate descent."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.fitting.problem import Problem
from pipeline.frame import Floats

_ROUNDS = 20
_SWEEPS = 5  # of coordinate descent, before the signs that it has found are taken for the right ones
_RIDGE = 1e-9
_CROSSINGS = 5  # weights that a settling may put to 0 before coordinate descent goes on


class Solver:
    """Solves systems of one symmetric positive definite matrix.

    Where rounding has made it singular: with a `ridge` on the diagonal, in shares of it, or by the shortest solution.
    """

    def __init__(self, matrix: Floats, ridge: float = 0.0) -> None:
        from scipy.linalg import LinAlgError, cho_factor

        self._scale = 1 / np.sqrt(np.maximum(np.diag(matrix), np.finfo(float).tiny))
        self._even = matrix * self._scale[:, None] * self._scale
        self._factor: Any = None
        try:
            self._factor = cho_factor(self._even, check_finite=False)
        except LinAlgError:
            if ridge:
                with suppress(LinAlgError):  # so far from definite that no such ridge helps
                    self._factor = cho_factor(self._even + ridge * np.eye(len(matrix)), check_finite=False)

    def solve(self, right: Floats) -> Floats:
        from scipy.linalg import cho_solve

        scale = self._scale if right.ndim == 1 else self._scale[:, None]
        if self._factor is None:
            return np.asarray(np.linalg.lstsq(self._even, right * scale, rcond=1e-13)[0] * scale)
        return np.asarray(cho_solve(self._factor, right * scale, check_finite=False) * scale)


def solve_definite(matrix: Floats, right: Floats) -> Floats:
    """The solution for a symmetric positive definite matrix; where rounding has made it singular, the shortest one."""
    return Solver(matrix).solve(right)


class Quadratic:
    """The model of an objective around some weights, by a Hessian of there or nearby that learns from the steps since."""

    def __init__(self, problem: Problem, active: NDArray[np.intp]) -> None:
        self._problem, self._active = problem, active
        self._at = (np.arange(problem.n_free)[:, None] * problem.design.width + active).ravel()
        self._pull = np.tile(problem.l1, problem.n_free)[self._at]
        self._rank = len(self._at) if problem.l2.any() else problem.design.n_rows * problem.n_free
        self._matrix: Floats = np.empty((0, 0))
        self._solver: Solver | None = None

    def take(self, hessian: Floats) -> None:
        """Uses this Hessian from now on."""
        problem = self._problem
        matrix = hessian if len(self._at) == len(hessian) else hessian[np.ix_(self._at, self._at)]
        if not problem.reference:  # equal shifts of all intercepts change nothing; this keeps them at sum 0
            matrix = matrix.copy() if matrix is hessian else matrix
            intercepts = np.flatnonzero(np.isin(self._at, np.arange(problem.n_free) * problem.design.width))
            matrix[np.ix_(intercepts, intercepts)] += problem.design.n_rows / problem.n_free**2
        self._use(matrix)

    def learn(self, step: Floats, change: Floats) -> None:
        """Makes the matrix give the change of the gradient that a step was seen to make (the update of Broyden, Fletcher,
        Goldfarb and Shanno; Nocedal and Wright 2006, equation 6.19)."""
        moved, seen = step.T.ravel()[self._at], change.T.ravel()[self._at]
        expected = self._matrix @ moved
        along, before = float(seen @ moved), float(expected @ moved)
        if along > 0.1 * before > 0:
            self._use(self._matrix - np.outer(expected, expected) / before + np.outer(seen, seen) / along)

    def _use(self, matrix: Floats) -> None:
        self._matrix = matrix
        self._solver = None if self._pull.any() else Solver(matrix)

    def target(self, weights: Floats, gradient: Floats, tolerance: float) -> Floats:
        """The minimum of the model, for the gradient's sum over rows (without the L1 part) at `weights`, both (width, free).

        With an L1 part to where no condition of the optimum is violated by more than `tolerance`.
        """
        width, free = weights.shape
        found, slope = weights.T.ravel().copy(), gradient.T.ravel()[self._at]
        if self._solver is not None:
            found[self._at] -= self._solver.solve(slope)
        else:
            found[self._at] = _Lasso(self._matrix, slope, found[self._at], self._pull, self._rank).minimum(tolerance)
        return found.reshape(free, width).T


@dataclass
class _Lasso:
    """slope · (u - start) + 1/2 (u - start)' H (u - start) + sum_j pull_j |u_j|, at its present u.

    A few sweeps of coordinate descent with covariance updates (Friedman, Hastie and Tibshirani 2010) over weights that are not
    0 or want to leave it find the signs; given these, the rest is a linear system. `slope` follows u.
    """

    matrix: Floats
    slope: Floats
    u: Floats
    pull: Floats
    rank: int  # of the matrix at most, without an L2 part

    def minimum(self, tolerance: float) -> Floats:
        self.u[(np.diag(self.matrix) <= 0) & (self.pull > 0)] = 0.0  # a column that says nothing
        for _ in range(_ROUNDS):
            for _ in range(_SWEEPS):
                self._sweep()
            self._settle()
            if self._violations().max(initial=0.0) <= tolerance:
                break
        return self.u

    def _violations(self) -> Floats:
        moving = np.abs(self.slope + self.pull * np.sign(self.u))
        return np.where((self.u != 0) | (self.pull == 0), moving, np.maximum(np.abs(self.slope) - self.pull, 0.0))

    def _sweep(self) -> None:
        """Each weight in turn to where it is best, the others as they are."""
        curvature = np.diag(self.matrix)
        for j in np.flatnonzero((self._violations() > 0) & (curvature > 0)).tolist():
            wanted = self.u[j] - self.slope[j] / curvature[j]
            best = np.sign(wanted) * max(abs(wanted) - self.pull[j] / curvature[j], 0.0)
            if best != self.u[j]:
                self.slope += self.matrix[j] * (best - self.u[j])
                self.u[j] = best

    def _settle(self) -> None:
        """To the minimum among weights of the present signs; a weight that would change its sign on the way becomes 0."""
        for _ in range(_CROSSINGS):
            at = np.flatnonzero((self.u != 0) | (self.pull == 0))
            among, own, pull = self.matrix[np.ix_(at, at)], self.u[at], self.pull[at]
            if len(at) > self.rank:  # no minimum of its own
                return
            step = -Solver(among, ridge=_RIDGE).solve(self.slope[at] + pull * np.sign(own))
            crossing = (pull > 0) & ((own + step) * own < 0)
            moved = np.where(crossing, 0.0, own + step)
            if crossing.any() and self._rise(among, at, moved) > 0:  # too much at once: as far as the first one
                shares = np.where(crossing, -own / np.where(crossing, step, 1.0), 1.0)
                moved = own + shares.min() * step
                moved[crossing & (shares <= shares.min())] = 0.0
            self.slope += self.matrix[:, at] @ (moved - own)
            self.u[at] = moved
            if not crossing.any():
                break

    def _rise(self, among: Floats, at: NDArray[np.intp], moved: Floats) -> float:
        step = moved - self.u[at]
        pulled = self.pull[at] @ (np.abs(moved) - np.abs(self.u[at]))
        return float(self.slope[at] @ step + 0.5 * step @ among @ step + pulled)
