"""One against rest: a fit of two classes for each class, on one design."""

from collections.abc import Callable
from functools import partial

import numpy as np

from pipeline.fitting.passes import Passes
from pipeline.fitting.problem import Fit, Point, Problem
from pipeline.fitting.solve import fit
from pipeline.frame import Floats


def one_against_rest(
    problem: Problem,
    tolerance: float,
    max_iterations: int,
    report: Callable[[int, float], None],
    solver: str,
    seed: int,
    start: Floats | None = None,
) -> Fit:
    """Minimises the sum of the objectives of K problems, class k against all others; arguments as those of `fit`.

    `iterations` and `optimality` are the largest of the K fits; the objective is the sum of theirs, a fit that has ended standing
    still while others go on. The Hessian is block-diagonal. The log-likelihood is that of the K chances scaled to sum to 1.
    """
    fits: list[Fit] = []
    for k in range(problem.n_classes):
        done = sum(part.iterations for part in fits)
        one = problem.one_against_rest(k)
        own = None if start is None else start[:, k : k + 1]
        fits.append(fit(one, tolerance, max_iterations, partial(_report_after, report, done), solver, seed, own))
    weights = np.hstack([part.point.weights for part in fits])
    point = Point(
        weights,
        sum(part.point.objective for part in fits),
        _log_likelihood(problem, weights),
        np.hstack([part.point.gradient for part in fits]),
        partial(_block_diagonal, [part.point for part in fits]),
    )
    return Fit(
        point=point,
        iterations=max(part.iterations for part in fits),
        gradient_norm=max(part.gradient_norm for part in fits),
        converged=all(part.converged for part in fits),
        aliased=fits[0].aliased,
        diverging=np.unique(np.concatenate([part.diverging for part in fits])),
        objective=_sum_of_courses([part.objective for part in fits]),
        optimality=max(part.optimality for part in fits),
        solver=f"{fits[0].solver}, one class against the rest at a time",
        note=" ".join(dict.fromkeys(part.note for part in fits if part.note)),
    )


def _report_after(report: Callable[[int, float], None], done: int, step: int, norm: float) -> None:
    report(done + step, norm)


def _log_likelihood(problem: Problem, weights: Floats) -> float:
    eta = Passes.over(problem.design).linear(weights)
    log_p = np.minimum(eta, 0) - np.log1p(np.exp(-np.abs(eta)))  # of each class against its rest
    most = log_p.max(axis=1)
    total = most + np.log(np.exp(log_p - most[:, None]).sum(axis=1))
    return float((log_p[np.arange(len(eta)), problem.classes] - total).sum())


def _block_diagonal(points: list[Point]) -> Floats:
    parts = [point.hessian for point in points]
    width = len(parts[0])
    whole = np.zeros((len(parts) * width, len(parts) * width))
    for k, part in enumerate(parts):
        whole[k * width : (k + 1) * width, k * width : (k + 1) * width] = part
    return whole


def _sum_of_courses(courses: list[tuple[float, ...]]) -> tuple[float, ...]:
    if not all(courses):
        return ()
    longest = max(map(len, courses))
    return tuple(sum(course[min(step, len(course) - 1)] for course in courses) for step in range(longest))
