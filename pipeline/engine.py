"""One fit from rows to probabilities: terms, design, weights. Training uses it once, cross-validation once for each fold."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from platform import python_version

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InvalidSpec, UnusableData
from pipeline.fitting import Fit, Link, Problem, fit
from pipeline.frame import Floats, Frame
from pipeline.model import FORMAT, FittedModel, probabilities
from pipeline.preparation import learn_terms
from pipeline.priors import changes_prior, prior_shift
from pipeline.resampling import Resampled, resampled
from pipeline.settling import weights_of_classes
from pipeline.spec import TrainSpec
from pipeline.terms import Design, Term, design_of, width_of

MOST_WEIGHTS = 4_000  # Newton's method solves a system of this size at each step
_BLOCK = 65_536  # rows whose design is built at a time for scoring

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Prepared:
    """What a fit minimises, and what it was made of.

    `shift` is what the changed shares of the classes add to the log-odds (`pipeline.priors`), one number for each row of
    coefficients, and empty where the shares are as they came; `n_fitted` counts the rows that the fit sees, after resampling.
    """

    terms: tuple[Term, ...]
    left_out: tuple[tuple[str, str], ...]
    problem: Problem
    shift: tuple[float, ...]
    n_fitted: int
    counts: tuple[int, ...]  # of each class among the rows, as they came


@dataclass(frozen=True)
class Fitted:
    """The terms, the problem that was solved (on a scale of its own), and the solution.

    `shift` is what the correction for a changed prior subtracts, as in `Prepared`.
    """

    terms: tuple[Term, ...]
    left_out: tuple[tuple[str, str], ...]
    problem: Problem
    fit: Fit
    shift: tuple[float, ...]
    n_fitted: int
    counts: tuple[int, ...]  # training rows of each class, as they came
    corrects: bool  # whether the spec asks for the correction

    @property
    def null_deviance(self) -> float:
        """-2 times the log-likelihood of the training rows under the shares of the classes."""
        came = np.array([count for count in self.counts if count])
        return float(-2 * (came @ np.log(came / came.sum())))

    @property
    def weights(self) -> Floats:
        """The weights of the model's columns, (width, classes with weights)."""
        return self.problem.design.to_model() @ self.fit.point.weights

    def log_odds(self, frame: Frame, rows: Rows) -> tuple[Floats, dict[str, int]]:
        """Log-odds as the fit has them, (n_rows, classes with weights), and how many values of each column are unseen."""
        weights = self.weights
        found = np.empty((len(rows), weights.shape[1]))
        unseen: Counter[str] = Counter()
        for start in range(0, len(rows), _BLOCK):
            design, strange = design_of(frame, self.terms, rows[start : start + _BLOCK])
            found[start : start + _BLOCK] = design.log_odds(weights)
            unseen.update(strange)
        return found, dict(unseen)

    def probability(self, log_odds: Floats, *, corrected: bool) -> Floats:
        """Probability of each class, (n_rows, n_classes), of what `log_odds` gives."""
        moved = log_odds - np.array(self.shift) if corrected and self.shift else log_odds
        return probabilities(moved, self.problem.link)

    def probabilities(self, frame: Frame, rows: Rows) -> tuple[Floats, dict[str, int]]:
        """Probability of each class for some rows, corrected where the spec asks for it; and how many values are unseen."""
        log_odds, unseen = self.log_odds(frame, rows)
        return self.probability(log_odds, corrected=self.corrects), unseen


def fit_rows(
    frame: Frame, classes: Rows, n_classes: int, rows: Rows, spec: TrainSpec, report: Callable[[int, float], None]
) -> Fitted:
    """Learns terms and weights on some rows of a frame; `classes` holds the class of every row of the frame.

    Resampling is done here, on these rows alone, so that whoever fits and judges on other rows judges rows as they came. Raises
    what `prepared` raises.
    """
    made = prepared(frame, classes, n_classes, rows, spec)
    found = fit(made.problem, spec.tolerance, spec.max_iterations, report, solver=spec.solver, seed=spec.seed)
    return Fitted(made.terms, made.left_out, made.problem, found, made.shift, made.n_fitted, made.counts, spec.correct_prior)


