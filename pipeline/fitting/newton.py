"""Maximum likelihood, with or without an L2 penalty, by Newton's method to the gradient that the spec asks for."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.fitting.problem import Fit, Point, Problem
from pipeline.frame import Floats
from pipeline.terms import Design

_BLOCK = 8_192  # rows whose design matrix is built at a time
_ALIASED = 1e-10  # share of a column's variation that others leave unexplained, below which it says nothing of its own
_SEPARATED_GRADIENT = 1e-7
_SEPARATED_STEP = 0.3
_SEPARATED_ROUNDS = 3


def fit(
    problem: Problem,
    tolerance: float,
    max_iterations: int,
    report: Callable[[int, float], None],
    solver: str = "auto",
    seed: int = 0,
) -> Fit:
    """Minimises a problem.

    Parameters
    ----------
    problem : Problem
        Its design should be standardised.
    tolerance : float
        Largest element of the mean gradient at the end.
    max_iterations : int
        Newton steps at most.
    report : callable
        Takes the number of the step and the gradient's largest element; may raise to stop.

    Returns
    -------
    Fit
        `converged` is false when the steps ran out, or when the classes are separated: then the likelihood has no maximum,
        and the steps of Newton's method stay as long as they are while the gradient vanishes (Albert and Anderson 1984).
    """
    aliased = np.empty(0, np.intp) if problem.penalised else aliased_columns(problem.design)
    active = np.setdiff1d(np.arange(problem.design.width), aliased)
    point = _evaluate(problem, _start(problem))
    long_steps = 0
    for iteration in range(max_iterations + 1):
        norm = float(np.abs(point.gradient[active]).max())
        report(iteration, norm)
        step = _newton_step(problem, point, active)
        longest = float(np.abs(step).max())
        if norm <= tolerance and (problem.penalised or longest < 0.1):
            return Fit(point, iteration, norm, True, aliased, np.empty(0, np.intp))
        separating = not problem.penalised and norm <= _SEPARATED_GRADIENT and longest > _SEPARATED_STEP
        long_steps = long_steps + 1 if separating else 0
        moved = None if iteration == max_iterations else _line_search(problem, point, step)
        if long_steps >= _SEPARATED_ROUNDS or moved is None:
            break
        point = moved
    diverging = np.flatnonzero(np.abs(step[1:]).max(axis=1) > 0.1) + 1 if separating else np.empty(0, np.intp)
    return Fit(point, iteration, norm, False, aliased, diverging)


def _start(problem: Problem) -> Floats:
    """No effect of any column, and intercepts that give each class its share."""
    counts = np.bincount(problem.classes, weights=problem.row_weights, minlength=problem.n_classes)
    logs = np.log(np.maximum(counts, 0.5))
    weights = np.zeros((problem.design.width, problem.n_free))
    weights[0] = logs[1:] - logs[0] if problem.reference else logs - logs.mean()
    return weights


def _evaluate(problem: Problem, weights: Floats) -> Point:
    design, free, width = problem.design, problem.n_free, problem.design.width
    gradient = np.zeros((width, free))
    hessian = np.zeros((free, width, free, width))
    loss = log_likelihood = 0.0
    for start in range(0, design.n_rows, _BLOCK):
        X = design.block(start, start + _BLOCK)
        rows = slice(start, start + len(X))
        log_p = _log_probabilities(X @ weights, problem.reference)
        own = log_p[np.arange(len(X)), problem.classes[rows]]
        w = np.ones(len(X)) if problem.row_weights is None else problem.row_weights[rows]
        loss -= float(w @ own)
        log_likelihood += float(own.sum())
        p = np.exp(log_p[:, 1:] if problem.reference else log_p)
        wanted = problem.classes[rows, None] == np.arange(problem.n_classes - free, problem.n_classes)
        gradient += X.T @ ((p - wanted) * w[:, None])
        for a in range(free):
            root = X * np.sqrt(w * p[:, a] * (1 - p[:, a]))[:, None]
            hessian[a, :, a, :] += root.T @ root  # numpy computes half of a product with itself
            for b in range(a):
                hessian[a, :, b, :] -= X.T @ (X * (w * p[:, a] * p[:, b])[:, None])
    for a in range(free):
        hessian[a, :, a, :] += np.diag(problem.l2)
        for b in range(a):
            hessian[b, :, a, :] = hessian[a, :, b, :].T
    n = design.n_rows
    return Point(
        weights,
        (loss + 0.5 * float(problem.l2 @ (weights**2).sum(axis=1))) / n,
        log_likelihood,
        (gradient + problem.l2[:, None] * weights) / n,
        hessian.reshape(free * width, free * width),
    )


def _objective(problem: Problem, weights: Floats) -> float:
    loss = 0.0
    for start in range(0, problem.design.n_rows, _BLOCK):
        X = problem.design.block(start, start + _BLOCK)
        rows = slice(start, start + len(X))
        own = _log_probabilities(X @ weights, problem.reference)[np.arange(len(X)), problem.classes[rows]]
        loss -= float(own.sum() if problem.row_weights is None else problem.row_weights[rows] @ own)
    return (loss + 0.5 * float(problem.l2 @ (weights**2).sum(axis=1))) / problem.design.n_rows


def _log_probabilities(eta: Floats, reference: bool) -> Floats:
    logits = np.column_stack([np.zeros(len(eta)), eta]) if reference else eta
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def _newton_step(problem: Problem, point: Point, active: NDArray[np.intp]) -> Floats:
    width, free = point.weights.shape
    at = (np.arange(free)[:, None] * width + active).ravel()
    hessian = point.hessian[np.ix_(at, at)]
    if not problem.reference:  # equal shifts of all intercepts change nothing; this keeps them at sum 0
        intercepts = np.flatnonzero(np.isin(at, np.arange(free) * width))
        hessian[np.ix_(intercepts, intercepts)] += problem.design.n_rows / free**2
    gradient = point.gradient.T.ravel()[at] * problem.design.n_rows
    step = np.zeros(free * width)
    step[at] = -solve_definite(hessian, gradient)
    return step.reshape(free, width).T


def solve_definite(matrix: Floats, right: Floats) -> Floats:
    """The solution for a symmetric positive definite matrix; where rounding has made it singular, the shortest one."""
    scale = 1 / np.sqrt(np.maximum(np.diag(matrix), np.finfo(float).tiny))
    even = matrix * scale[:, None] * scale
    scaled = right * (scale if right.ndim == 1 else scale[:, None])
    try:
        np.linalg.cholesky(even)  # refuses what is not positive definite
        solution = np.linalg.solve(even, scaled)
    except np.linalg.LinAlgError:
        solution = np.linalg.lstsq(even, scaled, rcond=1e-13)[0]
    return np.asarray(solution * (scale if right.ndim == 1 else scale[:, None]))


def _line_search(problem: Problem, point: Point, step: Floats) -> Point | None:
    """The point after the longest of the steps 1, 1/2, 1/4, ... that does not raise the objective; None where all do."""
    bound = point.objective + 1e-13 * max(1.0, abs(point.objective))
    moved = _evaluate(problem, point.weights + step)
    if moved.objective <= bound:
        return moved
    for halvings in range(1, 30):
        weights = point.weights + step * 0.5**halvings
        if _objective(problem, weights) <= bound:
            return _evaluate(problem, weights)
    return None


def aliased_columns(design: Design) -> NDArray[np.intp]:
    """Columns that are linear combinations of columns before them, found by a Cholesky decomposition in their order."""
    gram = np.zeros((design.width, design.width))
    for start in range(0, design.n_rows, _BLOCK):
        X = design.block(start, start + _BLOCK)
        gram += X.T @ X
    total = np.diag(gram).copy()
    aliased: list[int] = []
    for j in range(design.width):
        if gram[j, j] <= _ALIASED * total[j]:
            aliased.append(j)
            continue
        gram[j + 1 :, j + 1 :] -= np.outer(gram[j + 1 :, j], gram[j, j + 1 :]) / gram[j, j]
    return np.array(aliased, np.intp)
