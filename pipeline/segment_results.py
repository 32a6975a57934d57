"""What a look at segments gives: counts of each segment at every cut-off, and a ranked search for the largest gaps.

Frozen, JSON in and out, importable without scikit-learn, as `pipeline.results`.
"""

from dataclasses import dataclass

from pipeline.study_results import Stored


@dataclass(frozen=True)
class Segment:
    """Rows that share the levels of the columns of `by`, on one part of a run's rows.

    `bad[i]` and `good[i]` count rows whose score is at or above the table's `cutoffs[i]` and below the next one.
    """

    by: tuple[str, ...]  # columns, one to three; none for all rows
    levels: tuple[str, ...]  # one for each column: a level, an interval in words ("30 to 39"), or "(missing)"
    n_rows: int
    n_bad: int
    bad: tuple[int, ...]
    good: tuple[int, ...]
    expected_bad: float | None  # sum of the probabilities; null for a score that is none
    mean_score: float  # of the probability, or of the place on the scale
    sd_score: float  # with n - 1; 0 for one row
    auc: float | None
    auc_low: float | None  # DeLong 95%
    auc_high: float | None


@dataclass(frozen=True)
class SegmentTable(Stored):
    """Segments by one or more columns (groups of columns: `by`), all judged on one part of the rows of one run."""

    part: str  # held_out, validation or training
    n_rows: int
    n_bad: int
    labels: tuple[str, ...]  # good, bad
    cutoffs: tuple[float, ...]
    by: tuple[tuple[str, ...], ...]  # as asked for, in order
    whole: Segment
    segments: tuple[Segment, ...]  # in the order of `by`, then of the levels
    left_out: tuple[tuple[str, str], ...] = ()  # ("age × purpose", why): too many segments, no such values
    format: int = 1


@dataclass(frozen=True)
class FoundSegment:
    """A segment whose rate differs from that of all other rows by more than chance, after the correction."""

    by: tuple[str, ...]
    levels: tuple[str, ...]
    n_rows: int
    n_bad: int
    rate: float
    rate_of_rest: float
    gap: float  # rate - rate_of_rest
    low: float  # 95% interval of the gap (Newcombe 1998), not corrected
    high: float
    p_value: float
    p_adjusted: float


@dataclass(frozen=True)
class WorstSegments(Stored):
    """A search over all segments of one and two columns for the largest gaps of one rate."""

    part: str
    measure: str  # approval_rate, false_positive_rate, false_negative_rate, bad_rate_of_approved, calibration
    cutoff: float
    n_rows: int
    columns: tuple[str, ...]
    n_looked_at: int  # segments that were tested, by which the correction counts
    n_too_few: int  # segments below `least_rows`, left out
    least_rows: int
    correction: str  # in words
    found: tuple[FoundSegment, ...]  # the largest gap first
    format: int = 1
