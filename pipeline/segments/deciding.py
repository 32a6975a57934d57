"""What if each segment had a cut-off of its own; and how rows and bads are spread over the segments."""

from collections.abc import Mapping

from pipeline.segment_results import ClassShare, Decided, Estimate, Segment, SegmentTable, WhatIf
from pipeline.segments import estimates
from pipeline.segments.rating import LEAST_ROWS, refused_at, too_few


def what_if(
    table: SegmentTable, by: tuple[str, ...], cutoffs_by_segment: Mapping[tuple[str, ...], float], cutoff: float
) -> tuple[WhatIf, tuple[WhatIf, ...]]:
    """All rows of a group and each of its segments, with one cut-off for all and with cut-offs of their own.

    Parameters
    ----------
    table : SegmentTable
    by : tuple of str
        The group.
    cutoffs_by_segment : mapping of levels to a cut-off
        Segments that are not named, and rows of no listed segment, keep `cutoff`. Counts are exact at the table's cut-offs.
    cutoff : float
        Of all.

    Returns
    -------
    overall, segments : WhatIf, tuple of WhatIf in the table's order
        Counts over the same rows before and after; nothing is fitted again.
    """
    segments = [segment for segment in table.segments if segment.by == by]
    found, refused = [], list(refused_at(table.whole, table.cutoffs, cutoff))
    for segment in segments:
        own = cutoffs_by_segment.get(segment.levels, cutoff)
        one = refused_at(segment, table.cutoffs, cutoff)
        other = refused_at(segment, table.cutoffs, own)
        refused = [refused[k] + other[k] - one[k] for k in (0, 1)]
        found.append(_what_if(segment, by, _decided(segment, cutoff, *one), _decided(segment, own, *other)))
    before = _decided(table.whole, cutoff, *refused_at(table.whole, table.cutoffs, cutoff))
    return _what_if(table.whole, by, before, _decided(table.whole, cutoff, *refused)), tuple(found)


def _what_if(segment: Segment, by: tuple[str, ...], before: Decided, after: Decided) -> WhatIf:
    return WhatIf(by, segment.levels, segment.n_rows, segment.n_bad, before, after)


def _decided(segment: Segment, cutoff: float, bads: int, goods: int) -> Decided:
    approved, n = segment.n_rows - bads - goods, segment.n_rows
    return Decided(
        cutoff=cutoff,
        approval_rate=approved / n if n else None,
        bad_rate_of_approved=(segment.n_bad - bads) / approved if approved else None,
        bads_refused=bads,
        goods_refused=goods,
        approved=approved,
        refused=bads + goods,
    )


def balance(table: SegmentTable, *, least_rows: int = LEAST_ROWS) -> tuple[ClassShare, ...]:
    """What share of the rows and of the bads each segment holds, in the table's order; the bad rate from `least_rows` rows on."""
    found = []
    for segment in table.segments:
        n, bad = segment.n_rows, segment.n_bad
        why = too_few(n, "row", least_rows)
        found.append(
            ClassShare(
                by=segment.by,
                levels=segment.levels,
                n_rows=n,
                n_bad=bad,
                share_of_rows=n / table.n_rows,
                share_of_bads=bad / table.n_bad if table.n_bad else None,
                bad_rate=Estimate(None, too_few=why, n=n) if why else estimates.share(bad, n),
            )
        )
    return tuple(found)
