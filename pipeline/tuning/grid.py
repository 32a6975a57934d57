"""The values of C on a path: from "all coefficients near 0" to "practically unpenalised", as the data have it."""

import numpy as np

from pipeline.fitting import Problem
from pipeline.frame import Floats
from pipeline.spec import TrainSpec

_BLOCK = 8_192
LOWEST, HIGHEST = 1e-6, 1e6  # the range of the option


def grid_of_design(problem: Problem, spec: TrainSpec, n_C: int) -> tuple[float, ...]:
    """The values of C for a problem of any number of classes; see `grid_of`."""
    design, classes, n_classes = problem.design, problem.classes, problem.n_classes
    each = np.ones(design.n_rows) if problem.row_weights is None else problem.row_weights
    shares = np.bincount(classes, weights=each, minlength=n_classes) / each.sum()
    products, gradient = np.zeros((design.width, design.width)), np.zeros((design.width, n_classes))
    for start in range(0, design.n_rows, _BLOCK):
        X = design.block(start, start + _BLOCK)
        rows = slice(start, start + len(X))
        weighted = X * each[rows, None]
        products += weighted.T @ X
        gradient += weighted.T @ (shares - (classes[rows, None] == np.arange(n_classes)))
    return grid_of_null(gradient, products * float((shares * (1 - shares)).max()), design.unit, spec, n_C)


def grid_of_null(gradient: Floats, hessian: Floats, unit: Floats, spec: TrainSpec, n_C: int) -> tuple[float, ...]:
    """The values of C from gradient and Hessian of the summed loss at the model of the intercept alone, on a design's columns."""
    centred = hessian - np.outer(hessian[0], hessian[0]) / hessian[0, 0]
    own = (centred * np.outer(unit, unit))[1:, 1:]
    largest = float(np.abs(gradient.reshape(len(unit), -1) * unit[:, None])[1:].max())
    return grid_of(np.linalg.eigvalsh(own), largest, spec, n_C)


def grid_of(curvatures: Floats, largest_gradient: float, spec: TrainSpec, n_C: int) -> tuple[float, ...]:
    """Ascending values of C, about evenly spaced on a logarithmic scale, with the spec's own among them.

    Parameters
    ----------
    curvatures : ndarray of float, shape (k,)
        Eigenvalues of the Hessian of the summed log-loss at the model of the intercept alone, on the model's columns without
        the intercept.
    largest_gradient : float
        Largest element of the gradient of the summed log-loss there.
    spec : TrainSpec
        `penalty`, `l1_ratio` and `C`.
    n_C : int
        How many values, at least 2.

    Notes
    -----
    With an L1 part the strongest penalty is the weakest with which every coefficient is 0: lambda_max = largest gradient /
    l1_ratio (Friedman, Hastie and Tibshirani 2010, J. Stat. Softw. 33(1), section 2.5). With L2 it is the one that leaves 2% of
    the effective degrees of freedom, sum h / (h + 1/C) over the curvatures h (Hastie, Tibshirani and Friedman 2009, The
    Elements of Statistical Learning, section 3.4.1). The weakest penalty leaves 99.9% of them, whatever the kind.
    """
    share = {"l2": 0.0, "l1": 1.0, "elasticnet": spec.l1_ratio}[spec.penalty]
    h = curvatures[curvatures > 1e-9 * max(float(curvatures.max(initial=0.0)), 1e-300)]
    if not len(h):
        h = np.ones(1)
    low = share / largest_gradient if share and largest_gradient > 0 else _with_freedom(h, 0.02)
    high = max(_with_freedom(h, 0.999), 100 * low)
    low, high = max(min(low, spec.C), LOWEST), min(max(high, spec.C), HIGHEST)
    values = _readable(np.geomspace(min(low, high / 10), high, n_C))
    values[int(np.abs(np.log(values / spec.C)).argmin())] = spec.C
    return tuple(float(value) for value in np.unique(values))


def _with_freedom(curvatures: Floats, share: float) -> float:
    """The C at which the effective degrees of freedom are a share of their number, by bisection."""
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        lam = 10.0**-middle
        if float(np.mean(curvatures / (curvatures + lam))) < share:
            low = middle
        else:
            high = middle
    return float(10.0 ** (0.5 * (low + high)))


def _readable(values: Floats) -> Floats:
    """Two digits, or as many more as keep the values apart."""
    for digits in range(1, 16):
        rounded: Floats = np.array([float(f"{value:.{digits}e}") for value in values])
        rounded = np.asarray(np.clip(rounded, LOWEST, HIGHEST))
        if len(np.unique(rounded)) == len(values):
            return rounded
    return values
