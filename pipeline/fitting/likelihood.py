"""The log-likelihood of the two links, its gradient and its Hessian, at given log-odds."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pipeline.fitting.passes import Passes
from pipeline.fitting.problem import Point, Problem
from pipeline.frame import Floats


@dataclass(frozen=True)
class Sums:
    """Sums over rows at some weights: weighted loss, log-likelihood, gradient (width, free) and Hessian, where wanted.

    The penalty's smooth part, the L2, is in the gradient and the Hessian; `loss` is without any penalty.
    """

    loss: float
    log_likelihood: float
    gradient: Floats
    hessian: Floats | None


@dataclass(frozen=True)
class _Rows:
    """Log-probability of each row's own class, derivatives of the loss by the log-odds (rows, free), and probabilities."""

    own: Floats
    residual: Floats
    probabilities: Floats


def objective(problem: Problem, weights: Floats, eta: Floats) -> float:
    """The objective per row at weights whose log-odds are `eta`, without a pass over the columns."""
    loss = 0.0
    for start in range(0, len(eta), 65_536):
        rows = slice(start, start + 65_536)
        own = _at(problem, eta[rows], rows).own
        loss -= float(own.sum() if problem.row_weights is None else problem.row_weights[rows] @ own)
    return (loss + problem.penalty(weights)) / problem.design.n_rows


def sums(problem: Problem, passes: Passes, weights: Floats, eta: Floats, *, curvature: bool) -> Sums:
    """One pass over the rows: the gradient, and the Hessian where `curvature` is asked for."""
    free, width = problem.n_free, problem.design.width
    gradient = np.zeros((width + 1, free))
    pairs = [(a, b) for a in range(free) for b in range(a + 1)] if curvature else []
    totals = {pair: passes.empty() for pair in pairs}
    loss = log_likelihood = 0.0
    for rows, block in passes.blocks():
        at = _at(problem, eta[rows], rows)
        p, w = at.probabilities, None if problem.row_weights is None else problem.row_weights[rows]
        loss -= float(at.own.sum() if w is None else w @ at.own)
        log_likelihood += float(at.own.sum())
        block.add_sums(gradient, at.residual if w is None else at.residual * w[:, None])
        for a, b in pairs:
            weight = p[:, a] * (1 - p[:, a]) if a == b else p[:, a] * p[:, b]
            block.add_products(totals[a, b], weight if w is None else weight * w)
    hessian = _hessian(problem, {pair: total.finish() for pair, total in totals.items()}) if curvature else None
    return Sums(loss, log_likelihood, gradient[:-1] + problem.l2[:, None] * weights, hessian)


def point_of(problem: Problem, passes: Passes, weights: Floats, eta: Floats, found: Sums) -> Point:
    """The sums as a point: per row, with the Hessian kept where it is there and computed when asked for where not."""
    n = problem.design.n_rows
    objective = (found.loss + problem.penalty(weights)) / n
    hessian_of = partial(_hessian_at, problem, passes, weights, found.hessian)
    return Point(weights, objective, found.log_likelihood, found.gradient / n, hessian_of)


def _hessian_at(problem: Problem, passes: Passes, weights: Floats, known: Floats | None) -> Floats:
    if known is not None:
        return known
    hessian = sums(problem, passes, weights, passes.linear(weights), curvature=True).hessian
    assert hessian is not None  # noqa: S101 - it was asked for
    return hessian


def _hessian(problem: Problem, parts: dict[tuple[int, int], Floats]) -> Floats:
    """Blocks of pairs of classes as one matrix, class-major, with the L2 penalty on its diagonal."""
    free, width = problem.n_free, problem.design.width
    if free == 1:
        hessian = parts[0, 0]
        hessian[np.diag_indices(width)] += problem.l2
        return hessian
    matrix = np.zeros((free, width, free, width))
    for (a, b), part in parts.items():
        if a == b:
            part[np.diag_indices(width)] += problem.l2
            matrix[a, :, a] = part
        else:
            matrix[a, :, b] = matrix[b, :, a] = -part
    return matrix.reshape(free * width, free * width)


def _at(problem: Problem, eta: Floats, rows: slice) -> _Rows:
    classes = problem.classes[rows]
    return _two_classes(eta, classes) if problem.n_classes == 2 and problem.reference else _several(problem, eta, classes)


def _two_classes(eta: Floats, classes: NDArray[np.intp]) -> _Rows:
    """exp is taken of what is not positive only, so that nothing overflows and no small chance is lost."""
    is_one = classes == 1
    ease = np.exp(-np.abs(eta[:, 0]))
    p = np.where(eta[:, 0] >= 0, 1.0, ease) / (1 + ease)
    own = np.minimum(np.where(is_one, eta[:, 0], -eta[:, 0]), 0) - np.log1p(ease)
    return _Rows(own, (p - is_one)[:, None], p[:, None])


def _several(problem: Problem, eta: Floats, classes: NDArray[np.intp]) -> _Rows:
    logits = np.column_stack([np.zeros(len(eta)), eta]) if problem.reference else eta
    shifted = logits - logits.max(axis=1, keepdims=True)
    others = np.exp(shifted)
    others[np.arange(len(eta)), shifted.argmax(axis=1)] = 0.0  # of 1 and little more a logarithm would lose the little
    logs = shifted - np.log1p(others.sum(axis=1, keepdims=True))
    own = logs[np.arange(len(eta)), classes]
    p = np.exp(logs[:, 1:] if problem.reference else logs)
    wanted = classes[:, None] == np.arange(problem.n_classes - problem.n_free, problem.n_classes)
    return _Rows(own, p - wanted, p)
