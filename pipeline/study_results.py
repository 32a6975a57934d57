"""What a study of many fits gives: the regularisation path, a search, a comparison of ways to treat imbalance.

Frozen, JSON in and out, importable without scikit-learn, as `pipeline.results`.
"""

from dataclasses import asdict, dataclass
from typing import Any, Self

from pipeline.evaluation_results import Calibration, Confusion, Metrics, RocCurve
from pipeline.stored import from_plain

FORMAT = 1


class Stored:
    """JSON in and out of what is stored of a study."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)  # type: ignore[call-overload, no-any-return]

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Raises ValueError for a format that this version does not know."""
        if stored.get("format") != FORMAT:
            raise ValueError(f"This result has format {stored.get('format')}; this version reads format {FORMAT}.")
        return from_plain(cls, stored)


@dataclass(frozen=True)
class PathColumn:
    """A coefficient of the path: per standard deviation of the training rows for a number, against the reference for a level."""

    label: str  # the class, as in Coefficient
    field: str
    level: str | None
    name: str  # for the figure: "age", "purpose: car", "age²"


@dataclass(frozen=True)
class PathPart:
    """How the models of the path do on one part of the rows; every tuple has one entry for each C.

    Counts as in ScoreTable: rows with a probability of bad at or above each of `cutoffs` (ascending, the same for every C,
    0 first, at most 1,001). For three classes and more there are no cut-offs, counts, curves or calibration.
    """

    name: str  # training, validation, held_out
    n_rows: int
    n_bad: int | None
    metrics: tuple[Metrics, ...]  # decisions at the spec's cut-off
    calibration_slope: tuple[float | None, ...]
    cutoffs: tuple[float, ...] = ()
    bad_at_or_above: tuple[tuple[int, ...], ...] = ()
    good_at_or_above: tuple[tuple[int, ...], ...] = ()
    roc: tuple[RocCurve, ...] = ()  # at most 200 points each


@dataclass(frozen=True)
class PathFigure:
    """A figure over the folds at each C: mean, standard error of the mean, and each fold's value.

    `best` is the position of the best mean, `one_se` that of the smallest C whose mean is within one standard error of it
    (Breiman et al. 1984; the error is the best one's).
    """

    mean: tuple[float, ...]
    se: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]  # [C][fold]
    best: int
    one_se: int


@dataclass(frozen=True)
class TuningPath(Stored):
    """The models at every C of a path, ascending, fitted on the training rows; and how each C does over the folds."""

    spec: dict[str, Any]  # as used: features, bad label and codes filled in
    labels: tuple[str, ...]
    Cs: tuple[float, ...]
    columns: tuple[PathColumn, ...]
    coefficients: tuple[tuple[float, ...], ...]  # [C][column]
    intercepts: tuple[tuple[float, ...], ...]  # [C][class with weights]
    auc: PathFigure
    log_loss: PathFigure
    parts: tuple[PathPart, ...]  # training, validation where there is one, held_out where there is one
    folds: int
    repeats: int
    n_fits: int
    n_unconverged: int
    optimality: float  # the worst KKT residual of all fits
    solver: str  # in words
    notes: tuple[str, ...]
    seconds: float
    cpu_seconds: float
    format: int = FORMAT


@dataclass(frozen=True)
class Trial:
    """One cell of a search's grid: what differs from the base spec, and how it does over the folds, or why it failed."""

    number: int  # from 0, in the order of the grid
    options: dict[str, Any]
    auc: float | None = None
    auc_se: float | None = None
    log_loss: float | None = None
    log_loss_se: float | None = None
    fold_auc: tuple[float, ...] = ()
    fold_log_loss: tuple[float, ...] = ()
    n_nonzero: int | None = None  # mean over folds, rounded
    seconds: float = 0.0
    error: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class SearchResult(Stored):
    """A finished search. `best` is the number of the trial with the least mean log-loss (or highest AUC, as `judged_by` says)."""

    spec: dict[str, Any]
    grid: dict[str, tuple[Any, ...]]
    trials: tuple[Trial, ...]
    judged_by: str  # log_loss or auc
    best: int | None
    one_se: int | None  # the simplest (fewest coefficients, then strongest penalty) within one standard error of the best
    folds: int
    repeats: int
    seconds: float
    format: int = FORMAT


@dataclass(frozen=True)
class Treatment:
    """One way to treat imbalance, on the same split as the others."""

    name: str  # none, balanced, smote, over, under
    label: str
    options: dict[str, Any]
    n_fitted: int
    metrics: Metrics  # held-out rows, probabilities corrected for the changed prior, at the spec's cut-off
    confusion: Confusion
    confusion_before: Confusion  # at the same cut-off, without the correction
    calibration: Calibration
    calibration_before: Calibration | None
    seconds: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """A treatment's figure less that of "none" on the same held-out rows; 95% interval by paired bootstrap, DeLong for AUC."""

    treatment: str
    metric: str
    value: float
    ci_low: float
    ci_high: float

    @property
    def is_larger_than_chance(self) -> bool:
        return self.ci_low > 0 or self.ci_high < 0


@dataclass(frozen=True)
class ImbalanceComparison(Stored):
    """Ways to treat imbalance, side by side on the same split."""

    spec: dict[str, Any]
    labels: tuple[str, ...]
    bad_rate: float
    n_train: int
    n_test: int
    treatments: tuple[Treatment, ...]
    differences: tuple[Difference, ...]
    failed: tuple[tuple[str, str], ...]  # (treatment, why)
    n_bootstrap: int
    format: int = FORMAT
