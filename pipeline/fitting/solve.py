"""One door to every solver."""

from collections.abc import Callable

from pipeline.fitting.newton import minimise
from pipeline.fitting.problem import Fit, Problem
from pipeline.frame import Floats


def fit(
    problem: Problem,
    tolerance: float,
    max_iterations: int,
    report: Callable[[int, float], None],
    solver: str = "auto",
    seed: int = 0,
    start: Floats | None = None,
) -> Fit:
    """Minimises a problem.

    Parameters
    ----------
    problem : Problem
        Its design should be standardised.
    tolerance : float
        Largest violation of the conditions of an optimum at the end, per row.
    max_iterations : int
        Steps at most; each class has as many with link "one_vs_rest".
    report : callable
        Takes the number of the step and the largest violation; may raise to stop.
    solver : str
        "auto" for our own, or the name of one of scikit-learn's.
    seed : int
        For the order in which scikit-learn's sag and saga take the rows, and liblinear the columns.
    start : ndarray of float, shape (width, free), optional
        Weights to begin at, such as those of the same design under a neighbouring penalty; only our own solver heeds them.

    Returns
    -------
    Fit
        `converged` is false when the steps ran out, or when the classes are separated: then the likelihood has no maximum,
        and the steps of Newton's method stay as long as they are while the gradient vanishes (Albert and Anderson 1984).

    Raises
    ------
    UnusableData
        Where scikit-learn's solver cannot take the problem, or its matrix would be too large.
    """
    if problem.link == "one_vs_rest":
        from pipeline.fitting.rest import one_against_rest

        return one_against_rest(problem, tolerance, max_iterations, report, solver, seed, start)
    if solver == "auto":
        return minimise(problem, tolerance, max_iterations, report, start)
    from pipeline.fitting.reference import fit_by_sklearn

    return fit_by_sklearn(problem, tolerance, max_iterations, report, solver, seed)