def prepared(frame: Frame, classes: Rows, n_classes: int, rows: Rows, spec: TrainSpec) -> Prepared:
    """The problem that a spec sets on some rows: terms learnt, rows resampled and weighted, columns put on an even scale.

    Parameters
    ----------
    frame : Frame
        The features.
    classes : ndarray of int, shape (frame.n_rows,)
        The class of every row of the frame.
    n_classes : int
    rows : ndarray of int
        The rows to learn from, with some of every class.
    spec : TrainSpec
        As `pipeline.settling.settled` gives it.

    Raises
    ------
    UnusableData
        Where no feature varies, or the model would have more than 4,000 weights.
    InvalidSpec
        Where there is no penalty and there are more columns than rows; where the rows cannot be resampled.
    """
    own = classes[rows]
    terms, left_out = learn_terms(frame, rows, spec, classes, n_classes)
    if not terms:
        raise UnusableData("No feature takes more than one value among the training rows.", fix="Choose other features.")
    link = link_of(n_classes, spec)
    n_weights = width_of(terms) * (n_classes - (link == "reference"))
    if n_weights > MOST_WEIGHTS:
        raise UnusableData(
            f"The model would have {n_weights:,} coefficients; at most {MOST_WEIGHTS:,} can be fitted.",
            fix="Leave out features, above all categories with many levels.",
        )
    if spec.penalty == "none" and width_of(terms) > len(rows):
        raise InvalidSpec.one(
            "penalty",
            f"The model has {width_of(terms):,} columns and {len(rows):,} rows to learn from, so that without a penalty many "
            "models fit without a mistake and none is best; choose a penalty, or fewer features.",
        )
    own_scale = spec.resampling in ("none", "over")  # no row is made or left out, so that the even scale can be made at once
    made = design_of(frame, terms, rows, conditioned=own_scale)[0]
    seen = resampled(made, own, n_classes, spec)
    design = seen.design if own_scale else seen.design.conditioned()
    row_weights = _row_weights(seen, n_classes, spec)
    shift: tuple[float, ...] = ()
    came = np.bincount(own, minlength=n_classes)
    if changes_prior(spec):
        fitted = np.bincount(seen.classes, weights=row_weights, minlength=n_classes).astype(np.float64)
        shift = prior_shift(fitted, came, link)
    l1, l2 = penalties(design, spec)
    problem = Problem(design, seen.classes, n_classes, row_weights, l1, l2, link)
    return Prepared(terms, left_out, problem, shift, seen.n_rows, tuple(map(int, came)))


def link_of(n_classes: int, spec: TrainSpec) -> Link:
    """How log-odds become probabilities. Without a penalty only differences of a multinomial's coefficients are determined."""
    if n_classes == 2:
        return "reference"
    if spec.multiclass == "one_vs_rest":
        return "one_vs_rest"
    return "reference" if spec.penalty == "none" else "softmax"


def _row_weights(seen: Resampled, n_classes: int, spec: TrainSpec) -> Floats | None:
    """For "balanced" n / (n_classes · rows of the class) after resampling, as scikit-learn defines it; for "given" those given.

    A row that over-sampling drew several times weighs as often.
    """
    if spec.class_weight == "none":
        return seen.times
    if spec.class_weight == "balanced":
        of_class = seen.n_rows / (n_classes * np.maximum(seen.counts, 1))
    else:
        of_class = np.array(weights_of_classes(spec))
    each = of_class[seen.classes]
    return np.asarray(each if seen.times is None else each * seen.times)


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
    """The fit as a model that can be stored, with the shift of a changed prior where it is to be corrected."""
    rows = tuple(tuple(map(float, row)) for row in fitted.weights.T)
    shift = fitted.shift if fitted.corrects else ()
    return FittedModel(spec.target, labels, fitted.problem.link, fitted.terms, rows, versions(), prior_shift=shift)


def versions() -> dict[str, str]:
    """What made a model: Python, numpy, scikit-learn as installed, and the format of the model."""
    found = {"python": python_version(), "model_format": str(FORMAT)}
    for package in ("numpy", "scikit-learn", "scoredesk"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
