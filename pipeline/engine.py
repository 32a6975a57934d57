"""One fit from rows to probabilities: terms, design, weights. Training uses it once, cross-validation once for each fold."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from platform import python_version

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UnusableData
from pipeline.fitting import Fit, Problem, fit
from pipeline.frame import Floats, Frame
from pipeline.inference import in_own_units
from pipeline.model import FORMAT, FittedModel, probabilities
from pipeline.preparation import learn_terms
from pipeline.spec import TrainSpec
from pipeline.terms import NumberTerm, Term, design_of, width_of

MOST_WEIGHTS = 4_000  # Newton's method solves a system of this size at each step

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Fitted:
    """Terms on the standardised scale, the problem that was solved, and the solution."""

    terms: tuple[Term, ...]
    left_out: tuple[tuple[str, str], ...]
    problem: Problem
    fit: Fit

    def probabilities(self, frame: Frame, rows: Rows) -> tuple[Floats, dict[str, int]]:
        """Probability of each class for some rows, and how many values of each category training never saw."""
        design, unseen = design_of(frame, self.terms, rows)
        return probabilities(design.linear(self.fit.point.weights), self.link), unseen

    @property
    def link(self) -> str:
        return "reference" if self.problem.reference else "softmax"


def fit_rows(
    frame: Frame, classes: Rows, n_classes: int, rows: Rows, spec: TrainSpec, report: Callable[[int, float], None]
) -> Fitted:
    """Learns terms and weights on some rows of a frame; `classes` holds the class of every row of the frame.

    Raises UnusableData where no feature varies, or the model would have more than 4,000 weights.
    """
    terms, left_out = learn_terms(frame, rows, spec)
    if not terms:
        raise UnusableData("No feature takes more than one value among the training rows.", fix="Choose other features.")
    reference = n_classes == 2 or spec.penalty == "none"
    n_weights = width_of(terms) * (n_classes - reference)
    if n_weights > MOST_WEIGHTS:
        raise UnusableData(
            f"The model would have {n_weights:,} coefficients; at most {MOST_WEIGHTS:,} can be fitted.",
            fix="Leave out features, above all categories with many levels.",
        )
    design, _ = design_of(frame, terms, rows)
    own = classes[rows]
    problem = Problem(design, own, n_classes, _row_weights(own, n_classes, spec), _penalty(terms, spec), reference)
    return Fitted(terms, left_out, problem, fit(problem, spec.tolerance, spec.max_iterations, report))


def _row_weights(classes: Rows, n_classes: int, spec: TrainSpec) -> Floats | None:
    """For "balanced" n / (n_classes · rows of the class), as scikit-learn defines it."""
    if spec.class_weight == "none":
        return None
    counts = np.bincount(classes, minlength=n_classes)
    return np.asarray((len(classes) / (n_classes * np.maximum(counts, 1)))[classes])


def _penalty(terms: tuple[Term, ...], spec: TrainSpec) -> Floats:
    """1/C for each column of the standardised design; for numbers that the spec leaves unscaled, as much as that is for them."""
    penalty = np.zeros(width_of(terms))
    if spec.penalty == "none":
        return penalty
    penalty[1:] = 1 / spec.C
    if spec.scaling == "none":
        at = 1
        for term in terms:
            if isinstance(term, NumberTerm):
                penalty[at] /= term.scale**2
            at += term.width
    return penalty


def model_of(fitted: Fitted, spec: TrainSpec, labels: tuple[str, ...]) -> FittedModel:
    """The fit as a model that can be stored: standardised, or in own units where the spec leaves numbers as they are."""
    weights, terms = fitted.fit.point.weights, fitted.terms
    if spec.scaling == "none":
        weights = in_own_units(terms) @ weights
        terms = tuple(replace(term, mean=0.0, scale=1.0) if isinstance(term, NumberTerm) else term for term in terms)
    rows = tuple(tuple(map(float, row)) for row in weights.T)
    return FittedModel(spec.target, labels, fitted.link, terms, rows, versions())


def versions() -> dict[str, str]:
    """What made a model: Python, numpy, scikit-learn as installed, and the format of the model."""
    found = {"python": python_version(), "model_format": str(FORMAT)}
    for package in ("numpy", "scikit-learn", "scoredesk"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
