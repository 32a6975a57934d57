"""The rates of segments at a cut-off, with intervals, and "too few" where there are too few rows for one."""

from bisect import bisect_left
from collections.abc import Mapping

from pipeline.segment_results import Estimate, Segment, SegmentRates, SegmentTable
from pipeline.segments import estimates
from pipeline.segments.fairness import compared, references

LEAST_ROWS = 30
LEAST_OF_CLASS = 30


def rates(
    table: SegmentTable,
    cutoff: float,
    *,
    reference: Mapping[tuple[str, ...], tuple[str, ...]] | None = None,
    least_rows: int = LEAST_ROWS,
    least_of_class: int = LEAST_OF_CLASS,
) -> tuple[SegmentRates, ...]:
    """The rates of every segment of a table at a cut-off, in the table's order, beside the reference of its group.

    Parameters
    ----------
    table : SegmentTable
    cutoff : float
        A row is refused when its score is at or above it. The counts are exact at the table's cut-offs, and otherwise those of
        the next higher one.
    reference : mapping of columns to levels, optional
        The segment that the others of its group (`by`) are compared with. A group that is not named, or whose segment is not in
        the table or has fewer than `least_rows` rows, is compared with the segment of it that is approved most often among
        those with enough rows.
    least_rows, least_of_class : int
        A figure is given from so many rows on, and one of bads or of goods from so many of them on.

    Returns
    -------
    tuple of SegmentRates
        Bad is the positive class: true_positive_rate is the share of bads that are refused, false_positive_rate that of goods
        that are refused, precision the share of bads among the refused. The favourable outcome is to be approved, so that a
        segment that is refused more often has an adverse impact ratio below 1.
    """
    found = [_rates(segment, table.cutoffs, cutoff, least_rows, least_of_class) for segment in table.segments]
    chosen = references(found, reference or {}, least_rows)
    by_place = {(segment.by, segment.levels): segment for segment in table.segments}
    return tuple(compared(one, chosen.get(one.by), by_place) for one in found)


def whole_rates(
    table: SegmentTable, cutoff: float, *, least_rows: int = LEAST_ROWS, least_of_class: int = LEAST_OF_CLASS
) -> SegmentRates:
    """The rates of all rows together, as `rates` gives those of a segment."""
    return _rates(table.whole, table.cutoffs, cutoff, least_rows, least_of_class)


def refused_at(segment: Segment, cutoffs: tuple[float, ...], cutoff: float) -> tuple[int, int]:
    """Bads and goods of a segment that a cut-off refuses."""
    first = bisect_left(cutoffs, cutoff)
    return sum(segment.bad[first:]), sum(segment.good[first:])


def _rates(segment: Segment, cutoffs: tuple[float, ...], cutoff: float, least_rows: int, least_of_class: int) -> SegmentRates:
    tp, fp = refused_at(segment, cutoffs, cutoff)
    n, n_bad, n_good = segment.n_rows, segment.n_bad, segment.n_rows - segment.n_bad
    fn, tn = n_bad - tp, n_good - fp
    rows = too_few(n, "row", least_rows)
    bads = rows or too_few(n_bad, "bad", least_of_class)
    goods = rows or too_few(n_good, "good", least_of_class)

    def share(cases: int, of: int, why: str) -> Estimate:
        return estimates.share(cases, of) if not why else Estimate(None, too_few=why, n=of)

    return SegmentRates(
        by=segment.by,
        levels=segment.levels,
        n_rows=n,
        n_bad=n_bad,
        tp=tp,
        fp=fp,
        fn=fn,
        tn=tn,
        bad_rate=share(n_bad, n, rows),
        approval_rate=share(tn + fn, n, rows),
        true_positive_rate=share(tp, n_bad, bads),
        false_positive_rate=share(fp, n_good, goods),
        false_negative_rate=share(fn, n_bad, bads),
        precision=share(tp, tp + fp, rows or too_few(tp + fp, "refused", least_rows)),
        bad_rate_of_approved=share(fn, tn + fn, rows or too_few(tn + fn, "approved", least_rows)),
        auc=_auc(segment, bads or goods),
        observed_expected=_observed_expected(segment, rows),
        mean_score=Estimate(None, too_few=rows, n=n) if rows else estimates.mean(segment.mean_score, segment.sd_score, n),
    )


def too_few(n: int, what: str, least: int) -> str:
    """ "too few, 19 rows" below the least number, else nothing."""
    if n >= max(least, 1):
        return ""
    many = what if what in {"refused", "approved"} or n == 1 else f"{what}s"
    return f"too few, {n:,} {many}"


def _auc(segment: Segment, why: str) -> Estimate:
    if why:
        return Estimate(None, too_few=why, n=segment.n_rows)
    return Estimate(segment.auc, segment.auc_low, segment.auc_high, n=segment.n_rows)


def _observed_expected(segment: Segment, why: str) -> Estimate:
    if not why and segment.expected_bad is None:
        why = "the score is no probability"
    if not why and segment.expected_bad is not None and segment.expected_bad < estimates.LEAST_EXPECTED:
        why = f"too few, {segment.expected_bad:.1f} bads expected"
    if why or segment.expected_bad is None:
        return Estimate(None, too_few=why, n=segment.n_rows)
    return estimates.observed_expected(segment.n_bad, segment.expected_bad)
