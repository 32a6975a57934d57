"""Logistic regression at many C and for all folds together: few passes over the rows, each of them serving all folds.

The models of a C are solved by proximal Newton steps whose Hessian is a neighbour's: that of all rows less that of the fold that
a model leaves out, at the weights of the model of all rows. The gradients are exact, and so is the test of each fit: the next
step would move no row's log-odds by more than `TOLERANCE`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from pipeline.fitting import fold_kernels as kernels
from pipeline.fitting import solve_definite
from pipeline.fitting.path_rows import FoldRows, Gaps, laid_out
from pipeline.frame import Floats
from pipeline.terms import Design

TOLERANCE = 4e-7  # of any row's log-odds
_MOST_PASSES = 15
_SEEN = 1e-3 * TOLERANCE  # steps up to here change gradients by little more than rounding, which teaches a Hessian nothing
_FRESH = 4  # passes of the last C up to which its Hessians serve the next one too
_SLOW = 0.25  # a step that leaves more than this share of the distance asks for the model's own Hessian


@dataclass(frozen=True)
class FoldProblem:
    """Models on the same design, each of all rows (`left_out` -1) or of all but those of a fold. Model 0 is of all rows.

    `l1` and `l2` are what each weight is penalised by at C = 1, by model; `class_weight` the weights of a good and of a bad;
    `shift` what a model adds to a dense column where its value is missing; `columns` gives the design's dense columns one by one
    where the design does without, as they are taken into another layout.
    """

    design: Design
    classes: NDArray[np.intp]
    fold: NDArray[np.intp]
    left_out: NDArray[np.int64]  # (models,)
    class_weight: Floats  # (models, 2)
    l1: Floats  # (models, width)
    l2: Floats
    gaps: Gaps
    shift: Floats  # (models, dense columns)
    columns: Callable[[], Iterable[Floats]] | None = None


@dataclass(frozen=True)
class FoldPath:
    """Weights of the design's columns (C, models, width); the largest violation of the conditions of an optimum (KKT) of the
    mean objective; which fits met the tolerance; and how many passes over the rows there were."""

    weights: Floats
    optimality: Floats
    converged: NDArray[np.bool_]
    n_passes: int
    n_hessians: int


class FoldSolver:
    """Solves every model of a problem at one C after another; keeps the models' present weights, gradients and Hessians."""

    def __init__(self, problem: FoldProblem) -> None:
        self.problem = problem
        n_folds = int(problem.fold.max()) + 1
        columns = problem.design.dense.T if problem.columns is None else problem.columns()
        self.rows: FoldRows = laid_out(problem.design, problem.classes, problem.fold, n_folds, problem.gaps, columns)
        self.n_folds = n_folds
        self.n_passes = self.n_hessians = 0
        models, width = problem.l1.shape
        self.n_rows = np.array([len(problem.fold) - int((problem.fold == out).sum()) for out in problem.left_out])
        self.weights = np.zeros((models, width))
        self.weights[:, 0] = self._intercepts()
        self.gradients = np.zeros((models, width))
        self.steps = np.zeros((models, width))  # since the last gradient
        self.hessians = np.zeros((models, width, width))
        self.lines_of = self._indicator()
        self.everyone = np.arange(models)
        self._pass(self.everyone)
        self.hessians = self._neighbours()
        self.passes_before = _MOST_PASSES

    def _intercepts(self) -> Floats:
        """The intercepts that give each model's rows their share of bads."""
        problem = self.problem
        counts = np.stack(
            [np.bincount(problem.fold, weights=problem.classes == c, minlength=self.n_folds) for c in (0, 1)], axis=1
        )
        own = np.array([counts.sum(axis=0) - (counts[out] if out >= 0 else 0) for out in problem.left_out]) * problem.class_weight
        return np.asarray(np.log(np.maximum(own[:, 1], 0.5) / np.maximum(own[:, 0], 0.5)))

    def _indicator(self) -> Floats:
        """Which design column each line of the table counts for, (lines, width)."""
        n_lines = len(self.rows.columns_of[0]) if self.rows.columns_of else 1
        found = np.zeros((n_lines, self.problem.design.width + 1))
        for columns in self.rows.columns_of:
            found[np.arange(n_lines), columns] = 1.0
        return found[:, :-1]

    def path(self, Cs: tuple[float, ...], tell: Callable[[float], None] = lambda share: None) -> FoldPath:
        """Solves every model at every C, from the strongest penalty to the weakest.

        Parameters
        ----------
        Cs : tuple of float
            Ascending.
        tell : callable, optional
            Takes the share of the values of C that is done; may raise to stop.
        """
        shape = (len(Cs), len(self.weights))
        weights = np.empty((*shape, self.problem.design.width))
        optimality, converged = np.empty(shape), np.zeros(shape, bool)
        for k, C in enumerate(Cs):
            tell(k / len(Cs))
            converged[k] = self._solve(1 / C)
            weights[k], optimality[k] = self.weights, self._violations(1 / C)
        tell(1.0)
        return FoldPath(weights, optimality, converged, self.n_passes, self.n_hessians)

    def null(self) -> tuple[Floats, Floats]:
        """Gradient (width,) and Hessian (width, width) of the summed loss of model 0 with its intercept alone; before `path`."""
        return self.gradients[0].copy(), self.hessians[0].copy()

    def _solve(self, strength: float) -> NDArray[np.bool_]:
        """Moves all models to their optimum at 1/C = `strength`; which of them met the tolerance."""
        converged = np.zeros(len(self.weights), bool)
        reached = np.full(len(self.weights), np.inf)
        for m in self.everyone.tolist():
            self._move(m, self._step(m, strength))
        active = self.everyone
        for passes in range(1, _MOST_PASSES + 1):
            self._pass(active)
            if passes == 1 and self.passes_before > _FRESH:
                self.hessians = self._neighbours()
            still = []
            for m in active.tolist():
                step = self._step(m, strength)
                moves = self._reach_of(step)
                if passes > 1 and moves > max(_SLOW * reached[m], TOLERANCE):
                    self.hessians[m] = self._own_hessian(m)
                    step = self._step(m, strength)
                    moves = self._reach_of(step)
                if moves <= TOLERANCE:
                    converged[m] = True
                elif np.isfinite(moves):
                    self._move(m, step)
                    still.append(m)
                reached[m] = moves
            active = np.array(still, np.intp)
            if not len(active):
                break
        self.passes_before = passes
        return converged

    def _move(self, m: int, step: Floats) -> None:
        self.weights[m] += step
        self.steps[m] += step

    def _step(self, m: int, strength: float) -> Floats:
        """From the present weights to the minimum of the quadratic model plus the penalty."""
        problem = self.problem
        l1, l2 = problem.l1[m] * strength, problem.l2[m] * strength
        A = self.hessians[m] + np.diag(l2)
        g = self.gradients[m] + l2 * self.weights[m]
        if not l1.any():
            return _solution(A, -g)
        return _descended(A, g, l1, self.weights[m])

    def _reach_of(self, step: Floats) -> float:
        """A bound of what a step moves any row's log-odds by."""
        rows, design = self.rows, self.problem.design
        by_category = sum(float(np.abs(step[columns]).max(initial=0.0)) for columns in rows.categories)
        return float(abs(step[0]) + np.abs(step[design.dense_at]) @ rows.reach + by_category)

    def _violations(self, strength: float) -> Floats:
        """Of each model: the largest violation of the conditions of an optimum, of the mean objective."""
        l1, l2 = self.problem.l1 * strength, self.problem.l2 * strength
        smooth = self.gradients + l2 * self.weights
        moved = smooth + l1 * np.sign(self.weights)
        off = np.where(self.weights != 0, np.abs(moved), np.maximum(np.abs(smooth) - l1, 0.0))
        return np.asarray(off.max(axis=1) / self.n_rows)

    def _pass(self, models: NDArray[np.intp]) -> None:
        """The exact gradients of some models."""
        for start in range(0, len(models), kernels.LANES):
            self._pass_together(models[start : start + kernels.LANES])
        self.n_passes += 1

    def _pass_together(self, models: NDArray[np.intp]) -> None:
        problem, rows, design = self.problem, self.rows, self.problem.design
        M, P, lanes = len(models), len(design.dense_at), kernels.LANES
        own = self.weights[models]
        intercept, table = np.zeros(lanes), np.zeros((len(self.lines_of), lanes))
        intercept[:M], table[:, :M] = own[:, 0], self.lines_of @ own.T
        gap = np.zeros((P, lanes))
        gap[:, :M] = (own[:, design.dense_at] * problem.shift[models]).T
        g_dense, g_table, g_gap = np.zeros((M, P + 1)), np.zeros_like(table), np.zeros_like(gap)
        kernels.gradients(
            rows.tiles,
            rows.codes,
            rows.gap_start,
            rows.gap_column,
            rows.bad,
            rows.live,
            rows.tile_fold,
            problem.left_out[models],
            intercept,
            np.ascontiguousarray(own[:, design.dense_at]),
            table,
            gap,
            problem.class_weight[models],
            g_dense,
            g_table,
            g_gap,
        )
        found = g_table[:, :M].T @ self.lines_of
        found[:, 0] = g_dense[:, P]
        found[:, design.dense_at] = g_dense[:, :P] + problem.shift[models] * g_gap[:, :M].T
        self._learn(models, found - self.gradients[models])
        self.gradients[models] = found

    def _learn(self, models: NDArray[np.intp], change: Floats) -> None:
        """Makes each model's Hessian agree with what its gradient did along its last step (the BFGS update)."""
        for m, y in zip(models, change, strict=True):
            s = self.steps[m]
            along, Hs = float(s @ y), self.hessians[m] @ s
            curved = float(s @ Hs)
            if along > 1e-8 * curved > 0 and self._reach_of(s) > _SEEN:
                self.hessians[m] += np.outer(y, y / along) - np.outer(Hs, Hs / curved)
            self.steps[m] = 0.0

    def _neighbours(self) -> Floats:
        """The Hessians at the weights of the model of all rows, of the rows of each model."""
        self.n_hessians += 1
        of_fold = [self._hessian(0, [(self.rows.first_tile[k], self.rows.first_tile[k + 1])]) for k in range(self.n_folds)]
        total = np.sum(of_fold, axis=0)
        return np.stack([total if out < 0 else total - of_fold[out] for out in self.problem.left_out])

    def _own_hessian(self, m: int) -> Floats:
        """The Hessian of a model at its own weights."""
        self.n_hessians += 1
        out, first = self.problem.left_out[m], self.rows.first_tile
        spans = [(0, first[-1])] if out < 0 else [(0, first[out]), (first[out + 1], first[-1])]
        return self._hessian(m, spans)

    def _hessian(self, m: int, spans: list[tuple[int, int]]) -> Floats:
        """Of a model's loss over some spans of tiles."""
        rows, design, own = self.rows, self.problem.design, self.weights[m]
        P, L = len(design.dense_at), len(self.lines_of)
        h_dense, h_cross, h_table = np.zeros((P + 1, P + 1)), np.zeros((L, -(-(P + 1) // 8) * 8)), np.zeros((L, L))
        table, dense = self.lines_of @ own, np.ascontiguousarray(own[design.dense_at])
        good, bad = self.problem.class_weight[m]
        for first, last in spans:
            kernels.hessian(
                rows.tiles,
                rows.codes,
                rows.gap_start,
                rows.gap_column,
                rows.bad,
                rows.live,
                first,
                last,
                own[0],
                dense,
                table,
                self.problem.shift[m],
                good,
                bad,
                h_dense,
                h_cross,
                h_table,
            )
        at = np.append(design.dense_at, 0)
        within = h_table + h_table.T
        within[np.arange(L), np.arange(L)] += h_cross[:, P]
        found: Floats = self.lines_of.T @ within @ self.lines_of
        cross = self.lines_of.T @ h_cross[:, : P + 1]
        found[:, at] += cross
        found[at] += cross.T
        found[np.ix_(at, at)] = h_dense + np.tril(h_dense, -1).T
        return found


def _solution(A: Floats, right: Floats) -> Floats:
    """The solution for a positive definite matrix, by Cholesky's decomposition; with more care where that fails."""
    _, found, failed = lapack.dposv(A, right)
    return solve_definite(A, right) if failed else np.asarray(found)


def _descended(A: Floats, g: Floats, l1: Floats, start: Floats) -> Floats:
    """Coordinate descent, then the exact solution on the columns that it left in, where that keeps all signs and conditions."""
    step: Floats = np.zeros_like(g)
    for sweeps in (3, 10, 50, 200):
        step = kernels.descend(A, g, l1, start, sweeps, 1e-10)
        target = start + step
        kept = np.flatnonzero((target != 0) | (l1 == 0))
        signs = np.sign(target)
        exact = start.copy()
        right = A @ start - g - l1 * signs
        exact[:] = 0.0
        exact[kept] = _solution(A[np.ix_(kept, kept)], right[kept])
        slope = np.abs(A @ (exact - start) + g)
        same_signs = (np.sign(exact[kept]) == signs[kept]) | (l1[kept] == 0)
        out = np.ones(len(g), bool)
        out[kept] = False
        if same_signs.all() and (slope[out] <= l1[out] * (1 + 1e-9) + 1e-12).all():
            return np.asarray(exact - start)
    return step
