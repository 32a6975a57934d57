"""What training and judging a model give: frozen, JSON in and out, importable without scikit-learn.

Conventions. Binary runs: bad is 1, `labels` is (good label, bad label), and a row is refused when its probability of bad is
at or above the cut-off. Three classes and more: `labels` holds every class in sorted order, the first is the reference class,
and the predicted class is the most probable one.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, Self, TypeVar

FORMAT = 1

T = TypeVar("T")


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


@dataclass(frozen=True)
class Metrics:
    """One row of figures for one part of the data; null where the figure does not exist (one class only).

    For three classes and more: precision, recall and F1 are unweighted means over classes, the AUC is the unweighted mean of
    the one-vs-rest AUCs, KS is null, and the Brier score is the multi-category form (Brier 1950: the sum over classes).
    """

    n_rows: int
    n_bad: int | None
    auc: float | None
    gini: float | None
    ks_statistic: float | None
    accuracy: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    brier_score: float | None
    log_loss: float | None
    auc_low: float | None = None  # DeLong 95% interval
    auc_high: float | None = None


@dataclass(frozen=True)
class FoldFigure:
    """Mean and standard deviation (n - 1) of a figure over folds, and the folds' own values."""

    mean: float
    sd: float
    values: tuple[float, ...]


@dataclass(frozen=True)
class CrossValidation:
    folds: int
    auc: FoldFigure
    log_loss: FoldFigure


@dataclass(frozen=True)
class Confusion:
    """Counts with bad as the positive class: tp is a bad that was refused, fn a bad that was approved."""

    tn: int
    fp: int
    fn: int
    tp: int


@dataclass(frozen=True)
class RocCurve:
    """Points of the curve from (0, 0) to (1, 1): share of goods refused and of bads refused, with the cut-off of each.

    At most 1,000 points; what thinning moves the curve by is below 5e-4 everywhere. `cutoffs[0]` is above every score and
    written as null.
    """

    false_positive_rate: tuple[float, ...]
    true_positive_rate: tuple[float, ...]
    cutoffs: tuple[float | None, ...]


@dataclass(frozen=True)
class ScoreTable:
    """Held-out (or training) scores reduced to cumulative counts at ascending cut-offs, at most 1,001 of them.

    `bad_at_or_above[i]` and `good_at_or_above[i]` count rows with a probability of bad >= cutoffs[i]; cutoffs[0] is 0, so the
    first entries are the totals.
    """

    cutoffs: tuple[float, ...]
    bad_at_or_above: tuple[int, ...]
    good_at_or_above: tuple[int, ...]


@dataclass(frozen=True)
class Coefficient:
    """One estimate in the column's own units. `level` is set for a category's level, against its reference level.

    `label` is the class whose log-odds (against good, or against the reference class) the estimate moves. Standard error, z, p
    and interval (95%, Wald) are null, with the `reason`, where they would not be honest.
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


@dataclass(frozen=True)
class RunResult:
    """All that a run stores beside its model: what the screens and the command line show."""

    data: DataSummary
    train: Metrics
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
    fit: FitSummary
    warnings: tuple[str, ...]
    versions: dict[str, str]
    format: int = FORMAT

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives back an equal result."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The result as it was stored. Raises ValueError for a format that this version does not know."""
        if stored.get("format") != FORMAT:
            raise ValueError(f"This result has format {stored.get('format')}; this version reads format {FORMAT}.")
        known: dict[str, Any] = {field.name: stored[field.name] for field in fields(cls)}
        known["data"] = _read(DataSummary, stored["data"])
        for name, kind in _PARTS.items():
            known[name] = _read(kind, stored[name]) if stored[name] is not None else None
        cross = stored["cross_validation"]
        if cross is not None:
            known["cross_validation"] = CrossValidation(
                cross["folds"], _read(FoldFigure, cross["auc"]), _read(FoldFigure, cross["log_loss"])
            )
        known["confusion_matrix"] = _tuples(stored["confusion_matrix"])
        known["intercepts"] = tuple(Coefficient(**row) for row in stored["intercepts"])
        known["coefficients"] = tuple(Coefficient(**row) for row in stored["coefficients"])
        known["warnings"] = tuple(stored["warnings"])
        return cls(**known)


_PARTS: dict[str, type] = {
    "train": Metrics,
    "test": Metrics,
    "confusion_train": Confusion,
    "confusion_test": Confusion,
    "roc_train": RocCurve,
    "roc_test": RocCurve,
    "scores_train": ScoreTable,
    "scores_test": ScoreTable,
    "fit": FitSummary,
}


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list | tuple) else value


def _read(kind: type[T], stored: dict[str, Any]) -> T:
    return kind(**{name: _tuples(value) for name, value in stored.items()})
