"""scikit-learn's solvers, as the reference that any fit of ours can be compared with.

They run on the model's own columns, written out, on which the spec defines the penalty. What they find is judged as our own fits
are: by how far it is from the conditions of an optimum of our objective.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UnusableData
from pipeline.fitting.likelihood import objective, point_of, sums
from pipeline.fitting.newton import aliased_columns
from pipeline.fitting.passes import Passes
from pipeline.fitting.problem import Fit, Point, Problem
from pipeline.frame import Floats
from pipeline.solvers import solver_problem
from pipeline.terms import Design

MOST_BYTES = 1_000_000_000  # of the matrix that scikit-learn is given
_NEAR = 1e-6  # gradients up to here pass for an optimum, if the solver says that it has converged: its rule is another one
_COURSE_STEPS = 30  # most steps of which each is looked at
_COURSE_CELLS = 2_000_000  # largest matrix for which that is done


def fit_by_sklearn(
    problem: Problem, tolerance: float, max_iterations: int, report: Callable[[int, float], None], solver: str, seed: int
) -> Fit:
    """Minimises a problem with link "reference" or "softmax" by one of scikit-learn's solvers; arguments as those of `fit`.

    Raises
    ------
    UnusableData
        Where the solver cannot take the penalty, the penalty is not the same for all columns of the model, or the matrix would be
        larger than a gigabyte.
    """
    C, l1_ratio = _penalty_of(problem)
    penalty = "none" if np.isinf(C) else {0.0: "l2", 1.0: "l1"}.get(l1_ratio, "elasticnet")
    why = solver_problem(solver, penalty, problem.n_classes, "multinomial")
    if why is not None:
        raise UnusableData(why)
    matrix = model_matrix(problem.design)
    aliased = np.empty(0, np.intp) if problem.penalised else aliased_columns(problem.design)
    kept = np.setdiff1d(np.arange(1, problem.design.width), aliased)
    settings: dict[str, Any] = {
        "C": C,
        "l1_ratio": l1_ratio,
        "solver": solver,
        "tol": tolerance,
        "max_iter": max_iterations,
        "random_state": seed,
    }
    passes = Passes.over(problem.design)
    report(0, _largest(problem, passes, np.zeros((problem.design.width, problem.n_free)), aliased))
    wanted = matrix[:, kept - 1] if len(aliased) else matrix
    found, steps, finished = _run(wanted, problem, kept, settings)
    point = _point(problem, passes, found)
    optimality = _largest(problem, passes, found, aliased)
    report(steps, optimality)
    course, note = _course(wanted, problem, kept, settings, steps, passes)
    return Fit(
        point=point,
        iterations=steps,
        gradient_norm=optimality,
        converged=finished and (solver == "liblinear" or optimality <= max(tolerance, _NEAR)),
        aliased=aliased,
        diverging=np.empty(0, np.intp),
        objective=(*course, point.objective) if course else (),
        optimality=optimality,
        solver=f"scikit-learn's {solver}",
        note=" ".join(filter(None, (_note(solver, finished, optimality, tolerance), note))),
    )


def _point(problem: Problem, passes: Passes, weights: Floats) -> Point:
    eta = passes.linear(weights)
    return point_of(problem, passes, weights, eta, sums(problem, passes, weights, eta, curvature=False))


def _largest(problem: Problem, passes: Passes, weights: Floats, aliased: NDArray[np.intp]) -> float:
    violations = problem.violations(weights, _point(problem, passes, weights).gradient)
    violations[aliased] = 0.0
    return float(violations.max())


def _course(
    matrix: Floats, problem: Problem, kept: NDArray[np.intp], settings: dict[str, Any], steps: int, passes: Passes
) -> tuple[list[float], str]:
    """The objective before the first step and after each but the last; or nothing, and why.

    The solvers do not tell it. But all are deterministic, given the seed, so a run of k steps ends where a longer one is after k.
    """
    if settings["solver"] == "liblinear":
        return [], "The objective by step is not shown, as it is not the one that liblinear lowers."
    if steps > _COURSE_STEPS or matrix.size > _COURSE_CELLS:
        return [], "scikit-learn does not tell the objective by step; it is found by repeating short fits of small tables only."
    places = [np.zeros((problem.design.width, problem.n_free))]  # where all of them begin
    places += [_run(matrix, problem, kept, {**settings, "max_iter": step})[0] for step in range(1, steps)]
    return [objective(problem, weights, passes.linear(weights)) for weights in places], ""


def model_matrix(design: Design) -> Floats:
    """The model's columns but the intercept, (n_rows, width - 1). Raises UnusableData where that exceeds a gigabyte."""
    size = 8 * design.n_rows * (design.width - 1)
    if size > MOST_BYTES:
        raise UnusableData(
            f"scikit-learn would need a matrix of {design.n_rows:,} rows and {design.width - 1:,} columns, {size / 1e9:.1f} GB; "
            f"at most {MOST_BYTES / 1e9:.0f} GB is given to it.",
            fix="Choose our own solver (auto), which does not write the matrix out, or train on fewer rows.",
        )
    matrix = np.empty((design.n_rows, design.width - 1))
    for start in range(0, design.n_rows, 8_192):
        block = design.block(start, start + 8_192)
        matrix[start : start + len(block)] = block[:, 1:] * design.unit[1:] + design.shift[1:]
    return matrix


