"""What training and judging a model give: frozen, JSON in and out, importable without scikit-learn.

Conventions. Binary runs: bad is 1, `labels` is (good label, bad label), and a row is refused when its probability of bad is
at or above the cut-off. Three classes and more: `labels` holds every class in sorted order, the first is the reference class,
and the predicted class is the most probable one.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pipeline.evaluation_results import (
    Calibration,
    ClassFigures,
    Confusion,
    CrossValidation,
    Metrics,
    PartEvaluation,
    RocCurve,
    ScoreTable,
)
from pipeline.stored import from_plain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Score = TypeVar("Score", float, "NDArray[np.float64]")

FORMAT = 2  # 1 lacked what has a default here


@dataclass(frozen=True)
class Progress:
    """How far a piece of work is: `done` of `total` steps, and what is being done, in words for the screen."""

    done: float
    total: float
    what: str

    @property
    def share(self) -> float:
        return self.done / self.total if self.total else 0.0


# Called often by long work; it may raise Stopped to end it.
Report = Callable[[Progress], None]


def no_report(progress: Progress) -> None:
    """The report of a caller who does not want to know."""


@dataclass(frozen=True)
class ColumnSummary:
    """One column of a table. `kind` is number, category, text or date; minimum and maximum only for numbers and dates.

    `n_distinct` counts values other than missing; null where there are more than are kept (`pipeline.tallies.distinct_limit`).
    """

    name: str
    kind: str
    n_rows: int
    n_missing: int
    n_distinct: int | None
    minimum: float | str | None = None
    maximum: float | str | None = None
    levels: tuple[tuple[str, int], ...] = ()  # (value, rows), most frequent first, at most 50; for numbers: at most 20 distinct
    n_unread: int = 0  # cells that are none of `kind` and so count as missing; only where the user chose the kind
    unread: tuple[str, ...] = ()  # the first of them, at most 5
    nearly: str | None = None  # the kind that all but a few cells have: a text that is a number but for 3 cells
    n_against: int = 0  # those cells
    against: tuple[str, ...] = ()  # the first of them, at most 5
    role: str = "feature"  # one of pipeline.roles.ROLES
    reason: str = ""  # why the role was suggested or chosen; "" for a plain feature
    codes: tuple[tuple[str, str], ...] = ()  # (special code, "level" or "missing"): values with a meaning of their own


@dataclass(frozen=True)
class DataSummary:
    """The rows that a run used."""

    n_rows: int
    n_train: int
    n_test: int
    bad_rate: float | None  # share of bad among all rows; null for three classes and more
    columns: tuple[str, ...]  # the features used, in the order of the file
    labels: tuple[str, ...]
    class_counts: tuple[int, ...]  # rows of each label, all parts together
    left_out: tuple[tuple[str, str], ...] = ()  # (column, why it was not used)
    n_validation: int = 0
    n_fitted: int = 0  # rows that the fit saw, after resampling; 0 where that is n_train
    held_out: str = ""  # how rows were held out, in words: "at random within each class", "from 2024-07-01 on", "27 whole groups"


@dataclass(frozen=True)
class Coefficient:
    """One estimate in the column's own units. `level` is set for a category's level, against its reference level.

    `label` is the class whose log-odds (against good, or against the reference class) the estimate moves. Standard error, z, p
    and interval (95%, Wald) are null, with the `reason`, where they would not be honest. The bootstrap's interval (95%,
    percentiles) is there where it was asked for.
    """

    label: str
    field: str
    level: str | None
    reference: str | None
    estimate: float
    estimate_standardised: float | None  # per standard deviation of the training rows; null for a level
    odds_ratio: float | None  # null where it is too large to be written as a number
    std_error: float | None = None
    z: float | None = None
    p_value: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    reason: str | None = None
    unit: str = ""  # what the estimate is per, where that is not the column's own unit: "unit of ln(1 + income)"
    odds_ratio_sd: float | None = None  # per standard deviation of the training rows
    vif: float | None = None  # variance inflation factor; the generalised one (Fox and Monette 1992) for a category
    univariate: float | None = None  # the estimate of a model with this field alone, in the same unit
    bootstrap_low: float | None = None
    bootstrap_high: float | None = None


@dataclass(frozen=True)
class FitSummary:
    """How the fit ended. Log-likelihood and deviance are of the training rows, unweighted and without the penalty."""

    log_likelihood: float
    deviance: float
    null_deviance: float
    aic: float | None  # null for a penalised or weighted fit: its parameters are not maximum likelihood estimates
    iterations: int
    gradient_norm: float
    converged: bool
    seconds: float
    bic: float | None = None  # null where AIC is
    mcfadden_r2: float | None = None
    likelihood_ratio: float | None = None  # against the intercepts alone; null where AIC is
    likelihood_ratio_df: int | None = None
    likelihood_ratio_p: float | None = None
    n_weights: int | None = None  # coefficients and intercepts that were estimated
    solver: str = ""  # what found the weights, in words
    optimality: float | None = None  # largest violation of the conditions of an optimum (KKT), of the mean objective
    objective: tuple[float, ...] = ()  # log-loss plus penalty, per row, before the first step and after each
    note: str = ""  # why another solver than the fast one was taken
    no_tests: str = ""  # why there is no likelihood-ratio test, AIC and BIC


@dataclass(frozen=True)
class Separation:
    """A field that separates the classes, wholly (`complete`) or but for ties, with the sentence that says so."""

    field: str
    level: str | None
    complete: bool
    sentence: str
    fields: tuple[str, ...] = ()  # all that it takes to separate; several where none of them does it alone


@dataclass(frozen=True)
class ScoreScale:
    """The scale of a score from elsewhere. Its place on the scale, from 0 (best) to 1 (worst), stands for the probability.

    `higher_is` says what a high score means, good or bad. A probability of bad is its own place, with low 0 and high 1.
    """

    column: str
    low: float  # smallest and largest value of the column
    high: float
    higher_is: str  # good or bad
    is_probability: bool

    def place(self, score: Score) -> Score:
        """0 for the best score, 1 for the worst; of one score or of many."""
        share = score if self.is_probability else (score - self.low) / (self.high - self.low)
        return share if self.higher_is == "bad" else 1 - share

    def score(self, place: Score) -> Score:
        """The score at a place of the scale."""
        share = place if self.higher_is == "bad" else 1 - place
        return share if self.is_probability else self.low + share * (self.high - self.low)


@dataclass(frozen=True)
class Recalibration:
    """How the probabilities of another run were moved, learnt on its validation rows alone.

    `method` is logistic (log-odds become intercept + slope · log-odds), logistic_of_score (the place of a score stands in for its
    log-odds) or isotonic (a rising line through `given` → `becomes`).
    """

    method: str
    n_rows: int
    n_bad: int
    intercept: float | None = None
    slope: float | None = None
    given: tuple[float, ...] = ()
    becomes: tuple[float, ...] = ()
    scale: ScoreScale | None = None  # of the score from elsewhere that was recalibrated


@dataclass(frozen=True)
class RunResult:
    """All that a run stores beside its model: what the screens and the command line show."""

    data: DataSummary
    train: Metrics | None  # null where nothing was fitted: a score from elsewhere has validation and held-out rows alone
    test: Metrics | None
    cross_validation: CrossValidation | None
    confusion_train: Confusion | None  # binary runs, at the cut-off of the spec
    confusion_test: Confusion | None
    confusion_matrix: (
        tuple[tuple[int, ...], ...] | None
    )  # three classes and more: rows actual, columns predicted; test, else train
    roc_train: RocCurve | None
    roc_test: RocCurve | None
    scores_train: ScoreTable | None
    scores_test: ScoreTable | None
    intercepts: tuple[Coefficient, ...]
    coefficients: tuple[Coefficient, ...]
    fit: FitSummary | None  # null where nothing was fitted
    warnings: tuple[str, ...]
    versions: dict[str, str]
    format: int = FORMAT
    validation: Metrics | None = None
    confusion_validation: Confusion | None = None
    roc_validation: RocCurve | None = None
    scores_validation: ScoreTable | None = None
    scores_cross_validated: ScoreTable | None = None  # training rows by the folds' models that did not see them, first repeat
    calibration: Calibration | None = None  # of the probabilities that the model gives: held-out rows, else training
    calibration_before: Calibration | None = None  # without the correction for a changed prior, on the same rows
    calibration_after: Calibration | None = None  # where the correction is switched off: with it, on the same rows
    prior_shift: tuple[
        float, ...
    ] = ()  # of pipeline.priors, whether it is subtracted or not; empty where there is nothing to correct
    classes: tuple[ClassFigures, ...] = ()  # three classes and more: held-out rows, else training
    separation: tuple[Separation, ...] = ()
    evaluations: tuple[PartEvaluation, ...] = ()  # one for each part that the run has
    scale: ScoreScale | None = None  # a score from elsewhere
    recalibration: Recalibration | None = None  # a run that was made of another one's probabilities

    @property
    def gives_probabilities(self) -> bool:
        """Whether its scores are chances, and not merely places on a scale."""
        return self.scale is None or self.scale.is_probability

    @property
    def own_scale(self) -> ScoreScale | None:
        """The scale of a score that is no probability: its figures are told in its own units."""
        return None if self.scale is None or self.scale.is_probability else self.scale

    def calibration_of(self, part: str) -> Calibration | None:
        """The calibration on a part. Runs from before each part had its own have that of the held-out rows, else of training."""
        told = self.evaluation(part)
        if told is not None and told.calibration is not None:
            return told.calibration
        return self.calibration if part == ("held_out" if self.test is not None else "training") else None

    def metrics_of(self, part: str) -> Metrics | None:
        """The metrics of a part: training, cross_validated, validation or held_out."""
        if part == "cross_validated":
            found = self.evaluation(part)
            return found.metrics if found is not None else None
        return {"training": self.train, "validation": self.validation, "held_out": self.test}[part]

    def roc_of(self, part: str) -> RocCurve | None:
        """The ROC curve of a part: training, validation or held_out."""
        return {"training": self.roc_train, "validation": self.roc_validation, "held_out": self.roc_test}[part]

    def evaluation(self, part: str) -> PartEvaluation | None:
        return next((found for found in self.evaluations if found.part == part), None)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives back an equal result."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The result as it was stored. Raises ValueError for a format that this version does not know."""
        if stored.get("format") not in {1, FORMAT}:
            raise ValueError(f"This result has format {stored.get('format')}; this version reads formats 1 and {FORMAT}.")
        return from_plain(cls, stored)
