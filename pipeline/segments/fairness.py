"""Segments beside the reference of their group: the ratio of approval, gaps, and the difference of the score.

The favourable outcome is to be approved, which a row is when its score is below the cut-off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.segment_results import Estimate, Fairness, Segment, SegmentRates
from pipeline.segments import estimates

FOUR_FIFTHS = 0.8  # of the reference's approval rate (29 CFR 1607.4 D)

Place = tuple[tuple[str, ...], tuple[str, ...]]


def references(
    found: Sequence[SegmentRates], asked: Mapping[tuple[str, ...], tuple[str, ...]], least_rows: int
) -> dict[tuple[str, ...], SegmentRates]:
    """The reference of each group: the one asked for, or the segment approved most often; both with enough rows.

    Of two that are approved equally often it is the larger one. A group without a segment of enough rows has none.
    """
    chosen: dict[tuple[str, ...], SegmentRates] = {}
    for by in dict.fromkeys(one.by for one in found):
        known = [one for one in found if one.by == by and one.n_rows >= max(least_rows, 1)]
        named = [one for one in known if one.levels == asked.get(by)]
        if known:
            chosen[by] = named[0] if named else max(known, key=lambda one: (one.approval_rate.value or 0.0, one.n_rows))
    return chosen


def compared(one: SegmentRates, reference: SegmentRates | None, segments: Mapping[Place, Segment]) -> SegmentRates:
    """A segment with its figures beside the reference; those of the reference itself are not compared."""
    if reference is None:
        return one
    if reference.levels == one.levels:
        return replace(one, is_reference=True)
    return replace(one, fairness=_fairness(one, reference, segments))


def _fairness(one: SegmentRates, other: SegmentRates, segments: Mapping[Place, Segment]) -> Fairness:
    few = one.approval_rate.too_few
    few_goods = one.false_positive_rate.too_few or _of_reference(other.false_positive_rate)
    few_bads = one.false_negative_rate.too_few or _of_reference(other.false_negative_rate)
    approved, approved_other = one.fn + one.tn, other.fn + other.tn
    goods, goods_other = one.n_rows - one.n_bad, other.n_rows - other.n_bad
    none_approved = few or ("" if approved_other else "the reference approves none")
    ratio = (
        _none(none_approved, one.n_rows) if none_approved else estimates.ratio(approved, one.n_rows, approved_other, other.n_rows)
    )

    def gap(why: str, cases: int, of: int, cases_other: int, of_other: int) -> Estimate:
        return _none(why, of) if why else estimates.difference(cases, of, cases_other, of_other)

    return Fairness(
        adverse_impact_ratio=ratio,
        below_four_fifths=None if ratio.value is None else ratio.value < FOUR_FIFTHS,
        approval_gap=gap(few, approved, one.n_rows, approved_other, other.n_rows),
        good_approval_gap=gap(few_goods, one.tn, goods, other.tn, goods_other),
        false_positive_gap=gap(few_goods, one.fp, goods, other.fp, goods_other),
        false_negative_gap=gap(few_bads, one.fn, one.n_bad, other.fn, other.n_bad),
        standardised_difference=_none(few, one.n_rows)
        if few
        else _of_scores(segments[one.by, one.levels], segments[other.by, other.levels]),
    )


def _of_scores(one: Segment, other: Segment) -> Estimate:
    found = estimates.standardised_difference(
        one.mean_score, one.sd_score, one.n_rows, other.mean_score, other.sd_score, other.n_rows
    )
    return found or _none("the score does not vary", one.n_rows)


def _of_reference(rate: Estimate) -> str:
    return f"the reference: {rate.too_few}" if rate.too_few else ""


def _none(why: str, n: int) -> Estimate:
    return Estimate(None, too_few=why, n=n)
