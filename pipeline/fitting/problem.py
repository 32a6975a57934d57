"""What is minimised, and where a solver ended."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Floats
from pipeline.terms import Design

Link = Literal["reference", "softmax", "one_vs_rest"]


@dataclass(frozen=True)
class Problem:
    """What is minimised: (1/n) [ sum_i w_i log-loss_i + sum_jk l1_j |weights_jk| + 1/2 sum_jk l2_j weights_jk² ].

    With link "reference", class 0 has log-odds 0 and the other classes have weights; with "softmax" and "one_vs_rest" every class
    has. `l1[0]` and `l2[0]`, the intercept's, are 0. scikit-learn's objective is this one times n C, with l1_j + l2_j = 1 / C.
    """

    design: Design
    classes: NDArray[np.intp]
    n_classes: int
    row_weights: Floats | None
    l1: Floats
    l2: Floats
    link: Link

    @property
    def reference(self) -> bool:
        return self.link == "reference"

    @property
    def n_free(self) -> int:
        return self.n_classes - 1 if self.reference else self.n_classes

    @property
    def penalised(self) -> bool:
        return bool(self.l1.any() or self.l2.any())

    def one_against_rest(self, k: int) -> "Problem":
        """The problem of two classes: `k`, as class 1, and all others."""
        return replace(self, classes=(self.classes == k).astype(np.intp), n_classes=2, link="reference")

    def penalty(self, weights: Floats) -> float:
        """The penalty's part of the objective, summed over rows."""
        return float(self.l1 @ np.abs(weights).sum(axis=1) + 0.5 * (self.l2 @ (weights**2).sum(axis=1)))

    def violations(self, weights: Floats, gradient: Floats) -> Floats:
        """How far each weight is from the conditions of an optimum, per row; `gradient` leaves out the L1 part."""
        pull = self.l1[:, None] / self.design.n_rows
        moving = np.abs(gradient + pull * np.sign(weights))
        return np.where((weights != 0) | (pull == 0), moving, np.maximum(np.abs(gradient) - pull, 0.0))


@dataclass(frozen=True)
class Point:
    """The objective at some weights. The Hessian is class-major: (free class, column) by (free class, column); sums over rows."""

    weights: Floats
    objective: float  # per row, penalties included
    log_likelihood: float  # unweighted, without the penalty; of one against rest: of the chances scaled to sum to 1
    gradient: Floats  # of the objective without its L1 part, (width, n_free)
    hessian_of: Callable[[], Floats] = field(repr=False, compare=False)

    @cached_property
    def hessian(self) -> Floats:
        """Second derivatives of what the gradient is of, times the number of rows; computed when first asked for."""
        return self.hessian_of()


@dataclass(frozen=True)
class Fit:
    """Where a solver ended. `diverging` are design columns that separate the classes, `aliased` those fixed at 0.

    `optimality` is the largest violation of the conditions of an optimum (Karush, Kuhn, Tucker) of the mean objective: the
    gradient's element where that is smooth; for a weight with an L1 penalty what is left of the gradient once the penalty has
    pulled as hard as it can. `gradient_norm` is the same number. `objective` is per row, before the first step and after each.
    """

    point: Point
    iterations: int
    gradient_norm: float
    converged: bool
    aliased: NDArray[np.intp]
    diverging: NDArray[np.intp]
    objective: tuple[float, ...] = ()
    optimality: float = 0.0
    solver: str = ""
    note: str = ""
