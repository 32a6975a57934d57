"""What is told of scores against outcomes, as `pipeline.results` stores it: figures, intervals, curves, counts, calibration."""

import math
from dataclasses import dataclass


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

    def ranks_better_than(self, held_out: "Metrics") -> bool | None:
        """Whether this AUC, of training rows, lies above the 95% interval of that of held-out rows; None where one is unknown.

        The first is taken as given and the second as an estimate, as where supervisors compare the AUC at development with the
        current one (European Central Bank 2019, "Instructions for reporting the validation results of internal models", 2.5).
        """
        return None if self.auc is None or held_out.auc_high is None else self.auc > held_out.auc_high


@dataclass(frozen=True)
class FoldFigure:
    """Mean and standard deviation (n - 1) of a figure over folds, and the folds' own values."""

    mean: float
    sd: float
    values: tuple[float, ...]


@dataclass(frozen=True)
class CrossValidation:
    """Figures over folds; where the folds were drawn `repeats` times, over all of them, repeat after repeat."""

    folds: int
    auc: FoldFigure
    log_loss: FoldFigure
    repeats: int = 1


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
class CalibrationBand:
    """Rows of similar predicted probability, and the share of bads among them with Wilson's 95% interval."""

    n_rows: int
    mean_probability: float
    bad_rate: float
    ci_low: float
    ci_high: float
    jeffreys_p: float | None = None  # F_Beta(D + ½, N − D + ½)(mean probability): small where more went bad than was said


@dataclass(frozen=True)
class Calibration:
    """Predicted probabilities of bad against what came, on one part of the rows.

    Slope and intercept are those of a logistic regression of the outcome on the log-odds (Cox 1958): 1 and 0 are right. The
    intercept is the one with the slope held at 1 (calibration in the large).
    """

    n_rows: int
    n_bad: int
    expected_bad: float
    slope: float | None
    slope_low: float | None
    slope_high: float | None
    intercept: float | None
    brier_score: float
    bands: tuple[CalibrationBand, ...]
    intercept_low: float | None = None
    intercept_high: float | None = None

    @property
    def level(self) -> int:
        """1 where more bads were expected than came, -1 where fewer, 0 where chance explains it.

        The number that came is held against the spread of a sum of Bernoulli draws with the bands' mean probabilities, 1.96
        standard deviations to each side.
        """
        spread = math.sqrt(sum(band.n_rows * band.mean_probability * (1 - band.mean_probability) for band in self.bands))
        over = self.expected_bad - self.n_bad
        return 0 if abs(over) <= 1.96 * spread else 1 if over > 0 else -1

    @property
    def spread(self) -> int:
        """1 where the probabilities are too far apart (a slope below 1), -1 where too close together, 0 where the 95% interval of
        the slope holds 1, or there is none."""
        if self.slope_low is None or self.slope_high is None or self.slope_low <= 1 <= self.slope_high:
            return 0
        return 1 if self.slope_high < 1 else -1


@dataclass(frozen=True)
class MetricInterval:
    """A 95% interval of one of METRICS, and how it was made: DeLong, Wilson, bootstrap, ..."""

    metric: str
    low: float
    high: float
    method: str


@dataclass(frozen=True)
class PrecisionRecallCurve:
    """From the highest cut-off down: share of bads that are refused, share of bads among the refused, and the cut-offs.

    At most 1,000 points, thinned as the ROC curve is. `average_precision` is the sum of precision times the step of recall over
    all distinct scores (no interpolation), with its 95% interval.
    """

    recall: tuple[float, ...]
    precision: tuple[float, ...]
    cutoffs: tuple[float, ...]
    average_precision: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class GainsBand:
    """Rows of similar score, the worst first: how many, how many of them bad, and the same from the worst down to here."""

    n_rows: int
    n_bad: int
    highest: float  # score of the band's worst row
    lowest: float
    cumulative_rows: int
    cumulative_bad: int


@dataclass(frozen=True)
class BrierParts:
    """Brier score = reliability - resolution + uncertainty (Murphy 1973), over `n_groups` distinct scores or bands of them.

    With bands the parts do not sum to the score; `within` is what is left: the variance and covariance within the bands
    (Stephenson, Coelho and Jolliffe 2008), so that reliability - resolution + uncertainty + within is the score again.
    """

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float
    n_groups: int


@dataclass(frozen=True)
class HosmerLemeshow:
    """Chi-square of expected against observed in groups of similar score; df is groups - 2 on the rows of the fit, groups on
    others (Hosmer, Lemeshow and Sturdivant 2013, section 5.2)."""

    statistic: float
    df: int
    p_value: float
    n_groups: int
    n_few: int = 0  # groups that expect fewer than 5 bads or 5 goods: with many of them the p-value is rough


@dataclass(frozen=True)
class PartEvaluation:
    """What is told of one part of the rows beside its metrics. `part` is training, cross_validated, validation or held_out.

    Null where it does not exist: one class only, no probabilities (a score from elsewhere), three classes.
    """

    part: str
    n_rows: int
    n_bad: int | None
    intervals: tuple[MetricInterval, ...] = ()
    precision_recall: PrecisionRecallCurve | None = None
    gains: tuple[GainsBand, ...] = ()
    brier: BrierParts | None = None
    hosmer_lemeshow: HosmerLemeshow | None = None
    calibration: Calibration | None = None
    metrics: Metrics | None = None  # of the cross-validated rows; those of the other parts stand in the result

    def interval(self, metric: str) -> MetricInterval | None:
        return next((found for found in self.intervals if found.metric == metric), None)


@dataclass(frozen=True)
class ClassFigures:
    """One class against the rest, for three classes and more; decisions by the most probable class."""

    label: str
    n_rows: int  # rows of this class
    auc: float | None
    auc_low: float | None
    auc_high: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    roc: RocCurve | None
    calibration: Calibration | None = None  # of the probability of this class, with "bad" read as this class
    calibration_before: Calibration | None = None  # without the correction for a changed prior
    intervals: tuple[MetricInterval, ...] = ()  # of precision, recall and F1

    def interval(self, metric: str) -> MetricInterval | None:
        return next((found for found in self.intervals if found.metric == metric), None)
