"""One fit from rows to probabilities: terms, design, weights. Training uses it once, cross-validation once for each fold."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from platform import python_version

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UnusableData
from pipeline.fitting import Fit, Link, Problem, fit
from pipeline.frame import Floats, Frame
from pipeline.model import FORMAT, FittedModel, probabilities
from pipeline.preparation import learn_terms
from pipeline.spec import TrainSpec
from pipeline.terms import Design, Term, design_of, width_of

MOST_WEIGHTS = 4_000  # Newton's method solves a system of this size at each step

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Fitted:
    """The terms, the problem that was solved (on a scale of its own), and the solution."""

    terms: tuple[Term, ...]
    left_out: tuple[tuple[str, str], ...]
    problem: Problem
    fit: Fit

    def probabilities(self, frame: Frame, rows: Rows) -> tuple[Floats, dict[str, int]]:
        """Probability of each class for some rows, and how many values of each category training never saw."""
        design, unseen = design_of(frame, self.terms, rows)
        return probabilities(design.linear(self.weights), self.problem.link), unseen

    @property
    def weights(self) -> Floats:
        """The weights of the model's columns, (width, classes with weights)."""
        return self.problem.design.to_model() @ self.fit.point.weights


def fit_rows(
    frame: Frame, classes: Rows, n_classes: int, rows: Rows, spec: TrainSpec, report: Callable[[int, float], None]
) -> Fitted:
    """Learns terms and weights on some rows of a frame; `classes` holds the class of every row of the frame.

    Raises UnusableData where no feature varies, or the model would have more than 4,000 weights.
    """
    terms, left_out = learn_terms(frame, rows, spec)
    if not terms:
        raise UnusableData("No feature takes more than one value among the training rows.", fix="Choose other features.")
    link: Link = "reference" if n_classes == 2 or spec.penalty == "none" else "softmax"
    n_weights = width_of(terms) * (n_classes - (link == "reference"))
    if n_weights > MOST_WEIGHTS:
        raise UnusableData(
            f"The model would have {n_weights:,} coefficients; at most {MOST_WEIGHTS:,} can be fitted.",
            fix="Leave out features, above all categories with many levels.",
        )
    design = design_of(frame, terms, rows)[0].conditioned()
    own = classes[rows]
    l1, l2 = penalties(design, spec)
    problem = Problem(design, own, n_classes, _row_weights(own, n_classes, spec), l1, l2, link)
    return Fitted(terms, left_out, problem, fit(problem, spec.tolerance, spec.max_iterations, report))


def _row_weights(classes: Rows, n_classes: int, spec: TrainSpec) -> Floats | None:
    """For "balanced" n / (n_classes · rows of the class), as scikit-learn defines it."""
    if spec.class_weight == "none":
        return None
    counts = np.bincount(classes, minlength=n_classes)
    return np.asarray((len(classes) / (n_classes * np.maximum(counts, 1)))[classes])


def penalties(design: Design, spec: TrainSpec) -> tuple[Floats, Floats]:
    """What each weight of a design is penalised by: l1 · |weight| and l2 · weight² / 2, with 0 for the intercept.

    On the model's columns every coefficient costs l1_ratio / C and (1 - l1_ratio) / C; a weight of the design is the
    coefficient times the column's unit.
    """
    share = {"none": 0.0, "l2": 0.0, "l1": 1.0, "elasticnet": spec.l1_ratio}[spec.penalty]
    each = np.full(design.width, 0.0 if spec.penalty == "none" else 1 / spec.C)
    each[0] = 0.0
    return each * share / design.unit, each * (1 - share) / design.unit**2


def model_of(fitted: Fitted, spec: TrainSpec, labels: tuple[str, ...]) -> FittedModel:
    """The fit as a model that can be stored."""
    rows = tuple(tuple(map(float, row)) for row in fitted.weights.T)
    return FittedModel(spec.target, labels, fitted.problem.link, fitted.terms, rows, versions())


def versions() -> dict[str, str]:
    """What made a model: Python, numpy, scikit-learn as installed, and the format of the model."""
    found = {"python": python_version(), "model_format": str(FORMAT)}
    for package in ("numpy", "scikit-learn", "scoredesk"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
