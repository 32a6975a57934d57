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
from pipeline.fitting.newton import aliased_columns, start_objective, start_of
from pipeline.fitting.passes import Passes
from pipeline.fitting.problem import Fit, Problem
from pipeline.frame import Floats
from pipeline.solvers import solver_problem
from pipeline.terms import Design

MOST_BYTES = 1_000_000_000  # of the matrix that scikit-learn is given


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
    passes, start = Passes.over(problem.design), start_of(problem)
    report(0, float("nan"))
    coefficients, intercepts, iterations, finished = _run(matrix[:, kept - 1], problem, settings)
    weights = _to_design(problem, kept, coefficients, intercepts)
    eta = passes.linear(weights)
    found = sums(problem, passes, weights, eta, curvature=False)
    point = point_of(problem, passes, weights, eta, found)
    violations = problem.violations(weights, point.gradient)
    violations[aliased] = 0.0
    optimality = float(violations.max())
    report(iterations, optimality)
    return Fit(
        point=point,
        iterations=iterations,
        gradient_norm=optimality,
        converged=finished,
        aliased=aliased,
        diverging=np.empty(0, np.intp),
        objective=(start_objective(problem, start), objective(problem, weights, eta)),
        optimality=optimality,
        solver=f"scikit-learn's {solver}",
        note=_note(solver, finished, optimality, tolerance),
    )


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


def _run(matrix: Floats, problem: Problem, settings: dict[str, Any]) -> tuple[Floats, Floats, int, bool]:
    """Coefficients (columns, free), intercepts (free), steps, and whether the solver says that it has converged."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = LogisticRegression(**settings).fit(matrix, problem.classes, sample_weight=problem.row_weights)
    steps = int(np.max(model.n_iter_))
    finished = not any(issubclass(warning.category, ConvergenceWarning) for warning in caught)
    coefficients, intercepts = np.asarray(model.coef_, float).T, np.asarray(model.intercept_, float)
    if problem.reference and problem.n_classes > 2:  # scikit-learn gives every class weights
        coefficients, intercepts = coefficients[:, 1:] - coefficients[:, :1], intercepts[1:] - intercepts[0]
    return coefficients, intercepts, steps, finished


def _to_design(problem: Problem, kept: NDArray[np.intp], coefficients: Floats, intercepts: Floats) -> Floats:
    """Weights of the design's columns from those of the model's, unit · column + shift."""
    design = problem.design
    weights = np.zeros((design.width, problem.n_free))
    weights[kept] = coefficients * design.unit[kept, None]
    weights[0] = intercepts + design.shift[kept] @ coefficients
    return weights


def _note(solver: str, finished: bool, optimality: float, tolerance: float) -> str:
    """What should be known about where the solver ended."""
    said = []
    if solver == "liblinear":
        said.append("liblinear penalises the intercept too, so it ends elsewhere than the other solvers.")
    if not finished:
        said.append(f"{solver} says that it has not converged.")
    elif optimality > max(tolerance, 1e-12) and solver != "liblinear":
        said.append(f"{solver} stopped by its own rule; the gradient of the objective is {optimality:.1e} there.")
    said.append("scikit-learn does not tell the objective between its first and last step.")
    return " ".join(said)