def _penalty_of(problem: Problem) -> tuple[float, float]:
    """C and l1_ratio on the model's columns; C is infinite without a penalty."""
    unit = problem.design.unit[1:]
    l1, l2 = problem.l1[1:] * unit, problem.l2[1:] * unit**2
    if not problem.penalised:
        return np.inf, 0.0
    each = float(np.median(l1 + l2))
    share = float(np.median(l1)) / each
    if not (
        np.allclose(l1, share * each, rtol=1e-9, atol=0) and np.allclose(l2, (1 - share) * each, rtol=1e-9, atol=1e-12 * each)
    ):
        raise UnusableData("scikit-learn's solvers penalise all columns alike.", fix="Choose our own solver (auto).")
    return 1 / each, round(share, 12)


def _run(matrix: Floats, problem: Problem, kept: NDArray[np.intp], settings: dict[str, Any]) -> tuple[Floats, int, bool]:
    """Weights of the design's columns, steps, and whether the solver says that it has converged."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = LogisticRegression(**settings).fit(matrix, problem.classes, sample_weight=problem.row_weights)
    finished = not any(issubclass(warning.category, ConvergenceWarning) for warning in caught)
    coefficients, intercepts = np.asarray(model.coef_, float).T, np.asarray(model.intercept_, float)
    if problem.reference and problem.n_classes > 2:  # scikit-learn gives every class weights
        coefficients, intercepts = coefficients[:, 1:] - coefficients[:, :1], intercepts[1:] - intercepts[0]
    return _to_design(problem, kept, coefficients, intercepts), int(np.max(model.n_iter_)), finished


def _to_design(problem: Problem, kept: NDArray[np.intp], coefficients: Floats, intercepts: Floats) -> Floats:
    """Weights of the design's columns from those of the model's, unit · column + shift."""
    design = problem.design
    weights = np.zeros((design.width, problem.n_free))
    weights[kept] = coefficients * design.unit[kept, None]
    weights[0] = intercepts + design.shift[kept] @ coefficients
    return weights


def _note(solver: str, finished: bool, optimality: float, tolerance: float) -> str:
    """What should be known about where the solver ended."""
    if solver == "liblinear":
        said = "liblinear penalises the intercept too, so it ends elsewhere than the other solvers."
        return said if finished else f"{said} It says that it has not converged."
    if not finished:
        return f"{solver} says that it has not converged."
    if optimality > tolerance:
        return f"{solver} stopped by its own rule; the largest element of the mean gradient is {optimality:.1e} there."
    return ""
