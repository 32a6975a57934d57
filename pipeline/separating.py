"""Directions in which the log-likelihood rises without end: linear programmes that find one, or prove that there is none."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Floats
from pipeline.terms import Design

MOST_UNKNOWNS = 600  # of one programme
_ROUNDS = 60
_ROWS_ADDED = 400  # in each round, of each class
_NOTHING = 1e-6  # a margin, on columns of mean 0 and standard deviation 1, that counts as none


@dataclass
class Search:
    """Looks for a direction d with margin(i, k) = x_i · (d_y(i) - d_k) >= 0 for all rows i and classes k other than their own.

    Such a direction that is not 0 everywhere exists exactly where the maximum likelihood estimate does not (Albert and
    Anderson 1984); with all margins above 0 the separation is complete, else quasi-complete. The programme is that of Konis
    (2007), "Linear programming algorithms for detecting separated data in binary logistic regression models": maximise the sum
    of all margins under them, with |d_j| <= 1. It is solved with a few rows as constraints and the sum of all rows as
    objective, which bounds it from above: a bound of 0 proves that no row separates, and a direction counts only when it holds
    for every row; rows that it breaks join the constraints, and so on.

    Attributes
    ----------
    design : Design
        Dense columns of mean 0 and standard deviation 1.
    classes : ndarray of int, shape (n,)
    open : ndarray of bool, shape (n, n_classes)
        Pairs of a row and a class other than its own that still count.
    columns : ndarray of int
        Those of the design that may have a weight.
    kept : list of (int, int)
        The pairs that have become constraints; they stay for later searches, which makes these short.
    decided : bool
        False once a search had to be given up.
    """

    design: Design
    classes: NDArray[np.intp]
    open: NDArray[np.bool_]
    columns: NDArray[np.intp]
    kept: list[tuple[int, int]] = field(default_factory=list)
    decided: bool = True

    def start(self, weights: Floats) -> None:
        """Begins with the rows that some weights (width, n_classes) tell worst: they are the likeliest to forbid a direction."""
        margins = self.margins(weights)
        for own in range(self.open.shape[1]):
            rows = np.flatnonzero(self.classes == own)
            if len(rows):
                self._keep(margins[rows], rows, _ROWS_ADDED)

    def margins(self, direction: Floats) -> Floats:
        """x · (d_own - d_k) of every row and class, (n, n_classes); pairs that do not count are infinite."""
        eta = self.design.linear(direction)
        margins = eta[np.arange(len(eta)), self.classes][:, None] - eta
        return np.where(self.open, margins, np.inf)

    def separate(self, columns: Collection[int], *, wholly: bool = False) -> Floats | None:
        """A direction (width, n_classes) in some columns that separates, `wholly` with all margins above 0; None without one."""
        active = np.array([j for j in self.columns if j in columns or j == 0], np.intp)
        classes = self.open.shape[1] - 1
        if len(active) * classes > MOST_UNKNOWNS:
            self.decided = False
            return None
        total = self._total(active)
        for _ in range(_ROUNDS):
            solved = self._solve(active, total, wholly)
            if solved is None:
                return None
            direction = np.zeros((self.design.width, classes + 1))
            direction[active, 1:] = solved.reshape(classes, len(active)).T
            margins = self.margins(direction)
            worst = margins.min(axis=1)
            finite = margins[np.isfinite(margins)]
            least, most = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
            if least >= -_NOTHING:
                enough = least if wholly else most
                return direction if enough > 10 * _NOTHING else None
            before = len(self.kept)
            for own in range(classes + 1):
                rows = np.flatnonzero((self.classes == own) & (worst < -_NOTHING))
                if len(rows):
                    self._keep(margins[rows], rows, _ROWS_ADDED)
            if len(self.kept) == before:  # rounding: the rows that it breaks are constraints already
                break
        self.decided = False
        return None

    def _keep(self, margins: Floats, rows: NDArray[np.intp], most: int) -> None:
        have = set(self.kept)
        worst = margins.min(axis=1)
        first = np.argpartition(worst, most)[:most] if len(worst) > most else np.arange(len(worst))
        for at in first:
            pair = (int(rows[at]), int(margins[at].argmin()))
            if np.isfinite(worst[at]) and pair not in have:
                self.kept.append(pair)

    def _total(self, active: NDArray[np.intp]) -> Floats:
        """The sum of all open margins as a linear function of the direction, class-major, scaled to a largest element of 1."""
        n, n_classes = self.open.shape
        weight = -self.open.astype(np.float64)
        weight[np.arange(n), self.classes] = self.open.sum(axis=1)
        total = np.zeros((self.design.width + 1, n_classes))
        total[0] = weight.sum(axis=0)
        total[self.design.dense_at] = self.design.dense.T @ weight
        for k in range(self.design.codes.shape[1]):
            codes = self.design.codes[:, k].astype(np.intp)
            for own in range(n_classes):
                total[:, own] += np.bincount(codes % (self.design.width + 1), weight[:, own], self.design.width + 1)
        found = total[active, 1:].T.ravel()
        return np.asarray(found / max(float(np.abs(found).max()), 1e-300))

    def _solve(self, active: NDArray[np.intp], total: Floats, wholly: bool) -> Floats | None:
        """The best direction under the constraints kept; None where they leave none."""
        from scipy.optimize import linprog  # half a second of import, which unpenalised fits alone need

        A = self._constraints(active)
        n = A.shape[1]
        if wholly:
            A = np.column_stack([A, -np.ones(len(A))])
            total = np.append(np.zeros(n), 1.0)
        bounds: list[tuple[float, float]] = [(-1.0, 1.0)] * n + [(0.0, 1.0)] * wholly
        found: Any = linprog(-total, A_ub=-A, b_ub=np.zeros(len(A)), bounds=bounds, method="highs")
        if found.status != 0:
            self.decided = False
            return None
        if wholly and found.x[-1] <= 10 * _NOTHING:
            return None
        direction = np.asarray(found.x[:n])
        return direction if np.abs(direction).max() > 10 * _NOTHING else None

    def _constraints(self, active: NDArray[np.intp]) -> Floats:
        """The margins of the pairs kept as linear functions of the direction, (pairs, n_classes - 1 times columns)."""
        pairs = [(row, k) for row, k in self.kept if self.open[row, k]]
        free = self.open.shape[1] - 1
        rows = np.array([row for row, _ in pairs], np.intp)
        X = np.zeros((len(pairs), self.design.width + 1))
        X[:, 0] = 1.0
        X[:, self.design.dense_at] = self.design.dense[rows]
        for k in range(self.design.codes.shape[1]):
            X[np.arange(len(pairs)), self.design.codes[rows, k]] = 1.0
        X = X[:, active]
        A = np.zeros((len(pairs), free, len(active)))
        for at, (row, k) in enumerate(pairs):
            own = int(self.classes[row])
            if own:
                A[at, own - 1] += X[at]
            if k:
                A[at, k - 1] -= X[at]
        return A.reshape(len(pairs), free * len(active))
