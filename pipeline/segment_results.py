"""What a look at segments gives: counts of each segment at every cut-off, its rates at one, and a search for the largest gaps.

Frozen, JSON in and out, importable without scikit-learn, as `pipeline.results`. Bad is the positive class: a true positive is a
bad that is refused, a false positive a good that is refused. The favourable outcome is to be approved.
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
    left_out: tuple[tuple[str, str], ...] = ()  # ("age × purpose", why): grouped or left out levels, too many segments
    binned: tuple[tuple[str, str], ...] = ()  # (column, how its values were made levels, in words)
    format: int = 1


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95% interval, or why there is none ("too few, 19 rows"). `n` counts the rows that it is a rate of."""

    value: float | None
    low: float | None = None
    high: float | None = None
    too_few: str = ""
    n: int | None = None


@dataclass(frozen=True)
class Fairness:
    """A segment beside the reference of its group; no figure of the reference itself.

    Gaps are the segment's rate less the reference's. `standardised_difference` is of the score: above 0 the segment is scored
    as the riskier.
    """

    adverse_impact_ratio: Estimate  # approval rate of the segment / of the reference
    below_four_fifths: bool | None  # null where there is no ratio
    approval_gap: Estimate
    good_approval_gap: Estimate  # in approval among the actual goods: equal opportunity
    false_positive_gap: Estimate  # in goods refused: the same with the other sign
    false_negative_gap: Estimate  # in bads approved
    standardised_difference: Estimate


@dataclass(frozen=True)
class SegmentRates:
    """The rates of a segment at one cut-off."""

    by: tuple[str, ...]
    levels: tuple[str, ...]
    n_rows: int
    n_bad: int
    tp: int  # bads refused
    fp: int  # goods refused
    fn: int  # bads approved
    tn: int  # goods approved
    bad_rate: Estimate
    approval_rate: Estimate
    true_positive_rate: Estimate
    false_positive_rate: Estimate
    false_negative_rate: Estimate
    precision: Estimate
    bad_rate_of_approved: Estimate
    auc: Estimate
    observed_expected: Estimate  # bads observed / sum of the probabilities
    mean_score: Estimate
    is_reference: bool = False
    fairness: Fairness | None = None  # null for the reference, and where a group has none


@dataclass(frozen=True)
class Decided:
    """What a cut-off does to the rows of a segment."""

    cutoff: float
    approval_rate: float | None  # null where there is no such row
    bad_rate_of_approved: float | None
    bads_refused: int
    goods_refused: int
    approved: int
    refused: int


@dataclass(frozen=True)
class WhatIf:
    """A segment with the one cut-off of all, and with a cut-off of its own. For all rows together `after.cutoff` is that of
    the segments without their own."""

    by: tuple[str, ...]
    levels: tuple[str, ...]
    n_rows: int
    n_bad: int
    before: Decided
    after: Decided


@dataclass(frozen=True)
class ClassShare:
    """How much of the rows, and of the bads, a segment holds."""

    by: tuple[str, ...]
    levels: tuple[str, ...]
    n_rows: int
    n_bad: int
    share_of_rows: float
    share_of_bads: float | None  # null where there is no bad
    bad_rate: Estimate


@dataclass(frozen=True)
class FoundSegment:
    """A segment whose rate is worse than that of all other rows by more than chance, after the correction."""

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
    alone: tuple[float, ...] = ()  # for two columns: the rate of each level by itself


@dataclass(frozen=True)
class LowPair:
    """A segment of two columns that is seldom approved; not tested."""

    by: tuple[str, ...]
    levels: tuple[str, ...]
    n_rows: int
    n_bad: int
    approval_rate: float
    low: float  # Wilson 95%
    high: float
    false_positive_rate: float | None  # goods of it that are refused; null for fewer than `least_of_class` goods


@dataclass(frozen=True)
class WorstSegments(Stored):
    """A search over all segments of one and two columns for the largest gaps of one rate."""

    part: str
    measure: str  # approval_rate, false_positive_rate, false_negative_rate, bad_rate_of_approved, calibration
    cutoff: float
    n_rows: int
    columns: tuple[str, ...]
    n_looked_at: int  # segments that were tested, by which the correction counts
    n_too_few: int  # segments below `least_rows` or `least_of_class`, left out
    least_rows: int
    correction: str  # in words
    found: tuple[FoundSegment, ...]  # the largest gap first, at most 100
    n_found: int = 0  # all that are worse by more than chance
    n_better: int = 0  # those that differ to the better side by more than chance
    least_of_class: int = 0
    n_pairs: int = 0  # segments of two columns with enough rows and bads, from which the lowest are taken
    lowest_pairs: tuple[LowPair, ...] = ()  # the five pairs with the lowest approval rates
    left_out: tuple[tuple[str, str], ...] = ()  # (column, why)
    format: int = 1
